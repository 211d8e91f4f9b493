//! Usher: a Jira bot for chat platforms in which everyone acts with their own ticket.
//!
//! The modules stand in the order in which an event passes them:
//! chat event -> [`router`] -> [`governance`] -> [`identity`] -> [`tools`] -> [`replies`].
//! [`bot`] is that line; [`start`] builds the parts from a [`Config`].

/// A named place where a trial may kill the program. In every other build there is nothing there.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

pub mod actions;
pub mod audit;
pub mod bot;
pub mod charts;
pub mod clock;
pub mod config;
pub mod error;
pub mod fields;
pub mod governance;
pub mod identity;
pub mod ids;
pub mod jira;
pub mod keys;
pub mod memory;
pub mod replies;
pub mod router;
pub mod start;
pub mod store;
pub mod text;
pub mod tools;
pub mod web;

pub use bot::Bot;
pub use config::Config;
