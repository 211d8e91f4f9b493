//! One of several values: select, radio buttons, priority.

use serde_json::{Value, json};

use super::quoted;
use crate::jira::Allowed;

/// How many values a refusal lists.
const LISTED: usize = 10;

pub(super) fn value(text: &str, allowed: &[Allowed]) -> Result<Value, String> {
    Ok(json!({"id": find(text, allowed)?.id}))
}

/// The value that somebody means: by its name, by the beginning of its name, or by its id. Case does not matter.
pub(super) fn find<'a>(text: &str, allowed: &'a [Allowed]) -> Result<&'a Allowed, String> {
    let wanted = text.trim().to_lowercase();
    let named = |matches: &dyn Fn(&str) -> bool| -> Vec<&'a Allowed> {
        allowed.iter().filter(|allowed| matches(&allowed.name.trim().to_lowercase())).collect()
    };
    let same = named(&|name| name == wanted);
    match same.as_slice() {
        [one] => return Ok(one),
        [] => {}
        several => {
            let exact: Vec<_> = several.iter().filter(|allowed| allowed.name.trim() == text.trim()).collect();
            return match exact.as_slice() {
                [one] => Ok(one),
                _ => Err(format!("There is more than one {}. Set it in Jira itself.", quoted(text))),
            };
        }
    }
    if let Some(by_id) = allowed.iter().find(|allowed| allowed.id == text.trim()) {
        return Ok(by_id);
    }
    let starting = named(&|name| !wanted.is_empty() && name.starts_with(&wanted));
    match starting.as_slice() {
        [one] => Ok(one),
        [] => Err(format!("{} is not a choice. {}", quoted(text), nearest(&wanted, allowed))),
        several => Err(format!("{} could be {}. Write more of it.", quoted(text), list(several, "or"))),
    }
}

fn nearest(wanted: &str, allowed: &[Allowed]) -> String {
    let wanted: String = wanted.chars().take(60).collect();
    let wanted = wanted.as_str();
    let mut sorted: Vec<&Allowed> = allowed.iter().collect();
    if allowed.len() > LISTED {
        let distance = |allowed: &&Allowed| {
            let name = allowed.name.to_lowercase();
            (!name.contains(wanted), strsim::damerau_levenshtein(wanted, &name))
        };
        sorted.sort_by_cached_key(distance);
        return format!("The nearest are {}.", list(&sorted[..LISTED], "and"));
    }
    format!("Choose {}.", list(&sorted, "or"))
}

fn list(allowed: &[&Allowed], last_word: &str) -> String {
    let shown = &allowed[..allowed.len().min(LISTED)];
    let names: Vec<&str> = shown.iter().map(|allowed| allowed.name.as_str()).collect();
    match (names.as_slice(), allowed.len() - shown.len()) {
        ([], _) => String::new(),
        ([one], _) => (*one).to_owned(),
        ([first @ .., last], 0) => format!("{} {last_word} {last}", first.join(", ")),
        (names, more) => format!("{} and {more} more", names.join(", ")),
    }
}
