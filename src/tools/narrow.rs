//! The filters that a search takes among its words: `status:done assignee:me updated:-7d`.

use super::{
    Call,
    people::{self, Meant},
};
use crate::{
    error::Error,
    jira::{
        Candidates, Jql,
        jql::{Clause, Operand, Operator},
    },
    replies::shorten,
};

/// The filters by name, each with the field of JQL that it compares.
const FILTERS: [(&str, &str); 10] = [
    ("project", "project"),
    ("status", "status"),
    ("type", "issuetype"),
    ("priority", "priority"),
    ("label", "labels"),
    ("labels", "labels"),
    ("assignee", "assignee"),
    ("reporter", "reporter"),
    ("updated", "updated"),
    ("created", "created"),
];

/// What some words ask for: JQL after `jql:`, or words with filters among them.
///
/// # Errors
/// They cannot be read, or name somebody whom nobody knows.
pub async fn asked<A>(call: &Call<A>, words: &str) -> Result<Jql, Error> {
    match words.get(..4).filter(|head| head.eq_ignore_ascii_case("jql:")) {
        Some(_) => Jql::parse(words[4..].trim())
            .map_err(|error| Error::user_hint(error.to_string(), "`jira help find` shows an example.")),
        None => {
            let (filters, words) = narrowed(call, words).await?;
            Ok(filters.into_iter().fold(Jql::text_search(&words), Jql::and))
        }
    }
}

/// The clauses of the filters among the words, and the words without them.
///
/// # Errors
/// A filter that says nothing, a day that is none, or a person whom nobody knows.
async fn narrowed<A>(call: &Call<A>, words: &str) -> Result<(Vec<Clause>, String), Error> {
    let (filters, rest) = split(words)?;
    let mut clauses = Vec::new();
    for Filter { field, value } in filters {
        clauses.push(match field {
            "assignee" | "reporter" => person(call, field, &value).await?,
            "updated" | "created" => since(field, &value)?,
            // A status of that name would be written with quotes in JQL; as a filter it is what people mean.
            "status" if value.eq_ignore_ascii_case("open") => {
                Clause::compare("statusCategory", Operator::NotEquals, Operand::Text("Done".to_owned()))
            }
            field => {
                let values: Vec<&str> = value.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
                match values.as_slice() {
                    [] => return Err(empty(field)),
                    [one] => Clause::equals(field, *one),
                    several => Clause::among(field, several.iter().copied()),
                }
            }
        });
    }
    Ok((clauses, rest))
}

#[derive(Debug, PartialEq, Eq)]
struct Filter {
    field: &'static str,
    value: String,
}

/// Finds `name:value`, `name: value` and `name:"a value"` where a word begins.
fn split(words: &str) -> Result<(Vec<Filter>, String), Error> {
    let (mut filters, mut rest) = (Vec::new(), Vec::new());
    let mut left = words.trim_start();
    while !left.is_empty() {
        let end = left.find(char::is_whitespace).unwrap_or(left.len());
        let word = &left[..end];
        let named = word.split_once(':').and_then(|(name, _)| {
            FILTERS
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, field)| (name.len() + 1, *field))
        });
        let Some((colon, field)) = named else {
            rest.push(word);
            left = left[end..].trim_start();
            continue;
        };
        let after = left[colon..].trim_start();
        let quoted = after.strip_prefix(QUOTES).and_then(|inside| inside.split_once(QUOTES));
        let (value, next) = match quoted {
            Some((value, next)) => (value, next),
            None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        if value.trim().is_empty() {
            return Err(empty(field));
        }
        filters.push(Filter { field, value: value.trim().to_owned() });
        left = next.trim_start();
    }
    Ok((filters, rest.join(" ")))
}

/// Straight and curly.
const QUOTES: [char; 3] = ['"', '\u{201c}', '\u{201d}'];

