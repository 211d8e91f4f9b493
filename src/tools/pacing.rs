//! Charts of sprints: what is left of one day by day, and what the last ones took on and did.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use usher_chat::{Text, tree::Inline};

use super::{
    At, Call, agile,
    chart::{Args, Drawing, Kind},
    counting::{Drawn, short, table},
    places, show,
};
use crate::{
    charts::{Bars, Chart, Line, Lines, Row, Shade, Stroke, number},
    error::Error,
    jira::{
        Board, Jql, Past, Sprint, SprintId, SprintState,
        jql::{Clause, Direction},
    },
    replies::{About, Deed, Offer, Outcome, PickFrom, Shape, shorten},
};

/// As many issues are followed back.
const MOST: usize = 500;
/// As many sprints are compared.
const SPRINTS: usize = 6;
/// As many moments of a long sprint are drawn.
const MOMENTS: usize = 60;

/// What is left of a sprint, day by day.
///
/// # Errors
/// What Jira says, or that there is nothing to draw.
pub async fn burndown(call: &Call<Args>) -> Result<Drawn, Error> {
    let board = match board(call).await? {
        Ok(board) => board,
        Err(question) => return Ok(Err(question)),
    };
    let sprint = match sprint(call, &board).await? {
        Ok(sprint) => sprint,
        Err(question) => return Ok(Err(question)),
    };
    let Some(start) = sprint.start.filter(|start| *start <= call.now()) else {
        return Err(Error::user(format!("{} has not begun.", sprint.name)));
    };
    let jql = Jql::new(Clause::equals("sprint", sprint.id.as_str())).order_by("key", Direction::Ascending);
    let users = call.jira.users();
    let (followed, zone) = futures::join!(follow(call, &board, &jql), users.time_zone());
    let Followed { pasts, whole, field } = followed?;
    let moments = moments(&sprint, start, call.now(), &zone.unwrap_or(TimeZone::UTC));
    let left = |at: Timestamp, field: Option<&str>| -> f64 {
        pasts.iter().filter(|past| past.within(&sprint.id, at) && !past.done(at)).map(|past| weight(past, field)).sum()
    };
    let points = field.as_deref();
    let mut head = vec!["Day".to_owned(), "Open issues".to_owned()];
    head.extend(points.map(|_| "Points".to_owned()));
    let mut rows = vec![head];
    for (name, at) in &moments.known {
        let mut row = vec![name.clone(), number(left(*at, None))];
        row.extend(points.map(|field| number(left(*at, Some(field)))));
        rows.push(row);
    }
    let unit = if points.is_some() { "points" } else { "issues" };
    let (first, last) = (left(start, points), moments.known.last().map_or(0.0, |(_, at)| left(*at, points)));
    let head = format!("Burndown of {}: {} of {} {unit} left", sprint.name, number(last), number(first));
    let mut text = Text::new().paragraph([Inline::text(&*head)]).block(table(rows));
    text = text.paragraph([note(
        "Counted are the issues that are in the sprint now, each from when it came in until it was done. Jira no longer \
         finds the ones that were taken out.",
        points.is_some(),
        whole,
    )]);
    let all = moments.known.len() + moments.later.len();
    let pace = (0..all).map(|at| even(first, at, moments.end)).collect();
    let mut values: Vec<Option<f64>> = moments.known.iter().map(|(_, at)| Some(left(*at, points))).collect();
    values.resize(all, None);
    let picture = Chart::Lines(Lines {
        title: format!("Burndown, {unit} left"),
        note: format!("{} · {}", sprint.name, board.name),
        days: moments.known.into_iter().map(|(name, _)| name).chain(moments.later).collect(),
        lines: vec![
            Line { name: "even pace", values: pace, shade: Shade::Quiet, stroke: Stroke::Dashes },
            Line { name: "left", values, shade: Shade::Main, stroke: Stroke::Dots },
        ],
    });
    let about = about(&board, &pasts);
    Ok(Ok(Drawing {
        picture: Some(picture),
        text,
        alt: format!("Line: {head}"),
        about,
        offers: vec![velocity_of(call, &board), sprints_of(call, &board)],
    }))
}

