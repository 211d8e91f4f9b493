//! `create-sprint`: plans a sprint on a board.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{Board, CHANGE_SPRINTS, NewSprint},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct CreateSprint;

/// Add a sprint to a board
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board's name, or a part of it; in quotes where it has several words
    pub board: String,
    /// The day on which it is to begin, such as monday or 2026-12-01
    #[arg(long, value_name = "DAY")]
    pub start: Option<String>,
    /// The day on which it is to end
    #[arg(long, value_name = "DAY")]
    pub end: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub goal: Option<String>,
    /// Its name
    pub name: String,
}

impl Tool for CreateSprint {
    const NAME: &'static str = "create-sprint";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST agile/1.0/sprint"];
    const SCOPES: &'static [&'static str] = CHANGE_SPRINTS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] =
        &["create-sprint DEMO Sprint 4", "create-sprint \"DEMO board\" --start monday --end +3w Sprint 4"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { board, start, end, goal, name } = &call.args;
        let start = start.as_deref().map(|word| agile::day(&call, word)).transpose()?;
        let end = end.as_deref().map(|word| agile::day(&call, word)).transpose()?;
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(Error::user("It cannot end before it begins."));
        }
        let again = |one: &Board| {
            let mut args = serde_json::to_value(&call.args).unwrap_or_default();
            args["board"] = one.id.as_str().into();
            show::deed(Self::NAME, args, call.site())
        };
        let board = match agile::board(&call, Some(board), again).await? {
            Ok(board) => board,
            Err(question) => return Ok(*question),
        };
        if !board.sprints {
            return Err(Error::user(format!("{} has no sprints.", board.name)));
        }
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (start, end) = (start.and_then(agile::morning), end.and_then(agile::evening));
        let new = NewSprint { name: &name, start, end, goal: goal.as_deref() };
        let made = call.jira.sprints().create(&board, &new).await.at(&call)?;
        let span = agile::span(&made).map(|span| format!(", {span}")).unwrap_or_default();
        let text = Text::plain(format!("{} has a new sprint: {}{span}.", board.name, made.name));
        let args = serde_json::json!({ "sprint": made.id });
        let begin = Offer::mine("Start it", show::deed("start-sprint", args, call.site()));
        let begin = (made.start.is_some() && made.end.is_some()).then_some(begin);
        let outcome = Outcome::new(Shape::Done(Done { text, url: None }), agile::about(&board));
        Ok(outcome.made(format!("sprint {} of {}", made.name, board.name)).offering(begin))
    }
}