fn empty(field: &str) -> Error {
    let name = FILTERS.iter().find(|(_, known)| *known == field).map_or(field, |(name, _)| name);
    Error::user_hint(format!("`{name}:` says nothing."), "Like this: `jira find status:\"in progress\" assignee:me`.")
}

async fn person<A>(call: &Call<A>, field: &str, value: &str) -> Result<Clause, Error> {
    Ok(match people::meant(call, value, Candidates::Anyone).await? {
        Meant::Asker(_) => Clause::call(field, "currentUser"),
        Meant::Nobody => Clause::empty(field),
        Meant::One(account, _) => Clause::equals(field, account.to_string()),
        Meant::Several(users) => {
            let names: Vec<&str> = users.iter().take(5).map(|user| user.name.as_str()).collect();
            let message = format!("Several people match `{}`: {}.", shorten(value), names.join(", "));
            return Err(Error::user_hint(message, "Write more of the name, in quotes."));
        }
    })
}

/// From a day on: `2026-11-30`, `today`, `yesterday`, or so long ago as `-7d`, `12h`, `2w`.
fn since(field: &str, value: &str) -> Result<Clause, Error> {
    let day = |back: Option<&str>| {
        let arguments = back.map(|back| Operand::Text(back.to_owned())).into_iter().collect();
        Clause::compare(field, Operator::AtLeast, Operand::Call("startOfDay".to_owned(), arguments))
    };
    match value.to_ascii_lowercase().as_str() {
        "today" => return Ok(day(None)),
        "yesterday" => return Ok(day(Some("-1"))),
        _ => {}
    }
    if value.parse::<jiff::civil::Date>().is_ok() {
        return Ok(Clause::at_least(field, value));
    }
    let bare = value.strip_prefix('-').unwrap_or(value);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    // JQL reads `m` as minutes and `M` as months.
    if (1..=6).contains(&digits) && matches!(&bare[digits..], "m" | "h" | "d" | "w" | "M" | "y") {
        return Ok(Clause::at_least(field, format!("-{bare}")));
    }
    let message = format!("`{}` is no day and no time back.", shorten(value));
    Err(Error::user_hint(message, format!("Like this: `{field}:-7d`, `{field}:today` or `{field}:2026-11-30`.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(words: &str) -> (Vec<String>, String) {
        let (filters, rest) = split(words).unwrap();
        (filters.into_iter().map(|filter| format!("{}={}", filter.field, filter.value)).collect(), rest)
    }

    #[test]
    fn filters_stand_anywhere_among_the_words() {
        let (filters, rest) = parts("safari status:\"in progress\" login assignee: me type:Bug");
        assert_eq!(filters, ["status=in progress", "assignee=me", "issuetype=Bug"]);
        assert_eq!(rest, "safari login");
        assert_eq!(parts("Status:\u{201c}in progress\u{201d}").0, ["status=in progress"]);
        // Only these names are filters: an address and a ratio are words.
        assert_eq!(
            parts("https://example.org 16:9 error:status"),
            (vec![], "https://example.org 16:9 error:status".into())
        );
        for bad in ["status:", "safari status:   ", "status:\"\""] {
            assert!(split(bad).is_err(), "{bad}");
        }
        assert_eq!(parts("status:\"half").0, ["status=\"half"]);
    }

    #[test]
    fn days_and_times_back() {
        let jql = |value: &str| since("updated", value).map(|clause| crate::jira::Jql::new(clause).to_string()).ok();
        assert_eq!(jql("-7d").as_deref(), Some("updated >= \"-7d\""));
        assert_eq!(jql("12h").as_deref(), Some("updated >= \"-12h\""));
        assert_eq!(jql("today").as_deref(), Some("updated >= startOfDay()"));
        assert_eq!(jql("2026-11-30").as_deref(), Some("updated >= \"2026-11-30\""));
        for bad in ["", "-", "d", "7", "7x", "-7d\" OR project = HR", "9999999d"] {
            assert_eq!(jql(bad), None, "{bad}");
        }
    }
}
