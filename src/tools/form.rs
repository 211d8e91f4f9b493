//! Fields that a screen of Jira's requires: filled from what was given, or asked for with a form.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{
    Call, lookup,
    people::{self, Meant},
};
use crate::{
    error::{Error, JiraError},
    fields::{self, Context, FieldError, Named},
    ids::{IssueKey, ProjectKey},
    jira::{Candidates, FieldMeta},
    replies::{Deed, FormAsk, shorten},
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

/// Fills a screen with what was given, and asks for what it requires beyond that. People may be given by name;
/// `assignees` says who may be assigned.
///
/// # Errors
/// A required field that cannot be asked for in chat; the message names it. Or Jira, asked for people.
pub async fn fill<A>(
    call: &Call<A>,
    screen: &[FieldMeta],
    given: &BTreeMap<String, Vec<String>>,
    assignees: Candidates<'_>,
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
            Some(words) => {
                let value = match fields::named(field) {
                    Some(Named::Person) => accounts(call, field, words, assignees).await?,
                    Some(Named::Group) => lookup::groups(call, field, words).await?,
                    Some(Named::Sprint) => lookup::sprint(call, field, words, assignees).await?,
                    Some(Named::Team) => lookup::team(call, field, words).await?,
                    None => Ok(words.clone()),
                };
                match value.and_then(|words| fields::value(field, &context, &words)) {
                    Ok(value) => {
                        if let Some(project) = led_out(call, field, &value) {
                            return Err(Error::user(format!(
                                "{project} is not among the projects that you may use here."
                            )));
                        }
                        values.insert(field.id.clone(), value);
                    }
                    Err(error) => {
                        asked.push(askable(field)?);
                        problems.push(error.to_string());
                    }
                }
            }
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

/// The project outside the call's scope to which a field would lead. Data Center's field for an epic holds its key as
/// plain text, which nothing below this knows.
pub fn led_out<A>(call: &Call<A>, field: &FieldMeta, value: &Value) -> Option<ProjectKey> {
    let epic = field.custom.as_deref().is_some_and(|kind| kind.ends_with(":gh-epic-link"));
    let key: IssueKey = value.as_str().filter(|_| epic)?.parse().ok()?;
    (!call.jira.scope().allows(key.project())).then(|| key.project().clone())
}

/// The accounts of the people whom the words name, or why they name none.
async fn accounts<A>(
    call: &Call<A>,
    field: &FieldMeta,
    words: &[String],
    assignees: Candidates<'_>,
) -> Result<Result<Vec<String>, FieldError>, Error> {
    let among = if field.system.as_deref() == Some("assignee") { assignees } else { Candidates::Anyone };
    let mut accounts = Vec::new();
    for word in words.iter().flat_map(|words| words.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        let message = match people::meant(call, word, among).await {
            Ok(Meant::Nobody) => continue,
            Ok(Meant::Asker(account) | Meant::One(account, _)) => {
                accounts.push(account.to_string());
                continue;
            }
            Ok(Meant::Several(users)) => {
                let names: Vec<&str> = users.iter().take(5).map(|user| user.name.as_str()).collect();
                format!("Several people match `{}`: {}. Write the whole name.", shorten(word), names.join(", "))
            }
            Err(Error::User { message, hint }) => {
                hint.map_or_else(|| message.clone(), |hint| format!("{message} {hint}"))
            }
            Err(error) => return Err(error),
        };
        return Ok(Err(FieldError { field: field.name.clone(), message }));
    }
    Ok(Ok(accounts))
}

/// Calls the fields in Jira's refusal what the screen calls them.
pub fn named(error: JiraError, screen: &[FieldMeta]) -> JiraError {
    let JiraError::Invalid { messages, fields } = error else { return error };
    let name = |id: String| screen.iter().find(|field| field.id == id).map_or(id, |field| field.name.clone());
    JiraError::Invalid { messages, fields: fields.into_iter().map(|(id, said)| (name(id), said)).collect() }
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
