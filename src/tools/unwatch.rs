//! `unwatch`: ends what `watch` began.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unwatch;

/// Stop watching an issue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

impl Tool for Unwatch {
    const NAME: &'static str = "unwatch";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issue/{key}/watchers"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["unwatch DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        call.jira.watchers().remove(key, call.account()).await.at(&call)?;
        let again = Offer::mine("Undo", show::deed("watch", serde_json::json!({ "key": key }), call.site()));
        Ok(show::own(&call, key, format!("You are no longer watching {key}.")).offering([again]))
    }
}
