//! `close-sprint`: closes a running sprint, and asks what becomes of what is still open.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{Sprint, SprintId, SprintState},
    replies::{Done, Offer, Outcome, PickFrom, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct CloseSprint;

/// Close a running sprint
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board, where several have a sprint of that name
    #[arg(long, value_name = "BOARD")]
    pub board: Option<String>,
    /// The sprint's name, or a part of it. Without it you are asked
    pub sprint: Option<String>,
    /// What becomes of its issues that are still open.
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub open: Option<Open>,
}

/// Where the open issues of a sprint go when it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// Back to the backlog.
    Backlog,
    /// Into this sprint.
    Sprint(SprintId),
    /// There were none when it was asked.
    None,
}

/// The sprints that are offered to take the open issues.
const OFFERED: usize = 3;

impl Tool for CloseSprint {
    const NAME: &'static str = "close-sprint";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags { bulk: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] =
        &["POST agile/1.0/sprint/{id}/issue", "POST agile/1.0/backlog/issue", "POST agile/1.0/sprint/{id}"];
    const SCOPES: &'static [&'static str] = &[
        "read:board-scope:jira-software",
        "read:project:jira",
        "read:issue-details:jira",
        "read:sprint:jira-software",
        "write:sprint:jira-software",
        "read:board-scope.admin:jira-software",
        "write:board-scope:jira-software",
    ];
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["close-sprint Sprint 3", "close-sprint"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("on", "board")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("sprint", Source::Sprint), ("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { board, sprint, open } = &call.args;
        let again = |id: &SprintId, open: Option<&Open>| {
            let args = match open {
                Some(open) => serde_json::json!({ "sprint": id, "open": open }),
                None => serde_json::json!({ "sprint": id }),
            };
            show::deed(Self::NAME, args, call.site())
        };
        let among = board.as_deref().map_or(agile::Among::Anywhere, agile::Among::Board);
        let states = [SprintState::Active];
        let found = agile::sprint(&call, sprint.as_deref(), among, &states, |id| again(id, None)).await?;
        let (sprint, board) = match found {
            Ok(found) => found,
            Err(question) => return Ok(*question),
        };
        match sprint.state {
            SprintState::Active => {}
            SprintState::Future => return Err(Error::user(format!("{} has not begun.", sprint.name))),
            SprintState::Closed => return Err(Error::user(format!("{} is over already.", sprint.name))),
        }
        let about = agile::about(&board);
        let sprints = call.jira.sprints();
        let left = sprints.open(&sprint.id).await.at(&call)?;
        let asked = match open {
            None => true,
            // Something was opened meanwhile.
            Some(Open::None) => !left.is_empty(),
            Some(_) => false,
        };
        if asked {
            let next = sprints.of_board(&board, &[SprintState::Future]).await.at(&call)?;
            return Ok(Outcome::new(Shape::Pick(question(&sprint, left.len(), &next, again)), about));
        }
        let to = match open {
            Some(Open::Sprint(id)) if !left.is_empty() => {
                sprints.add(id, &left).await.at(&call)?;
                sprints.get(id).await.at(&call)?.0.name
            }
            Some(Open::Backlog) if !left.is_empty() => {
                sprints.remove(&left).await.at(&call)?;
                "the backlog".to_owned()
            }
            _ => String::new(),
        };
        let moved = match left.len() {
            0 => String::new(),
            some => format!(" {} moved to {to}.", page::counted(some, "open issue")),
        };
        if let Err(error) = sprints.close(&sprint.id).await {
            return match moved.is_empty() {
                true => Err(error).at(&call),
                false => Ok(half(&sprint, &moved, about)),
            };
        }
        let text = Text::plain(format!("{} is closed.{moved}", sprint.name));
        let look = show::deed("sprints", serde_json::json!({ "board": board.id }), call.site());
        let made = format!("sprint {} of {}: closed", sprint.name, board.name);
        let outcome = Outcome::new(Shape::Done(Done { text, url: None }), about).made(made);
        Ok(outcome.offering([Offer::anyone("Sprints", look)]))
    }
}

fn question(
    sprint: &Sprint,
    left: usize,
    next: &[Sprint],
    again: impl Fn(&SprintId, Option<&Open>) -> crate::replies::Deed,
) -> PickFrom {
    if left == 0 {
        let question = format!("Nothing in {} is open any more. Close it? Jira cannot open it again.", sprint.name);
        return PickFrom { question, options: vec![Offer::mine("Close it", again(&sprint.id, Some(&Open::None)))] };
    }
    let are = if left == 1 { "1 issue is".to_owned() } else { format!("{left} issues are") };
    let it = if left == 1 { "it" } else { "them" };
    let question = format!(
        "{are} still open in {}. Where do I move {it} before I close it? Jira cannot open it again.",
        sprint.name
    );
    let mut options: Vec<Offer> = next
        .iter()
        .take(OFFERED)
        .map(|other| Offer::mine(shorten(&other.name), again(&sprint.id, Some(&Open::Sprint(other.id.clone())))))
        .collect();
    options.push(Offer::mine("The backlog", again(&sprint.id, Some(&Open::Backlog))));
    PickFrom { question, options }
}

/// The issues were moved, and then Jira did not close the sprint.
fn half(sprint: &Sprint, moved: &str, about: crate::replies::About) -> Outcome {
    let words = format!("{} Then Jira did not close {}. Look at it before you try again.", moved.trim(), sprint.name);
    Outcome::new(Shape::Done(Done { text: Text::plain(words), url: None }), about)
        .made(format!("sprint {}: its open issues moved, not closed", sprint.name))
}
