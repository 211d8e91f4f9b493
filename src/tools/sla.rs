//! `sla`: how long a request may take, and how long it has.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey},
    jira::{Cycle, READ_REQUESTS, Sla as Level},
    replies::{Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Sla;

/// Show how long a customer's request may take
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as HELP-7
    #[schemars(with = "String")]
    pub key: IssueKey,
}

impl Tool for Sla {
    const NAME: &'static str = "sla";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET servicedeskapi/request/{key}/sla"];
    const SCOPES: &'static [&'static str] = READ_REQUESTS;
    const FAMILY: Family = Family::Service;
    const EXAMPLES: &'static [&'static str] = &["sla HELP-7"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        // The issue first: what is said of it is only for those who may see it.
        let issue = call.jira.issues().get(&call.args.key).await.at(&call)?;
        let key = &issue.key;
        let levels = match call.jira.desks().slas(key).await {
            Err(JiraError::NotFound { .. }) => {
                return Err(Error::user(format!(
                    "{key} is no customer's request, or you are no agent of its project."
                )));
            }
            found => found.at(&call)?,
        };
        let lines: Vec<Vec<Inline>> = levels.iter().filter_map(line).collect();
        let head = match lines.is_empty() {
            true => format!("Nothing is measured for {key}."),
            false => format!("How long {key} may take"),
        };
        let text = page::text(head, lines);
        let url = Some(call.jira.site().browse_url(key).to_string());
        Ok(Outcome::new(Shape::Page(Page { text, url }), show::about(&issue)))
    }
}

/// `Time to resolution · goal 8h · 3h 20m left`: the measurement that runs, or else the last one.
fn line(level: &Level) -> Option<Vec<Inline>> {
    let (cycle, runs) = match (&level.ongoing, level.completed.last()) {
        (Some(cycle), _) => (cycle, true),
        (None, Some(cycle)) => (cycle, false),
        (None, None) => return None,
    };
    let goal = cycle.goal.map(|goal| format!(" · goal {}", time(goal))).unwrap_or_default();
    Some(vec![format!("{}{goal} · {}", level.name, state(cycle, runs)).into()])
}

fn state(cycle: &Cycle, runs: bool) -> String {
    let over = cycle.remaining.filter(|left| *left < 0).map(|left| format!(" by {}", time(-left))).unwrap_or_default();
    match (runs, cycle.breached, cycle.remaining) {
        (true, true, _) => format!("overdue{over}"),
        (true, false, Some(left)) if cycle.paused => format!("paused with {} left", time(left)),
        (true, false, Some(left)) => format!("{} left", time(left)),
        (true, false, None) => "running".to_owned(),
        (false, true, _) => format!("missed{over}"),
        (false, false, _) => "met".to_owned(),
    }
}

/// `26h 20m`, `45m`. Days would leave open how long a working day is.
fn time(millis: i64) -> String {
    let minutes = millis.max(0) / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_words() {
        let cycle = |remaining, breached, paused| Cycle { goal: Some(8 * 3_600_000), remaining, breached, paused };
        let level = |ongoing, completed| Level { name: "To first reply".into(), ongoing, completed };
        let said = |level: Level| line(&level).map(|words| usher_chat::tree::plain_inline(&words));
        let left = cycle(Some(12_000_000), false, false);
        assert_eq!(said(level(Some(left), vec![])).as_deref(), Some("To first reply · goal 8h · 3h 20m left"));
        assert_eq!(state(&cycle(Some(-3_600_000), true, false), true), "overdue by 1h");
        assert_eq!(state(&cycle(Some(0), true, false), true), "overdue");
        assert_eq!(state(&cycle(Some(60_000), false, true), true), "paused with 1m left");
        assert_eq!(state(&cycle(None, true, false), false), "missed");
        assert_eq!(said(level(None, vec![left])).as_deref(), Some("To first reply · goal 8h · met"));
        assert_eq!(said(level(None, vec![])), None);
    }
}
