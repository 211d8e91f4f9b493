//! `history`: what was changed on an issue, by whom and when.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{
    Text,
    tree::{Block, Inline},
};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Change, Changed, Cursor},
    replies::{Offer, Outcome, capitalised},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct History;

/// Show what was changed on an issue
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

/// Changes on one page.
const PAGE: u32 = 10;
/// The longest value that is shown, in characters.
const VALUE: usize = 80;

impl Tool for History {
    const NAME: &'static str = "history";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}/changelog", "GET issue/{key}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["history DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, page } = &call.args;
        let (issues, changelog) = (call.jira.issues(), call.jira.changelog());
        let (issue, past) = futures::try_join!(issues.get(key), changelog.list(key, PAGE, page.as_ref())).at(&call)?;
        let mut about = show::about(&issue);
        // A deleted comment stays in the history, and who might read it is not told any more.
        about.restricted |= past.items.iter().flat_map(|change| &change.items).any(|item| item.field == "Comment");
        let head = match (past.items.is_empty(), page.is_some()) {
            (true, false) => format!("Nothing was changed on {} yet.", issue.key),
            (true, true) => format!("No earlier changes on {} that I may show.", issue.key),
            (false, false) => format!("Changes on {}, the newest first", issue.key),
            (false, true) => format!("Earlier changes on {}", issue.key),
        };
        let mut text = Text::plain(head);
        let lines: Vec<Vec<Block>> = past.items.iter().map(|change| vec![Block::Paragraph(line(change))]).collect();
        if !lines.is_empty() {
            text = text.block(Block::List { start: None, items: lines });
        }
        let more = past.next.map(|next| {
            let args = serde_json::json!({ "key": key, "page": next });
            Offer::anyone("Earlier", show::deed(Self::NAME, args, call.site())).instead()
        });
        Ok(show::page(&issue, text, call.jira.site(), about).offering(more))
    }
}

/// `20 Nov 2026, Ada Byron: Status To Do -> In Progress, Assignee nothing -> Ada Byron`.
fn line(change: &Change) -> Vec<Inline> {
    let when = change.created.map(|at| format!("{}, ", show::day(at))).unwrap_or_default();
    let lead = format!("{when}{}: ", show::name(change.author.as_ref()));
    let what: Vec<String> = change.items.iter().map(told).collect();
    vec![Inline::Emphasis(vec![lead.into()]), what.join(", ").into()]
}

fn told(item: &Changed) -> String {
    let value = |value: &Option<String>| {
        let one_line = value.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        match one_line.char_indices().nth(VALUE) {
            Some((end, _)) => format!("{}…", one_line[..end].trim_end()),
            None if one_line.is_empty() => "nothing".to_owned(),
            None => one_line,
        }
    };
    format!("{} {} -> {}", capitalised(&item.field), value(&item.from), value(&item.to))
}
