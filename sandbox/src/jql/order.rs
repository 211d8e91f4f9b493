//! `ORDER BY`.
use std::cmp::Ordering;

use super::{Scope, resolve};
use crate::world::Issue;

type By<'a> = Box<dyn Fn(&Issue, &Issue) -> Ordering + 'a>;

/// How to order, and whether the other way round.
type Compare<'a> = (By<'a>, bool);

pub(super) fn compile<'a>(scope: Scope<'a>, order: &[(String, bool)], errors: &mut Vec<String>) -> Vec<Compare<'a>> {
    let mut compares = Vec::new();
    for (field, descending) in order {
        match by(scope, field) {
            Ok(compare) => compares.push((compare, *descending)),
            Err(text) => errors.push(text),
        }
    }
    compares
}

fn by<'a>(scope: Scope<'a>, name: &str) -> Result<By<'a>, String> {
    let field = resolve::field(scope, name)?;
    let people = scope.view;
    let person = move |id: &Option<crate::world::PersonId>| id.as_ref().map(|id| people.person(id).name.clone());
    Ok(match field.name() {
        "key" => Box::new(|a, b| key(a).cmp(&key(b))),
        "project" => Box::new(|a, b| a.key.split('-').next().cmp(&b.key.split('-').next())),
        "created" => Box::new(|a, b| a.created.cmp(&b.created)),
        "updated" => Box::new(|a, b| a.updated.cmp(&b.updated)),
        "lastviewed" => {
            let me = &people.me.id;
            Box::new(move |a, b| a.viewed.get(me).cmp(&b.viewed.get(me)))
        }
        "resolutiondate" => Box::new(|a, b| a.resolved.cmp(&b.resolved)),
        "duedate" => Box::new(|a, b| last_if_none(a.due, b.due)),
        // Jira sorts by urgency: descending begins with the highest.
        "priority" => Box::new(|a, b| b.priority.map(|one| one.id).cmp(&a.priority.map(|one| one.id))),
        "rank" => Box::new(|a, b| a.rank.total_cmp(&b.rank)),
        "status" => Box::new(|a, b| status(a).cmp(&status(b))),
        "issuetype" => Box::new(|a, b| a.issue_type.name.cmp(b.issue_type.name)),
        "summary" => Box::new(|a, b| a.summary.to_lowercase().cmp(&b.summary.to_lowercase())),
        "assignee" => Box::new(move |a, b| last_if_none(person(&a.assignee), person(&b.assignee))),
        "reporter" => Box::new(move |a, b| person(&Some(a.reporter.clone())).cmp(&person(&Some(b.reporter.clone())))),
        _ => return Err(format!("Not able to sort using field '{name}'.")),
    })
}

fn last_if_none<T: Ord>(a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) => a.cmp(&b),
    }
}

fn status(issue: &Issue) -> (u8, &str) {
    (issue.status.category.parts().0 % 4, issue.status.name)
}

fn key(issue: &Issue) -> (&str, u64) {
    issue
        .key
        .split_once('-')
        .map_or((issue.key.as_str(), 0), |(project, number)| (project, number.parse().unwrap_or(0)))
}

/// Without an order the youngest issue comes first, as Jira does it.
pub(super) fn sort(issues: &mut [&Issue], order: &[Compare<'_>]) {
    issues.sort_by(|a, b| {
        for (compare, descending) in order {
            let ordering = compare(a, b);
            let ordering = if *descending { ordering.reverse() } else { ordering };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        b.id.cmp(&a.id)
    });
}
