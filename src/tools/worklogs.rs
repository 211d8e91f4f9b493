//! `worklogs`: the time that was logged on an issue, the newest page first.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{Text, tree::Block};

use super::{At, Call, Family, On, Source, Tool, Touches, named, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Cursor, Worklog, duration},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Worklogs;

/// Show the time logged on an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

/// Entries on one page.
const PAGE: usize = 15;
/// The longest note that is shown, in characters.
const NOTE: usize = 120;

impl Tool for Worklogs {
    const NAME: &'static str = "worklogs";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}/worklog"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["worklogs DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, page } = &call.args;
        let (issues, worklogs) = (call.jira.issues(), call.jira.worklogs());
        let (issue, all) = futures::try_join!(issues.get(key), worklogs.all(key)).at(&call)?;
        let mut about = show::about(&issue);
        if all.is_empty() {
            let text = Text::plain(format!("No time is logged on {}.", issue.key));
            return Ok(show::page(&issue, text, call.jira.site(), about));
        }
        let skipped = match page {
            Some(Cursor::Start(start)) => usize::try_from(*start).unwrap_or(usize::MAX),
            _ => 0,
        };
        let end = all.len().saturating_sub(skipped);
        let begin = end.saturating_sub(PAGE);
        let shown = all.get(begin..end).unwrap_or_default();
        about.restricted |= shown.iter().any(|entry| entry.restricted);
        let total = duration::format(all.iter().map(|entry| entry.seconds).sum());
        let left = issue.remaining.map(|left| format!(", {} left", duration::format(left))).unwrap_or_default();
        let items = shown.iter().map(|entry| vec![Block::Paragraph(vec![line(entry).into()])]).collect();
        let text = Text::plain(format!("Time on {}: {total} in all{left}", issue.key))
            .block(Block::List { start: Some(begin as u64 + 1), items });
        let own = |entry: &&Worklog| entry.author.as_ref().is_some_and(|who| who.account == *call.account());
        let mut offers = Vec::new();
        if let Some(at) = shown.iter().rposition(|entry| own(&entry)) {
            let args = serde_json::json!({ "key": issue.key, "worklog": named::by_id(shown[at].id.as_str()) });
            offers.push(Offer::mine(format!("Remove {}", begin + at + 1), show::deed("unlog", args, call.site())));
        }
        if begin > 0 {
            let next = Cursor::Start((all.len() - begin) as u64);
            let args = serde_json::json!({ "key": key, "page": next });
            offers.push(Offer::anyone("Earlier", show::deed(Self::NAME, args, call.site())).instead());
        }
        Ok(show::page(&issue, text, call.jira.site(), about).offering(offers))
    }
}

/// `20 Nov 2026 · Ada Byron · 1h 30m · First draft`.
fn line(entry: &Worklog) -> String {
    let when = entry.started.map(|at| format!("{} · ", show::day(at))).unwrap_or_default();
    let few = if entry.restricted { " · for a few" } else { "" };
    let note = entry.comment.as_ref().map(|body| show::one_line(body, NOTE)).filter(|note| !note.is_empty());
    let note = note.map(|note| format!(" · {note}")).unwrap_or_default();
    format!("{when}{} · {}{few}{note}", show::name(entry.author.as_ref()), duration::format(entry.seconds))
}
