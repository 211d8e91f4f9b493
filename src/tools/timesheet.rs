//! `timesheet`: what whoever asks has logged in a week, day by day.

use clap::Args as ClapArgs;
use futures::{StreamExt, stream};
use jiff::{ToSpan, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{
    Text,
    tree::{Block, Cell, Inline, Row},
};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    fields,
    ids::{Access, Flags, IssueKey},
    jira::{
        Issue, Jql, duration,
        jql::{Clause, Direction, Operand, Operator},
    },
    replies::{About, Offer, Outcome, Page, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Timesheet;

/// Show the time that you logged this week, day by day
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Another week: last, or a day in it
    pub week: Option<String>,
}

/// As many issues are counted.
const MOST: u32 = 100;
/// As many are read at once.
const AT_ONCE: usize = 6;

impl Tool for Timesheet {
    const NAME: &'static str = "timesheet";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST search/jql", "POST search", "GET issue/{key}/worklog"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["timesheet", "timesheet last"];
    const COMPLETES: &'static [(&'static str, Source)] = &[];
    type Args = Args;

    fn on(_: &Args) -> On {
        On::nothing()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let zone = call.jira.users().time_zone().await.at(&call)?;
        let today = call.now().to_zoned(zone.clone()).date();
        let monday = monday(call.args.week.as_deref(), today)?;
        let sunday = monday.checked_add(6.days()).unwrap_or(monday);
        let within = |operator, day: Date| Clause::compare("worklogDate", operator, Operand::Text(day.to_string()));
        let jql = Jql::new(Clause::call("worklogAuthor", "currentUser"))
            .and(within(Operator::AtLeast, monday))
            .and(within(Operator::AtMost, sunday))
            .order_by("key", Direction::Ascending);
        let found = call.jira.search().run(&jql, MOST, None).await.at(&call)?;
        let worklogs = call.jira.worklogs();
        let keys: Vec<IssueKey> = found.items.iter().map(|issue| issue.key.clone()).collect();
        let read = keys.into_iter().map(|key| async move { worklogs.all(&key).await });
        let read: Vec<_> = stream::iter(read).buffered(AT_ONCE).collect().await;
        let mut rows: Vec<Line<'_>> = Vec::new();
        for (issue, entries) in found.items.iter().zip(read) {
            let mut line = Line { issue, days: [0; 7] };
            for entry in entries.at(&call)? {
                let own = entry.author.as_ref().is_some_and(|author| author.account == *call.account());
                let day = entry.started.map(|at| at.to_zoned(zone.clone()).date());
                if let Some(day) = day.filter(|_| own)
                    && let Some(sum) =
                        (day - monday).get_days().try_into().ok().and_then(|at: usize| line.days.get_mut(at))
                {
                    *sum += entry.seconds;
                }
            }
            if line.total() > 0 {
                rows.push(line);
            }
        }
        let name = format!("{} to {}", monday.strftime("%-d %b"), sunday.strftime("%-d %b %Y"));
        let about = About { personal: true, ..About::default() };
        let page = |text| Outcome::new(Shape::Page(Page { text, url: None }), about.clone());
        let (before, after) = (monday.checked_sub(7.days()), monday.checked_add(7.days()));
        let another = |label: &str, day: Result<Date, jiff::Error>| {
            let args = serde_json::json!({ "week": day.ok()?.to_string() });
            Some(Offer::mine(label, show::deed(Self::NAME, args, call.site())).instead())
        };
        let later = another("Week after", after).filter(|_| sunday < today);
        let offers = another("Week before", before).into_iter().chain(later);
        if rows.is_empty() {
            return Ok(page(Text::plain(format!("You logged no time from {name}."))).offering(offers));
        }
        let total: u64 = rows.iter().map(Line::total).sum();
        let mut text =
            Text::plain(format!("Your time, {name}: {}", duration::format(total))).block(table(&rows, monday));
        if found.next.is_some() {
            text = text.paragraph([Inline::text(format!("Only the first {MOST} issues are counted."))]);
        }
        Ok(page(text).offering(offers))
    }
}

/// One issue's seconds by day.
struct Line<'a> {
    issue: &'a Issue,
    days: [u64; 7],
}

impl Line<'_> {
    fn total(&self) -> u64 {
        self.days.iter().sum()
    }
}

/// The week that is meant.
fn monday(word: Option<&str>, today: Date) -> Result<Date, Error> {
    let word = word.map(str::trim).filter(|word| !word.is_empty());
    let day = match word.map(str::to_lowercase).as_deref() {
        None | Some("this" | "this week") => Some(today),
        Some("last" | "last week") => today.checked_sub(7.days()).ok(),
        Some(day) => fields::parse_day(day, today),
    };
    let day = day.ok_or_else(|| {
        let word = crate::replies::shorten(word.unwrap_or_default());
        Error::user_hint(format!("`{word}` is no week."), "Write `last`, or a day in it such as `2026-11-16`.")
    })?;
    let since = i64::from(day.weekday().to_monday_zero_offset());
    Ok(day.checked_sub(since.days()).unwrap_or(day))
}

/// Issues from top to bottom, the days on which something was logged from left to right, sums at both edges.
fn table(rows: &[Line<'_>], monday: Date) -> Block {
    let sum = |day: usize| rows.iter().map(|row| row.days[day]).sum::<u64>();
    let days: Vec<usize> = (0..7).filter(|day| sum(*day) > 0).collect();
    let cell = |words: String, header| Cell { header, content: Text::plain(words).0 };
    let time = |seconds: u64| if seconds == 0 { String::new() } else { duration::format(seconds) };
    let day = |at: &usize| {
        let at = i64::try_from(*at).unwrap_or_default();
        monday.checked_add(at.days()).unwrap_or(monday).strftime("%a %-d").to_string()
    };
    let mut head = vec![cell("Issue".to_owned(), true)];
    head.extend(days.iter().map(|at| cell(day(at), true)));
    head.push(cell("Total".to_owned(), true));
    let line = |row: &Line<'_>| {
        let mut cells = vec![cell(format!("{} {}", row.issue.key, title(&row.issue.summary)), false)];
        cells.extend(days.iter().map(|at| cell(time(row.days[*at]), false)));
        cells.push(cell(time(row.total()), false));
        Row { cells }
    };
    let mut foot = vec![cell("Total".to_owned(), true)];
    foot.extend(days.iter().map(|at| cell(time(sum(*at)), true)));
    foot.push(cell(time(rows.iter().map(Line::total).sum()), true));
    let mut all = vec![Row { cells: head }];
    all.extend(rows.iter().map(line));
    all.push(Row { cells: foot });
    Block::Table { rows: all }
}

/// A title, cut so that a table stays narrow.
fn title(summary: &str) -> String {
    match summary.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", summary[..end].trim_end()),
        None => summary.to_owned(),
    }
}
