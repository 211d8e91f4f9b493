//! A small Jira, Cloud and Data Center, to try things on.
//!
//! One [`Sandbox`] serves, each on its own loopback port so that origins differ as they do in the real world:
//!
//! | address | stands in for | serves |
//! |---|---|---|
//! | [`Sandbox::auth_url`] | `https://auth.atlassian.com` | `/authorize`, `/oauth/token` |
//! | [`Sandbox::api_url`] | `https://api.atlassian.com` | `/oauth/token/accessible-resources`, `/me`, `/ex/jira/{cloudId}/rest/…` |
//! | [`Sandbox::cloud_url`] | `https://acme.atlassian.net` | `/browse/{key}`, `/_edge/tenant_info` |
//! | [`Sandbox::other_cloud_url`] | a second site of the same people | the same |
//! | [`Sandbox::dc_url`] | `https://jira.corp.example` | `/rest/…`, `/plugins/servlet/oauth/…`, `/rest/oauth2/latest/…`, `/browse/{key}` |
//! | [`Sandbox::control_url`] | nothing: for tests | `GET /` lists it |
//!
//! State is kept in memory and starts the same every time.
#![forbid(unsafe_code)]

mod adf;
mod calls;
mod clock;
mod control;
mod faults;
mod gate;
mod jql;
pub mod oauth1;
pub mod oauth2;
mod options;
pub mod pages;
mod rest;
mod sandbox;
mod server;
mod snapshot;
mod state;
pub mod world;

pub use calls::Call;
pub use clock::Clock;
pub use faults::{Effect, Fault};
pub use options::{CloudClient, DcClient, DcConsumer, Options, Secret};
pub use sandbox::Sandbox;
pub use state::{Addresses, CalledBy, CalledWith, Caller, Scopes, State};
pub use world::{CloudId, Person, PersonId};
