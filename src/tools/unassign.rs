//! `unassign`: gives an issue to nobody.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, people, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unassign;

/// Take an issue from whoever has it
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

impl Tool for Unassign {
    const NAME: &'static str = "unassign";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT issue/{key}/assignee"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["unassign DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let issues = call.jira.issues();
        let issue = issues.get(&call.args.key).await.at(&call)?;
        let (key, about) = (&issue.key, show::about(&issue));
        let Some(had) = &issue.assignee else {
            return Ok(show::done(&issue, format!("Nobody has {key}."), call.jira.site(), about));
        };
        issues.assign(key, None).await.at(&call)?;
        let args = serde_json::json!({ "key": key, "who": people::by_id(&had.account) });
        let undo = Offer::mine("Undo", show::deed("assign", args, call.site()));
        let words = format!("{key} is assigned to nobody now. {} had it.", had.name);
        Ok(show::done(&issue, words, call.jira.site(), about).changed(key).offering([undo]))
    }
}
