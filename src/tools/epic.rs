//! `epic`: what an issue is a part of, and how far that has come.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Category, Issue},
    replies::{Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Epic;

/// Show the epic or parent of an issue, with its progress
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

/// As many steps lead up at most: subtask, story, epic.
const HIGHEST: usize = 3;
/// As many parts are counted.
const MOST: u32 = 100;

impl Tool for Epic {
    const NAME: &'static str = "epic";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["epic DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        let epics = call.jira.epics();
        let (mut issue, mut above) = epics.parent(key).await.at(&call)?;
        let mut climbed = 0;
        while let Some(parent) = above.take().filter(|_| climbed < HIGHEST) {
            // What lies above may be for others only. Then this is the highest that can be shown.
            let Ok(found) = epics.parent(&parent).await else { break };
            (issue, above) = found;
            climbed += 1;
        }
        let children = epics.children(&issue.key).await.at(&call)?;
        let found = call.jira.search().run(&children, MOST, None).await.at(&call)?;
        if climbed == 0 && found.items.is_empty() {
            let here = if call.jira.scope().is_all() { "" } else { " that may be used here" };
            let words = format!("{} is part of no epic{here}, and nothing is part of it.", issue.key);
            let text = Text::plain(words);
            return Ok(show::page(&issue, text, call.jira.site(), show::about(&issue)));
        }
        let progress = progress(&found.items, found.next.is_some());
        let mut outcome = show::card(&issue, call.jira.site());
        if let Shape::Card(card) = &mut outcome.shape {
            card.facts.push(("Progress".to_owned(), progress));
        }
        // The count speaks of issues that not everyone may see.
        outcome.about.restricted |= found.items.iter().any(|child| child.security);
        outcome.about.projects.extend(found.items.iter().map(|child| child.project.clone()));
        let parts = serde_json::json!({ "key": issue.key });
        outcome.offers.insert(0, Offer::anyone("Parts", show::deed("children", parts, call.site())));
        Ok(mentions::told(&call, outcome).await)
    }
}

/// `2 of 5 done, 1 in progress`.
fn progress(parts: &[Issue], more: bool) -> String {
    let count = |category| parts.iter().filter(|part| part.status.category == category).count();
    let of = if more { "the first " } else { "" };
    let busy = match count(Category::InProgress) {
        0 => String::new(),
        busy => format!(", {busy} in progress"),
    };
    format!("{} of {of}{} done{busy}", count(Category::Done), parts.len())
}
