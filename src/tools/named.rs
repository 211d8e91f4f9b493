//! Naming one of several things that hang on an issue: `last`, the number under which a list showed it, or its id.

use std::str::FromStr;

use super::{At, Call};
use crate::{
    error::{Error, JiraError},
    jira::{Comment, CommentId, Cursor, Issue, Worklog, WorklogId},
};

/// Begins an id, as our own buttons write it.
const BY_ID: &str = "id:";

/// Which one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which<I> {
    /// The newest of whoever asks.
    Last,
    /// This one.
    Id(I),
    /// The one with this number, counted from the oldest. Where there are not as many, the number is an id.
    Number(u64),
}

/// Reads how somebody names a comment or an entry of logged time: also an address that leads to one.
///
/// # Errors
/// It names nothing. `what` is what it should name: `a comment`.
pub fn which<I: FromStr>(word: &str, what: &str) -> Result<Which<I>, Error> {
    let word = word.trim();
    if matches!(word.to_lowercase().as_str(), "last" | "mine") {
        return Ok(Which::Last);
    }
    let id = |text: &str| text.parse::<I>().ok().map(Which::Id);
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    if let Some(found) = word.strip_prefix(BY_ID).and_then(id) {
        return Ok(found);
    }
    // Addresses of Jira: `…?focusedCommentId=10123#comment-10123`, `…?focusedWorklogId=10123`.
    let marks = ["focusedCommentId=", "focusedWorklogId=", "focusedId=", "comment-", "worklog-"];
    let in_address = || marks.iter().find_map(|mark| id(&digits(&word[word.find(mark)? + mark.len()..])));
    if word.contains("://")
        && let Some(found) = in_address()
    {
        return Ok(found);
    }
    match word.trim_start_matches('#').parse::<u64>() {
        Ok(number) if number > 0 => Ok(Which::Number(number)),
        _ => Err(Error::user_hint(
            format!("`{}` does not name {what}.", crate::replies::shorten(word)),
            "Write the number that the list shows, or `last` for your own newest.",
        )),
    }
}

/// As many pages of comments are looked through for one's own last.
const PAGES: usize = 5;

/// The comment that is meant.
///
/// # Errors
/// There is none, or Jira.
pub async fn comment<A>(call: &Call<A>, issue: &Issue, word: &str) -> Result<Comment, Error> {
    let comments = call.jira.comments();
    let id = match which::<CommentId>(word, "a comment")? {
        Which::Last => return last(call, issue).await,
        Which::Id(id) => id,
        Which::Number(number) => {
            let (found, total) = comments.numbered(&issue.key, number).await.at(call)?;
            match (found, number.to_string().parse()) {
                (Some(comment), _) => return Ok(comment),
                // A large number is an id, from a link or a mail of Jira's.
                (None, Ok(id)) if number > ID => id,
                (None, _) => return Err(few(issue, total, "comment", "comments")),
            }
        }
    };
    match comments.get(issue, &id).await {
        Err(JiraError::NotFound { .. }) => Err(gone(issue, "comment")),
        other => other.at(call),
    }
}

/// The newest comment of whoever asks.
async fn last<A>(call: &Call<A>, issue: &Issue) -> Result<Comment, Error> {
    let mut from: Option<Cursor> = None;
    for _ in 0..PAGES {
        let page = call.jira.comments().list(&issue.key, 100, from.as_ref()).await.at(call)?;
        let own = |comment: &Comment| comment.author.as_ref().is_some_and(|who| who.account == *call.account());
        if let Some(found) = page.items.into_iter().find(own) {
            return Ok(found);
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    Err(Error::user(format!("You have not commented on {}.", issue.key)))
}

/// The entry of logged time that is meant.
///
/// # Errors
/// There is none, or Jira.
pub async fn worklog<A>(call: &Call<A>, issue: &Issue, word: &str) -> Result<Worklog, Error> {
    let which = which::<WorklogId>(word, "an entry of logged time")?;
    let all = call.jira.worklogs().all(&issue.key).await.at(call)?;
    let own = |entry: &Worklog| entry.author.as_ref().is_some_and(|who| who.account == *call.account());
    let total = all.len() as u64;
    let mut entries = all.into_iter();
    match which {
        Which::Last => {
            entries.rfind(own).ok_or_else(|| Error::user(format!("You have logged no time on {}.", issue.key)))
        }
        Which::Number(number) if number > total => {
            let id = number.to_string();
            let found = entries.find(|entry| entry.id.as_str() == id);
            found.ok_or_else(|| few(issue, total, "entry of logged time", "entries of logged time"))
        }
        Which::Number(number) => {
            let at = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
            entries.nth(at).ok_or_else(|| gone(issue, "entry"))
        }
        Which::Id(id) => entries.find(|entry| entry.id == id).ok_or_else(|| gone(issue, "entry")),
    }
}

/// Up to here a number counts; beyond it is an id.
const ID: u64 = 9_999;

fn few(issue: &Issue, total: u64, one: &str, many: &str) -> Error {
    let key = &issue.key;
    Error::user(match total {
        0 => format!("{key} has no {many}."),
        1 => format!("{key} has one {one} only."),
        total => format!("{key} has {total} {many} only."),
    })
}

fn gone(issue: &Issue, what: &str) -> Error {
    Error::user(format!("That {what} is not on {}, or your Jira account may not see it.", issue.key))
}

/// How a button names one.
pub fn by_id(id: &str) -> String {
    format!("{BY_ID}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::CommentId;

    #[test]
    fn a_comment_is_named_in_many_ways() {
        let read = |word: &str| which::<CommentId>(word, "a comment").ok();
        let id = |text: &str| Some(Which::Id(text.parse().unwrap()));
        assert_eq!(read("last"), Some(Which::Last));
        assert_eq!(read("#3"), Some(Which::Number(3)));
        assert_eq!(read(" 10123 "), Some(Which::Number(10_123)));
        assert_eq!(read("id:10123"), id("10123"));
        assert_eq!(read("https://acme.example/browse/DEMO-1?focusedCommentId=10123#x"), id("10123"));
        assert_eq!(read("https://corp.example/browse/DEMO-1#comment-77"), id("77"));
        for wrong in
            ["", "0", "-1", "first", "id:../1", "https://acme.example/browse/DEMO-1", "99999999999999999999999"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
