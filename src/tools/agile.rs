//! Boards, sprints and lists of issues as they are named in a command.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{At, Call, On, page, places};
use crate::{
    error::Error,
    fields,
    ids::{IssueKey, ProjectKey},
    jira::{Board, BoardId, Jql, Sprint, SprintId, SprintState, jql::Clause},
    replies::{About, Deed, Offer, Outcome, PickFrom, Shape, shorten},
};

/// As many boards are looked through for a sprint.
const BOARDS: usize = 10;
/// The most issues that one call names.
const ISSUES: usize = 50;

/// As many issues are looked at before they are moved.
const LOOKED_AT: usize = 5;

/// Where a sprint is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a> {
    /// On the board of that name.
    Board(&'a str),
    /// On the boards of a project.
    Project(&'a ProjectKey),
    /// On every board that may be used here.
    Anywhere,
}

/// The board that a word names, or the only one with sprints, or the question which is meant.
///
/// # Errors
/// What Jira says, or that there is none.
pub async fn board<A>(
    call: &Call<A>,
    word: Option<&str>,
    again: impl Fn(&Board) -> Deed,
) -> Result<Result<Board, Box<Outcome>>, Error> {
    let boards = call.jira.boards();
    if let Some(id) = word.and_then(number::<BoardId>) {
        return Ok(Ok(boards.get(&id).await.at(call)?));
    }
    let mut all = boards.list(None).await.at(call)?;
    let about = About { personal: true, ..About::default() };
    let found = match word {
        Some(word) => places::one(&all, word, "board", |one| &one.name, about, again)?,
        None => {
            all.retain(|one| one.sprints);
            match all.as_slice() {
                [] => return Err(Error::user("There is no board with sprints here that your Jira account may see.")),
                [one] => Ok(one),
                several => {
                    let options = several.iter().take(BOARDS).map(|one| Offer::mine(shorten(&one.name), again(one)));
                    let pick = PickFrom { question: "Which board?".to_owned(), options: options.collect() };
                    Err(Box::new(Outcome::new(Shape::Pick(pick), about)))
                }
            }
        }
    };
    Ok(match found {
        // Read once more, for a list does not always say which projects a board is about.
        Ok(board) => Ok(boards.get(&board.id).await.at(call)?),
        Err(question) => Err(question),
    })
}

/// The sprint that a word names, with its board, or the question which is meant. Without a word any may be meant.
///
/// # Errors
/// What Jira says, or that there is none.
pub async fn sprint<A>(
    call: &Call<A>,
    word: Option<&str>,
    among: Among<'_>,
    states: &[SprintState],
    again: impl Fn(&SprintId) -> Deed,
) -> Result<Result<(Sprint, Board), Box<Outcome>>, Error> {
    let known = call.jira.sprints();
    if let Some(id) = word.and_then(number::<SprintId>) {
        return Ok(Ok(known.get(&id).await.at(call)?));
    }
    let all = sprints(call, among, states).await?;
    let about = About { personal: true, ..About::default() };
    let found = match word.filter(|word| !word.trim().is_empty()) {
        Some(word) => places::one(&all, word, what(states), |one| &one.name, about, |one| again(&one.id))?,
        None if all.is_empty() => return Err(Error::user(format!("There is no {} here.", what(states)))),
        None => {
            let options = all.iter().take(10).map(|one| Offer::mine(shorten(&one.name), again(&one.id)));
            let pick = PickFrom { question: "Which sprint?".to_owned(), options: options.collect() };
            Err(Box::new(Outcome::new(Shape::Pick(pick), about)))
        }
    };
    Ok(match found {
        Ok(sprint) => Ok(known.get(&sprint.id).await.at(call)?),
        Err(question) => Err(question),
    })
}

/// The sprints that stand so, of the first boards.
///
/// # Errors
/// What Jira says.
pub async fn sprints<A>(call: &Call<A>, among: Among<'_>, states: &[SprintState]) -> Result<Vec<Sprint>, Error> {
    let boards = call.jira.boards();
    let on = match among {
        Among::Board(name) => {
            // A board that is not named clearly is asked about by its name alone: the command has to be said again.
            let all = boards.list(None).await.at(call)?;
            match number::<BoardId>(name) {
                Some(id) => vec![boards.get(&id).await.at(call)?],
                None => super::choose::by_name(&all, name, |one| vec![&one.name]).into_iter().cloned().collect(),
            }
        }
        Among::Project(project) => boards.list(Some(project)).await.at(call)?,
        Among::Anywhere => boards.list(None).await.at(call)?,
    };
    let mut all: Vec<Sprint> = Vec::new();
    for board in on.iter().filter(|one| one.sprints).take(BOARDS) {
        for sprint in call.jira.sprints().of_board(board, states).await.at(call)? {
            if !all.iter().any(|known| known.id == sprint.id) {
                all.push(sprint);
            }
        }
    }
    Ok(all)
}

fn what(states: &[SprintState]) -> &'static str {
    match states {
        [SprintState::Active] => "running sprint",
        [SprintState::Future] => "planned sprint",
        _ => "sprint",
    }
}

/// In which sprint all of these issues are now, for the way back: nothing where they differ or Jira does not tell.
pub async fn before<A>(call: &Call<A>, keys: &[IssueKey]) -> Option<Option<SprintId>> {
    if keys.len() > LOOKED_AT {
        return None;
    }
    let mut same = None;
    for key in keys {
        let sprint = call.jira.sprints().of_issue(key).await.ok()?.map(|sprint| sprint.id);
        match &same {
            None => same = Some(sprint),
            Some(known) if *known == sprint => {}
            Some(_) => return None,
        }
    }
    same
}

