//! The audit in chat: `jira admin audit` for a workspace's admins, `jira activity` for oneself.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use usher_chat::{
    ChannelId, Text,
    tree::{Block, Inline},
};

use super::{
    Governance,
    admin::Desk,
    commands::AuditWords,
    profile::{self, Profile},
    until,
    words::harmless,
};
use crate::{
    audit::{Filter, Record},
    error::Error,
    ids::{Asker, ToolName},
    replies::{Draft, error::marked},
    store::audit::{parse_place, place_text, workspace_text},
};

/// Rows that are shown where no number was asked for.
const SHOWN: u32 = 10;
/// The most rows that a reply shows.
const MOST: u32 = 50;

impl Governance {
    /// What somebody did lately and what came of it, everywhere. For nobody else's eyes. `None`: the event was handled
    /// before.
    ///
    /// # Errors
    /// The audit cannot be read.
    pub async fn activity(&self, asker: &Asker) -> Result<Option<Draft>, Error> {
        if !self.first(asker).await? {
            return Ok(None);
        }
        let rows = self.inner.audit.of_person(&asker.person, SHOWN * 2)?;
        let lines = lines(&rows, SHOWN, &|row| place(row).into_iter().collect());
        if lines.is_empty() {
            return Ok(Some(Draft::private("You have not done anything with me yet.")));
        }
        Ok(Some(list("What you did lately, the newest first (UTC):", lines)))
    }
}

impl Desk<'_> {
    /// The rows of the admin's own workspace.
    pub(super) async fn audit(&self, words: &AuditWords) -> Result<Option<Draft>, Error> {
        let (filter, last) = self.filter(words)?;
        if self.commit(Vec::new()).await?.is_none() {
            return Ok(None);
        }
        let rows = self.governance.inner.audit.list(&filter)?;
        let lines = lines(&rows, last, &|row| {
            let mut who = vec![
                row.person
                    .as_deref()
                    .and_then(|person| person.parse().ok())
                    .map_or_else(|| Inline::text("the configuration"), |person| Profile::Person(person).label()),
            ];
            who.extend(place(row).into_iter().flat_map(|place| [" in ".into(), place]));
            who
        });
        if lines.is_empty() {
            return Ok(Some(Draft::private("Nothing in the audit matches that.")));
        }
        Ok(Some(list("The audit of this workspace, the newest first (UTC):", lines)))
    }

    fn filter(&self, words: &AuditWords) -> Result<(Filter, u32), Error> {
        let last = words.last.unwrap_or(SHOWN).clamp(1, MOST);
        let mut filter = Filter { workspace: Some(workspace_text(self.workspace)), ..Filter::default() };
        // An outcome is shown in place of the decision before it: twice as many rows make up for that.
        filter.last = Some(last * 2);
        if let Some(word) = &words.who {
            filter.person = Some(profile::person(word, self.asker.place.platform())?.to_string());
        }
        if let Some(word) = &words.place {
            let channel: ChannelId = profile::channel(word, &self.asker.place)?;
            filter.place = Some(place_text(&usher_chat::Place::channel(self.workspace.clone(), channel)));
        }
        if let Some(word) = &words.issue {
            let issue: crate::ids::IssueKey = word.parse().map_err(|_| {
                let message = format!("`{}` is no issue key.", harmless(word));
                Error::user_hint(message, "Write a key such as `DEMO-7`.")
            })?;
            filter.issue = Some(issue.to_string());
        }
        if let Some(word) = &words.since {
            filter.since = Some(until::past(word, self.now)?);
        }
        match words.what.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("all" | "everything") => {}
            Some("allowed") => filter.verdict = Some("allow".to_owned()),
            Some("refused" | "denied") => filter.verdict = Some("deny".to_owned()),
            Some("failed") => filter.verdict = Some("failed".to_owned()),
            Some("changes" | "policy") => filter.kind = Some("policy".to_owned()),
            Some(tool) => {
                let known = tool.parse().is_ok_and(|tool: ToolName| self.ground().tools.get(&tool).is_some());
                if !known {
                    let message = format!("I cannot look for `{}`.", harmless(tool));
                    let hint = "Name a tool, or one of `allowed`, `refused`, `failed` and `policy`.";
                    return Err(Error::user_hint(message, hint));
                }
                filter.tool = Some(tool.to_owned());
            }
        }
        Ok((filter, last))
    }
}

