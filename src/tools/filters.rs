//! `filters`: the saved filters of whoever asks.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags, SiteKind},
    jira::{self, Cursor},
    replies::{About, Offer, Outcome, Page, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Filters;

/// List your saved filters
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Part of a name
    pub words: Option<String>,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

/// Buttons that run a filter.
const BUTTONS: usize = 5;

impl Tool for Filters {
    const NAME: &'static str = "filters";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET filter/my", "GET filter/favourite"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["filters", "filters bugs"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("words", Source::Filter)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let mut all = call.jira.filters().mine().await.at(&call)?;
        let words = call.args.words.as_deref().unwrap_or_default().trim();
        let wanted = words.to_lowercase();
        all.retain(|one| one.name.to_lowercase().contains(&wanted));
        all.sort_by_key(|one| (!one.favourite, one.name.to_lowercase()));
        let kinds = match call.jira.site().kind {
            SiteKind::Cloud => "filters of your own or with your star",
            SiteKind::DataCenter => "filters with your star",
        };
        let head = match (all.len(), words.is_empty()) {
            (0, true) => format!("You have no {kinds}."),
            (0, false) => format!("You have no filter that matches \"{}\".", shorten(words)),
            (some, _) => format!("You have {}", page::counted(some, "filter")),
        };
        let part = page::part(&all, call.args.page.as_ref());
        let site = call.jira.site();
        let line = |one: &jira::Filter| {
            let star = if one.favourite { " · with your star" } else { "" };
            vec![Inline::link(&one.name, site.filter_url(&one.id)), star.into()]
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let run = part.items.iter().take(BUTTONS).map(|one| {
            let args = serde_json::json!({ "name": one.name, "id": one.id });
            Offer::mine(shorten(&one.name), show::deed("filter", args, call.site()))
        });
        let more = part.more(&call, Self::NAME, serde_json::json!({ "words": call.args.words }));
        let more = more.map(|deed| Offer::mine("More", deed).instead());
        let offers: Vec<Offer> = run.chain(more).collect();
        let about = About { personal: true, ..About::default() };
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), about).offering(offers))
    }
}
