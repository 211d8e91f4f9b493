//! `children`: the subtasks of an issue, or the issues of an epic.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, listing};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Cursor, jql::Direction},
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Children;

/// List the parts of an issue: its subtasks, or the issues of an epic
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

impl Tool for Children {
    const NAME: &'static str = "children";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST search/jql", "POST search"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["children DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, page } = &call.args;
        let jql = call.jira.epics().children(key).await.at(&call)?.order_by("key", Direction::Ascending);
        let (issues, search) = (call.jira.issues(), call.jira.search());
        let read = futures::join!(issues.get(key), search.run(&jql, listing::PAGE, page.as_ref()));
        // What is wrong with the issue is said first: of a parent that is not there, a search says so in its own words, or
        // nothing at all.
        let (issue, found) = (read.0.at(&call)?, read.1.at(&call)?);
        let what = format!("below {}", issue.key);
        let mut outcome =
            listing::found(&call, &found, what, page.as_ref(), Self::NAME, serde_json::json!({ "key": key }));
        outcome.about.projects.insert(issue.project.clone());
        outcome.about.restricted |= issue.security;
        Ok(outcome)
    }
}
