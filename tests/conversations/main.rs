//! Conversations: what people say to the whole bot, and what they get back, over real HTTP and a fresh database.
#![cfg(all(feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod admins;
mod admission;
mod asking;
mod assigning;
mod attaching;
mod auditing;
mod buttons;
mod changing;
mod charting;
mod codes;
mod commenting;
mod completing;
mod creating;
mod data_center;
mod deleting;
mod faults;
mod filtering;
mod finding;
mod helping;
mod linking_issues;
mod logging;
mod meaning;
mod menus;
mod misreading;
mod moving;
mod native;
mod pairing;
mod places;
mod planning;
mod profiles;
mod projects;
mod races;
mod rates;
mod reading;
mod releasing;
mod restarting;
mod scope;
mod serving;
mod sets;
mod showing;
mod stopping;
mod talking;
mod tokens;
mod unlinked;
mod viewing;
mod watching;
