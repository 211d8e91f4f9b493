//! Ids that Jira gives to things inside an issue, and the mark that a create carries.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::IdError;

/// An id as Jira writes it: mostly a string, in the interface of boards and sprints a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Digits {
    Text(String),
    Number(u64),
}

macro_rules! numeric {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        ///
        /// Digits only, so that it can stand in a path.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Digits", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let good = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                if good {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { kind: $kind, text: text.chars().take(40).collect() })
                }
            }
        }

        impl TryFrom<Digits> for $name {
            type Error = IdError;

            fn try_from(digits: Digits) -> Result<Self, IdError> {
                match digits {
                    Digits::Text(text) => text.parse(),
                    Digits::Number(number) => Ok(Self(number.to_string())),
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

numeric! {
    /// An issue's number inside Jira. It carries no project, so no method takes one: it is only handed out.
    IssueId, "an issue's id"
}
numeric! {
    /// A file that hangs on an issue.
    AttachmentId, "an attachment's id"
}
numeric! {
    /// A comment.
    CommentId, "a comment's id"
}
numeric! {
    /// An entry of logged work.
    WorklogId, "a worklog's id"
}
numeric! {
    /// A link of an issue: to another one, or to a page elsewhere.
    LinkId, "a link's id"
}
numeric! {
    /// An issue type.
    TypeId, "an issue type's id"
}
numeric! {
    /// A way from one status to the next.
    TransitionId, "a transition's id"
}

numeric! {
    /// A version of a project.
    VersionId, "a version's id"
}
numeric! {
    /// A board.
    BoardId, "a board's id"
}
numeric! {
    /// A sprint.
    SprintId, "a sprint's id"
}
numeric! {
    /// A service desk.
    DeskId, "a service desk's id"
}
numeric! {
    /// A queue of a service project.
    QueueId, "a queue's id"
}
numeric! {
    /// A kind of request.
    RequestTypeId, "a request type's id"
}
numeric! {
    /// A saved filter.
    FilterId, "a filter's id"
}

/// The mark that a create carries as the issue property `usher.operation`, so that a lost answer can be cleared up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OperationId(Uuid);

impl OperationId {
    /// A fresh random mark.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl TryFrom<String> for OperationId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        Uuid::parse_str(&text)
            .map(Self)
            .map_err(|_| IdError { kind: "a create's mark", text: text.chars().take(40).collect() })
    }
}

impl From<OperationId> for String {
    fn from(id: OperationId) -> String {
        id.to_string()
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits_and_nothing_else() {
        assert_eq!("10010".parse::<WorklogId>().unwrap().as_str(), "10010");
        for bad in ["", "..", "1/2", "1?x", "１", "-1", " 1", "123456789012345678901"] {
            assert!(bad.parse::<WorklogId>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<WorklogId>("\"../..\"").is_err());
        assert_eq!(serde_json::from_str::<WorklogId>("10010").unwrap().as_str(), "10010");
        assert!(serde_json::from_str::<WorklogId>("-1").is_err());
    }
}
