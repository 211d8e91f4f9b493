//! A pressed button or a sent form: what was stored when it was offered.

use std::collections::BTreeMap;

use serde_json::Value;
use usher_chat::{ActionId, Person, Place};

use super::{Named, Request, ToolRequest, Unavailable, text};
use crate::{
    actions::{Actions, PressError},
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

/// What a form asks for: the call it was made for, with the entered values under `fields`.
pub async fn submitted(
    table: &'static Table,
    actions: &Actions,
    form: &ActionId,
    fields: &BTreeMap<String, Vec<String>>,
    person: &Person,
    place: &Place,
) -> Result<Request, Error> {
    let mut request = match deed(actions, form, person, place).await? {
        Ok(deed) => request(table, deed),
        Err(refused) => return Ok(refused),
    };
    if let Request::Tool(ToolRequest { args: Value::Object(args), .. }) = &mut request {
        let known = args.entry("fields").or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Value::Object(known) = known {
            for (name, values) in fields {
                known.insert(name.clone(), Value::from(values.clone()));
            }
        }
    }
    Ok(request)
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
        Deed::Dismiss => Request::Dismiss,
    }
}
