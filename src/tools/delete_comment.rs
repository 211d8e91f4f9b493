//! `delete-comment`: takes a comment away.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, named, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct DeleteComment;

/// Delete a comment
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The comment: its number, its link, or last for your own last one
    pub comment: String,
}

impl Tool for DeleteComment {
    const NAME: &'static str = "delete-comment";
    const ACCESS: Access = Access::Destructive;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issue/{key}/comment/{id}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["delete-comment DEMO-7 last", "delete-comment DEMO-7 3"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("comment", Source::Comment)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, comment } = &call.args;
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let found = named::comment(&call, &issue, comment).await?;
        call.jira.comments().delete(&found).await.at(&call)?;
        let mut about = show::about(&issue);
        about.restricted |= found.restricted;
        let whose = show::name(found.author.as_ref());
        let words = format!("{whose}'s comment on {} is deleted.", issue.key);
        Ok(show::done(&issue, words, call.jira.site(), about).changed(&issue.key))
    }

    async fn warns(call: Call<Args>) -> Result<Option<String>, Error> {
        let Args { key, comment } = &call.args;
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let found = named::comment(&call, &issue, comment).await?;
        let words = found.body.as_ref().map(|body| show::one_line(body, 200)).unwrap_or_default();
        let when = found.created.map(|at| format!(" on {}", show::day(at))).unwrap_or_default();
        Ok(Some(format!("{} wrote{when}: \"{words}\".", show::name(found.author.as_ref()))))
    }
}
