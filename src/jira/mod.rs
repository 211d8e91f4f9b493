//! Talks to Jira, Cloud (REST v3) and Data Center (REST v2), as one person.
//!
//! A [`Client`] holds one site, one person's [`Credential`] and the [`ProjectScope`](crate::ids::ProjectScope) that the
//! call may touch. Every method checks the scope twice: on the key that was typed before anything is sent, and on the
//! project that Jira names in its answer before anything is returned. Addresses are built from the configured site
//! alone, never from what Jira answers.

mod attachments;
mod boards;
mod body;
mod changelog;
mod client;
pub mod cloud;
mod comments;
mod createmeta;
mod credential;
mod desks;
pub mod duration;
mod epics;
mod errors;
mod fields;
mod filters;
mod groups;
mod http;
mod issue;
mod issues;
pub mod jql;
mod links;
mod moves;
mod names;
mod past;
mod pause;
mod projects;
mod refused;
mod related;
mod scope;
mod search;
mod send;
mod service;
mod signer;
mod site;
mod sprints;
mod suggestions;
pub mod time;
mod transitions;
mod users;
mod versions;
mod votes;
mod watchers;
mod worklogs;

pub use attachments::{AttachmentLimits, Attachments, NewFile, NotAttached, Pieces};
pub use boards::{Board, Boards, RANK, READ_BOARDS};
pub use body::Body;
pub use changelog::{Change, Changed, Changelog};
pub use client::Client;
pub use comments::{Comment, Comments, Readers};
pub use createmeta::{CreateMeta, IssueType};
pub use credential::{Auth, Credential};
pub use desks::{Cycle, Desk, Desks, Queue, READ_REQUESTS, RequestType, Sla};
pub use epics::Epics;
pub use errors::{OauthProblem, oauth_problem};
pub use fields::{Allowed, FieldMeta};
pub use filters::{Filter, Filters};
pub use http::{Http, HttpError, Limits, Raw, SendError};
pub use issue::{Category, Issue, IssueRef, Parent, Status, User};
pub use issues::{Edit, Issues, NewIssue};
pub use jql::{Jql, JqlError};
pub use links::{LinkType, Links, WebLink};
pub use moves::Moves;
pub use names::{
    AttachmentId, BoardId, CommentId, DeskId, FilterId, IssueId, LinkId, OperationId, QueueId, RequestTypeId, SprintId,
    TransitionId, TypeId, VersionId, WorklogId,
};
pub use past::{Past, Pasts};
pub use projects::{Component, Project, ProjectDetails, ProjectType, Projects, TypeStatuses};
pub use refused::is_refused;
pub use related::{Attachment, RELATED, Related};
pub use search::{Cursor, Page, Search};
pub use service::{ServerInfo, ServiceAccount, ServiceLogin};
pub use signer::{OauthWith, Signer, SignerError};
pub use site::Site;
pub use sprints::{CHANGE_SPRINTS, FOLLOW_SPRINTS, NewSprint, Sprint, SprintState, Sprints};
pub use suggestions::{Suggestion, Suggestions};
pub use transitions::{Transition, Transitions};
pub use users::{Candidates, Person, Users};
pub use versions::{MANAGE_PROJECT, NewVersion, Version, Versions};
pub use votes::Votes;
pub use watchers::{Watchers, Watching};
pub use worklogs::{Estimate, Worklog, Worklogs};
