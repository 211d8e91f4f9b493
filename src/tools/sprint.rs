//! `sprint`: how far the running sprint of a board has come.

use clap::Args as ClapArgs;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{Text, tree::Inline};

use super::{At, Call, Family, On, Source, Tool, Touches, agile, show};
use crate::{
    error::Error,
    ids::{Access, Flags},
    jira::{
        Board, Category, Cursor, FOLLOW_SPRINTS, Issue, Jql, Sprint as OneSprint, SprintState,
        jql::{Clause, Direction},
    },
    replies::{Offer, Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Sprint;

/// Show how far the running sprint of a board has come
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The board's name, or a part of it. Without it you are asked
    pub board: Option<String>,
}

/// The most issues that are counted.
const COUNTED: usize = 500;

impl Tool for Sprint {
    const NAME: &'static str = "sprint";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &[
        "GET agile/1.0/board/{id}/sprint",
        "GET agile/1.0/board/{id}/configuration",
        "POST search/jql",
        "POST search",
    ];
    const SCOPES: &'static [&'static str] = FOLLOW_SPRINTS;
    const FAMILY: Family = Family::Plan;
    const EXAMPLES: &'static [&'static str] = &["sprint", "sprint DEMO board"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("board", Source::Board)];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let again = |one: &Board| show::deed(Self::NAME, serde_json::json!({ "board": one.id }), call.site());
        let board = match agile::board(&call, call.args.board.as_deref(), again).await? {
            Ok(board) => board,
            Err(question) => return Ok(*question),
        };
        if !board.sprints {
            return Err(Error::user(format!("{} has no sprints.", board.name)));
        }
        let running = call.jira.sprints().of_board(&board, &[SprintState::Active]).await.at(&call)?;
        let sprints = show::deed("sprints", serde_json::json!({ "board": board.id }), call.site());
        if running.is_empty() {
            let text = Text::plain(format!("No sprint of {} is running.", board.name));
            let page = Outcome::new(Shape::Page(Page { text, url: None }), agile::about(&board));
            return Ok(page.offering([Offer::anyone("Sprints", sprints)]));
        }
        let field = call.jira.boards().estimated_in(&board).await;
        let (mut text, mut about) = (Text::new(), agile::about(&board));
        let mut offers = Vec::new();
        for sprint in &running {
            let (issues, all) = issues(&call, sprint, field.as_deref()).await?;
            for issue in &issues {
                about.projects.insert(issue.project.clone());
                about.restricted |= issue.security;
            }
            text = text.then(progress(&call, sprint, &issues, all, field.as_deref()));
            let words = format!("jql: sprint = {} ORDER BY status", sprint.id);
            let label = if running.len() == 1 { "Issues".to_owned() } else { format!("Issues of {}", sprint.name) };
            offers.push(Offer::anyone(label, show::deed("find", serde_json::json!({ "words": words }), call.site())));
        }
        offers.push(Offer::anyone("Sprints", sprints));
        Ok(Outcome::new(Shape::Page(Page { text, url: None }), about).offering(offers))
    }
}

/// The issues of a sprint, and whether these are all.
async fn issues(call: &Call<Args>, sprint: &OneSprint, field: Option<&str>) -> Result<(Vec<Issue>, bool), Error> {
    let jql = Jql::new(Clause::equals("sprint", sprint.id.as_str())).order_by("key", Direction::Ascending);
    let more: Vec<&str> = field.into_iter().collect();
    let (mut all, mut next): (Vec<Issue>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let found = call.jira.search().run_with(&jql, 100, next.as_ref(), &more).await.at(call)?;
        all.extend(found.items);
        next = found.next;
        if next.is_none() || all.len() >= COUNTED {
            return Ok((all, next.is_none()));
        }
    }
}

fn progress(call: &Call<Args>, sprint: &OneSprint, issues: &[Issue], all: bool, field: Option<&str>) -> Text {
    let today = call.now().to_zoned(TimeZone::UTC).date();
    let left = sprint.end.map(|end| (end.to_zoned(TimeZone::UTC).date() - today).get_days());
    let left = match left {
        Some(0) => " · ends today".to_owned(),
        Some(1) => " · 1 day left".to_owned(),
        Some(days @ 2..) => format!(" · {days} days left"),
        Some(-1) => " · over since yesterday".to_owned(),
        Some(days) => format!(" · over since {} days", -days),
        None => String::new(),
    };
    let mut text = Text::new().paragraph([Inline::strong(&*sprint.name), left.into()]);
    if !sprint.goal.is_empty() {
        text = text.paragraph([Inline::text(sprint.goal.as_str())]);
    }
    let parts = [Category::Done, Category::InProgress, Category::ToDo];
    let of = |category: Category| issues.iter().filter(move |issue| kind(issue) == category);
    let [done, doing, to_do] = parts.map(|category| of(category).count());
    let some = if all { "" } else { "At least: " };
    text = text.paragraph([format!("{some}{done} done · {doing} in progress · {to_do} to do").into()]);
    if let Some(field) = field {
        let points = |issue: &Issue| issue.other.get(field).and_then(serde_json::Value::as_f64).unwrap_or(0.0);
        let [done, doing, to_do] = parts.map(|category| of(category).map(points).sum::<f64>());
        let whole = done + doing + to_do;
        if whole > 0.0 {
            let (done, doing, to_do, whole) = (point(done), point(doing), point(to_do), point(whole));
            let words = format!("Points: {done} of {whole} done · {doing} in progress · {to_do} to do");
            text = text.paragraph([words.into()]);
        }
    }
    text
}

/// What Jira does not sort is still to do.
fn kind(issue: &Issue) -> Category {
    match issue.status.category {
        Category::Unknown => Category::ToDo,
        known => known,
    }
}

/// `5` or `2.5`.
fn point(number: f64) -> String {
    // A sum of nothing is minus nothing.
    let text = format!("{:.1}", number + 0.0);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
