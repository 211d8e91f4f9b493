//! `sprints`: the sprints of a board, running and planned, and those that are over on request.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{Cursor, Sprint, SprintState},
    replies::{Offer, Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Sprints;

/// List the sprints of a board
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board's name, or a part of it
    pub board: String,
    /// Those that are over.
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(skip)]
    pub closed: bool,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Sprints {
    const NAME: &'static str = "sprints";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET agile/1.0/board/{id}/sprint"];
    const SCOPES: &'static [&'static str] = &[
        "read:board-scope:jira-software",
        "read:project:jira",
        "read:issue-details:jira",
        "read:sprint:jira-software",
    ];
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["sprints DEMO board"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { board, closed, page } = &call.args;
        let again = |id: &str, closed: bool, page: Option<&Cursor>| {
            show::deed(Self::NAME, serde_json::json!({ "board": id, "closed": closed, "page": page }), call.site())
        };
        let board = match agile::board(&call, Some(board), |one| again(one.id.as_str(), *closed, None)).await? {
            Ok(board) => board,
            Err(question) => return Ok(*question),
        };
        if !board.sprints {
            return Err(Error::user(format!("{} has no sprints.", board.name)));
        }
        let states: &[SprintState] =
            if *closed { &[SprintState::Closed] } else { &[SprintState::Active, SprintState::Future] };
        let mut all = call.jira.sprints().of_board(&board, states).await.at(&call)?;
        match closed {
            // The last one first.
            true => all.reverse(),
            false => all.sort_by_key(|one| one.state),
        }
        let part = page::part(&all, page.as_ref());
        let head = match (all.len(), closed) {
            (0, true) => format!("No sprint of {} is over yet.", board.name),
            (0, false) => format!("{} has no sprint that runs or is planned.", board.name),
            (_, true) => format!("Sprints of {} that are over, the last one first", board.name),
            (_, false) => format!("Sprints of {}", board.name),
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let id = board.id.as_str();
        let more = part.next.as_ref().map(|next| Offer::anyone("More", again(id, *closed, Some(next))).instead());
        let over = (!closed).then(|| Offer::anyone("Those that are over", again(id, true, None)).instead());
        let offers: Vec<Offer> = more.into_iter().chain(over).collect();
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), agile::about(&board)).offering(offers))
    }
}

/// `DEMO Sprint 2 · running, 16 Nov 2026 to 30 Nov 2026: Half full`.
fn line(sprint: &Sprint) -> Vec<Inline> {
    let state = match sprint.state {
        SprintState::Active => "running",
        SprintState::Future => "planned",
        SprintState::Closed => "over",
    };
    let span = agile::span(sprint).map(|span| format!(", {span}")).unwrap_or_default();
    let goal = if sprint.goal.is_empty() { String::new() } else { format!(": {}", sprint.goal) };
    vec![format!("{} · {state}{span}{goal}", sprint.name).into()]
}
