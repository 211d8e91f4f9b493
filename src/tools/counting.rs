//! Charts that count issues: by status, by assignee, created and resolved day by day.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use usher_chat::{
    Text,
    tree::{Block, Cell, Inline, Row as Line},
};

use super::{
    At, Call,
    chart::{Args, Drawing, Kind},
    narrow, page, places, show,
};
use crate::{
    charts::{self, Bars, Chart, Lines, Row, Shade, Stroke},
    error::Error,
    ids::ProjectKey,
    jira::{
        Category, Issue, Jql,
        jql::{Clause, Direction, Operand, Operator},
        time,
    },
    replies::{About, Offer, Outcome, shorten},
};

/// As many issues are counted.
const MOST: usize = 1_000;
const DAYS: u32 = 30;
const MOST_DAYS: u32 = 60;
/// Moments at which something was resolved. Source: the field `resolutiondate` of both kinds of site.
const RESOLVED: &str = "resolutiondate";

/// A drawing, or a question first.
pub type Drawn = Result<Drawing, Box<Outcome>>;

/// Issues by status or by assignee.
///
/// # Errors
/// What Jira says, or words that cannot be read.
pub async fn split(call: &Call<Args>) -> Result<Drawn, Error> {
    let kind = call.args.kind;
    let Some(jql) = asked(call).await? else { return which_project(call).await };
    let jql = jql.order_by("updated", Direction::Descending);
    let (issues, whole) = call.jira.search().first(&jql, MOST, &[]).await.at(call)?;
    let (title, by) = match kind {
        Kind::Assignee => ("Issues by assignee", Kind::Status),
        _ => ("Issues by status", Kind::Assignee),
    };
    let label = if by == Kind::Status { "By status" } else { "By assignee" };
    let other = Offer::anyone(label, again(call, by, call.args.project.as_ref()));
    let what = what(call);
    if issues.is_empty() {
        return Ok(Ok(nothing(call, format!("No issues{what}."))));
    }
    let rows = match kind {
        Kind::Assignee => by_assignee(&issues),
        _ => by_status(&issues),
    };
    let head = format!("{title}{what}: {}", page::counted(issues.len(), "issue"));
    let mut text = Text::new().paragraph([Inline::text(&*head)]).block(list(&rows));
    if !whole {
        text = text.paragraph([cut()]);
    }
    let mut bars =
        Bars { title: title.to_owned(), note: head[title.len()..].trim().replace(": ", " · "), ..Bars::default() };
    if kind != Kind::Assignee {
        bars.legend = vec![("to do", Shade::Quiet), ("in progress", Shade::Main), ("done", Shade::Deep)];
    }
    let told: Vec<String> = rows.iter().take(8).map(|(name, count, _)| format!("{name} {count}")).collect();
    bars.rows =
        rows.into_iter().map(|(label, count, shade)| Row { label, values: vec![(count as f64, shade)] }).collect();
    let alt = format!("Bars: {head}. {}", told.join(", "));
    let about = about(call, &issues);
    Ok(Ok(Drawing { picture: Some(Chart::Bars(bars)), text, alt, about, offers: vec![other] }))
}

