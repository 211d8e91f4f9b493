//! `comments`: what was said about an issue, the newest page first.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, named, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{self, Cursor},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Comments;

/// Read the comments of an issue
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

/// Comments on one page.
const PAGE: u32 = 8;

impl Tool for Comments {
    const NAME: &'static str = "comments";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}/comment"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["comments DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, page } = &call.args;
        let (issues, comments) = (call.jira.issues(), call.jira.comments());
        let (issue, said) = futures::try_join!(issues.get(key), comments.list(key, PAGE, page.as_ref())).at(&call)?;
        let mut about = show::about(&issue);
        about.restricted |= said.items.iter().any(|comment| comment.restricted);
        let newest = said.total.unwrap_or_default().saturating_sub(start(page.as_ref()));
        let oldest = (newest + 1).saturating_sub(said.items.len() as u64);
        let head = match (said.items.len(), oldest, said.total.unwrap_or_default()) {
            (0, ..) => format!("Nobody has commented on {} yet.", issue.key),
            (_, 1, total) if newest == total => format!("Comments on {}", issue.key),
            (_, _, total) => format!("Comments on {}, {oldest} to {newest} of {total}", issue.key),
        };
        let mut text = Text::plain(head);
        let numbered: Vec<(u64, &jira::Comment)> = (0..=newest).rev().zip(&said.items).collect();
        for (number, comment) in numbered.iter().rev() {
            text = text.then(show::comment(Some(*number), comment));
        }
        let mut offers = Vec::new();
        // What is one's own can be changed from here. The button knows the comment, not its number.
        let own = |comment: &jira::Comment| comment.author.as_ref().is_some_and(|who| who.account == *call.account());
        if let Some((number, comment)) = numbered.iter().find(|(_, comment)| own(comment)) {
            let args = serde_json::json!({ "key": issue.key, "comment": named::by_id(comment.id.as_str()) });
            offers.push(Offer::mine(format!("Edit {number}"), show::deed("edit-comment", args.clone(), call.site())));
            offers.push(Offer::mine(format!("Delete {number}"), show::deed("delete-comment", args, call.site())));
        }
        offers.push(Offer::anyone(
            "Comment",
            show::deed("comment", serde_json::json!({ "key": issue.key }), call.site()),
        ));
        if let Some(next) = &said.next {
            let args = serde_json::json!({ "key": key, "page": next });
            offers.push(Offer::anyone("Earlier", show::deed(Self::NAME, args, call.site())).instead());
        }
        let page = show::page(&issue, text, call.jira.site(), about).offering(offers);
        Ok(mentions::told(&call, page).await)
    }
}

/// How many newer comments there are.
fn start(page: Option<&Cursor>) -> u64 {
    match page {
        Some(Cursor::Start(start)) => *start,
        _ => 0,
    }
}
