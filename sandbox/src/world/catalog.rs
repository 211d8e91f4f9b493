//! What all projects of a site share: issue types, priorities, statuses, resolutions, kinds of links.

/// An id with a name: a priority or a resolution.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Jira's id, a number as text.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
}

/// A type of issue.
#[derive(Debug, PartialEq, Eq)]
pub struct IssueType {
    /// Jira's id.
    pub id: &'static str,
    /// `Bug`.
    pub name: &'static str,
    /// What the type is for.
    pub description: &'static str,
    /// Whether issues of this type live below another one.
    pub subtask: bool,
    /// 1 for an epic, 0 for a usual issue, -1 for a sub-task.
    pub level: i8,
}

/// How far along a status is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Nothing has happened.
    New,
    /// Somebody works on it.
    Indeterminate,
    /// Nothing is left to do.
    Done,
}

impl Category {
    /// Id, key, name and colour as Jira answers them.
    pub fn parts(self) -> (u8, &'static str, &'static str, &'static str) {
        match self {
            Self::New => (2, "new", "To Do", "blue-gray"),
            Self::Indeterminate => (4, "indeterminate", "In Progress", "yellow"),
            Self::Done => (3, "done", "Done", "green"),
        }
    }
}

/// A status.
#[derive(Debug, PartialEq, Eq)]
pub struct Status {
    /// Jira's id.
    pub id: &'static str,
    /// `In Progress`.
    pub name: &'static str,
    /// How far along.
    pub category: Category,
}

/// A kind of link between issues.
#[derive(Debug, PartialEq, Eq)]
pub struct LinkType {
    /// Jira's id.
    pub id: &'static str,
    /// `Blocks`.
    pub name: &'static str,
    /// `is blocked by`.
    pub inward: &'static str,
    /// `blocks`.
    pub outward: &'static str,
}

pub(crate) const PRIORITIES: [Named; 5] = [
    Named { id: "1", name: "Highest" },
    Named { id: "2", name: "High" },
    Named { id: "3", name: "Medium" },
    Named { id: "4", name: "Low" },
    Named { id: "5", name: "Lowest" },
];

pub(crate) const RESOLUTIONS: [Named; 4] = [
    Named { id: "10000", name: "Done" },
    Named { id: "10001", name: "Won't Do" },
    Named { id: "10002", name: "Duplicate" },
    Named { id: "10003", name: "Cannot Reproduce" },
];

pub(crate) const LINK_TYPES: [LinkType; 4] = [
    LinkType { id: "10000", name: "Blocks", inward: "is blocked by", outward: "blocks" },
    LinkType { id: "10001", name: "Cloners", inward: "is cloned by", outward: "clones" },
    LinkType { id: "10002", name: "Duplicate", inward: "is duplicated by", outward: "duplicates" },
    LinkType { id: "10003", name: "Relates", inward: "relates to", outward: "relates to" },
];

pub(crate) const EPIC: IssueType = IssueType {
    id: "10000",
    name: "Epic",
    description: "A big piece of work that holds others.",
    subtask: false,
    level: 1,
};
pub(crate) const STORY: IssueType =
    IssueType { id: "10001", name: "Story", description: "Something a user wants.", subtask: false, level: 0 };
pub(crate) const TASK: IssueType =
    IssueType { id: "10002", name: "Task", description: "A small piece of work.", subtask: false, level: 0 };
pub(crate) const BUG: IssueType =
    IssueType { id: "10004", name: "Bug", description: "Something that is broken.", subtask: false, level: 0 };
pub(crate) const SUBTASK: IssueType =
    IssueType { id: "10003", name: "Sub-task", description: "A part of another issue.", subtask: true, level: -1 };
pub(crate) const INCIDENT: IssueType =
    IssueType { id: "10010", name: "Incident", description: "Something is down.", subtask: false, level: 0 };

/// Every issue type that some project uses.
pub(crate) const ISSUE_TYPES: [&IssueType; 6] = [&EPIC, &STORY, &TASK, &BUG, &SUBTASK, &INCIDENT];

pub(crate) const TO_DO: Status = Status { id: "10000", name: "To Do", category: Category::New };
pub(crate) const IN_PROGRESS: Status = Status { id: "3", name: "In Progress", category: Category::Indeterminate };
pub(crate) const READY: Status = Status { id: "10002", name: "Ready for review", category: Category::Indeterminate };
pub(crate) const RELEASED: Status = Status { id: "10003", name: "Released", category: Category::Done };
pub(crate) const DONE: Status = Status { id: "10001", name: "Done", category: Category::Done };
pub(crate) const OPEN: Status = Status { id: "1", name: "Open", category: Category::New };
pub(crate) const REOPENED: Status = Status { id: "4", name: "Reopened", category: Category::New };
pub(crate) const RESOLVED: Status = Status { id: "5", name: "Resolved", category: Category::Done };
pub(crate) const CLOSED: Status = Status { id: "6", name: "Closed", category: Category::Done };

pub(crate) fn priority(key: &str) -> Option<&'static Named> {
    PRIORITIES.iter().find(|one| one.id == key || one.name.eq_ignore_ascii_case(key))
}

pub(crate) fn resolution(key: &str) -> Option<&'static Named> {
    RESOLUTIONS.iter().find(|one| one.id == key || one.name.eq_ignore_ascii_case(key))
}