/// Issues created and resolved, day by day.
///
/// # Errors
/// What Jira says, or words that cannot be read.
pub async fn created_and_resolved(call: &Call<Args>) -> Result<Drawn, Error> {
    let days = call.args.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let words = format!("Between 1 and {MOST_DAYS} days can be drawn.");
        return Err(Error::user_hint(words, "Like this: `jira chart created-vs-resolved in DEMO --days 14`."));
    }
    let Some(jql) = asked(call).await? else { return which_project(call).await };
    let since = |field: &str| {
        let back = Operand::Text(format!("-{}d", days - 1));
        let day = Operand::Call("startOfDay".to_owned(), vec![back]);
        jql.clone().and(Clause::compare(field, Operator::AtLeast, day)).order_by(field, Direction::Descending)
    };
    let (created, resolved) = (since("created"), since("resolved"));
    let search = call.jira.search();
    // In Jira's search a day is one of the zone that the person chose there; here it is the same.
    let (created, resolved, zone) =
        futures::join!(search.first(&created, MOST, &["created"]), search.first(&resolved, MOST, &[RESOLVED]), async {
            call.jira.users().time_zone().await.unwrap_or(TimeZone::UTC)
        });
    let ((created, all), (resolved, every)) = (created.at(call)?, resolved.at(call)?);
    let today = call.now().to_zoned(zone.clone()).date();
    let first = today.checked_sub(i64::from(days - 1).days()).unwrap_or(today);
    let dates: Vec<Date> = (0..days).filter_map(|day| first.checked_add(i64::from(day).days()).ok()).collect();
    let day = |moment: Option<jiff::Timestamp>| moment.map(|moment| moment.to_zoned(zone.clone()).date());
    let made = per_day(&dates, created.iter().filter_map(|issue| day(issue.created)));
    let ended = per_day(&dates, resolved.iter().filter_map(|issue| day(resolved_at(issue))));
    let (come, gone) = (made.iter().sum::<u32>(), ended.iter().sum::<u32>());
    let what = what(call);
    let span = if days == 1 { "today".to_owned() } else { format!("in {days} days") };
    if come + gone == 0 {
        return Ok(Ok(nothing(call, format!("No issues{what} were created or resolved {span}."))));
    }
    let head = format!("{come} created and {gone} resolved{what} {span}");
    let mut rows = vec![vec!["Day".to_owned(), "Created".to_owned(), "Resolved".to_owned()]];
    // Days on which nothing happened would make a long table of nothing.
    let busy = dates.iter().zip(made.iter().zip(&ended)).filter(|(_, (come, gone))| **come + **gone > 0);
    rows.extend(busy.map(|(day, (come, gone))| vec![short(*day), come.to_string(), gone.to_string()]));
    let mut text = Text::new().paragraph([Inline::text(&*head)]).block(table(rows));
    text = text.paragraph([Inline::text(
        "An issue counts as resolved on the day on which that happened last, unless it was opened again.",
    )]);
    if !(all && every) {
        let words = format!("Only the newest {MOST} of each are counted, so that the days before show too few.");
        text = text.paragraph([Inline::text(words)]);
    }
    let line = |name, counts: Vec<u32>, shade, stroke| charts::Line {
        name,
        values: counts.into_iter().map(|count| Some(f64::from(count))).collect(),
        shade,
        stroke,
    };
    let picture = Chart::Lines(Lines {
        title: "Created and resolved".to_owned(),
        note: format!("{what} · {span}").trim_start_matches([' ', '·']).to_owned(),
        days: dates.iter().copied().map(short).collect(),
        lines: vec![
            line("created", made, Shade::Other, Stroke::Squares),
            line("resolved", ended, Shade::Main, Stroke::Dots),
        ],
    });
    let mut about = about(call, &created);
    for issue in &resolved {
        about.projects.insert(issue.project.clone());
        about.restricted |= issue.security;
    }
    Ok(Ok(Drawing { picture: Some(picture), text, alt: format!("Lines: {head}"), about, offers: Vec::new() }))
}

/// A table with its head in the first row.
pub fn table(rows: Vec<Vec<String>>) -> Block {
    let row = |(at, cells): (usize, Vec<String>)| Line {
        cells: cells.into_iter().map(|words| Cell { header: at == 0, content: Text::plain(words).0 }).collect(),
    };
    Block::Table { rows: rows.into_iter().enumerate().map(row).collect() }
}

