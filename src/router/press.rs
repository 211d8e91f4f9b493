//! A pressed button or a sent form: what was stored when it was offered.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use usher_chat::{ActionId, Argument, ArgumentKind, Event, Field, FieldKind, Form, MessageRef, Person, Place};

use super::{Ask, Named, Request, Suggestion, ToolRequest, Unavailable, files, text};
use crate::{
    actions::{Actions, PressError, answer_to},
    error::Error,
    ids::{SiteId, ToolName},
    replies::{Deed, Origin, capitalised},
    tools::{Entry, Table},
};

/// What a press asks for.
pub async fn pressed(
    table: &'static Table,
    actions: &Actions,
    action: &ActionId,
    person: &Person,
    place: &Place,
) -> Result<Request, Error> {
    match deed(actions, action, person, place).await? {
        Ok(deed) => Ok(request(table, deed)),
        Err(refused) => Ok(refused),
    }
}

/// What a form asks for: the call it was made for, with the arguments that it lacked, or with Jira's fields under
/// `fields`.
pub async fn submitted(
    table: &'static Table,
    actions: &Actions,
    form: &ActionId,
    fields: &BTreeMap<String, Vec<String>>,
    person: &Person,
    place: &Place,
) -> Result<Request, Error> {
    let mut request = match deed(actions, form, person, place).await? {
        Ok(Deed::Code) => {
            let code = fields.get(Form::CODE).map(|values| values.join(" ")).unwrap_or_default();
            return Ok(text::code(&code));
        }
        Ok(deed) => request(table, deed),
        Err(refused) => return Ok(refused),
    };
    match &mut request {
        Request::Ask(Ask { deed: Deed::Tool { tool, args, site, show, origin, .. }, .. }) => {
            let Some(tool) = table.get(tool.as_str()) else { return Ok(Request::Unavailable(Unavailable::Gone)) };
            let known = args.as_object().into_iter().flatten();
            let known = known.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
            let entered = fields.iter().map(|(name, values)| (name.clone(), values.join(" ")));
            let mut read = text::values(tool, &known.chain(entered).collect());
            if let Request::Tool(request) = &mut read {
                request.site = site.take().map(Named::Id);
                (request.show, request.origin) = (*show, origin.take());
            }
            Ok(read)
        }
        Request::Tool(ToolRequest { args: Value::Object(args), .. }) => {
            let known = args.entry("fields").or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Value::Object(known) = known {
                known.extend(fields.iter().map(|(name, values)| (name.clone(), Value::from(values.clone()))));
            }
            Ok(request)
        }
        _ => Ok(request),
    }
}

/// What an answer to one of our cards may mean: its words as a comment, its files as attachments. Other answers are talk.
pub async fn answered(actions: &Actions, message: &MessageRef, text: &str, event: &Event) -> Result<Request, Error> {
    let Some(deed) = behind(actions, message, &event.person, &event.place).await? else { return Ok(Request::Nothing) };
    let Deed::Tool { args: Value::Object(card), .. } = &deed else { return Ok(Request::Nothing) };
    let key = card.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (words, files) = (text::rich(text, &event.mentions), files::named(&event.files));
    let words = words.trim();
    let what = match files.as_slice() {
        [file] => file.name.clone(),
        files => format!("{} files", files.len()),
    };
    let mut ways = Vec::new();
    if !words.is_empty() {
        ways.push(("Add comment".to_owned(), with(&deed, "comment", json!({ "key": key, "text": words }))));
    }
    if !files.is_empty() {
        ways.push(("Attach".to_owned(), with(&deed, "attach", json!({ "key": key, "files": files }))));
    }
    let question = match (words.is_empty(), files.is_empty()) {
        (true, true) => return Ok(Request::Nothing),
        (false, true) => format!("Add this as a comment to {key}?"),
        (true, false) => format!("Attach {what} to {key}?"),
        (false, false) => format!("Add this as a comment to {key}, or attach {what}?"),
    };
    Ok(Request::Suggest(Suggestion { question, ways }))
}

/// The same deed, done with another tool.
fn with(deed: &Deed, name: &str, arguments: Value) -> Deed {
    let mut deed = deed.clone();
    if let (Deed::Tool { tool, args, .. }, Ok(name)) = (&mut deed, name.parse()) {
        (*tool, *args) = (name, arguments);
    }
    deed
}

/// The issue of one of our cards.
#[derive(Debug)]
pub struct Card {
    /// Its key.
    pub key: String,
    site: Option<SiteId>,
    origin: Option<Origin>,
}

