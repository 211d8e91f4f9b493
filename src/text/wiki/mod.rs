//! The wiki markup in which Jira Data Center keeps rich text.
//! Source: <https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all>, and what Jira's renderer does
//! where that page is silent: a sign between two letters is no markup, `{*}` is one anywhere, HTML entities count.

mod blocks;
mod line;
mod links;
mod macros;
mod signs;
mod write;
mod write_line;

use usher_chat::tree::Text;

/// Reads wiki markup. What is not closed or not known is text.
pub fn from_wiki(source: &str) -> Text {
    let source = source.replace("\r\n", "\n");
    blocks::read(&source)
}

/// Writes a text as wiki markup. Plain text is escaped, so that it reads the same in Jira.
pub fn to_wiki(text: &Text) -> String {
    write::write(text)
}
