//! How an unfinished argument may go on, asked with the asking person's own rights and nothing more.
//!
//! Whoever types does not wait: what was found out lately is kept, what is missing takes one request, or several at
//! once, and what a later argument will need is asked for while an earlier one is typed.

mod ask;
mod shelf;

use std::collections::BTreeMap;

use jiff::Timestamp;
use usher_chat::Completion;

use self::ask::Asked;
pub use self::shelf::{Shelf, Shelves};
use super::{Entry, Source};
use crate::{ids::ProjectKey, jira::Client};

/// Most ways that are offered.
const MOST: usize = 20;

/// What is being typed.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// Of which tool.
    pub tool: &'q Entry,
    /// Which argument.
    pub argument: &'q str,
    /// What stands of it.
    pub partial: &'q str,
    /// The values of the arguments before it.
    pub given: &'q BTreeMap<String, String>,
    /// The project that is meant where none is named.
    pub meant: Option<&'q ProjectKey>,
    /// Projects that this person is known to reach.
    pub reached: &'q [ProjectKey],
}

/// The ways in which an argument may go on, after at most one request or several at once where the shelf does not know.
pub async fn complete(question: &Question<'_>, jira: &Client, shelf: &Shelf, now: Timestamp) -> Vec<Completion> {
    let Some(Several { head, partial, argument, given }) = last_of_several(question) else {
        return last(question, jira, shelf, now).await;
    };
    let question = Question { argument, partial, given: &given, ..*question };
    let ways = last(&question, jira, shelf, now).await.into_iter();
    ways.map(|way| Completion { value: format!("{head}{}", way.value), ..way }).collect()
}

async fn last(question: &Question<'_>, jira: &Client, shelf: &Shelf, now: Timestamp) -> Vec<Completion> {
    let Some(asked) = Asked::of(question, jira) else { return fixed(question) };
    ask::ahead(question, jira, shelf, now);
    if asked.source == Source::Relation {
        return related(question, &asked, jira, shelf, now).await;
    }
    if let Some(ways) = on_shelf(&asked, shelf, now, true) {
        return choose(&asked, question.partial, ways);
    }
    match shelf.ways.ask(&asked.key(), now, || asked.clone().ask(jira.clone(), shelf.clone(), now)).await {
        Some(ways) => choose(&asked, question.partial, ways.list),
        None => known(question, jira, shelf, now),
    }
}

/// What the shelf knows, for whoever cannot wait any longer.
pub fn known(question: &Question<'_>, jira: &Client, shelf: &Shelf, now: Timestamp) -> Vec<Completion> {
    match Asked::of(question, jira) {
        Some(asked) => {
            let ways = on_shelf(&asked, shelf, now, false).unwrap_or_default();
            let chosen = choose(&asked, question.partial, ways);
            // What was found for fewer letters may not fit these.
            if asked.source == Source::Value { chosen } else { starting(chosen, question.partial) }
        }
        None => fixed(question),
    }
}

/// Keeps what starts like the partial word, or else what holds it.
pub fn starting(ways: Vec<Completion>, partial: &str) -> Vec<Completion> {
    let wanted = partial.to_lowercase();
    let (mut first, rest): (Vec<Completion>, Vec<Completion>) =
        ways.into_iter().partition(|way| way.value.to_lowercase().starts_with(&wanted));
    first.extend(rest.into_iter().filter(|way| way.label.to_lowercase().contains(&wanted)));
    first.truncate(MOST);
    first
}

/// What is typed last where a free text holds several issues, and perhaps a small word with what belongs to it:
/// `DEMO-8 DEMO-9 into Spr`. With what stands before it, which argument it is, and what is given then.
fn last_of_several<'q>(question: &Question<'q>) -> Option<Several<'q>> {
    let Question { tool, argument, partial, given, .. } = question;
    let of_issues = tool.completes.iter().any(|(name, source)| name == argument && *source == Source::Issue);
    if !of_issues || tool.rest_name().as_deref() != Some(*argument) {
        return None;
    }
    // What stands behind the last word is cut off before it comes here.
    let words = format!("{partial} ");
    let behind = tool.small_words.iter().find_map(|(word, option)| {
        let at = words.to_ascii_lowercase().find(&format!(" {word} "))?;
        Some((at + word.len() + 2, *option))
    });
    let (end, argument) = match behind {
        Some(found) => found,
        None => (partial.rfind(char::is_whitespace)? + 1, *argument),
    };
    let head = words.get(..end)?.to_owned();
    let mut given = BTreeMap::clone(given);
    given.insert("issues".to_owned(), head.clone());
    Some(Several { head, partial: partial.get(end..).unwrap_or_default(), argument, given })
}

