//! What identity hands to `bot`: answers, notices, what to take up again, and the views of links.

use serde::{Deserialize, Serialize};
use usher_chat::{Names, Person, Place};

use crate::{
    error::{Error, JiraError},
    ids::{AccountId, SiteId, ToolName},
    replies::Draft,
    store::links::{LinkRow, LinkState},
};

/// What becomes of an account command or a code.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Replies to the asker. All are private.
    pub drafts: Vec<Draft>,
    /// News for other people.
    pub notices: Vec<Notice>,
    /// The asker's message should be deleted where the platform lets a bot: it held a code that others could read.
    pub burn: bool,
    /// What was asked for before linking, to be decided anew and taken up.
    pub resume: Option<Resume>,
}

/// News for one person, in private.
pub type Notice = (Person, Draft);

/// What somebody asked for before their account was linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Where they asked. The call is decided for this place.
    pub place: Place,
    /// Names for display there.
    #[serde(with = "NamesAsStored")]
    pub names: Names,
    /// The tool.
    pub tool: ToolName,
    /// Its arguments.
    pub args: serde_json::Value,
    /// The site, if it was settled.
    pub site: Option<SiteId>,
}

/// How [`Names`] are kept.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Names")]
pub(super) struct NamesAsStored {
    person: String,
    place: String,
    workspace: Option<String>,
}

impl Answer {
    /// An answer of one reply.
    pub fn draft(draft: Draft) -> Self {
        Self { drafts: vec![draft], ..Self::default() }
    }
}

/// A person's state on one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The link's id.
    pub id: String,
    /// Whose link.
    pub person: Person,
    /// To which site.
    pub site: SiteId,
    /// As which account.
    pub account: AccountId,
    /// The account's name, as Jira shows it.
    pub account_name: String,
    /// Pending, active or expired.
    pub state: LinkState,
    /// When it began, in seconds since 1970: the activation, or the approval where it is still pending.
    pub since: i64,
    /// When it ends by itself, in seconds since 1970.
    pub expires: i64,
    /// The scopes that were asked for when it was made, with blanks between; nothing for OAuth 1.0a.
    pub scopes: String,
}

impl From<LinkRow> for LinkView {
    fn from(row: LinkRow) -> Self {
        Self {
            id: row.id.to_string(),
            person: row.person,
            site: row.site,
            account: row.account,
            account_name: row.account_name,
            state: row.state,
            since: row.activated.unwrap_or(row.created),
            expires: row.expires,
            scopes: row.scopes,
        }
    }
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum NoSession {
    /// This person has no link to the site.
    #[error("not linked")]
    NeverLinked,
    /// The person approved in Jira and has not sent the code yet.
    #[error("the link waits for its code")]
    Pending,
    /// The link is over. Linking again helps.
    #[error("the link has expired")]
    Expired,
    /// The link has reached the age at which every link ends. Linking again helps.
    #[error("the link is a year old")]
    TooOld,
    /// The site is not configured any more.
    #[error("no such site")]
    NoSite,
    /// The link is good, but its token could not be renewed just now.
    #[error("the token could not be renewed: {0}")]
    Jira(#[source] JiraError),
    /// It is our fault.
    #[error("{0}")]
    Internal(#[source] Error),
}
