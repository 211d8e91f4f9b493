//! A pressed button or a sent form: what was stored when it was offered.

use std::collections::BTreeMap;

use serde_json::Value;
use usher_chat::{ActionId, Form, MessageRef, Person, Place};

use super::{Named, Request, Suggestion, ToolRequest, Unavailable, text};
use crate::{
    actions::{Actions, PressError, answer_to},
    error::Error,
    replies::Deed,
    tools::Table,
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

/// What a form asks for: the call it was made for. A value under an argument's name is that argument; the others, which
/// are Jira's fields, go under `fields`.
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
    let Request::Tool(ToolRequest { tool, args: Value::Object(args), .. }) = &mut request else { return Ok(request) };
    let (given, of_jira): (BTreeMap<_, _>, BTreeMap<_, _>) =
        fields.iter().partition(|(name, _)| tool.has_argument(name) && !args.contains_key(name.as_str()));
    if !given.is_empty() {
        let known = args.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let given = given.into_iter().map(|(name, values)| (name.clone(), values.join(" ")));
        return Ok(text::values(tool, &known.chain(given).collect()));
    }
    if let Value::Object(known) = args.entry("fields").or_insert_with(|| Value::Object(serde_json::Map::new())) {
        known.extend(of_jira.into_iter().map(|(name, values)| (name.clone(), Value::from(values.clone()))));
    }
    Ok(request)
}

/// What an answer to one of our cards may mean: its words as a comment. Other answers are talk.
pub async fn answered(
    actions: &Actions,
    message: &MessageRef,
    text: &str,
    person: &Person,
    place: &Place,
) -> Result<Request, Error> {
    let pressed = match actions.find(&answer_to(message), person, place).await {
        Ok(pressed) => pressed,
        Err(PressError::Store(error)) => return Err(Error::internal(error)),
        Err(_) => return Ok(Request::Nothing),
    };
    let mut deed: Deed = serde_json::from_value(pressed.payload).map_err(Error::internal)?;
    let Deed::Tool { args: Value::Object(args), .. } = &mut deed else { return Ok(Request::Nothing) };
    args.insert("text".to_owned(), text.trim().into());
    let question = format!("Add this as a comment to {}?", args.get("key").and_then(Value::as_str).unwrap_or_default());
    Ok(Request::Suggest(Suggestion { question, yes: "Add comment".to_owned(), deed }))
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

fn request(table: &'static Table, deed: Deed) -> Request {
    match deed {
        Deed::Tool { tool, args, site, confirmed, show, origin } => match table.get(tool.as_str()) {
            Some(tool) => Request::Tool(ToolRequest { tool, args, site: site.map(Named::Id), confirmed, show, origin }),
            None => Request::Unavailable(Unavailable::Gone),
        },
        Deed::Line(line) => text::command(table, &line),
        Deed::NotMe(link) => Request::NotMe(link),
        // Only a form leads here, and it brings the code along.
        Deed::Code => Request::Unavailable(Unavailable::Gone),
        Deed::Dismiss => Request::Dismiss,
    }
}
