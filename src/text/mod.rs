//! Text between people and Jira: Markdown as typed in chat, the Atlassian Document Format of Jira Cloud and the wiki
//! markup of Jira Data Center, all to and from the one tree in which text travels.
//!
//! Readers accept anything and never fail: what they do not know keeps its words. Writers produce only what Jira
//! accepts: what a language cannot say is said in simpler shapes, again with its words.

mod adf;
mod inline;
mod markdown;
mod shorten;
#[cfg(test)]
mod tests;
mod wiki;

pub use adf::{from_adf, to_adf};
pub use markdown::from_markdown;
pub use shorten::shorten;
pub use wiki::{from_wiki, to_wiki};

/// How deep a tree may become while it is read. What lies deeper keeps its words and loses its shape.
const DEPTH: usize = 64;
