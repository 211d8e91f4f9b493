//! What became of issues over time: in which sprints they were, and when they were done.
//!
//! Cloud tells the changes of many issues at once, Data Center with each page of a search. An issue is found by the
//! search first, so whatever is outside the scope is not asked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Client, Issue, Jql, SprintId,
    issue::{Answer, LINE},
    send::Request,
    time,
};
use crate::{
    error::JiraError,
    ids::{IssueKey, SiteKind},
};

/// The kind of the field that holds an issue's sprints.
const SPRINTS: &str = "com.pyxis.greenhopper.jira:gh-sprint";
/// The most issues whose changes Cloud tells at once.
const AT_ONCE: usize = 1_000;
/// An end for changes that never end.
const PAGES: usize = 20;
/// Data Center's page: each issue brings all its changes along.
const PAGE: usize = 50;

/// Issues over time.
#[derive(Debug, Clone, Copy)]
pub struct Pasts<'a>(pub(super) &'a Client);

/// An issue over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// As it is now, with the fields that were asked for.
    pub issue: Issue,
    created: Option<Timestamp>,
    /// Whether it is done, from then on. The first stands for all the time before it.
    done: Vec<(Timestamp, bool)>,
    /// In which sprints it is, in the same way.
    sprints: Vec<(Timestamp, BTreeSet<SprintId>)>,
}

#[derive(Debug, Deserialize)]
struct FieldAnswer {
    id: String,
    schema: Option<SchemaAnswer>,
}

#[derive(Debug, Deserialize)]
struct SchemaAnswer {
    custom: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusAnswer {
    id: String,
    status_category: Option<CategoryAnswer>,
}

#[derive(Debug, Deserialize)]
struct CategoryAnswer {
    #[serde(default)]
    key: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bulk {
    #[serde(default)]
    issue_change_logs: Vec<OfIssue>,
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfIssue {
    issue_id: String,
    #[serde(default)]
    change_histories: Vec<Change>,
}

/// A page of Data Center's search, with the changes of each issue in its order.
#[derive(Debug, Deserialize)]
struct Expanded {
    #[serde(default)]
    issues: Vec<Value>,
    total: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(default)]
    created: Value,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    #[serde(default)]
    field: String,
    from: Option<String>,
    to: Option<String>,
}

/// What is the same for all issues of a site.
struct Site {
    /// The ids of the statuses that mean that an issue is done.
    done: BTreeSet<String>,
    sprints: String,
}

impl Pasts<'_> {
    /// The first issues that match, at most `most`, with these fields besides, and whether these are all. Sources:
    /// `POST changelog/bulkfetch` (Cloud), `POST search` with `expand=changelog` (Data Center), `GET status`, `GET field`.
    pub async fn first(&self, jql: &Jql, most: usize, more: &[&str]) -> Result<(Vec<Past>, bool), JiraError> {
        let site = self.site().await?;
        let fields: Vec<&str> = ["created", &site.sprints].into_iter().chain(more.iter().copied()).collect();
        match self.0.site().kind {
            SiteKind::Cloud => {
                let (issues, whole) = self.0.search().first(jql, most, &fields).await?;
                let mut changes = self.bulk(&issues, &site).await?;
                let of = |issue: Issue| {
                    let own = changes.remove(issue.id.as_str()).unwrap_or_default();
                    Past::of(issue, own, &site)
                };
                Ok((issues.into_iter().map(of).collect(), whole))
            }
            SiteKind::DataCenter => {
                let scope = match self.0.search().visible_scope().await? {
                    Some(visible) => visible,
                    None => self.0.scope().clone(),
                };
                match jql.clone().restrict(&scope) {
                    Some(jql) => self.expanded(&jql, most, &fields, &site).await,
                    None => Ok((Vec::new(), true)),
                }
            }
        }
    }

    async fn site(&self) -> Result<Site, JiraError> {
        let statuses = self.0.read::<Vec<StatusAnswer>>(Request::get(&["status"]));
        let fields = self.0.read::<Vec<FieldAnswer>>(Request::get(&["field"]));
        let (statuses, fields) = futures::try_join!(statuses, fields)?;
        let is_done = |status: &StatusAnswer| status.status_category.as_ref().is_some_and(|one| one.key == "done");
        let holds =
            |field: &FieldAnswer| field.schema.as_ref().is_some_and(|one| one.custom.as_deref() == Some(SPRINTS));
        let sprints = fields.into_iter().find(holds).map(|field| field.id);
        Ok(Site {
            done: statuses.into_iter().filter(is_done).map(|status| status.id).collect(),
            sprints: sprints.ok_or_else(|| JiraError::Malformed { detail: "a site without sprints".into() })?,
        })
    }

