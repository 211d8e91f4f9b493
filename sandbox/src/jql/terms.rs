//! One condition: does an issue's field hold what was asked for?
use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Time;
use serde_json::Value;

use super::resolve::{Searchable, field, ids};
use super::text::Words;
use super::{Check, Operand, Operator, Scope, Single, Term, dates};
use crate::rest::{moment as read_moment, utc};
use crate::world::{CustomKind, Field, Issue, RichText, catalog};

/// Checks names and values, and makes the test.
pub(super) fn compile<'a>(scope: Scope<'a>, term: &Term) -> Result<Check<'a>, String> {
    let found = field(scope, &term.field)?;
    match found {
        Searchable::System("summary" | "description" | "comment" | "text") => text(scope, found, term),
        Searchable::System("created" | "updated" | "duedate" | "resolutiondate" | "lastviewed") => {
            date(scope, found, term)
        }
        Searchable::System("worklogdate") => worklog_date(scope, term),
        Searchable::System("priority") if term.operator.compares() => priority(term),
        Searchable::Custom(custom) => match custom.kind {
            CustomKind::Text | CustomKind::TextArea | CustomKind::Url => text(scope, found, term),
            CustomKind::Date | CustomKind::DateTime => date(scope, found, term),
            CustomKind::Number => number(custom, term),
            _ => holds(scope, found, term),
        },
        Searchable::System(_) => holds(scope, found, term),
    }
}

fn unsupported(term: &Term) -> String {
    format!("The operator '{}' is not supported by the '{}' field.", term.operator.text(), term.field)
}

/// Fields that hold ids: `=`, `!=`, `in`, `not in`, `is`, `is not`. A negation never finds empty fields, as in Jira.
fn holds<'a>(scope: Scope<'a>, found: Searchable, term: &Term) -> Result<Check<'a>, String> {
    if term.operator.compares() || matches!(term.operator, Operator::Like | Operator::NotLike) {
        return Err(unsupported(term));
    }
    let negated = term.operator.negated();
    let mut wanted = HashSet::new();
    let mut empty = false;
    for value in term.operand.singles() {
        let ids = ids(scope, found, &term.field, value)?;
        empty |= *value == Single::Empty || (ids.is_empty() && matches!(value, Single::Text(_)));
        wanted.extend(ids);
    }
    Ok(Box::new(move |issue| {
        let held = held(scope, found, issue);
        if held.is_empty() {
            return empty && !negated;
        }
        held.iter().any(|id| wanted.contains(id)) != negated
    }))
}

fn held(scope: Scope<'_>, found: Searchable, issue: &Issue) -> Vec<String> {
    let option = |id: Option<String>| id.into_iter().collect::<Vec<_>>();
    match found {
        Searchable::Custom(field) => match issue.custom.get(field.id) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(value) => option(value.as_str().map(str::to_owned)),
            None => Vec::new(),
        },
        Searchable::System(name) => match name {
            "key" => vec![issue.id.to_string()],
            "project" => vec![scope.view.site.project_of(issue).key.to_owned()],
            "status" => vec![issue.status.id.to_owned()],
            "statuscategory" => vec![issue.status.category.parts().1.to_owned()],
            "issuetype" => vec![issue.issue_type.id.to_owned()],
            "priority" => option(issue.priority.map(|one| one.id.to_owned())),
            "resolution" => option(issue.resolution.map(|one| one.id.to_owned())),
            "labels" => issue.labels.clone(),
            "assignee" => option(issue.assignee.as_ref().map(ToString::to_string)),
            "reporter" => vec![issue.reporter.to_string()],
            "creator" => vec![issue.creator.to_string()],
            "watcher" => issue.watchers.iter().map(ToString::to_string).collect(),
            "voter" => issue.voters.iter().map(ToString::to_string).collect(),
            "worklogauthor" => issue.worklogs.iter().map(|one| one.author.to_string()).collect(),
            "sprint" => issue.sprints().map(|id| id.to_string()).collect(),
            "parent" => option(issue.parent.map(|id| id.to_string())),
            "level" => option(issue.security.map(str::to_owned)),
            _ => Vec::new(),
        },
    }
}

/// Urgency: `priority > Medium` finds High and Highest.
fn priority<'a>(term: &Term) -> Result<Check<'a>, String> {
    let Operand::One(Single::Text(name)) = &term.operand else { return Err(unsupported(term)) };
    let wanted = catalog::priority(name)
        .ok_or_else(|| format!("The value '{name}' does not exist for the field '{}'.", term.field))?;
    let operator = term.operator;
    // The lower the id, the more urgent.
    Ok(Box::new(move |issue| issue.priority.is_some_and(|one| compare(operator, wanted.id.cmp(one.id)))))
}

fn compare(operator: Operator, ordering: std::cmp::Ordering) -> bool {
    match operator {
        Operator::Less => ordering.is_lt(),
        Operator::LessEquals => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterEquals => ordering.is_ge(),
        Operator::Equals | Operator::In => ordering.is_eq(),
        _ => ordering.is_ne(),
    }
}

/// Texts: `~`, `!~`, `is`, `is not`.
fn text<'a>(scope: Scope<'a>, found: Searchable, term: &Term) -> Result<Check<'a>, String> {
    let has = move |issue: &Issue, words: &Words| texts(scope, found, issue).iter().any(|text| words.are_in(text));
    match (term.operator, &term.operand) {
        (Operator::Is | Operator::IsNot, _) if found != Searchable::System("text") => {
            let negated = term.operator.negated();
            Ok(Box::new(move |issue| texts(scope, found, issue).iter().all(String::is_empty) != negated))
        }
        (Operator::Like | Operator::NotLike, Operand::One(Single::Text(words))) => {
            let negated = term.operator.negated();
            let Some(words) = Words::new(words) else {
                return Err(format!("Unable to parse the text '{words}' for field '{}'.", term.field));
            };
            Ok(Box::new(move |issue| has(issue, &words) != negated))
        }
        _ => Err(unsupported(term)),
    }
}