/// What the last sprints took on and did.
///
/// # Errors
/// What Jira says, or that there is nothing to draw.
pub async fn velocity(call: &Call<Args>) -> Result<Drawn, Error> {
    let board = match board(call).await? {
        Ok(board) => board,
        Err(question) => return Ok(Err(question)),
    };
    let all = call.jira.sprints().of_board(&board, &[SprintState::Closed]).await.at(call)?;
    let mut over: Vec<(Sprint, Timestamp, Timestamp)> = all
        .into_iter()
        .filter_map(|sprint| {
            let (start, end) = (sprint.start?, sprint.closed.or(sprint.end)?);
            Some((sprint, start, end))
        })
        .collect();
    over.sort_by_key(|(_, _, end)| *end);
    over.drain(..over.len().saturating_sub(SPRINTS));
    if over.is_empty() {
        return Err(Error::user(format!("No sprint of {} is over yet.", board.name)));
    }
    let ids = over.iter().map(|(sprint, ..)| sprint.id.as_str());
    let jql = Jql::new(Clause::among("sprint", ids)).order_by("updated", Direction::Descending);
    let Followed { pasts, whole, field } = follow(call, &board, &jql).await?;
    let points = field.as_deref();
    let sum = |field: Option<&str>, fits: &dyn Fn(&Past) -> bool| -> f64 {
        pasts.iter().filter(|past| fits(past)).map(|past| weight(past, field)).sum()
    };
    let unit = if points.is_some() { "points" } else { "issues" };
    let (mut rows, mut bars, mut done_in_all) = (Vec::new(), Vec::new(), 0.0);
    for (sprint, start, end) in &over {
        let took = |past: &Past| past.within(&sprint.id, *start) && !past.done(*start);
        let did = |past: &Past| past.within(&sprint.id, *end) && past.done(*end) && !past.done(*start);
        let (committed, done) = (sum(points, &took), sum(points, &did));
        done_in_all += done;
        let mut row = vec![sprint.name.clone(), number(committed), number(done)];
        if points.is_some() {
            row.extend([number(sum(None, &took)), number(sum(None, &did))]);
        }
        rows.push(row);
        let values = vec![(committed, Shade::Quiet), (done, Shade::Main)];
        bars.push(Row { label: sprint.name.clone(), values });
    }
    let mean = number(done_in_all / over.len() as f64);
    let head = format!("Velocity of {}: {mean} {unit} done in a sprint on average", board.name);
    let told: Vec<String> = rows.iter().map(|row| format!("{} {} of {}", row[0], row[2], row[1])).collect();
    let head_row: &[&str] = match points {
        Some(_) => &["Sprint", "Committed points", "Done points", "Committed issues", "Done issues"],
        None => &["Sprint", "Committed", "Done"],
    };
    rows.insert(0, head_row.iter().map(|&name| name.to_owned()).collect());
    let mut text = Text::new().paragraph([Inline::text(&*head)]).block(table(rows));
    text = text.paragraph([note(
        "Committed is what was in the sprint and open when it began, done what was done in it when it was closed. Issues \
         that were taken out are left out: Jira no longer finds them there.",
        points.is_some(),
        whole,
    )]);
    let picture = Chart::Bars(Bars {
        title: format!("Velocity in {unit}"),
        note: board.name.clone(),
        legend: vec![("committed", Shade::Quiet), ("done", Shade::Main)],
        rows: bars,
    });
    let about = about(&board, &pasts);
    let offers = vec![sprints_of(call, &board)];
    Ok(Ok(Drawing { picture: Some(picture), text, alt: format!("Bars: {head}. {}", told.join(", ")), about, offers }))
}

struct Followed {
    pasts: Vec<Past>,
    whole: bool,
    /// The field of the points, where any of the issues has some.
    field: Option<String>,
}

