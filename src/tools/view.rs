//! `view`: shows one issue as a card.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::RELATED,
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct View;

/// Show an issue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// With what hangs on it: subtasks, links, files, comments.
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// The comments that are shown with an issue.
const COMMENTS: u32 = 5;

impl Tool for View {
    const NAME: &'static str = "view";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["view DEMO-7", "DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let (issues, key) = (call.jira.issues(), &call.args.key);
        if !call.args.more {
            let issue = issues.open(key, &[]).await.at(&call)?;
            return Ok(mentions::told(&call, show::card(&issue, call.jira.site())).await);
        }
        let comments = call.jira.comments();
        let read = futures::try_join!(issues.open(key, RELATED), comments.list(key, COMMENTS, None));
        let (issue, comments) = read.at(&call)?;
        Ok(mentions::told(&call, show::whole(&issue, &comments, call.jira.site())).await)
    }
}
