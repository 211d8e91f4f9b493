//! What passes between linking and its pages.

use std::fmt;

use url::Url;
use usher_chat::Platform;

use crate::error::Error;

/// What the connect page shows.
#[derive(Debug, Clone)]
pub struct ConnectPage {
    /// Who asked.
    pub person: String,
    /// On which platform, in which workspace.
    pub place: String,
    /// The site, as people know it.
    pub site: String,
    /// Whose page comes next.
    pub provider: String,
    /// Where that page is.
    pub authorize: Url,
}

/// Where the browser goes next, and what it must carry when it comes back.
pub struct Departure {
    /// The provider's page.
    pub authorize: Url,
    /// The cookie's value.
    pub cookie: String,
}

/// What the browser brings back.
pub struct Arrival {
    /// The state that we gave out.
    pub state: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's refusal.
    pub error: Option<String>,
    /// The cookie's value.
    pub cookie: Option<String>,
}

impl fmt::Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Departure")
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Arrival")
    }
}

/// What the page shows after an approval.
#[derive(Clone)]
pub struct Approved {
    /// Who asked in chat.
    pub person: String,
    /// Where.
    pub place: String,
    /// Who approved in Jira.
    pub account: String,
    /// On which site.
    pub site: String,
    /// The code to send in private.
    pub code: String,
    /// The platform on which it is to be sent.
    pub platform: Platform,
}

impl fmt::Debug for Approved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approved").field("person", &self.person).field("site", &self.site).finish_non_exhaustive()
    }
}

/// Why a page shows something else.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Unknown, used or too old.
    #[error("the link is no longer good")]
    Gone,
    /// The cookie of the browser that began is missing or another.
    #[error("another browser")]
    OtherBrowser,
    /// The form was sent from another page.
    #[error("another page")]
    Foreign,
    /// The person said no.
    #[error("denied on {site}")]
    Denied {
        /// The site.
        site: String,
    },
    /// The approval does not cover the site.
    #[error("{site} is not covered")]
    NotGranted {
        /// The site.
        site: String,
    },
    /// The person began anew, or disconnected, meanwhile.
    #[error("replaced by a newer link")]
    Replaced,
    /// The provider or Jira did not answer.
    #[error("{site} is away")]
    Away {
        /// The site.
        site: String,
    },
    /// The provider does not accept this program.
    #[error("{site} does not accept the app")]
    App {
        /// The site.
        site: String,
    },
    /// It is our fault.
    #[error("{0}")]
    Ours(#[source] Error),
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "a page of linking failed");
        Self::Ours(error)
    }
}

impl From<crate::store::StoreError> for PageError {
    fn from(error: crate::store::StoreError) -> Self {
        Error::from(error).into()
    }
}