async fn follow(call: &Call<Args>, board: &Board, jql: &Jql) -> Result<Followed, Error> {
    let field = call.jira.boards().estimated_in(board).await;
    let more: Vec<&str> = field.as_deref().into_iter().collect();
    let (pasts, whole) = call.jira.pasts().first(jql, MOST, &more).await.at(call)?;
    let field = field.filter(|field| pasts.iter().any(|past| weight(past, Some(field)) > 0.0));
    Ok(Followed { pasts, whole, field })
}

/// Each issue weighs its points, or one.
fn weight(past: &Past, field: Option<&str>) -> f64 {
    match field {
        Some(field) => past.issue.other.get(field).and_then(serde_json::Value::as_f64).unwrap_or(0.0),
        None => 1.0,
    }
}

/// The board that is named, with sprints.
async fn board(call: &Call<Args>) -> Result<Result<Board, Box<Outcome>>, Error> {
    let word = call.args.words.as_deref().filter(|word| !word.trim().is_empty());
    let found = agile::board(call, word, |board| again(call, board, None)).await?;
    let Ok(board) = found else { return Ok(found) };
    if let Some(project) = call.args.project.as_ref().filter(|project| !board.projects.contains(project)) {
        return Err(Error::user(format!("{} is not a board of {project}.", board.name)));
    }
    match board.sprints {
        true => Ok(Ok(board)),
        false => Err(Error::user(format!("{} has no sprints.", board.name))),
    }
}

/// The sprint that is named; else the running one, or the last that ran.
async fn sprint(call: &Call<Args>, board: &Board) -> Result<Result<Sprint, Box<Outcome>>, Error> {
    let sprints = call.jira.sprints();
    let about = agile::about(board);
    if let Some(word) = &call.args.sprint {
        if let Ok(id) = word.trim().parse::<SprintId>() {
            return Ok(Ok(sprints.get(&id).await.at(call)?.0));
        }
        let all = sprints.of_board(board, &[SprintState::Active, SprintState::Closed]).await.at(call)?;
        let found = places::one(&all, word, "sprint", |one| &one.name, about, |one| again(call, board, Some(&one.id)))?;
        return Ok(found.cloned());
    }
    let mut running = sprints.of_board(board, &[SprintState::Active]).await.at(call)?;
    match running.len() {
        0 => {}
        1 => return Ok(Ok(running.remove(0))),
        _ => {
            let option = |one: &Sprint| Offer::mine(shorten(&one.name), again(call, board, Some(&one.id)));
            let pick = PickFrom {
                question: "Which sprint?".to_owned(),
                options: running.iter().take(10).map(option).collect(),
            };
            return Ok(Err(Box::new(Outcome::new(Shape::Pick(pick), about))));
        }
    }
    let over = sprints.of_board(board, &[SprintState::Closed]).await.at(call)?;
    let last = over.into_iter().max_by_key(|sprint| sprint.closed.or(sprint.end));
    last.map(Ok).ok_or_else(|| Error::user(format!("No sprint of {} has begun yet.", board.name)))
}

fn again(call: &Call<Args>, board: &Board, sprint: Option<&SprintId>) -> Deed {
    let args = serde_json::json!({
        "kind": call.args.kind, "words": board.id, "project": call.args.project, "days": null,
        "sprint": sprint.map(SprintId::as_str).or(call.args.sprint.as_deref()),
    });
    show::deed("chart", args, call.site())
}

fn velocity_of(call: &Call<Args>, board: &Board) -> Offer {
    let args = serde_json::json!({
        "kind": Kind::Velocity, "words": board.id, "project": call.args.project, "days": null, "sprint": null,
    });
    Offer::anyone("Velocity", show::deed("chart", args, call.site()))
}

fn sprints_of(call: &Call<Args>, board: &Board) -> Offer {
    Offer::anyone("Sprints", show::deed("sprints", serde_json::json!({ "board": board.id }), call.site()))
}

fn about(board: &Board, pasts: &[Past]) -> About {
    let mut about = agile::about(board);
    for past in pasts {
        about.projects.insert(past.issue.project.clone());
        about.restricted |= past.issue.security;
    }
    about
}

