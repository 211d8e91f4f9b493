//! `rank`: puts an issue directly before or after another.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::RANK,
    replies::{Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Rank;

/// Put an issue directly before or after another
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The issue that is to follow it
    #[arg(long, value_name = "KEY")]
    #[schemars(with = "Option<String>")]
    pub before: Option<IssueKey>,
    /// The issue that is to precede it
    #[arg(long, value_name = "KEY")]
    #[schemars(with = "Option<String>")]
    pub after: Option<IssueKey>,
}

impl Tool for Rank {
    const NAME: &'static str = "rank";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT agile/1.0/issue/rank"];
    const SCOPES: &'static [&'static str] = RANK;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["rank DEMO-7 before DEMO-3", "rank DEMO-7 after DEMO-8"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("before", "before"), ("after", "after")];
    const COMPLETES: &'static [(&'static str, Source)] =
        &[("key", Source::Issue), ("before", Source::Issue), ("after", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        let keys = [Some(&args.key), args.before.as_ref(), args.after.as_ref()].into_iter().flatten();
        // What goes wrong may be about either.
        On { subject: None, ..On::issues(keys) }
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, before, after } = &call.args;
        let (is_before, other) = match (before, after) {
            (Some(other), None) => (true, other),
            (None, Some(other)) => (false, other),
            _ => {
                let hint = format!("Like this: `jira rank {key} before DEMO-3`.");
                return Err(Error::user_hint("Say before or after which issue.", hint));
            }
        };
        if key == other {
            return Err(Error::user(format!("{key} cannot stand next to itself.")));
        }
        call.jira.boards().rank(key, is_before, other).await.at(&call)?;
        let word = if is_before { "before" } else { "after" };
        let text = Text::plain(format!("{key} stands directly {word} {other} now."));
        let url = Some(call.jira.site().browse_url(key).to_string());
        let about = agile::about_issues(&call, &[key.clone(), other.clone()]).await;
        Ok(Outcome::new(Shape::Done(Done { text, url }), about).changed(key))
    }
}