fn list(lead: &str, lines: Vec<Vec<Inline>>) -> Draft {
    let items = lines.into_iter().map(|line| vec![Block::Paragraph(line)]).collect();
    Draft::private(Text::plain(lead).block(Block::List { start: None, items }))
}

/// The rows as lines, the newest first. Who or where, `middle` says.
fn lines(rows: &[Record], last: u32, middle: &dyn Fn(&Record) -> Vec<Inline>) -> Vec<Vec<Inline>> {
    let continued: Vec<i64> = rows.iter().filter(|row| row.kind == "outcome").filter_map(|row| row.about).collect();
    let shown = rows.iter().rev().filter(|row| !(row.verdict == "allow" && continued.contains(&row.seq)));
    shown
        .take(last as usize)
        .map(|row| {
            let mut line = vec![Inline::text(format!("{} · ", when(row.at)))];
            let middle = middle(row);
            if !middle.is_empty() {
                line.extend(middle);
                line.push(" · ".into());
            }
            line.extend(marked(&what(row)));
            line
        })
        .collect()
}

fn when(at: i64) -> String {
    let Ok(at) = Timestamp::from_millisecond(at) else { return "?".to_owned() };
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %H:%M").to_string()
}

/// `#eng`, or `direct messages`.
fn place(row: &Record) -> Option<Inline> {
    let place = parse_place(row.place.as_deref()?)?;
    Some(place.channel_id().map_or_else(|| "direct messages".into(), profile::channel_label))
}

/// What a row tells, in words.
fn what(row: &Record) -> String {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let text = |key: &str| detail.get(key).and_then(Value::as_str).map(harmless);
    let verdict = verdict(&row.verdict);
    match row.kind.as_str() {
        "policy" | "admission" => {
            let tool = row.tool.as_deref().map(|tool| format!(" {tool}")).unwrap_or_default();
            let change = text("change").unwrap_or_else(|| "change".to_owned());
            let whole = detail.get("rule").and_then(Value::as_str).map(|rule| rule.replace('`', ""));
            match (whole, text("target"), text("name").filter(|name| !name.is_empty()), text("state")) {
                (Some(rule), ..) if change == "forget" => format!("`forget`: {rule}"),
                (Some(rule), ..) => format!("`{rule}`"),
                (_, Some(target), ..) => format!("`{change} {target}`"),
                (_, _, _, Some(state)) => format!("`{change}`{tool}: {state}"),
                (_, _, Some(name), _) => format!("`{change}` {name}"),
                _ => format!("`{change}`{tool}"),
            }
        }
        kind => {
            let issue = row.issue.as_deref().map(|issue| format!(" {issue}")).unwrap_or_default();
            let repeated = detail.get("repeated").and_then(Value::as_i64);
            let repeated = repeated.map(|times| format!(", {times} times more")).unwrap_or_default();
            let admin = text("admin").map(|command| format!("admin {command}"));
            let name = row.tool.clone().or(admin).unwrap_or_else(|| kind.to_owned());
            format!("`{name}`{issue} · {verdict}{repeated}")
        }
    }
}

fn verdict(verdict: &str) -> String {
    match verdict.split_once(':') {
        None if verdict == "allow" => "allowed".to_owned(),
        Some(("deny", step)) => format!("refused ({step})"),
        Some(("failed", why)) => format!("failed ({why})"),
        Some(("ask", what)) => format!("asked to {what}"),
        _ => verdict.to_owned(),
    }
}
