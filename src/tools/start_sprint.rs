//! `start-sprint`: starts a planned sprint.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{CHANGE_SPRINTS, SprintId, SprintState},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct StartSprint;

/// Start a planned sprint
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board, where several have a sprint of that name
    #[arg(long, value_name = "BOARD")]
    pub board: Option<String>,
    /// The day on which it is to end, such as +2w
    #[arg(long, value_name = "DAY")]
    pub end: Option<String>,
    /// The sprint's name, or a part of it. Without it you are asked
    pub sprint: Option<String>,
}

impl Tool for StartSprint {
    const NAME: &'static str = "start-sprint";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST agile/1.0/sprint/{id}"];
    const SCOPES: &'static [&'static str] = CHANGE_SPRINTS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["start-sprint Sprint 4", "start-sprint --end +2w Sprint 4"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("on", "board")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("sprint", Source::Sprint), ("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { board, end, sprint } = &call.args;
        let end = end.as_deref().map(|word| agile::day(&call, word)).transpose()?;
        let again = |id: &SprintId| {
            show::deed(Self::NAME, serde_json::json!({ "sprint": id, "end": call.args.end }), call.site())
        };
        let among = board.as_deref().map_or(agile::Among::Anywhere, agile::Among::Board);
        let (sprint, board) =
            match agile::sprint(&call, sprint.as_deref(), among, &[SprintState::Future], again).await? {
                Ok(found) => found,
                Err(question) => return Ok(*question),
            };
        match sprint.state {
            SprintState::Future => {}
            SprintState::Active => return Err(Error::user(format!("{} is running already.", sprint.name))),
            SprintState::Closed => return Err(Error::user(format!("{} is over.", sprint.name))),
        }
        let Some(end) = end.and_then(agile::evening).or(sprint.end) else {
            let hint = format!("Like this: `jira start-sprint --end +2w {}`.", sprint.name.replace('`', ""));
            return Err(Error::user_hint(format!("{} has no end yet.", sprint.name), hint));
        };
        let start = call.now();
        if end <= start {
            return Err(Error::user_hint(
                format!("{} would be over before it begins.", sprint.name),
                "Name another day with `--end`, such as `--end +2w`.",
            ));
        }
        call.jira.sprints().start(&sprint.id, start, end).await.at(&call)?;
        let until = super::page::day(end.to_zoned(jiff::tz::TimeZone::UTC).date());
        let text = Text::plain(format!("{} has begun. It ends on {until}.", sprint.name));
        let look = show::deed("sprint", serde_json::json!({ "board": board.id }), call.site());
        let outcome = Outcome::new(Shape::Done(Done { text, url: None }), agile::about(&board));
        let made = format!("sprint {} of {}: started", sprint.name, board.name);
        Ok(outcome.made(made).offering([Offer::anyone("Sprint", look)]))
    }
}
