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
    Asks {
        /// The form.
        form: Box<FormAsk>,
        /// What does not fit in what was given, one sentence each.
        problems: Vec<String>,
    },
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
    let (mut asked, mut problems) = (Vec::new(), Vec::new());
    for field in screen {
        let words = given.get(&field.id).filter(|words| words.iter().any(|word| !word.trim().is_empty()));
        match words {
            Some(words) => match fields::value(field, &context, words) {
                Ok(value) => {
                    values.insert(field.id.clone(), value);
                }
                Err(error) => {
                    asked.push(askable(field)?);
                    problems.push(error.to_string());
                }
            },
            None if field.required && !field.has_default => asked.push(askable(field)?),
            None => {}
        }
    }
    Ok(match asked.is_empty() {
        true => Filled::Whole(values),
        false => {
            let form = FormAsk { title: String::new(), fields: asked, deed: again };
            Filled::Asks { form: Box::new(form), problems }
        }
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

/// Why a form is shown: what does not fit, or that `WEB asks for one more thing on a Bug.`
pub fn why(problems: &[String], asks: &str, number: usize, end: &str) -> String {
    if !problems.is_empty() {
        return problems.join(" ");
    }
    match number {
        1 => format!("{asks} one more thing{end}."),
        more => format!("{asks} {more} more things{end}."),
    }
}
