//! Service projects: their queues, their request types, new requests, and how long requests may take.
//!
//! Source: Jira Service Management's own interface below `/rest/servicedeskapi`, alike on Cloud and Data Center. A service
//! desk is a number that carries no project; here it is only ever found by its project, inside the scope.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{Client, DeskId, FieldMeta, QueueId, RequestTypeId, send::Request};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectKey, SiteKind},
};

/// What looking at service projects needs on Cloud.
pub const READ_REQUESTS: &[&str] = &["read:servicedesk-request"];
/// What creating a request needs on Cloud.
const WRITE_REQUESTS: &[&str] = &["write:servicedesk-request"];

/// The largest page.
const PAGE: usize = 50;
/// An end for lists that never end.
const PAGES: usize = 20;

/// Service projects.
#[derive(Debug, Clone, Copy)]
pub struct Desks<'a>(pub(super) &'a Client);

/// The service desk of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    id: DeskId,
    /// Its project, as Jira names it.
    pub project: ProjectKey,
}

/// A queue: a search that agents work through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it searches.
    #[serde(default)]
    pub jql: String,
    /// How many issues it has.
    pub issue_count: Option<u64>,
}

/// A kind of request that customers make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RequestType {
    /// Its id.
    pub id: RequestTypeId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// How long a request may take, and how long it has taken. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sla {
    /// What is measured, such as `Time to resolution`.
    pub name: String,
    /// The measurement that runs.
    pub ongoing: Option<Cycle>,
    /// Those that are over.
    pub completed: Vec<Cycle>,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// How long it may take.
    pub goal: Option<i64>,
    /// What is left of that; negative where it took longer.
    pub remaining: Option<i64>,
    /// It took longer.
    pub breached: bool,
    /// It stands still for now.
    pub paused: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed<T> {
    #[serde(default = "Vec::new")]
    values: Vec<T>,
    is_last_page: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeskAnswer {
    id: DeskId,
    project_key: ProjectKey,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldsAnswer {
    #[serde(default)]
    request_type_fields: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    issue_key: IssueKey,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SlaAnswer {
    #[serde(default)]
    name: String,
    ongoing_cycle: Option<CycleAnswer>,
    #[serde(default)]
    completed_cycles: Vec<CycleAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CycleAnswer {
    goal_duration: Option<Millis>,
    remaining_time: Option<Millis>,
    #[serde(default)]
    breached: bool,
    #[serde(default)]
    paused: bool,
}

#[derive(Debug, Deserialize)]
struct Millis {
    millis: Option<i64>,
}

impl Desks<'_> {
    /// The service desk of a project, if it serves customers and the site has such at all.
    pub async fn of(&self, project: &ProjectKey) -> Result<Option<Desk>, JiraError> {
        let project = self.0.place_project(project).await?;
        let found = match self.all::<DeskAnswer>(&["servicedesk"], &[]).await {
            // A site without Jira Service Management does not know the address.
            Err(JiraError::NotFound { .. }) => return Ok(None),
            found => found?,
        };
        let desk = found.into_iter().find(|desk| desk.project_key == project);
        Ok(desk.map(|desk| Desk { id: desk.id, project: desk.project_key }))
    }

    /// The service desks of the scope's projects. None where the site has no such.
    pub async fn list(&self) -> Result<Vec<Desk>, JiraError> {
        let found = match self.all::<DeskAnswer>(&["servicedesk"], &[]).await {
            Err(JiraError::NotFound { .. }) => return Ok(Vec::new()),
            found => found?,
        };
        let inside = found.into_iter().filter(|desk| self.0.scope().allows(&desk.project_key));
        Ok(inside.map(|desk| Desk { id: desk.id, project: desk.project_key }).collect())
    }

    /// Its queues, with how many issues each has.
    pub async fn queues(&self, desk: &Desk) -> Result<Vec<Queue>, JiraError> {
        self.all(&["servicedesk", desk.id.as_str(), "queue"], &[("includeCount", "true")]).await
    }

    /// The kinds of request that customers make there.
    pub async fn request_types(&self, desk: &Desk) -> Result<Vec<RequestType>, JiraError> {
        self.all(&["servicedesk", desk.id.as_str(), "requesttype"], &[]).await
    }

    /// What a request of a kind asks for.
    pub async fn fields(&self, desk: &Desk, kind: &RequestTypeId) -> Result<Vec<FieldMeta>, JiraError> {
        let path = ["servicedesk", desk.id.as_str(), "requesttype", kind.as_str(), "field"];
        let answer: FieldsAnswer = self.0.read(Request::get(&path).service_desk(READ_REQUESTS)).await?;
        // A hidden field is filled in by Jira.
        let shown = answer.request_type_fields.iter().filter(|field| field["visible"] != json!(false));
        Ok(shown.filter_map(field).collect())
    }

    /// Makes a request.
    pub async fn create(
        &self,
        desk: &Desk,
        kind: &RequestTypeId,
        values: &Map<String, Value>,
    ) -> Result<IssueKey, JiraError> {
        self.0.guard(&desk.project)?;
        self.0.guard_fields(values)?;
        let mut body = json!({"serviceDeskId": desk.id, "requestTypeId": kind, "requestFieldValues": values});
        if self.0.site().kind == SiteKind::Cloud {
            // Rich text is written as it is everywhere else on Cloud.
            body["isAdfRequest"] = true.into();
        }
        let made: Made = self.0.read(Request::post(&["request"], body).service_desk(WRITE_REQUESTS)).await?;
        Ok(made.issue_key)
    }

    /// How long a request may take.
    pub async fn slas(&self, key: &IssueKey) -> Result<Vec<Sla>, JiraError> {
        let key = self.0.place(key).await?;
        let found: Vec<SlaAnswer> = self.all(&["request", &key.to_string(), "sla"], &[]).await?;
        Ok(found
            .into_iter()
            .map(|answer| Sla {
                name: answer.name,
                ongoing: answer.ongoing_cycle.map(Cycle::from),
                completed: answer.completed_cycles.into_iter().map(Cycle::from).collect(),
            })
            .collect())
    }

    async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&'static str, &str)],
    ) -> Result<Vec<T>, JiraError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let mut request = Request::get(path).query("start", all.len()).query("limit", PAGE);
            for (name, value) in query {
                request = request.query(name, value);
            }
            let listed: Listed<T> = self.0.read(request.service_desk(READ_REQUESTS)).await?;
            let last = listed.is_last_page.unwrap_or(true) || listed.values.is_empty();
            all.extend(listed.values);
            if last {
                break;
            }
        }
        Ok(all)
    }
}