fn note(words: &str, points: bool, whole: bool) -> Inline {
    let points = if points { " Points are as estimated now." } else { "" };
    let cut = if whole { String::new() } else { format!(" Only {MOST} issues were looked at; there are more.") };
    Inline::text(format!("{words}{points}{cut}"))
}

/// The moments of a sprint that are drawn.
struct Moments {
    /// What is known: the start, and the end of each day until now or until the sprint was closed.
    known: Vec<(String, Timestamp)>,
    /// The days to come.
    later: Vec<String>,
    /// The place of the planned end among all of them.
    end: usize,
}

fn moments(sprint: &Sprint, start: Timestamp, now: Timestamp, zone: &TimeZone) -> Moments {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let last = sprint.closed.unwrap_or(now).min(now).max(start);
    let planned = sprint.end.unwrap_or(last).max(start);
    let (mut known, mut later, mut end) = (vec![("start".to_owned(), start)], Vec::new(), 0);
    let mut date = day(start);
    let until = day(planned.max(last));
    let step = (((until - date).get_days().max(0) as usize + 1).div_ceil(MOMENTS)).max(1);
    loop {
        let over = date.tomorrow().ok().and_then(|next| next.to_zoned(zone.clone()).ok()).map(|next| next.timestamp());
        match over {
            _ if date > day(last) => later.push(short(date)),
            Some(over) if over <= last => known.push((short(date), over)),
            _ => known.push((short(date), last)),
        }
        if date <= day(planned) {
            end = known.len() + later.len() - 1;
        }
        if date >= until {
            return Moments { known, later, end };
        }
        // The last day is always drawn.
        match date.checked_add((step as i64).days()) {
            Ok(next) => date = next.min(until),
            Err(_) => return Moments { known, later, end },
        }
    }
}

/// What would be left at an even pace.
fn even(first: f64, at: usize, end: usize) -> Option<f64> {
    match end {
        0 => None,
        _ if at > end => None,
        _ => Some(first * (end - at) as f64 / end as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn sprint(start: &str, end: Option<&str>, closed: Option<&str>) -> Sprint {
        let mut sprint = Sprint::planned("2".parse().unwrap(), "Two");
        (sprint.start, sprint.end, sprint.closed) = (Some(at(start)), end.map(at), closed.map(at));
        sprint
    }

    fn drawn(sprint: &Sprint, now: &str) -> (Vec<String>, Vec<String>, usize) {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let moments = moments(sprint, sprint.start.unwrap(), at(now), &zone);
        (moments.known.into_iter().map(|(name, at)| format!("{name} {at}")).collect(), moments.later, moments.end)
    }

    #[test]
    fn days_end_where_the_person_lives() {
        let running = sprint("2026-11-16T09:00:00Z", Some("2026-11-19T09:00:00Z"), None);
        let (known, later, end) = drawn(&running, "2026-11-17T10:00:00Z");
        assert_eq!(known, ["start 2026-11-16T09:00:00Z", "16 Nov 2026-11-16T22:00:00Z", "17 Nov 2026-11-17T10:00:00Z"]);
        assert_eq!((later, end), (vec!["18 Nov".to_owned(), "19 Nov".to_owned()], 4));
        // It was closed two days late: the pace ends where it was planned.
        let late = sprint("2026-11-16T09:00:00Z", Some("2026-11-18T09:00:00Z"), Some("2026-11-20T09:00:00Z"));
        let (known, later, end) = drawn(&late, "2026-12-24T10:00:00Z");
        assert_eq!(known.last().unwrap(), "20 Nov 2026-11-20T09:00:00Z");
        assert_eq!((known.len(), later.len(), end), (6, 0, 3));
        assert_eq!([0, 1, 3, 4].map(|at| even(6.0, at, end)), [Some(6.0), Some(4.0), Some(0.0), None]);
        // Years are thinned out.
        let (known, ..) = drawn(&sprint("2020-01-01T09:00:00Z", None, None), "2026-11-17T10:00:00Z");
        assert!((50..=62).contains(&known.len()), "{}", known.len());
        assert!(known.last().unwrap().starts_with("17 Nov"));
    }
}
