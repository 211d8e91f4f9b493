//! A call: the one thing that a tool's `run` takes.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use usher_chat::Person;

use super::Files;
use crate::{
    error::{Error, JiraError},
    governance::Permit,
    identity::{Colleagues, Session},
    ids::{AccountId, ArgsHash, SiteId},
    jira,
};

/// A permit and a session that match, with the arguments that the permit is for.
///
/// It cannot be made of anything less, and it uses its permit up:
///
/// ```
/// # use usher::{governance::Permit, identity::Session, tools::{Call, Mismatch}};
/// fn once(permit: Permit, session: Session, args: String, now: jiff::Timestamp) -> Result<Call<String>, Mismatch> {
///     Call::new("view", permit, session, args, now)
/// }
/// ```
/// ```compile_fail,E0382
/// # use usher::{governance::Permit, identity::Session, tools::{Call, Mismatch}};
/// fn twice(permit: Permit, one: Session, two: Session, now: jiff::Timestamp) -> Result<Call<String>, Mismatch> {
///     Call::new("view", permit, one, String::new(), now)?;
///     Call::new("view", permit, two, String::new(), now)
/// }
/// ```
/// ```compile_fail,E0061
/// # use usher::{governance::Permit, identity::Session, tools::{Call, Mismatch}};
/// fn unasked(session: Session, args: String, now: jiff::Timestamp) -> Result<Call<String>, Mismatch> {
///     Call::new("view", session, args, now)
/// }
/// ```
/// ```compile_fail,E0061
/// # use usher::{governance::Permit, tools::{Entry, Running}};
/// fn as_nobody(tool: &Entry, permit: Permit, args: serde_json::Value, now: jiff::Timestamp) -> Running {
///     tool.run(permit, args, now, usher::tools::Files::none())
/// }
/// ```
/// ```compile_fail,E0451
/// # use usher::tools::Call;
/// fn other(call: Call<String>, site: usher::ids::SiteId) -> Call<String> {
///     Call { site, ..call }
/// }
/// ```
pub struct Call<A> {
    /// The arguments.
    pub args: A,
    /// Jira, as the person who asked, within the permit's projects.
    pub jira: jira::Client,
    site: SiteId,
    person: Person,
    account: AccountId,
    now: Timestamp,
    colleagues: Colleagues,
    files: Files,
}

impl<A> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("site", &self.site).field("person", &self.person).finish_non_exhaustive()
    }
}

/// Tells what Jira refused as an error of the call's site.
pub trait At<T> {
    /// What was read, or the error with the site it came from.
    ///
    /// # Errors
    /// What Jira said.
    fn at<A>(self, call: &Call<A>) -> Result<T, Error>;
}

impl<T> At<T> for Result<T, JiraError> {
    fn at<A>(self, call: &Call<A>) -> Result<T, Error> {
        self.map_err(|error| error.at(call.site()))
    }
}

/// Parts that do not belong together. Nothing was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The permit is for another person than the session.
    #[error("the permit is for another person")]
    Person,
    /// The permit is for another site than the session.
    #[error("the permit is for another site")]
    Site,
    /// The permit is for another tool.
    #[error("the permit is for another tool")]
    Tool,
    /// The permit is for other arguments.
    #[error("the permit is for other arguments")]
    Args,
}

impl<A: Serialize> Call<A> {
    /// Joins what belongs together.
    ///
    /// # Errors
    /// Whichever part does not match the permit.
    pub fn new(tool: &str, permit: Permit, session: Session, args: A, now: Timestamp) -> Result<Self, Mismatch> {
        if permit.person() != session.person() {
            return Err(Mismatch::Person);
        }
        if permit.site() != session.site() {
            return Err(Mismatch::Site);
        }
        if permit.tool().as_str() != tool {
            return Err(Mismatch::Tool);
        }
        let hash = serde_json::to_value(&args).map(|value| ArgsHash::of(&value)).map_err(|_| Mismatch::Args)?;
        if *permit.args() != hash {
            return Err(Mismatch::Args);
        }
        let (site, person, account) = (session.site().clone(), session.person().clone(), session.account().clone());
        let colleagues = session.colleagues();
        let looks = permit.only_looks();
        let jira = session.into_client(permit.spend());
        Ok(Self {
            args,
            jira: if looks { jira.looking() } else { jira },
            site,
            person,
            account,
            now,
            colleagues,
            files: Files::none(),
        })
    }
}

impl<A> Call<A> {
    /// The site that the call goes to.
    pub fn site(&self) -> &SiteId {
        &self.site
    }

    /// Who asked.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Lends what opens the files among the arguments.
    pub fn lending(mut self, files: Files) -> Self {
        self.files = files;
        self
    }

    /// What opens the files among the arguments.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Who they are on the site.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// When it was asked.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Who a person of the chat is on the site, if they are linked there.
    pub fn colleague(&self, person: &Person) -> Option<AccountId> {
        self.colleagues.account_of(person)
    }

    /// Who an account is on the platform where it was asked, if they are linked there.
    pub fn person_of(&self, account: &AccountId) -> Option<Person> {
        self.colleagues.person_of(account, &self.person.platform)
    }
}
