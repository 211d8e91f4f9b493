//! Usher: a Jira bot for chat platforms in which everyone acts with their own ticket.
//!
//! The modules stand in the order in which an event passes them:
//! chat event -> [`router`] -> [`governance`] -> [`identity`] -> [`tools`] -> [`replies`].
//! [`bot`] is that line; [`start`] builds the parts from a [`Config`].

pub mod actions;
pub mod audit;
pub mod clock;
pub mod error;
pub mod fields;
pub mod governance;
pub mod identity;
pub mod ids;
pub mod jira;
pub mod keys;
pub mod replies;
pub mod store;
pub mod text;
pub mod web;
