//! `filter`: runs a saved filter, held to the projects that may be used here.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    At, Call, Family, On, Source, Tool, Touches,
    listing::{self, Listing},
    places, show,
};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{
        self, Cursor, FilterId, Jql,
        jql::{Clause, Direction, Operand, Operator},
    },
    replies::{About, Outcome, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Filter;

/// Show what a saved filter finds
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The filter's name, or its number in Jira
    pub name: String,
    /// The filter that a button stands for.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub id: Option<FilterId>,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Filter {
    const NAME: &'static str = "filter";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET filter/{id}", "POST search/jql", "POST search"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["filter open bugs", "filter 10042"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("name", Source::Filter)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { name, id, page } = &call.args;
        let filters = call.jira.filters();
        let again = |one: &jira::Filter, page: Option<&Cursor>| {
            let args = serde_json::json!({ "name": one.name, "id": one.id, "page": page });
            show::deed(Self::NAME, args, call.site())
        };
        let filter = match id.clone().or_else(|| name.trim().trim_start_matches('#').parse().ok()) {
            Some(id) => filters.get(&id).await.at(&call)?,
            None => {
                let mine = filters.mine().await.at(&call)?;
                let about = About { personal: true, ..About::default() };
                let what = "filter of yours";
                match places::one(&mine, name, what, |one| &one.name, about, |one| again(one, None))? {
                    Ok(filter) => filter.clone(),
                    Err(question) => return Ok(*question),
                }
            }
        };
        let mut jql = Jql::parse(&filter.jql).map_err(|error| {
            let message = format!("I can't read what `{}` searches. {error}", shorten(&filter.name).replace('`', ""));
            Error::user_hint(message, "Open it in Jira.")
        })?;
        if jql.clause().is_none() {
            // Cloud searches nothing without a condition.
            jql = jql.and(Clause::compare("project", Operator::IsNot, Operand::Empty));
        }
        if !jql.is_ordered() {
            jql = jql.order_by("updated", Direction::Descending);
        }
        let found = call.jira.search().run(&jql, listing::PAGE, page.as_ref()).await.at(&call)?;
        let listing = Listing {
            what: format!("in {}", filter.name),
            total: found.total,
            further: page.is_some(),
            more: found.next.as_ref().map(|next| again(&filter, Some(next))),
        };
        let mut outcome = listing::listed(&call, &found.items, listing);
        // What a filter is called is its owner's matter.
        outcome.about.personal = true;
        Ok(outcome)
    }
}
