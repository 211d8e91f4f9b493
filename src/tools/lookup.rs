//! Looks up what the words of a field name: groups, a sprint, a team. What names nothing is told like any other value
//! that does not fit.

use super::{At, Call, agile, choose};
use crate::{
    error::Error,
    fields::FieldError,
    jira::{Candidates, FieldMeta, Sprint, SprintState},
    replies::shorten,
};

/// The words that Jira takes, or why there are none.
pub type Found = Result<Vec<String>, FieldError>;

/// As many names are listed in an answer.
const LISTED: usize = 5;

/// The groups, with commas between.
///
/// # Errors
/// What Jira says.
pub async fn groups<A>(call: &Call<A>, field: &FieldMeta, words: &[String]) -> Result<Found, Error> {
    let mut found = Vec::new();
    for word in words.iter().flat_map(|words| words.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        let all = call.jira.users().groups_like(word).await.at(call)?;
        match one(field, word, &all, |name| name) {
            Ok(group) => found.push(group.clone()),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(found))
}

/// The sprint, of those that are not over on the boards of the project that is filled in.
///
/// # Errors
/// What Jira says.
pub async fn sprint<A>(
    call: &Call<A>,
    field: &FieldMeta,
    words: &[String],
    about: Candidates<'_>,
) -> Result<Found, Error> {
    let among = match about {
        Candidates::Project(project) => agile::Among::Project(project),
        Candidates::Issue(key) => agile::Among::Project(key.project()),
        Candidates::Anyone => agile::Among::Anywhere,
    };
    let word = words.join(" ");
    let all: Vec<Sprint> = agile::sprints(call, among, &[SprintState::Active, SprintState::Future]).await?;
    Ok(match all.iter().find(|sprint| sprint.id.as_str() == word.trim()) {
        Some(sprint) => Ok(vec![sprint.id.to_string()]),
        None => one(field, &word, &all, |sprint| &sprint.name).map(|sprint| vec![sprint.id.to_string()]),
    })
}

/// The team.
///
/// # Errors
/// What Jira says.
pub async fn team<A>(call: &Call<A>, field: &FieldMeta, words: &[String]) -> Result<Found, Error> {
    let word = words.join(" ");
    let all = call.jira.suggestions().of(&field.id, &word).await.at(call)?;
    Ok(one(field, &word, &all, |team| &team.name).map(|team| vec![team.value.clone()]))
}

/// The one that a word names.
fn one<'a, T>(
    field: &FieldMeta,
    word: &str,
    all: &'a [T],
    name: impl for<'t> Fn(&'t T) -> &'t str,
) -> Result<&'a T, FieldError> {
    // Names that differ in their case are rare; a name that is written exactly is meant.
    let exact = all.iter().find(|one| name(one) == word.trim());
    let shown = shorten(word.trim()).replace('`', "");
    let names = |some: &[&T]| {
        let names: Vec<String> = some.iter().take(LISTED).map(|one| shorten(name(one))).collect();
        names.join(" or ")
    };
    let message = match (exact, choose::by_name(all, word, |one| vec![name(one)]).as_slice()) {
        (Some(exact), _) => return Ok(exact),
        (None, [one]) => return Ok(*one),
        (None, []) if all.is_empty() => format!("Jira knows nothing by the name `{shown}` here."),
        (None, []) => format!("`{shown}` is not there. Choose {}.", names(&all.iter().collect::<Vec<_>>())),
        (None, several) => format!("`{shown}` could be {}. Write more of it.", names(several)),
    };
    Err(FieldError { field: field.name.clone(), message })
}
