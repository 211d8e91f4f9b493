//! `unplan`: takes issues out of their sprint, back to the backlog.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unplan;

/// Take issues out of their sprint, back to the backlog
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issues' keys, such as DEMO-7 DEMO-8
    #[arg(value_name = "KEYS")]
    pub issues: String,
}

impl Tool for Unplan {
    const NAME: &'static str = "unplan";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { bulk: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST agile/1.0/backlog/issue"];
    const SCOPES: &'static [&'static str] = &["write:board-scope:jira-software", "read:issue:jira-software"];
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["unplan DEMO-7"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("issues", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        agile::on(&args.issues)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let issues = call.args.issues.trim();
        let keys = agile::all_keys(issues, "unplan DEMO-7")?;
        let before = agile::before(&call, &keys).await;
        let (named, are) = (agile::named(&keys), if keys.len() == 1 { "is" } else { "are" });
        if before == Some(None) {
            return Err(Error::user(format!("{named} {are} in no sprint.")));
        }
        call.jira.sprints().remove(&keys).await.at(&call)?;
        let text = Text::plain(format!("{named} {are} back in the backlog."));
        let url = (keys.len() == 1).then(|| call.jira.site().browse_url(&keys[0]).to_string());
        let about = agile::about_issues(&call, &keys).await;
        let undo = before.flatten().map(|sprint| {
            Offer::mine(
                "Undo",
                show::deed("plan", serde_json::json!({ "issues": issues, "into": sprint }), call.site()),
            )
        });
        let outcome = Outcome::new(Shape::Done(Done { text, url }), about);
        let outcome = match keys.as_slice() {
            [key] => outcome.changed(key),
            _ => outcome.made(format!("backlog: {named}")),
        };
        Ok(outcome.offering(undo))
    }
}
