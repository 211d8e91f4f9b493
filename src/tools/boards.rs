//! `boards`: the boards that are about projects which may be used here.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Board, Cursor, READ_BOARDS},
    replies::{About, Offer, Outcome, Page, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Boards;

/// List boards
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// Part of a name
    pub words: Option<String>,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

/// Buttons that show the running sprint of a board.
const BUTTONS: usize = 5;

impl Tool for Boards {
    const NAME: &'static str = "boards";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET agile/1.0/board"];
    const SCOPES: &'static [&'static str] = READ_BOARDS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["boards", "boards in DEMO"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("in", "project")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("words", Source::Board)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(args.project.as_ref())
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { project, words, page } = &call.args;
        let mut all = call.jira.boards().list(project.as_ref()).await.at(&call)?;
        let words = words.as_deref().unwrap_or_default().trim();
        let wanted = words.to_lowercase();
        all.retain(|one| one.name.to_lowercase().contains(&wanted));
        let mut place = project.as_ref().map(|key| format!(" in {key}")).unwrap_or_default();
        if !words.is_empty() {
            place = format!("{place} whose name has \"{}\"", shorten(words));
        }
        if all.is_empty() {
            let words = format!("There is no board{place} that your Jira account may see here.");
            return Ok(Outcome::new(Shape::Text(words.into()), About::default()));
        }
        let part = page::part(&all, page.as_ref());
        let line = |one: &Board| {
            let kind = if one.sprints { "sprints" } else { "no sprints" };
            let keys: Vec<&str> = one.projects.iter().map(|key| key.as_str()).collect();
            let keys = if keys.is_empty() { String::new() } else { format!(" · {}", keys.join(", ")) };
            vec![Inline::text(format!("{} · {kind}{keys}", one.name))]
        };
        let head = format!("{}{place}", page::counted(all.len(), "board"));
        let text = page::text(head, part.items.iter().map(line).collect());
        let about = About {
            projects: part.items.iter().flat_map(|one| one.projects.clone()).collect(),
            // A board of which it is not known whose it is.
            restricted: part.items.iter().any(|one| one.projects.is_empty()),
            personal: false,
        };
        let sprint = part.items.iter().filter(|one| one.sprints).take(BUTTONS).map(|one| {
            let args = serde_json::json!({ "board": one.id });
            Offer::anyone(shorten(&one.name), show::deed("sprint", args, call.site()))
        });
        let more = part.more(&call, Self::NAME, serde_json::json!({ "project": project, "words": call.args.words }));
        let more = more.map(|deed| Offer::anyone("More", deed).instead());
        let offers: Vec<Offer> = sprint.chain(more).collect();
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), about).offering(offers))
    }
}
