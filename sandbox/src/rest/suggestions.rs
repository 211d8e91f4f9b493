//! `jql/autocompletedata/suggestions`: the values that a field may be compared with.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Answer, Ask, Reply};
use crate::world::{CustomKind, TEAMS};

/// As many suggestions as Jira gives.
const MOST: usize = 15;

/// `GET jql/autocompletedata/suggestions`. Labels and teams only; a field that Jira has no suggestions for gives none.
pub(crate) fn suggest(ask: &mut Ask<'_>) -> Reply {
    let name = ask.query.get("fieldName").unwrap_or_default();
    let words = ask.query.get("fieldValue").unwrap_or_default().to_lowercase();
    let number = name.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']')).and_then(|n| n.parse::<u64>().ok());
    let field = ask.site.custom_fields().iter().find(|field| field.name == name || Some(field.number) == number);
    let all: Vec<(String, String)> = match field.map(|field| field.kind) {
        Some(CustomKind::Team) => TEAMS.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect(),
        None if name.eq_ignore_ascii_case("labels") => {
            let seen = ask.site.issues.values().filter(|issue| ask.site.sees(&ask.me.id, issue));
            let labels: BTreeSet<String> = seen.flat_map(|issue| issue.labels.iter().cloned()).collect();
            labels.into_iter().map(|label| (label.clone(), label)).collect()
        }
        _ => Vec::new(),
    };
    let found = all.iter().filter(|(_, name)| name.to_lowercase().contains(&words)).take(MOST);
    let results: Vec<Value> =
        found.map(|(value, name)| json!({"value": value, "displayName": highlighted(name, &words)})).collect();
    Ok(Answer::Ok(json!({"results": results})))
}

/// The name as HTML, with the words that were looked for in bold.
fn highlighted(name: &str, words: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let at = name.to_lowercase().find(words).filter(|_| !words.is_empty() && name.is_ascii());
    match at.map(|at| (at, at + words.len())) {
        Some((from, to)) => {
            format!("{}<b>{}</b>{}", escaped(&name[..from]), escaped(&name[from..to]), escaped(&name[to..]))
        }
        None => escaped(name),
    }
}