/// The keys that stand in some words, and the first word that is none.
pub fn keys(words: &str) -> (Vec<IssueKey>, Option<&str>) {
    let words = words.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let (mut keys, mut odd) = (Vec::new(), None);
    for word in words {
        match word.parse::<IssueKey>() {
            Ok(key) if keys.contains(&key) => {}
            Ok(key) => keys.push(key),
            Err(_) => odd = odd.or(Some(word)),
        }
    }
    (keys, odd)
}

/// What some words name. What goes wrong with several issues may be about any of them.
pub fn on(words: &str) -> On {
    let keys = keys(words).0;
    let all = On::issues(&keys);
    if keys.len() > 1 { On { subject: None, ..all } } else { all }
}

/// Whose content these issues are. What cannot be read is for the asker alone.
pub async fn about_issues<A>(call: &Call<A>, keys: &[IssueKey]) -> About {
    let mut about = About { projects: keys.iter().map(|key| key.project().clone()).collect(), ..About::default() };
    let jql = Jql::new(Clause::among("key", keys.iter().map(ToString::to_string)));
    match call.jira.search().run(&jql, 100, None).await {
        Ok(found) => {
            about.restricted = found.items.len() < keys.len() || found.items.iter().any(|issue| issue.security);
            about.projects.extend(found.items.into_iter().map(|issue| issue.project));
        }
        Err(_) => about.restricted = true,
    }
    about
}

/// The same, where all of them must be keys.
///
/// # Errors
/// One is no key, there is none, or there are too many.
pub fn all_keys(words: &str, like_this: &str) -> Result<Vec<IssueKey>, Error> {
    match keys(words) {
        (_, Some(odd)) => {
            let odd = shorten(odd).replace('`', "");
            Err(Error::user_hint(format!("`{odd}` is no issue's key."), format!("Like this: `jira {like_this}`.")))
        }
        (keys, None) if keys.is_empty() => {
            Err(Error::user_hint("The issues are missing.", format!("Like this: `jira {like_this}`.")))
        }
        (keys, None) if keys.len() > ISSUES => {
            Err(Error::user(format!("Jira takes {ISSUES} issues at once. Name fewer of them.")))
        }
        (keys, None) => Ok(keys),
    }
}

/// `DEMO-1`, `DEMO-1 and DEMO-2`, `7 issues`.
pub fn named(keys: &[IssueKey]) -> String {
    match keys {
        [one] => one.to_string(),
        [one, other] => format!("{one} and {other}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        more => page::counted(more.len(), "issue"),
    }
}

/// The day that a word names.
///
/// # Errors
/// It names none.
pub fn day<A>(call: &Call<A>, word: &str) -> Result<Date, Error> {
    let today = call.now().to_zoned(TimeZone::UTC).date();
    fields::parse_day(word, today).ok_or_else(|| {
        let word = shorten(word).replace('`', "");
        Error::user_hint(format!("`{word}` is not a day."), "Write it as `2026-12-01`, `tomorrow`, `friday` or `+2w`.")
    })
}

/// The first moment of a day.
pub fn morning(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The last minute of a day.
pub fn evening(day: Date) -> Option<Timestamp> {
    let end = Time::constant(23, 59, 0, 0);
    Some(day.to_datetime(end).to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// `16 Nov 2026 to 30 Nov 2026`.
pub fn span(sprint: &Sprint) -> Option<String> {
    let day = |at: Timestamp| page::day(at.to_zoned(TimeZone::UTC).date());
    match (sprint.start, sprint.end) {
        (Some(start), Some(end)) => Some(format!("{} to {}", day(start), day(end))),
        (Some(start), None) => Some(format!("from {}", day(start))),
        (None, Some(end)) => Some(format!("until {}", day(end))),
        (None, None) => None,
    }
}

/// Content of a board: of the projects that it is about.
pub fn about(board: &Board) -> About {
    About { projects: board.projects.clone(), ..About::default() }
}

fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    word.trim().trim_start_matches('#').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_out_of_words() {
        let (found, odd) = keys("demo-1, DEMO-2 DEMO-1\tOPS-3");
        assert_eq!((named(&found).as_str(), odd), ("DEMO-1, DEMO-2 and OPS-3", None));
        assert_eq!(keys("DEMO-1 and DEMO-2").1, Some("and"));
        assert!(all_keys(" , ", "unplan DEMO-1").is_err() && all_keys("DEMO", "unplan DEMO-1").is_err());
        let many: String = (1..=51).map(|number| format!("DEMO-{number} ")).collect();
        assert!(
            all_keys(&many, "unplan DEMO-1").is_err() && all_keys(&format!("{many} DEMO-52"), "unplan DEMO-1").is_err()
        );
        assert_eq!(all_keys(&many[7..], "unplan DEMO-1").unwrap().len(), 50);
        assert_eq!(named(&keys(&many).0), "51 issues");
    }

    #[test]
    fn a_sprint_takes_its_days_whole() {
        let day = "2026-12-01".parse().unwrap();
        assert_eq!(morning(day), Some("2026-12-01T00:00:00Z".parse().unwrap()));
        assert_eq!(evening(day), Some("2026-12-01T23:59:00Z".parse().unwrap()));
    }

    #[test]
    fn sprints_are_called_what_was_asked_for() {
        assert_eq!(what(&[SprintState::Active]), "running sprint");
        assert_eq!(what(&[SprintState::Future]), "planned sprint");
        assert_eq!(what(&[SprintState::Active, SprintState::Future]), "sprint");
    }
}
