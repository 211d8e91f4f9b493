//! `link-types`: how issues can be linked on this site.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{
    Text,
    tree::{Block, Inline},
};

use super::{At, Call, Family, On, Source, Tool, Touches};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::LinkType,
    replies::{About, Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct LinkTypes;

/// List how issues can be linked
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {}

impl Tool for LinkTypes {
    const NAME: &'static str = "link-types";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET issueLinkType"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["link-types"];
    const COMPLETES: &'static [(&'static str, Source)] = &[];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let types = call.jira.links().types().await.at(&call)?;
        if types.is_empty() {
            return Err(Error::user("Linking of issues is switched off on this site."));
        }
        let line = |kind: &LinkType| {
            let ways = if kind.inward == kind.outward {
                kind.outward.clone()
            } else {
                format!("{} / {}", kind.outward, kind.inward)
            };
            vec![Block::Paragraph(vec![Inline::strong(&kind.name), format!(": {ways}").into()])]
        };
        let items = types.iter().map(line).collect();
        let text = Text::plain("Issues can be linked like this:").block(Block::List { start: None, items });
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), About::default()))
    }
}
