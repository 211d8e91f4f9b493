//! `unvote`: takes a vote back.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unvote;

/// Take back your vote for an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

impl Tool for Unvote {
    const NAME: &'static str = "unvote";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issue/{key}/votes"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["unvote DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        if let Err(error) = call.jira.votes().remove(key).await {
            return Err(show::why_not(&call, key, error).await);
        }
        let back = Offer::mine("Undo", show::deed("vote", serde_json::json!({ "key": key }), call.site()));
        Ok(show::own(&call, key, format!("Your vote for {key} is taken back.")).offering([back]))
    }
}