/// The issue of the card that a message is, if it is one that this person may answer.
pub async fn card(
    actions: &Actions,
    message: &MessageRef,
    person: &Person,
    place: &Place,
) -> Result<Option<Card>, Error> {
    let Some(Deed::Tool { args, site, origin, .. }) = behind(actions, message, person, place).await? else {
        return Ok(None);
    };
    let key = args.get("key").and_then(Value::as_str).map(str::to_owned);
    Ok(key.map(|key| Card { key, site, origin }))
}

impl Card {
    /// What is asked for happens where the card is from.
    pub fn settles(self, mut request: Request) -> Request {
        if let Request::Tool(call) = &mut request {
            call.site = call.site.take().or(self.site.map(Named::Id));
            call.origin = self.origin;
        }
        request
    }
}

async fn behind(
    actions: &Actions,
    message: &MessageRef,
    person: &Person,
    place: &Place,
) -> Result<Option<Deed>, Error> {
    match actions.find(&answer_to(message), person, place).await {
        Ok(pressed) => serde_json::from_value(pressed.payload).map_err(Error::internal),
        Err(PressError::Store(error)) => Err(Error::internal(error)),
        Err(_) => Ok(None),
    }
}

async fn deed(
    actions: &Actions,
    action: &ActionId,
    person: &Person,
    place: &Place,
) -> Result<Result<Deed, Request>, Error> {
    Ok(match actions.spend(action, person, place).await {
        Ok(pressed) => Ok(serde_json::from_value(pressed.payload).map_err(Error::internal)?),
        Err(PressError::Gone) => Err(Request::Unavailable(Unavailable::Gone)),
        Err(PressError::NotYours) => Err(Request::Unavailable(Unavailable::NotYours)),
        Err(PressError::OtherPlace) => Err(Request::Unavailable(Unavailable::OtherPlace)),
        Err(PressError::Store(error)) => return Err(Error::internal(error)),
    })
}

/// What a deed asks for. Where it lacks arguments, a form asks for them.
pub(super) fn request(table: &'static Table, deed: Deed) -> Request {
    if let Deed::Tool { tool, args, .. } = &deed
        && let Some(tool) = table.get(tool.as_str())
    {
        let fields = missing(tool, args);
        if !fields.is_empty() {
            return Request::Ask(Ask { title: capitalised(tool.name), deed, fields });
        }
    }
    match deed {
        Deed::Tool { tool, args, site, confirmed, show, origin, instead } => match table.get(tool.as_str()) {
            Some(tool) => {
                let site = site.map(Named::Id);
                Request::Tool(ToolRequest { tool, args, site, confirmed, show, origin, instead })
            }
            None => Request::Unavailable(Unavailable::Gone),
        },
        Deed::AskAdmin { tool, args, site, origin } => asked(table, &tool, args, site, origin, Request::AskAdmin),
        Deed::AskSecond { tool, args, site, origin } => asked(table, &tool, args, site, origin, Request::AskSecond),
        Deed::Review { workspace, tools, approve } => Request::Review { workspace, tools, approve },
        Deed::Decide { request, allow } => Request::Decide { request, allow },
        Deed::Line(line) => text::command(table, &line),
        Deed::NotMe(link) => Request::NotMe(link),
        // Only a form leads here, and it brings the code along.
        Deed::Code => Request::Unavailable(Unavailable::Gone),
        Deed::Dismiss => Request::Dismiss,
    }
}

/// A call that somebody else is asked about.
fn asked(
    table: &'static Table,
    tool: &ToolName,
    args: Value,
    site: SiteId,
    origin: Origin,
    request: fn(ToolRequest) -> Request,
) -> Request {
    let Some(tool) = table.get(tool.as_str()) else { return Request::Unavailable(Unavailable::Gone) };
    request(ToolRequest {
        tool,
        args,
        site: Some(Named::Id(site)),
        confirmed: false,
        show: false,
        origin: Some(origin),
        instead: false,
    })
}

/// A field for each argument that the tool needs and that is not there.
fn missing(tool: &Entry, args: &Value) -> Vec<Field> {
    let rest = tool.rest_name();
    // No form asks for a file: who sends none is told how.
    let asked = |argument: &Argument| argument.required && argument.kind != ArgumentKind::File;
    let lacks = |argument: &Argument| asked(argument) && args.get(&argument.name).is_none_or(Value::is_null);
    tool.arguments()
        .into_iter()
        .filter(lacks)
        .map(|argument| Field {
            label: capitalised(&argument.name),
            kind: if rest.as_deref() == Some(&argument.name) { FieldKind::Paragraph } else { FieldKind::Line },
            required: true,
            options: Vec::new(),
            value: None,
            hint: Some(argument.help),
            name: argument.name,
        })
        .collect()
}
