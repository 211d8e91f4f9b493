//! `transitions`: where an issue can go from its status.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{Text, tree::Inline};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::Transition,
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Transitions;

/// Show to which statuses an issue can go
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

/// As many statuses have a button.
const BUTTONS: usize = 5;

impl Tool for Transitions {
    const NAME: &'static str = "transitions";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issue/{key}/transitions"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["transitions DEMO-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let key = &call.args.key;
        let (issues, ways) = (call.jira.issues(), call.jira.transitions());
        let (issue, ways) = futures::try_join!(issues.get(key), ways.list(key)).at(&call)?;
        let (key, from) = (&issue.key, &issue.status.name);
        let about = show::about(&issue);
        if ways.is_empty() {
            let text = Text::plain(format!("{key} is {from}, and your Jira account cannot move it from there."));
            return Ok(show::page(&issue, text, call.jira.site(), about));
        }
        let lines = ways.iter().map(|way| vec![Inline::text(line(way))]).collect();
        let text = Text::plain(format!("{key} is {from}. It can go to:")).block(show::listed(lines));
        let offers = ways.iter().take(BUTTONS).map(|way| {
            let args = serde_json::json!({ "key": key, "to": way.name });
            Offer::mine(&way.to.name, show::deed("status", args, call.site()))
        });
        Ok(show::page(&issue, text, call.jira.site(), about).offering(offers))
    }
}

/// `Released (Ship it), asks for Resolution`.
fn line(way: &Transition) -> String {
    let own = if way.name.eq_ignore_ascii_case(&way.to.name) { String::new() } else { format!(" ({})", way.name) };
    let asked = way.fields.iter().filter(|field| field.required && !field.has_default);
    let asked: Vec<&str> = asked.map(|field| field.name.as_str()).collect();
    let asks = if asked.is_empty() { String::new() } else { format!(", asks for {}", asked.join(", ")) };
    format!("{}{own}{asks}", way.to.name)
}
