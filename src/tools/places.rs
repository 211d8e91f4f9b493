//! Projects and their parts as they are named in a command, and the question back where the words do not decide.

use super::{At, Call, choose};
use crate::{
    error::Error,
    ids::ProjectKey,
    jira::Version,
    replies::{About, Deed, Offer, Outcome, PickFrom, Shape, shorten},
};

/// The most answers to a question.
const ANSWERS: usize = 10;

/// What is said where nobody's projects are to be seen.
pub const NO_PROJECT: &str = "There is no project here that your Jira account may see.";

/// Asks for a project among those that may be used here. `none` is said where there is none.
///
/// # Errors
/// What Jira says, or that there is none.
pub async fn which_project<A>(
    call: &Call<A>,
    none: &str,
    again: impl Fn(&ProjectKey) -> Deed,
) -> Result<Outcome, Error> {
    let projects = call.jira.projects().list().await.at(call)?;
    if projects.is_empty() {
        return Err(Error::user(none));
    }
    let options = projects
        .iter()
        .take(ANSWERS)
        .map(|project| Offer::mine(format!("{} {}", project.key, project.name), again(&project.key)));
    let pick = PickFrom { question: "In which project?".to_owned(), options: options.collect() };
    Ok(Outcome::new(Shape::Pick(pick), About { personal: true, ..About::default() }))
}

/// The one thing that a word names, or the question which of several is meant.
///
/// # Errors
/// Nothing is called so.
pub fn one<'a, T>(
    all: &'a [T],
    word: &str,
    what: &str,
    name: impl Fn(&T) -> &str,
    about: About,
    again: impl Fn(&T) -> Deed,
) -> Result<Result<&'a T, Box<Outcome>>, Error> {
    let shown = shorten(word.trim());
    let option = |one: &T| Offer::mine(shorten(name(one)), again(one));
    let (question, options) = match choose::by_name(all, word, |one| vec![name(one)]).as_slice() {
        [one] => return Ok(Ok(*one)),
        [] if all.is_empty() => return Err(Error::user(format!("There is no {what} to choose from."))),
        [] => {
            let options: Vec<Offer> = all.iter().take(ANSWERS).map(option).collect();
            (format!("No {what} is called \"{shown}\". There are:"), options)
        }
        several => {
            let options = several.iter().take(ANSWERS).map(|one| option(one)).collect();
            (format!("{} match \"{shown}\". Which one?", choose::count(several.len())), options)
        }
    };
    Ok(Err(Box::new(Outcome::new(Shape::Pick(PickFrom { question, options }), about))))
}

/// The version of a project that a word names, or the question which is meant.
///
/// # Errors
/// What Jira says, or that there is none.
pub async fn version<A>(
    call: &Call<A>,
    project: &ProjectKey,
    word: &str,
    fits: impl Fn(&Version) -> bool,
    again: impl Fn(&Version) -> Deed,
) -> Result<Result<(Version, Vec<Version>), Box<Outcome>>, Error> {
    let mut all = call.jira.versions().list(project).await.at(call)?;
    // A version that is named exactly is meant, whether or not it fits.
    if let Some(exact) = all.iter().find(|one| one.name.eq_ignore_ascii_case(word.trim())).cloned() {
        return Ok(Ok((exact, all)));
    }
    all.retain(|one| fits(one));
    let about = About::project(project.clone());
    let what = format!("version in {project}");
    Ok(one(&all, word, &what, |one| &one.name, about, again)?.map(|found| (found.clone(), all.clone())))
}
