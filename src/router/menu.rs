//! Commands of a message's or a person's menu. What the menu cannot know, a form asks.

use serde_json::{Value, json};
use usher_chat::MenuTarget;

use super::{Request, ToolRequest, press};
use crate::{
    replies::Deed,
    tools::{Entry, Table},
};

/// Makes an issue out of a message.
const CREATE: &str = "Create Jira issue";
/// Adds a message to an issue.
const COMMENT: &str = "Add as Jira comment";
/// Gives an issue to a person.
const ASSIGN: &str = "Assign an issue";

/// The longest title that Jira takes.
const TITLE: usize = 255;

/// What a menu's command asks for.
pub(super) fn used(table: &'static Table, command: &str, target: &MenuTarget) -> Request {
    match (command, target) {
        (CREATE, MenuTarget::Message { text, .. }) => match table.get("create") {
            Some(tool) => Request::Tool(create(tool, text)),
            None => Request::Nothing,
        },
        (COMMENT, MenuTarget::Message { text, .. }) => ask(table, "comment", json!({ "text": text })),
        (ASSIGN, MenuTarget::Person(person)) => ask(table, "assign", json!({ "who": format!("@{person}") })),
        _ => Request::Nothing,
    }
}

/// The message's first line is the title; the whole of it is the description where there is more.
fn create(tool: &'static Entry, text: &str) -> ToolRequest {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default().trim();
    let title: String = first.chars().take(TITLE).collect();
    let whole = title == text;
    let args = json!({ "type": "", "summary": title, "description": (!whole).then_some(text) });
    ToolRequest { tool, args, site: None, confirmed: false, show: false, origin: None, instead: false }
}

/// Which issue, the form asks.
fn ask(table: &'static Table, name: &str, args: Value) -> Request {
    match table.get(name) {
        Some(tool) => press::request(table, Deed::tool(tool.tool_name(), args, None)),
        None => Request::Nothing,
    }
}
