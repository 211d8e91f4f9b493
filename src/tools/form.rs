//! Fields that a screen of Jira's requires: filled from what was given, or asked for with a form.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::Call;
use crate::{
    error::Error,
    fields::{self, Context},
    jira::FieldMeta,
    replies::{Deed, FormAsk},
};

/// A screen, as far as it is filled in.
#[derive(Debug)]
pub enum Filled {
    /// Nothing is missing: the values in Jira's own JSON.
    Whole(Map<String, Value>),
    /// Something is: ask for it. The title is the caller's.
    Asks(FormAsk),
}

/// Fills a screen with what was given, and asks for what it requires beyond that.
///
/// # Errors
/// A required field that cannot be asked for in chat; the message names it.
pub fn fill<A>(
    call: &Call<A>,
    screen: &[FieldMeta],
    given: &BTreeMap<String, Vec<String>>,
    again: Deed,
) -> Result<Filled, Error> {
    let context = Context {
        site: call.jira.site().kind,
        today: call.now().to_zoned(TimeZone::UTC).date(),
        time_zone: TimeZone::UTC,
    };
    let mut values = Map::new();
    let mut asked = Vec::new();
    for field in screen {
        let words = given.get(&field.id).filter(|words| words.iter().any(|word| !word.trim().is_empty()));
        match words {
            Some(words) => match fields::value(field, &context, words) {
                Ok(value) => {
                    values.insert(field.id.clone(), value);
                }
                Err(error) => {
                    let mut form_field = askable(field)?;
                    form_field.hint = Some(error.to_string());
                    asked.push(form_field);
                }
            },
            None if field.required && !field.has_default => asked.push(askable(field)?),
            None => {}
        }
    }
    Ok(match asked.is_empty() {
        true => Filled::Whole(values),
        false => Filled::Asks(FormAsk { title: String::new(), fields: asked, deed: again }),
    })
}

fn askable(field: &FieldMeta) -> Result<usher_chat::Field, Error> {
    fields::form_field(field).ok_or_else(|| {
        Error::user_hint(
            format!("Jira requires {}, which cannot be filled in from here.", field.name),
            "Do this one in Jira itself.",
        )
    })
}

/// `one more thing`, `3 more things`.
pub fn things(number: usize) -> String {
    match number {
        1 => "one more thing".to_owned(),
        more => format!("{more} more things"),
    }
}