struct Several<'q> {
    head: String,
    partial: &'q str,
    argument: &'q str,
    given: BTreeMap<String, String>,
}

/// What was found for these letters, or for fewer: all of it, or what there is.
fn on_shelf(asked: &Asked, shelf: &Shelf, now: Timestamp, whole: bool) -> Option<Vec<Completion>> {
    let ends = asked.letters.char_indices().map(|(at, _)| at).chain([asked.letters.len()]);
    ends.rev().find_map(|end| {
        let ways = shelf.ways.get(&asked.key_of(&asked.letters[..end]), now)?;
        (ways.whole || !whole || end == asked.letters.len()).then_some(ways.list)
    })
}

fn choose(asked: &Asked, partial: &str, ways: Vec<Completion>) -> Vec<Completion> {
    match asked.source {
        Source::Issue | Source::Title => {
            let (upper, lower) = (partial.trim().to_uppercase(), partial.trim().to_lowercase());
            let title = |way: &Completion| {
                way.label.split_once(' ').is_some_and(|(_, title)| title.to_lowercase().contains(&lower))
            };
            let fits = |way: &Completion| {
                !ask::like_a_key(partial) || way.label.starts_with(&upper) || (!partial.contains('-') && title(way))
            };
            ways.into_iter().filter(fits).take(MOST).collect()
        }
        Source::Person => ways,
        Source::Value if asked.of_labels() => labels(ways, partial),
        Source::Value if asked.of_people() => ways,
        Source::Assignee => {
            let mut all = starting(plain(["me".to_owned(), "nobody".to_owned()]), partial);
            all.extend(ways);
            all.truncate(MOST);
            all
        }
        _ => starting(ways, partial),
    }
}

/// Of several labels the last one is typed, perhaps with a sign before it: `+urgent -lat`.
fn labels(ways: Vec<Completion>, partial: &str) -> Vec<Completion> {
    let at = partial.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, last) = partial.split_at_checked(at).unwrap_or(("", partial));
    let name = last.trim_start_matches(['+', '-']);
    let sign = &last[..last.len() - name.len()];
    let whole = |way: Completion| {
        let value = format!("{before}{sign}{}", way.value);
        Completion { label: value.clone(), value }
    };
    starting(ways, name).into_iter().map(whole).collect()
}

/// How an issue can be linked; behind that the other issue is typed, which is asked for at once.
async fn related(
    question: &Question<'_>,
    asked: &Asked,
    jira: &Client,
    shelf: &Shelf,
    now: Timestamp,
) -> Vec<Completion> {
    let partial = question.partial;
    let ask = |asked: Asked| async move {
        let found = shelf.ways.ask(&asked.key(), now, || asked.clone().ask(jira.clone(), shelf.clone(), now)).await;
        (asked, found.unwrap_or_default().list)
    };
    let guess = partial.rsplit_once(char::is_whitespace).map_or("", |(_, last)| last);
    let (names, guessed) = match partial.trim().contains(char::is_whitespace) || partial.ends_with(' ') {
        true => {
            let (names, guessed) = futures::join!(ask(asked.clone()), ask(Asked::issue(guess)));
            (names.1, Some(guessed))
        }
        false => (ask(asked.clone()).await.1, None),
    };
    let lower = partial.to_lowercase();
    let name = names.iter().find(|name| lower.starts_with(&format!("{} ", name.value.to_lowercase())));
    let Some(name) = name.map(|name| name.value.clone()) else { return starting(names, partial) };
    let other = partial.get(name.len()..).unwrap_or_default().trim();
    let (asked, found) = match guessed {
        Some(guessed) if other == guess => guessed,
        _ => ask(Asked::issue(other)).await,
    };
    let found = choose(&asked, other, found).into_iter();
    found
        .map(|way| Completion { value: format!("{name} {}", way.value), label: format!("{name} {}", way.label) })
        .collect()
}

/// What needs no question.
fn fixed(question: &Question<'_>) -> Vec<Completion> {
    let Question { tool, argument, partial, .. } = question;
    match tool.completes.iter().find(|(name, _)| name == argument) {
        Some((_, Source::Duration)) => starting(plain(ask::DURATIONS.map(str::to_owned)), partial),
        Some(_) => Vec::new(),
        None => starting(plain(tool.words_of(argument)), partial),
    }
}

fn plain(words: impl IntoIterator<Item = String>) -> Vec<Completion> {
    words.into_iter().map(|word| Completion { value: word.clone(), label: word }).collect()
}

fn way(value: &str, label: &str) -> Completion {
    Completion { value: value.to_owned(), label: label.to_owned() }
}
