//! `priorities`: how urgent an issue can be.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page};
use crate::{
    error::Error,
    ids::{Access, Flags},
    replies::{About, Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Priorities;

/// List the priorities, the most urgent first
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {}

impl Tool for Priorities {
    const NAME: &'static str = "priorities";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET priority"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["priorities"];
    const COMPLETES: &'static [(&'static str, Source)] = &[];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let names = call.jira.projects().priorities().await.at(&call)?;
        let lines = names.into_iter().map(|name| vec![Inline::text(name)]).collect();
        let text = page::text("Priorities, the most urgent first", lines);
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), About::default()))
    }
}
