//! The sandbox's REST interface over real HTTP: as strict as Jira.
mod adf;
mod create;
mod faults;
mod identity;
mod jql;
mod search;
mod seen;
mod support;
mod work;