/// `16 Nov`.
pub fn short(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// What is to be counted. Nothing where neither words nor a project say it.
async fn asked(call: &Call<Args>) -> Result<Option<Jql>, Error> {
    let words = call.args.words.as_deref().unwrap_or_default().trim();
    let jql = match words.is_empty() {
        true => Jql::all(),
        false => narrow::asked(call, words).await?.without_order(),
    };
    Ok(match &call.args.project {
        Some(project) => Some(jql.and(Clause::equals("project", project.as_str()))),
        None if words.is_empty() => None,
        None => Some(jql),
    })
}

async fn which_project(call: &Call<Args>) -> Result<Drawn, Error> {
    let question = places::which_project(call, places::NO_PROJECT, |key| again(call, call.args.kind, Some(key)));
    Ok(Err(Box::new(question.await?)))
}

fn again(call: &Call<Args>, kind: Kind, project: Option<&ProjectKey>) -> crate::replies::Deed {
    let args = serde_json::json!({
        "kind": kind, "words": call.args.words, "project": project, "days": call.args.days, "sprint": null,
    });
    show::deed("chart", args, call.site())
}

/// ` in DEMO`, ` for "status:open"`.
fn what(call: &Call<Args>) -> String {
    let place = call.args.project.as_ref().map(|project| format!(" in {project}")).unwrap_or_default();
    let words = call.args.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let words = words.map(|words| format!(" for \"{}\"", shorten(words))).unwrap_or_default();
    format!("{place}{words}")
}

fn nothing(call: &Call<Args>, words: String) -> Drawing {
    let about = About { projects: call.args.project.iter().cloned().collect(), ..About::default() };
    Drawing { picture: None, text: Text::plain(words), alt: String::new(), about, offers: Vec::new() }
}

fn cut() -> Inline {
    Inline::text(format!("Counted are the {MOST} that changed last; there are more."))
}

fn about(call: &Call<Args>, issues: &[Issue]) -> About {
    About {
        projects: issues.iter().map(|issue| issue.project.clone()).chain(call.args.project.clone()).collect(),
        restricted: issues.iter().any(|issue| issue.security),
        personal: false,
    }
}

type Counted = (String, usize, Shade);

/// To do first, done last, and within that the most first.
fn by_status(issues: &[Issue]) -> Vec<Counted> {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for issue in issues {
        let place = match issue.status.category {
            Category::ToDo | Category::Unknown => 0,
            Category::InProgress => 1,
            Category::Done => 2,
        };
        *counts.entry((place, &issue.status.name)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((place, _), count)| (*place, std::cmp::Reverse(*count)));
    let shade = |place| [Shade::Quiet, Shade::Main, Shade::Deep][usize::from(place)];
    fewer(rows.into_iter().map(|((place, name), count)| (name.to_owned(), count, shade(place))).collect())
}

/// Whoever has the most first. Two people of one name are two people.
fn by_assignee(issues: &[Issue]) -> Vec<Counted> {
    let mut counts: BTreeMap<Option<&str>, (&str, usize)> = BTreeMap::new();
    for issue in issues {
        let who = issue.assignee.as_ref();
        let entry = counts.entry(who.map(|user| user.account.0.as_str())).or_default();
        *entry = (who.map_or("nobody", |user| user.name.as_str()), entry.1 + 1);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, (_, count))| std::cmp::Reverse(*count));
    let shade = |account: Option<&str>| if account.is_some() { Shade::Main } else { Shade::Quiet };
    fewer(rows.into_iter().map(|(account, (name, count))| (name.to_owned(), count, shade(account))).collect())
}

/// As many as fit into a picture; the rest is one.
fn fewer(mut rows: Vec<Counted>) -> Vec<Counted> {
    if rows.len() > charts::MOST_BARS {
        let rest = rows.split_off(charts::MOST_BARS - 1);
        let sum = rest.iter().map(|(_, count, _)| count).sum();
        rows.push((format!("{} others", rest.len()), sum, Shade::Quiet));
    }
    rows
}

/// A line for each, numbered where the picture names some by their number.
fn list(rows: &[Counted]) -> Block {
    let item = |(name, count, _): &Counted| vec![Block::Paragraph(vec![format!("{name}: {count}").into()])];
    let numbered = rows.iter().any(|(name, ..)| charts::legible(name).is_none());
    Block::List { start: numbered.then_some(1), items: rows.iter().map(item).collect() }
}

fn per_day(dates: &[Date], days: impl Iterator<Item = Date>) -> Vec<u32> {
    let mut counts = vec![0; dates.len()];
    for day in days {
        if let Ok(at) = dates.binary_search(&day) {
            counts[at] += 1;
        }
    }
    counts
}

fn resolved_at(issue: &Issue) -> Option<jiff::Timestamp> {
    time::read(issue.other.get(RESOLVED)?.as_str()?)
}