    /// The changes of status and sprint, by the issue's id.
    async fn bulk(&self, issues: &[Issue], site: &Site) -> Result<BTreeMap<String, Vec<Change>>, JiraError> {
        let mut all: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for some in issues.chunks(AT_ONCE) {
            let ids: Vec<&str> = some.iter().map(|issue| issue.id.as_str()).collect();
            let mut body = json!({"issueIdsOrKeys": ids, "fieldIds": ["status", site.sprints], "maxResults": 10_000});
            for _ in 0..PAGES {
                let found: Bulk = self.0.read(Request::ask(&["changelog", "bulkfetch"], body.clone())).await?;
                for one in found.issue_change_logs {
                    all.entry(one.issue_id).or_default().extend(one.change_histories);
                }
                match found.next_page_token {
                    Some(token) => body["nextPageToken"] = token.into(),
                    None => break,
                }
            }
        }
        Ok(all)
    }

    async fn expanded(
        &self,
        jql: &Jql,
        most: usize,
        fields: &[&str],
        site: &Site,
    ) -> Result<(Vec<Past>, bool), JiraError> {
        let wanted = [LINE, fields].concat();
        let (mut pasts, mut start) = (Vec::new(), 0);
        loop {
            let body = json!({"jql": jql.to_string(), "fields": wanted, "expand": ["changelog"],
                "startAt": start, "maxResults": PAGE.min(most - start.min(most)).max(1)});
            let mut found: Expanded = self.0.read(Request::ask(&["search"], body)).await?;
            let count = found.issues.len();
            for answer in &mut found.issues {
                let histories = answer.pointer_mut("/changelog/histories").map(Value::take).unwrap_or_default();
                let changes: Vec<Change> = serde_json::from_value(histories).unwrap_or_default();
                let answer = Answer::deserialize(&*answer);
                let answer = answer.map_err(|_| JiraError::Malformed { detail: "an issue of a search".into() })?;
                match answer.within(self.0.scope(), fields) {
                    Ok(issue) => pasts.push(Past::of(issue, changes, site)),
                    Err(JiraError::OutOfScope { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            start += count;
            let more = count > 0 && found.total.is_some_and(|total| start < total);
            if !more || start >= most {
                return Ok((pasts, !more));
            }
        }
    }
}

impl Past {
    fn of(issue: Issue, mut changes: Vec<Change>, site: &Site) -> Self {
        changes.sort_by_cached_key(Change::when);
        let (mut done, mut sprints) = (Vec::new(), Vec::new());
        for change in &changes {
            let Some(at) = change.when() else { continue };
            for item in &change.items {
                match item.field.as_str() {
                    "status" => follow(&mut done, at, item, |id| site.done.contains(id.unwrap_or_default())),
                    "Sprint" => follow(&mut sprints, at, item, |ids| ids.map(listed).unwrap_or_default()),
                    _ => {}
                }
            }
        }
        if done.is_empty() {
            done.push((Timestamp::MIN, issue.status.category == super::Category::Done));
        }
        if sprints.is_empty() {
            sprints.push((Timestamp::MIN, held(issue.other.get(&site.sprints))));
        }
        Self { created: issue.created, issue, done, sprints }
    }

    /// Its key.
    pub fn key(&self) -> &IssueKey {
        &self.issue.key
    }

    /// Whether it was done then.
    pub fn done(&self, at: Timestamp) -> bool {
        state(&self.done, at).copied().unwrap_or_default()
    }

    /// Whether it was there then, and in that sprint.
    pub fn within(&self, sprint: &SprintId, at: Timestamp) -> bool {
        let was = self.created.is_none_or(|created| created <= at);
        was && state(&self.sprints, at).is_some_and(|sprints| sprints.contains(sprint))
    }
}

/// Adds a change to what is known, and with the first of them how it was before.
fn follow<T>(known: &mut Vec<(Timestamp, T)>, at: Timestamp, item: &Item, read: impl Fn(Option<&str>) -> T) {
    if known.is_empty() {
        known.push((Timestamp::MIN, read(item.from.as_deref())));
    }
    known.push((at, read(item.to.as_deref())));
}

fn state<T>(known: &[(Timestamp, T)], at: Timestamp) -> Option<&T> {
    known.iter().rev().find(|(since, _)| *since <= at).map(|(_, state)| state)
}

/// `37, 38`.
fn listed(ids: &str) -> BTreeSet<SprintId> {
    ids.split(',').filter_map(|id| id.trim().parse().ok()).collect()
}

/// Cloud's sprints are objects, Data Center still prints them: `…Sprint@1f[id=37,rapidViewId=…]`.
fn held(value: Option<&Value>) -> BTreeSet<SprintId> {
    let sprints = value.and_then(Value::as_array).into_iter().flatten();
    let id = |sprint: &Value| match sprint {
        Value::String(printed) => {
            let rest = printed.split_once("[id=").or_else(|| printed.split_once(",id="))?.1;
            rest.split([',', ']']).next()?.parse().ok()
        }
        sprint => SprintId::deserialize(sprint.get("id")?).ok(),
    };
    sprints.filter_map(id).collect()
}

impl Change {
    /// Jira's own example of Cloud's bulk answer writes a number, its schema a date.
    fn when(&self) -> Option<Timestamp> {
        match &self.created {
            Value::String(text) => time::read(text).or_else(|| text.parse().ok()),
            value => match value.as_i64()? {
                seconds @ ..100_000_000_000 => Timestamp::from_second(seconds).ok(),
                millis => Timestamp::from_millisecond(millis).ok(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> SprintId {
        number.to_string().parse().unwrap()
    }

    fn at(day: i8) -> Timestamp {
        jiff::civil::date(2026, 11, day).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
    }

    fn past(sprints: Value, changes: Value) -> Past {
        let answer: Answer = serde_json::from_value(json!({"id": "1", "key": "DEMO-1", "fields": {
            "project": {"key": "DEMO"}, "summary": "One", "created": "2026-11-02T08:00:00.000+0000", "f": sprints,
            "status": {"name": "Done", "statusCategory": {"key": "done"}}}}))
        .unwrap();
        let issue = answer.within(&crate::ids::ProjectScope::all(), &["created", "f"]).unwrap();
        let site = Site { done: ["5".to_owned()].into(), sprints: "f".into() };
        Past::of(issue, serde_json::from_value(changes).unwrap(), &site)
    }

    #[test]
    fn what_was_when() {
        // The newest first, as some answers come; one moment is a number, and one change is nobody's concern.
        let changes = json!([
            {"created": "2026-11-12T08:00:00.000+0000", "items": [{"field": "status", "from": "3", "to": "5"}]},
            {"created": 1_794_211_200, "items": [{"field": "status", "from": "5", "to": "3"}, {"field": "Sprint", "from": "7", "to": "7, 8"}]},
            {"created": "2026-11-06T08:00:00.000+0000", "items": [{"field": "status", "from": "1", "to": "5"}]},
            {"created": "2026-11-04T08:00:00.000+0000", "items": [{"field": "Sprint", "from": "", "to": "7"}, {"field": "labels", "to": "x"}]},
            {"created": null, "items": [{"field": "status", "from": "5", "to": "1"}]},
        ]);
        let past = past(json!([{"id": 7}, {"id": 8}]), changes);
        assert_eq!([1, 3, 5, 9, 13].map(|day| past.within(&id(7), at(day))), [false, false, true, true, true]);
        assert_eq!([5, 8, 10].map(|day| past.within(&id(8), at(day))), [false, false, true]);
        assert_eq!([3, 5, 7, 10, 13].map(|day| past.done(at(day))), [false, false, true, false, true]);
    }

    #[test]
    fn what_never_changed_is_as_it_always_was() {
        let printed =
            json!(["com.x.Sprint@1f[id=37,rapidViewId=5,state=CLOSED,name=a[id=9,]", "x@1[rapidViewId=5,id=38]"]);
        for (held, ids) in [(json!([{"id": 37}, {"id": 38}]), [37, 38]), (printed, [37, 38])] {
            let past = past(held, json!([]));
            assert!(past.done(at(3)) && ids.iter().all(|number| past.within(&id(*number), at(3))), "{past:?}");
            assert!(!past.within(&id(37), at(1)), "before it was made");
            assert!(!past.within(&id(9), at(3)) && past.key().to_string() == "DEMO-1");
        }
        assert_eq!(held(Some(&json!("odd"))), BTreeSet::new());
    }
}
