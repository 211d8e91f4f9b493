//! `unlog`: takes back time that one has logged.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, named, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::duration,
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unlog;

/// Take back time that you logged
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The entry: its number, its link, or last for your own last one
    pub worklog: String,
}

impl Tool for Unlog {
    const NAME: &'static str = "unlog";
    const ACCESS: Access = Access::Destructive;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issue/{key}/worklog/{id}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["unlog DEMO-7 last", "unlog DEMO-7 3"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("worklog", Source::Worklog)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, worklog } = &call.args;
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let found = named::worklog(&call, &issue, worklog).await?;
        if let Some(author) = found.author.as_ref().filter(|author| author.account != *call.account()) {
            return Err(Error::user_hint(
                format!("{} logged that. Only your own time can be taken back here.", author.name),
                format!("`jira worklogs {}` shows what is whose.", issue.key),
            ));
        }
        call.jira.worklogs().delete(&issue.key, &found.id).await.at(&call)?;
        let words = format!("{} taken back from {}.", duration::format(found.seconds), issue.key);
        Ok(show::own(&call, &issue.key, words))
    }

    async fn warns(call: Call<Args>) -> Result<Option<String>, Error> {
        let Args { key, worklog } = &call.args;
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let found = named::worklog(&call, &issue, worklog).await?;
        let when = found.started.map(|at| format!(" of {}", show::day(at))).unwrap_or_default();
        let (who, time) = (show::name(found.author.as_ref()), duration::format(found.seconds));
        Ok(Some(format!("It is {time}{when}, logged by {who}.")))
    }
}
