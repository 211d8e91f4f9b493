//! `edit-comment`: puts other words into a comment.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, named, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::Body,
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct EditComment;

/// Change the words of a comment
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The comment: its number, its link, or last for your own last one
    pub comment: String,
    /// What it shall say. Markdown works, line breaks stay
    pub text: String,
    /// What it said before, as Jira gave it: the way back.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub back: Option<Body>,
}

impl Tool for EditComment {
    const NAME: &'static str = "edit-comment";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { customer_visible: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["PUT issue/{key}/comment/{id}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] =
        &["edit-comment DEMO-7 last Fixed, see the new test", "edit-comment DEMO-7 3 Not fixed yet"];
    const REST: bool = true;
    const RICH: &'static [&'static str] = &["text"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("comment", Source::Comment)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, comment, text, back } = &call.args;
        if text.trim().is_empty() && back.is_none() {
            return Err(Error::user_hint(
                "A comment needs words.",
                format!("`jira delete-comment {key} {comment}` removes it."),
            ));
        }
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let found = named::comment(&call, &issue, comment).await?;
        let body = back.clone().unwrap_or_else(|| mentions::body(&call, text));
        call.jira.comments().edit(&found, &body).await.at(&call)?;
        let mut about = show::about(&issue);
        about.restricted |= found.restricted;
        let whose = match found.author.as_ref() {
            Some(author) if author.account != *call.account() => format!("{}'s comment on {}", author.name, issue.key),
            _ => format!("Comment on {}", issue.key),
        };
        let undo = found.body.as_ref().map(|before| {
            let comment = named::by_id(found.id.as_str());
            let args = serde_json::json!({ "key": issue.key, "comment": comment, "text": "", "back": before });
            Offer::mine("Undo", show::deed(Self::NAME, args, call.site()))
        });
        let done = show::done(&issue, format!("{whose} changed."), call.jira.site(), about);
        Ok(done.changed(&issue.key).offering(undo))
    }
}
