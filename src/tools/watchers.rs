//! `watchers`: who is told when an issue changes.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Watchers;

/// Show who watches an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

impl Tool for Watchers {
    const NAME: &'static str = "watchers";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}/watchers"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["watchers DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        let (issues, watchers) = (call.jira.issues(), call.jira.watchers());
        let (issue, watching) = futures::try_join!(issues.get(key), watchers.list(key)).at(&call)?;
        let key = &issue.key;
        let names: Vec<&str> = watching.people.iter().map(|user| user.name.as_str()).collect();
        let head = match watching.count {
            0 => format!("Nobody watches {key}."),
            1 => format!("One person watches {key}: "),
            count => format!("{count} people watch {key}: "),
        };
        let words = match (watching.count, names.as_slice()) {
            (0, _) => head,
            (_, []) => format!("{} Your Jira account may not see who.", head.trim_end_matches(": ").to_owned() + "."),
            (_, names) => format!("{head}{}.", show::and(names)),
        };
        let about = show::about(&issue);
        let (label, tool) = if watching.mine { ("Stop", "unwatch") } else { ("Watch", "watch") };
        let mine = Offer::mine(label, show::deed(tool, serde_json::json!({ "key": key }), call.site()));
        Ok(show::page(&issue, Text::plain(words), call.jira.site(), about).offering([mine]))
    }
}
