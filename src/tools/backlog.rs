//! `backlog`: what nobody has planned yet on a board.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    At, Call, Family, On, Source, Tool, Touches, agile,
    listing::{self, Listing},
    show,
};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{Cursor, READ_BOARDS},
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Backlog;

/// List what nobody has planned yet on a board, by rank
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board's name, or a part of it
    pub board: String,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Backlog {
    const NAME: &'static str = "backlog";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] =
        &["GET software/1.0/board/{id}/backlog", "GET agile/1.0/board/{id}/backlog"];
    const SCOPES: &'static [&'static str] = READ_BOARDS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["backlog DEMO board"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { board, page } = &call.args;
        let again = |id: &str, page: Option<&Cursor>| {
            show::deed(Self::NAME, serde_json::json!({ "board": id, "page": page }), call.site())
        };
        let board = match agile::board(&call, Some(board), |one| again(one.id.as_str(), None)).await? {
            Ok(board) => board,
            Err(question) => return Ok(*question),
        };
        let found = call.jira.boards().backlog(&board, listing::PAGE, page.as_ref()).await.at(&call)?;
        let listing = Listing {
            what: format!("in the backlog of {}", board.name),
            total: found.total,
            further: page.is_some(),
            more: found.next.as_ref().map(|next| again(board.id.as_str(), Some(next))),
        };
        let mut outcome = listing::listed(&call, &found.items, listing);
        outcome.about.projects.extend(board.projects);
        Ok(outcome)
    }
}
