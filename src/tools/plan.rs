//! `plan`: puts issues into a sprint.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, agile, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{SprintId, SprintState},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Plan;

/// Put issues into a sprint
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The sprint's name, or a part of it. Without it you are asked
    #[arg(long, value_name = "SPRINT")]
    pub into: Option<String>,
    /// The issues' keys, such as DEMO-7 DEMO-8
    #[arg(value_name = "KEYS")]
    pub issues: String,
}

impl Args {
    /// The words for the issues, and those for the sprint: `DEMO-1 DEMO-2 into Sprint 3` says both in one.
    fn parts(&self) -> (&str, Option<&str>) {
        let words = self.issues.as_str();
        let middle = words.char_indices().find(|(at, _)| {
            let rest = &words[*at..];
            rest.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(" into "))
        });
        match (middle, &self.into) {
            (Some((at, _)), None) => (words[..at].trim(), Some(words[at + 6..].trim())),
            (_, into) => (words.trim(), into.as_deref()),
        }
    }
}

impl Tool for Plan {
    const NAME: &'static str = "plan";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { bulk: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST agile/1.0/sprint/{id}/issue"];
    const SCOPES: &'static [&'static str] = &[
        "read:board-scope:jira-software",
        "read:project:jira",
        "read:issue-details:jira",
        "read:sprint:jira-software",
        "write:sprint:jira-software",
        "read:board-scope.admin:jira-software",
        "read:issue:jira-software",
    ];
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["plan DEMO-7 DEMO-8 into Sprint 3", "plan DEMO-7"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("into", "into")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("issues", Source::Issue), ("into", Source::Sprint)];
    type Args = Args;

    fn on(args: &Args) -> On {
        agile::on(args.parts().0)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let (issues, sprint) = call.args.parts();
        let keys = agile::all_keys(issues, "plan DEMO-7 into Sprint 3")?;
        let again =
            |id: &SprintId| show::deed(Self::NAME, serde_json::json!({ "issues": issues, "into": id }), call.site());
        let among = agile::Among::Project(keys[0].project());
        let states = [SprintState::Active, SprintState::Future];
        let (sprint, board) = match agile::sprint(&call, sprint, among, &states, again).await? {
            Ok(found) => found,
            Err(question) => return Ok(*question),
        };
        if sprint.state == SprintState::Closed {
            return Err(Error::user(format!("{} is over.", sprint.name)));
        }
        let before = agile::before(&call, &keys).await;
        call.jira.sprints().add(&sprint.id, &keys).await.at(&call)?;
        let named = agile::named(&keys);
        let are = if keys.len() == 1 { "is" } else { "are" };
        let text = Text::plain(format!("{named} {are} in {} now.", sprint.name));
        let url = (keys.len() == 1).then(|| call.jira.site().browse_url(&keys[0]).to_string());
        let mut about = agile::about_issues(&call, &keys).await;
        about.projects.extend(board.projects);
        let undo = match before {
            Some(None) => Some(show::deed("unplan", serde_json::json!({ "issues": issues }), call.site())),
            Some(Some(other)) if other != sprint.id => Some(again(&other)),
            _ => None,
        };
        let outcome = Outcome::new(Shape::Done(Done { text, url }), about);
        let outcome = match keys.as_slice() {
            [key] => outcome.changed(key),
            _ => outcome.made(format!("sprint {}: {named}", sprint.name)),
        };
        Ok(outcome.offering(undo.map(|deed| Offer::mine("Undo", deed))))
    }
}
