//! People as they are named in a command: `me`, `nobody`, a person of the chat, or letters of a name.

use usher_chat::Person;

use super::{At, Call};
use crate::{
    error::Error,
    ids::AccountId,
    jira::{Candidates, User},
};

/// Begins an account's id, as our own buttons write it.
const BY_ID: &str = "id:";

/// Who was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Nobody.
    Nobody,
    /// Whoever asked.
    Asker(AccountId),
    /// This account, with its name where it is known.
    One(AccountId, Option<String>),
    /// One of these: it takes a question.
    Several(Vec<User>),
}

/// Finds out who was meant.
///
/// # Errors
/// Nobody matches, or the person of the chat is not linked on this site.
pub async fn meant<A>(call: &Call<A>, word: &str, candidates: Candidates<'_>) -> Result<Meant, Error> {
    let word = word.trim();
    match word.to_lowercase().as_str() {
        "me" | "myself" => return Ok(Meant::Asker(call.account().clone())),
        "nobody" | "none" | "unassigned" | "x" => return Ok(Meant::Nobody),
        _ => {}
    }
    if let Some(id) = word.strip_prefix(BY_ID) {
        return Ok(Meant::One(AccountId(id.to_owned()), None));
    }
    if let Some(person) = word.strip_prefix('@').and_then(|id| id.parse::<Person>().ok()) {
        return match call.colleague(&person) {
            Some(account) if account == *call.account() => Ok(Meant::Asker(account)),
            Some(account) => Ok(Meant::One(account, None)),
            None => Err(Error::user_hint(
                "That person has not linked a Jira account on this site.",
                "Name them as Jira does, or ask them to type `jira connect`.",
            )),
        };
    }
    let name = word.trim_start_matches('@');
    let found = call.jira.users().search(candidates, name).await.at(call)?;
    let exact: Vec<&User> = found.iter().filter(|user| user.name.to_lowercase() == name.to_lowercase()).collect();
    if let [user] = exact.as_slice() {
        return Ok(Meant::One(user.account.clone(), Some(user.name.clone())));
    }
    match found.as_slice() {
        [] => {
            let who = match candidates {
                Candidates::Anyone => "Nobody in Jira matches",
                _ => "Nobody who can be assigned there matches",
            };
            Err(Error::user_hint(
                format!("{who} `{}`.", crate::replies::shorten(name)),
                "Try a part of the name as Jira has it.",
            ))
        }
        [user] => Ok(Meant::One(user.account.clone(), Some(user.name.clone()))),
        _ => Ok(Meant::Several(found)),
    }
}

/// How a button names an account.
pub fn by_id(account: &AccountId) -> String {
    format!("{BY_ID}{account}")
}
