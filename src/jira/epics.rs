//! What is a part of what: subtasks, and the issues of an epic. Cloud keeps both as the parent, Data Center keeps an
//! epic in a field of its own.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Client, Issue, Jql,
    jql::{Clause, Field, Operand, Operator},
    send::Request,
};
use crate::{
    error::JiraError,
    ids::{IssueKey, SiteKind},
};

/// The kind of Data Center's field that holds an issue's epic.
const EPIC_LINK: &str = "com.pyxis.greenhopper.jira:gh-epic-link";

/// Epics and parents.
#[derive(Debug, Clone, Copy)]
pub struct Epics<'a>(pub(super) &'a Client);

#[derive(Deserialize)]
struct FieldAnswer {
    id: String,
    schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    custom: Option<String>,
}

impl Epics<'_> {
    /// What finds the parts of an issue.
    pub async fn children(&self, key: &IssueKey) -> Result<Jql, JiraError> {
        let key = self.0.place(key).await?;
        let below = Clause::equals("parent", key.to_string());
        let number = self.field().await?.and_then(|id| id.strip_prefix("customfield_")?.parse().ok());
        Ok(Jql::new(match number {
            Some(number) => below.or(Clause::Is {
                field: Field::Custom(number),
                operator: Operator::Equals,
                operand: Operand::Text(key.to_string()),
                when: Vec::new(),
            }),
            None => below,
        }))
    }

    /// An issue, and the key of what it is a part of, where that is inside the scope.
    pub async fn parent(&self, key: &IssueKey) -> Result<(Issue, Option<IssueKey>), JiraError> {
        let field = self.field().await?;
        let more: Vec<&str> = field.as_deref().into_iter().collect();
        let issue = self.0.issues().get_with(key, &more).await?;
        let epic = field.and_then(|id| issue.other.get(&id).and_then(Value::as_str)?.parse::<IssueKey>().ok());
        let parent = issue.parent.as_ref().map(|parent| parent.key.clone()).or(epic);
        let parent = parent.filter(|key| self.0.scope().allows(key.project()));
        Ok((issue, parent))
    }

    /// The id of Data Center's field for epics. It is another one on every site.
    async fn field(&self) -> Result<Option<String>, JiraError> {
        if self.0.site().kind == SiteKind::Cloud {
            return Ok(None);
        }
        let all: Vec<FieldAnswer> = self.0.read(Request::get(&["field"])).await?;
        let epic = |field: &FieldAnswer| {
            field.schema.as_ref().is_some_and(|schema| schema.custom.as_deref() == Some(EPIC_LINK))
        };
        Ok(all.into_iter().find(epic).map(|field| field.id))
    }
}
