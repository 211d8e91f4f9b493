//! Commands of a message's or a person's menu. What the menu cannot know, a form asks.

use serde_json::{Value, json};
use usher_chat::{Field, FieldKind, MenuTarget};

use super::{Ask, Request, ToolRequest};
use crate::tools::{Entry, Table};

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
        (COMMENT, MenuTarget::Message { text, .. }) => ask(table, "comment", COMMENT, json!({ "text": text })),
        (ASSIGN, MenuTarget::Person(person)) => ask(table, "assign", ASSIGN, json!({ "who": format!("@{person}") })),
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
    ToolRequest { tool, args, site: None, confirmed: false, show: false, origin: None }
}

fn ask(table: &'static Table, name: &str, title: &str, args: Value) -> Request {
    let Some(tool) = table.get(name) else { return Request::Nothing };
    let field = Field {
        name: "key".to_owned(),
        label: "Issue".to_owned(),
        kind: FieldKind::Line,
        required: true,
        options: Vec::new(),
        value: None,
        hint: Some("Its key, such as DEMO-7".to_owned()),
    };
    Request::Ask(Ask { title: title.to_owned(), tool, args, field })
}
