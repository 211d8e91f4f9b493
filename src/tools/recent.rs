//! `recent`: the issues at which whoever asks has looked last.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, listing};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{
        Cursor, Jql,
        jql::{Clause, Direction, Operand, Operator},
    },
    replies::{About, Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Recent;

/// List the issues that you looked at last
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Recent {
    const NAME: &'static str = "recent";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST search/jql", "POST search"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["recent"];
    const COMPLETES: &'static [(&'static str, Source)] = &[];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let looked = Clause::compare("issuekey", Operator::In, Operand::Call("issueHistory".to_owned(), Vec::new()));
        let jql = Jql::new(looked).order_by("lastViewed", Direction::Descending);
        let page = call.args.page.as_ref();
        let found = call.jira.search().run(&jql, listing::PAGE, page).await.at(&call)?;
        if found.items.is_empty() && page.is_none() {
            return Ok(nothing());
        }
        let mut outcome =
            listing::found(&call, &found, "that you looked at last", page, Self::NAME, serde_json::json!({}));
        // At what somebody looks is nobody else's matter.
        outcome.about.personal = true;
        Ok(outcome)
    }
}

fn nothing() -> Outcome {
    let text = Text::plain("Jira remembers no issue at which you looked and that may be shown here.");
    let about = About { personal: true, ..About::default() };
    Outcome::new(Shape::Done(Done { text, url: None }), about)
}
