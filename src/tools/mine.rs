//! `mine`: the open issues of whoever asks.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, listing};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{
        Cursor, Jql,
        jql::{Clause, Direction, Operand, Operator},
    },
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Mine;

/// List the open issues that are assigned to you
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Mine {
    const NAME: &'static str = "mine";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST search/jql", "POST search"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["mine"];
    const COMPLETES: &'static [(&'static str, Source)] = &[];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let jql = Jql::new(Clause::call("assignee", "currentUser"))
            .and(Clause::compare("statusCategory", Operator::NotEquals, Operand::Text("Done".to_owned())))
            .order_by("updated", Direction::Descending);
        let page = call.args.page.as_ref();
        let found = call.jira.search().run(&jql, listing::PAGE, page).await.at(&call)?;
        Ok(listing::found(&call, &found, "assigned to you", page, Self::NAME, serde_json::json!({})))
    }
}
