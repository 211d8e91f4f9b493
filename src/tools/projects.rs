//! `projects`: the projects that whoever asks may see, within those that may be used here.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, places};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{Cursor, Project},
    replies::{About, Offer, Outcome, Page, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Projects;

/// List projects
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Part of a key or name
    pub words: Option<String>,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Projects {
    const NAME: &'static str = "projects";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/search", "GET project"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["projects", "projects engine"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("words", Source::Project)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let mut all = call.jira.projects().list().await.at(&call)?;
        all.sort_by(|one, other| one.key.cmp(&other.key));
        let words = call.args.words.as_deref().unwrap_or_default().trim();
        let wanted = words.to_lowercase();
        let fits =
            |one: &Project| [one.key.as_str(), &one.name].iter().any(|name| name.to_lowercase().contains(&wanted));
        all.retain(fits);
        let head = match (all.len(), words.is_empty()) {
            (0, true) => places::NO_PROJECT.to_owned(),
            (0, false) => format!("No project here matches \"{}\".", shorten(words)),
            (some, true) => page::counted(some, "project"),
            (1, false) => format!("1 project matches \"{}\"", shorten(words)),
            (some, false) => format!("{some} projects match \"{}\"", shorten(words)),
        };
        if all.is_empty() {
            return Ok(Outcome::new(Shape::Text(head.into()), About::default()));
        }
        let part = page::part(&all, call.args.page.as_ref());
        let site = call.jira.site();
        let line = |one: &Project| {
            let key = Inline::link(one.key.as_str(), site.project_url(&one.key));
            vec![key, format!("  {}", one.name).into()]
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let about = About { projects: part.items.iter().map(|one| one.key.clone()).collect(), ..About::default() };
        let more = part.more(&call, Self::NAME, serde_json::json!({ "words": call.args.words }));
        let more = more.map(|deed| Offer::anyone("More", deed).instead());
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), about).offering(more))
    }
}
