//! Who a chat person is in Jira: linking, the tokens that come of it, and sessions that act with them.

mod answer;
mod codes;
mod commands;
mod sites;

pub use answer::{Answer, LinkState, LinkView, NoSession, Notice, Resume};
pub use codes::{Candidate, candidate};
pub use commands::{AccountCommand, Connect, Disconnect};
pub use sites::{OAuth1App, OAuth2App, Protocol, SiteChoice, SiteSetup};