fn texts(scope: Scope<'_>, found: Searchable, issue: &Issue) -> Vec<String> {
    let description = || issue.description.as_ref().map(RichText::plain).unwrap_or_default();
    let comments = || scope.view.site.comments(scope.view.me, issue).map(|one| one.body.plain()).collect::<Vec<_>>();
    let custom = |field: &Field| match issue.custom.get(field.id) {
        Some(Value::String(text)) => text.clone(),
        Some(doc @ Value::Object(_)) => crate::adf::plain(doc),
        _ => String::new(),
    };
    match found {
        Searchable::Custom(field) => vec![custom(field)],
        Searchable::System("summary") => vec![issue.summary.clone()],
        Searchable::System("description") => vec![description()],
        Searchable::System("comment") => comments(),
        // All of them as one text, so that the words may stand in different places.
        Searchable::System(_) => {
            let fields = scope.view.site.custom_fields().iter();
            let custom = fields
                .filter(|field| matches!(field.kind, CustomKind::Text | CustomKind::TextArea))
                .map(|field| custom(field));
            let all = [issue.summary.clone(), description()].into_iter().chain(comments()).chain(custom);
            vec![all.collect::<Vec<_>>().join("\n")]
        }
    }
}

/// Dates: `=`, `!=`, comparisons, `in`, `is`, `is not`. An empty date only matches `is empty`.
fn date<'a>(scope: Scope<'a>, found: Searchable, term: &Term) -> Result<Check<'a>, String> {
    let operator = term.operator;
    if matches!(operator, Operator::Like | Operator::NotLike) {
        return Err(unsupported(term));
    }
    let mut wanted = Vec::new();
    let mut empty = false;
    for value in term.operand.singles() {
        match (value, dates::moment(scope.now, value)?) {
            (Single::Empty, _) => empty = true,
            (_, Some(at)) => wanted.push(at),
            (value, None) => {
                let text = if let Single::Text(text) = value { text.as_str() } else { "" };
                return Err(format!(
                    "Date value '{text}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
                    term.field
                ));
            }
        }
    }
    // A field of whole days is compared by whole days.
    let days = matches!(found, Searchable::System("duedate"))
        || matches!(found, Searchable::Custom(field) if field.kind == CustomKind::Date);
    if days {
        wanted.iter_mut().for_each(|at| *at = midnight(*at));
    }
    Ok(Box::new(move |issue| match date_of(scope, found, issue) {
        None => empty && !operator.negated(),
        Some(_) if empty && wanted.is_empty() => operator.negated(),
        Some(at) if operator.negated() => wanted.iter().all(|one| at != *one),
        Some(at) => wanted.iter().any(|one| compare(operator, at.cmp(one))),
    }))
}

/// The day on which some work began.
fn worklog_date<'a>(scope: Scope<'a>, term: &Term) -> Result<Check<'a>, String> {
    let Operand::One(value) = &term.operand else { return Err(unsupported(term)) };
    let operator = term.operator;
    let Some(wanted) = dates::moment(scope.now, value)?.map(midnight) else { return Err(unsupported(term)) };
    Ok(Box::new(move |issue| issue.worklogs.iter().any(|one| compare(operator, midnight(one.started).cmp(&wanted)))))
}

fn midnight(at: Timestamp) -> Timestamp {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    utc(day.to_datetime(Time::midnight())).unwrap_or(at)
}

fn date_of(scope: Scope<'_>, found: Searchable, issue: &Issue) -> Option<Timestamp> {
    match found {
        Searchable::System("created") => Some(issue.created),
        Searchable::System("updated") => Some(issue.updated),
        Searchable::System("resolutiondate") => issue.resolved,
        Searchable::System("lastviewed") => issue.viewed.get(&scope.view.me.id).copied(),
        Searchable::System(_) => issue.due.and_then(|date| utc(date.to_datetime(Time::midnight()))),
        Searchable::Custom(field) => {
            let text = issue.custom.get(field.id)?.as_str()?;
            read_moment(text).or_else(|| utc(text.parse::<jiff::civil::Date>().ok()?.to_datetime(Time::midnight())))
        }
    }
}

fn number<'a>(custom: &'static Field, term: &Term) -> Result<Check<'a>, String> {
    let operator = term.operator;
    if matches!(operator, Operator::Like | Operator::NotLike) {
        return Err(unsupported(term));
    }
    let mut wanted: Vec<f64> = Vec::new();
    let mut empty = false;
    for value in term.operand.singles() {
        match value {
            Single::Empty => empty = true,
            Single::Text(text) => {
                let number = text.parse().map_err(|_| {
                    format!("Value '{text}' is invalid for the '{}' field. Valid values include numbers.", term.field)
                })?;
                wanted.push(number);
            }
            Single::Function { name, .. } => return Err(format!("Unable to find JQL function '{name}()'.")),
        }
    }
    Ok(Box::new(move |issue| match issue.custom.get(custom.id).and_then(Value::as_f64) {
        None => empty && !operator.negated(),
        Some(_) if empty && wanted.is_empty() => operator.negated(),
        Some(number) if operator.negated() => wanted.iter().all(|one| number != *one),
        Some(number) => {
            wanted.iter().any(|one| number.partial_cmp(one).is_some_and(|ordering| compare(operator, ordering)))
        }
    }))
}