/// A field of a request, in the words of the other screens: `jiraSchema` and `validValues` are only called otherwise.
fn field(value: &Value) -> Option<FieldMeta> {
    let filled = value["defaultValues"].as_array().is_some_and(|values| !values.is_empty());
    FieldMeta::read(
        None,
        &json!({
            "fieldId": value["fieldId"],
            "name": value["name"],
            "required": value["required"],
            "hasDefaultValue": filled,
            "schema": value["jiraSchema"],
            "allowedValues": choices(&value["validValues"]),
        }),
    )
}

fn choices(values: &Value) -> Value {
    let choice = |one: &Value| json!({"id": one["value"], "name": one["label"], "children": choices(&one["children"])});
    values.as_array().into_iter().flatten().map(choice).collect()
}

impl From<CycleAnswer> for Cycle {
    fn from(answer: CycleAnswer) -> Self {
        let millis = |one: Option<Millis>| one.and_then(|one| one.millis);
        Self {
            goal: millis(answer.goal_duration),
            remaining: millis(answer.remaining_time),
            breached: answer.breached,
            paused: answer.paused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_request_is_read_like_any_other() {
        let asked = json!({
            "fieldId": "customfield_1", "name": "Which browser?", "required": true, "visible": true, "defaultValues": [],
            "jiraSchema": {"type": "option", "custom": "x:select", "customId": 1},
            "validValues": [{"value": "7", "label": "Firefox", "children": [{"value": "8", "label": "Nightly", "children": []}]}],
        });
        let field = field(&asked).unwrap();
        assert_eq!((field.id.as_str(), field.required, field.kind.as_str()), ("customfield_1", true, "option"));
        assert_eq!((field.allowed[0].id.as_str(), field.allowed[0].name.as_str()), ("7", "Firefox"));
        assert_eq!(field.allowed[0].children[0].name, "Nightly");
        assert!(!field.has_default);
    }

    #[test]
    fn a_measurement_may_be_over_running_or_broken_off() {
        let answer: SlaAnswer = serde_json::from_value(json!({
            "name": "Time to resolution",
            "completedCycles": [{"breached": true, "goalDuration": {"millis": 1000}, "remainingTime": {"millis": -5}}],
            "ongoingCycle": {"breached": false, "paused": true, "remainingTime": {"friendly": "1h"}},
        }))
        .unwrap();
        let over = Cycle::from(answer.completed_cycles.into_iter().next().unwrap());
        assert_eq!((over.goal, over.remaining, over.breached), (Some(1000), Some(-5), true));
        let runs = Cycle::from(answer.ongoing_cycle.unwrap());
        assert_eq!((runs.goal, runs.remaining, runs.paused), (None, None, true));
    }
}
