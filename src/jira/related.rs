//! What hangs on an issue: other issues, and files.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{AttachmentId, Issue, LinkId, Status, User, time};
use crate::ids::IssueKey;

/// The fields to ask for with [`Issues::get_with`](super::Issues::get_with), so that the functions here find something.
pub const RELATED: &[&str] = &["issuelinks", "subtasks", "attachment"];

/// Another issue, as an issue that refers to it shows it. Whether it has a security level of its own is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// How it is related, such as `blocks`. Empty for a subtask.
    pub relation: String,
    /// Its key.
    pub key: IssueKey,
    /// Its title.
    pub summary: String,
    /// Its status.
    pub status: Status,
    /// The link between the two, where one is kept.
    pub link: Option<LinkId>,
}

/// A file that hangs on an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its number inside Jira.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its media type.
    pub media_type: Option<String>,
    /// Who attached it.
    pub author: Option<User>,
    /// When.
    pub created: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Link {
    id: Option<LinkId>,
    #[serde(rename = "type")]
    kind: LinkType,
    #[serde(rename = "inwardIssue")]
    inward: Option<Shown>,
    #[serde(rename = "outwardIssue")]
    outward: Option<Shown>,
}

#[derive(Deserialize)]
struct LinkType {
    #[serde(default)]
    inward: String,
    #[serde(default)]
    outward: String,
}

#[derive(Deserialize)]
struct Shown {
    key: IssueKey,
    #[serde(default)]
    fields: ShownFields,
}

#[derive(Default, Deserialize)]
struct ShownFields {
    #[serde(default)]
    summary: String,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    id: AttachmentId,
    filename: String,
    #[serde(default)]
    size: u64,
    mime_type: Option<String>,
    author: Option<Value>,
    created: Option<String>,
}

impl Issue {
    /// The issues that it is linked to, inside the scope.
    pub fn links(&self) -> Vec<Related> {
        let related = |link: Link| match (link.inward, link.outward) {
            (Some(shown), _) => Some(shown.related(link.kind.inward, link.id)),
            (None, Some(shown)) => Some(shown.related(link.kind.outward, link.id)),
            (None, None) => None,
        };
        self.listed("issuelinks").filter_map(related).collect()
    }

    /// Its subtasks, inside the scope.
    pub fn subtasks(&self) -> Vec<Related> {
        self.listed("subtasks").map(|shown: Shown| shown.related(String::new(), None)).collect()
    }

    /// Its files, the newest first.
    pub fn attachments(&self) -> Vec<Attachment> {
        let read = |file: Attached| Attachment {
            id: file.id,
            name: file.filename,
            bytes: file.size,
            media_type: file.mime_type,
            author: file.author.as_ref().and_then(User::read),
            created: file.created.as_deref().and_then(time::read),
        };
        let mut files: Vec<Attachment> = self.listed("attachment").map(read).collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.created));
        files
    }

    /// The items of a field that can be read as what they should be.
    fn listed<T: for<'de> Deserialize<'de>>(&self, field: &str) -> impl Iterator<Item = T> {
        let items = self.other.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
        items.into_iter().filter_map(|item| serde_json::from_value(item).ok())
    }
}

impl Shown {
    fn related(self, relation: String, link: Option<LinkId>) -> Related {
        Related { relation, link, key: self.key, summary: self.fields.summary, status: self.fields.status }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ids::ProjectScope, jira::issue::Answer};

    #[test]
    fn what_hangs_on_an_issue_is_read_and_kept_to_the_scope() {
        let other = |key: &str| json!({"key": key, "fields": {"summary": "x", "status": {"name": "Done"}}});
        let fields = json!({
            "project": {"key": "WEB"},
            "issuelinks": [
                {"type": {"inward": "is blocked by", "outward": "blocks"}, "inwardIssue": other("WEB-2")},
                {"type": {"inward": "is blocked by", "outward": "blocks"}, "outwardIssue": other("HR-1")},
                {"type": {}, "nonsense": 1},
            ],
            "subtasks": [other("WEB-3"), {"key": 5}],
            "attachment": [
                {"id": "1", "filename": "old.txt", "size": 5, "created": "2026-01-01T00:00:00.000+0000"},
                {"id": "2", "filename": "new.png", "mimeType": "image/png", "created": "2026-02-01T00:00:00.000+0000"},
                {"id": "../x", "filename": "odd"},
            ],
        });
        let answer: Answer = serde_json::from_value(json!({"id": "1", "key": "WEB-1", "fields": fields})).unwrap();
        let issue = answer.within(&ProjectScope::only(["WEB".parse().unwrap()]), RELATED).unwrap();
        let links: Vec<String> = issue.links().iter().map(|link| format!("{} {}", link.relation, link.key)).collect();
        assert_eq!(links, ["is blocked by WEB-2"]);
        assert_eq!(issue.subtasks().iter().map(|issue| issue.key.to_string()).collect::<Vec<_>>(), ["WEB-3"]);
        assert_eq!(
            issue.attachments().iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
            ["new.png", "old.txt"]
        );
    }
}
