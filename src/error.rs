//! What can go wrong, in three kinds: the person can mend it, Jira said no or is away, or it is our fault.
//!
//! `replies::error` turns each into words for the chat; `bot` logs each once with its whole cause chain.

use std::time::Duration;

use crate::ids::{ProjectKey, SiteId};

/// Anything that ends a request early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person can mend it.
    #[error("{message}")]
    User {
        /// What happened, a sentence with its full stop.
        message: String,
        /// What to do next, a sentence with its full stop.
        hint: Option<String>,
    },
    /// Jira said no, or is away.
    #[error("{site}: {error}")]
    Jira {
        /// Which Jira.
        site: SiteId,
        /// What it said.
        #[source]
        error: JiraError,
    },
    /// It is our fault. The text is for the log only.
    #[error("{0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error that the person can mend.
    pub fn user(message: impl Into<String>) -> Self {
        Self::User { message: message.into(), hint: None }
    }

    /// The same, with what to do next.
    pub fn user_hint(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::User { message: message.into(), hint: Some(hint.into()) }
    }

    /// An error of ours.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

/// What Jira said, or why it said nothing.
///
/// As text it is for the log. Jira's own sentences quote what people typed and titles of issues, so they stay out of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JiraError {
    /// It does not exist, or this account may not see it. Jira does not say which.
    #[error("not found")]
    NotFound {
        /// Jira's own sentences.
        messages: Vec<String>,
    },
    /// This account may see it but not do this.
    #[error("forbidden")]
    Forbidden {
        /// Jira's own sentences.
        messages: Vec<String>,
    },
    /// Jira refuses what was sent.
    #[error("refused, fields {:?}", fields.iter().map(|(field, _)| field).collect::<Vec<_>>())]
    Invalid {
        /// Jira's own sentences.
        messages: Vec<String>,
        /// Sentences about single fields: field id, sentence.
        fields: Vec<(String, String)>,
    },
    /// The issue changed meanwhile, or cannot be changed in its state.
    #[error("conflict")]
    Conflict {
        /// Jira's own sentences.
        messages: Vec<String>,
    },
    /// The credential is not accepted any more, and could not be renewed. Linking again helps.
    #[error("the credential is not accepted")]
    Unauthorized,
    /// The app lacks a scope. Refreshing cannot cure that.
    #[error("the token lacks a scope")]
    ScopeMissing {
        /// The scopes that the request needs besides those that every link has.
        needs: &'static [&'static str],
    },
    /// The call would touch a project outside its permit. The request was not sent, or its answer not used.
    #[error("{project} is outside the permit")]
    OutOfScope {
        /// The project.
        project: ProjectKey,
    },
    /// Too many requests.
    #[error("rate limited, retry after {retry_after:?}")]
    RateLimited {
        /// How long Jira asks to wait.
        retry_after: Option<Duration>,
    },
    /// Jira could not be reached, or answered with an error of its own, and nothing was changed.
    #[error("away: {detail}")]
    Away {
        /// For the log: no address, no secret.
        detail: String,
    },
    /// A change was sent and no answer came back: it may have happened.
    #[error("unknown outcome: {detail}")]
    Unknown {
        /// For the log: no address, no secret.
        detail: String,
    },
    /// Jira says to many people at once that their links are over, which is not believed yet. Nothing was changed.
    #[error("too many links are said to be over at once")]
    Doubted,
    /// Too large for Jira.
    #[error("too large")]
    TooLarge,
    /// The answer was not what Jira's interface says: a login page, a proxy's page, broken JSON.
    #[error("unreadable answer: {detail}")]
    Malformed {
        /// For the log: no body.
        detail: String,
    },
    /// The clock of this machine and Jira's differ too much for signatures (OAuth 1.0a `timestamp_refused`).
    #[error("clocks differ")]
    ClockSkew,
    /// The site does not know this program: unknown consumer key, wrong signature. An administrator's matter.
    #[error("the application link is not accepted: {problem}")]
    AppRejected {
        /// Jira's own word, such as `consumer_key_unknown`.
        problem: String,
    },
}

impl JiraError {
    /// Ties the error to a site.
    pub fn at(self, site: &SiteId) -> Error {
        Error::Jira { site: site.clone(), error: self }
    }
}
