//! What was changed on an issue, by whom and when.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Client, Cursor, Page, User, send::Request, time};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectScope, SiteKind},
};

/// Cloud's largest page.
const MOST: u64 = 100;

/// The past of issues.
#[derive(Debug, Clone, Copy)]
pub struct Changelog<'a>(pub(super) &'a Client);

/// Fields that somebody changed at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Who.
    pub author: Option<User>,
    /// When.
    pub created: Option<Timestamp>,
    /// What, as far as it is inside the scope.
    pub items: Vec<Changed>,
}

/// One field that was changed, with its values as people read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The field's name.
    pub field: String,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    values: Vec<Answer>,
    #[serde(default)]
    total: u64,
}

#[derive(Deserialize)]
struct Expanded {
    changelog: Histories,
}

#[derive(Deserialize)]
struct Histories {
    #[serde(default)]
    histories: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    author: Option<Value>,
    created: Option<String>,
    #[serde(default)]
    items: Vec<ItemAnswer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemAnswer {
    #[serde(default)]
    field: String,
    from: Option<String>,
    from_string: Option<String>,
    to: Option<String>,
    to_string: Option<String>,
}

impl Changelog<'_> {
    /// The newest changes first, at most `limit`, after those that `from` skips. Source:
    /// `GET issue/{key}/changelog` (Cloud, oldest first), `GET issue/{key}?expand=changelog` (Data Center, all of them).
    pub async fn list(&self, key: &IssueKey, limit: u32, from: Option<&Cursor>) -> Result<Page<Change>, JiraError> {
        let key = self.0.place(key).await?.to_string();
        let skipped = match from {
            Some(Cursor::Start(skipped)) => *skipped,
            _ => 0,
        };
        let limit = u64::from(limit).clamp(1, MOST);
        let (total, mut changes) = match self.0.site().kind {
            SiteKind::Cloud => self.window(&key, skipped, limit).await?,
            SiteKind::DataCenter => {
                let request = Request::get(&["issue", &key]).query("fields", "project").query("expand", "changelog");
                let mut all = self.0.read::<Expanded>(request).await?.changelog.histories;
                all.sort_by_cached_key(Answer::when);
                let total = all.len() as u64;
                (total, slice(all, 0, total, skipped, limit))
            }
        };
        changes.reverse();
        let items: Vec<Change> = changes.into_iter().map(|answer| answer.within(self.0.scope())).collect();
        let end = skipped + items.len() as u64;
        Ok(Page {
            next: (!items.is_empty() && end < total).then_some(Cursor::Start(end)),
            items: items.into_iter().filter(|change| !change.items.is_empty()).collect(),
            total: Some(total),
        })
    }

    /// How many there are, and those of one page counted from the newest, the oldest of them first.
    async fn window(&self, key: &str, skipped: u64, limit: u64) -> Result<(u64, Vec<Answer>), JiraError> {
        let page = |start: u64| {
            let path = ["issue", key, "changelog"];
            self.0.read::<Listed>(Request::get(&path).query("startAt", start).query("maxResults", MOST))
        };
        let first = page(0).await?;
        let total = first.total.max(first.values.len() as u64);
        let start = total.saturating_sub(skipped + limit);
        if total <= first.values.len() as u64 {
            return Ok((total, slice(first.values, 0, total, skipped, limit)));
        }
        let later = page(start).await?;
        Ok((total, slice(later.values, start, total, skipped, limit)))
    }
}

/// Of a list that begins at `start`, what lies before the newest `skipped`, at most `limit`.
fn slice(list: Vec<Answer>, start: u64, total: u64, skipped: u64, limit: u64) -> Vec<Answer> {
    let end = total.saturating_sub(skipped);
    let begin = end.saturating_sub(limit);
    let index = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX);
    list.into_iter().skip(index(begin)).take(index(end).saturating_sub(index(begin))).collect()
}

impl Answer {
    fn when(&self) -> Option<Timestamp> {
        self.created.as_deref().and_then(time::read)
    }

    fn within(self, scope: &ProjectScope) -> Change {
        let items = self.items.into_iter().filter(|item| item.inside(scope));
        Change {
            author: self.author.as_ref().and_then(User::read),
            created: self.created.as_deref().and_then(time::read),
            items: items
                .map(|item| Changed { field: item.field, from: item.from_string, to: item.to_string })
                .collect(),
        }
    }
}

impl ItemAnswer {
    /// Links and parents name other issues, and a move names other projects.
    fn inside(&self, scope: &ProjectScope) -> bool {
        if scope.is_all() {
            return true;
        }
        let values = || [&self.from, &self.from_string, &self.to, &self.to_string].into_iter().flatten();
        let names = |text: &String| {
            text.split_whitespace().filter_map(|word| word.parse::<IssueKey>().ok()).collect::<Vec<_>>()
        };
        let refers = matches!(
            self.field.to_ascii_lowercase().as_str(),
            "link" | "parent" | "issueparentassociation" | "epic link" | "epic child" | "key" | "parent issue"
        );
        match self.field.eq_ignore_ascii_case("project") {
            true => false,
            false if refers => values().flat_map(names).all(|key| scope.allows(key.project())),
            // Whatever else names exactly one issue names it as such.
            false => values().filter_map(|text| text.parse::<IssueKey>().ok()).all(|key| scope.allows(key.project())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answers(number: u64) -> Vec<Answer> {
        let one = |at: u64| json!({"items": [{"field": "status", "toString": at.to_string()}]});
        (0..number).map(|at| serde_json::from_value(one(at)).unwrap()).collect()
    }

    fn told(list: Vec<Answer>) -> Vec<String> {
        list.into_iter().map(|answer| answer.items[0].to_string.clone().unwrap()).collect()
    }

    #[test]
    fn pages_are_counted_from_the_newest() {
        assert_eq!(told(slice(answers(5), 0, 5, 0, 2)), ["3", "4"]);
        assert_eq!(told(slice(answers(5), 0, 5, 2, 2)), ["1", "2"]);
        assert_eq!(told(slice(answers(5), 0, 5, 4, 2)), ["0"]);
        assert!(slice(answers(5), 0, 5, 9, 2).is_empty());
        // A list whose first entry is number 100 of 105.
        assert_eq!(told(slice(answers(5), 100, 105, 1, 2)), ["2", "3"]);
    }

    #[test]
    fn what_names_issues_outside_the_scope_is_left_out() {
        let items = json!({"author": {"accountId": "a", "displayName": "Ada"}, "created": "2026-11-18T10:00:00.000+0000",
        "items": [
            {"field": "Link", "to": "HR-1", "toString": "This issue blocks HR-1"},
            {"field": "Link", "to": "WEB-2", "toString": "This issue blocks WEB-2"},
            {"field": "IssueParentAssociation", "from": "1", "fromString": "HR-2", "to": null},
            {"field": "Key", "fromString": "HR-9", "toString": "WEB-9"},
            {"field": "project", "fromString": "People", "toString": "Website"},
            {"field": "summary", "fromString": "utf-8 breaks", "toString": "HR-1 breaks"},
        ]});
        let read = |scope: ProjectScope| {
            let change = serde_json::from_value::<Answer>(items.clone()).unwrap().within(&scope);
            change.items.into_iter().map(|item| item.field).collect::<Vec<_>>()
        };
        assert_eq!(read(ProjectScope::only(["WEB".parse().unwrap()])), ["Link", "summary"]);
        assert_eq!(read(ProjectScope::all()).len(), 6);
    }
}
