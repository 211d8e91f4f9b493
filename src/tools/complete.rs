//! How an unfinished argument may go on, asked with the asking person's own rights and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use usher_chat::Completion;

use super::{Entry, Source, agile, show};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectKey},
    jira::{
        Candidates, Client, Comment, Issue, Jql, SprintState, Worklog, duration,
        jql::{Clause, Direction},
    },
};

/// Most ways that are offered.
const MOST: usize = 20;

/// As many boards are asked for their sprints.
const BOARDS: usize = 3;

const DURATIONS: [&str; 6] = ["15m", "30m", "1h", "2h", "4h", "1d"];
const PRIORITIES: [&str; 5] = ["Highest", "High", "Medium", "Low", "Lowest"];

/// The ways in which `partial` may go on as `argument` of a tool.
///
/// # Errors
/// What Jira says; a caller shows no completions then.
pub async fn complete(
    tool: &Entry,
    argument: &str,
    partial: &str,
    given: &BTreeMap<String, String>,
    jira: &Client,
) -> Result<Vec<Completion>, JiraError> {
    let Some((_, source)) = tool.completes.iter().find(|(name, _)| *name == argument) else {
        return Ok(Vec::new());
    };
    let key = given.get("key").and_then(|key| key.parse::<IssueKey>().ok());
    let project = given.get("project").and_then(|key| key.parse::<ProjectKey>().ok());
    let ways = match source {
        Source::Issue => return issues(jira, partial, |issue| issue.key.to_string()).await,
        Source::Title => return issues(jira, partial, |issue| issue.summary.clone()).await,
        Source::Project => {
            let projects = jira.projects().list().await?;
            projects
                .into_iter()
                .map(|project| way(project.key.as_str(), &format!("{} {}", project.key, project.name)))
                .collect()
        }
        Source::IssueType => types(jira, project).await?,
        Source::Transition => match key {
            Some(key) => plain(jira.transitions().list(&key).await?.into_iter().map(|way| way.to.name)),
            None => Vec::new(),
        },
        Source::Assignee => return assignees(jira, partial, key, project).await,
        Source::Priority => priorities(jira, given.get("type"), project).await?,
        Source::Person => {
            plain(jira.users().search(Candidates::Anyone, partial).await?.into_iter().map(|one| one.name))
        }
        Source::Version => match project {
            Some(project) => plain(jira.versions().list(&project).await?.into_iter().map(|one| one.name)),
            None => Vec::new(),
        },
        Source::Filter => plain(jira.filters().mine().await?.into_iter().map(|one| one.name)),
        Source::Queue | Source::RequestType => served(jira, *source, project).await?,
        Source::Board => plain(jira.boards().list(None).await?.into_iter().map(|one| one.name)),
        Source::Sprint => sprints(jira, given).await?,
        Source::Relation => return relations(jira, partial).await,
        Source::Field => match key {
            Some(key) => {
                let names = jira.issues().editable(&key).await?.into_iter();
                plain(names.filter(|field| crate::fields::form_field(field).is_some()).map(|field| field.name))
            }
            None => Vec::new(),
        },
        Source::Comment => match key {
            Some(key) => comments(jira, &key).await?,
            None => Vec::new(),
        },
        Source::Worklog => match key {
            Some(key) => worklogs(jira, &key).await?,
            None => Vec::new(),
        },
        Source::Duration => plain(DURATIONS.map(str::to_owned)),
    };
    Ok(starting(ways, partial))
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

async fn issues(jira: &Client, partial: &str, value: impl Fn(&Issue) -> String) -> Result<Vec<Completion>, JiraError> {
    let partial = partial.trim();
    let (project, number) = partial.split_once('-').unwrap_or((partial, ""));
    let by_key = project.parse::<ProjectKey>().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()));
    let mine = || Jql::new(Clause::call("assignee", "currentUser"));
    let jql = match (&by_key, partial.is_empty()) {
        (_, true) => mine(),
        (Some(project), _) if partial.contains('-') => Jql::new(Clause::equals("project", project.as_str())),
        // Perhaps the beginning of a key: Jira cannot search for that, but one's own issues can be looked through.
        (Some(_), _) => match Clause::text(partial) {
            Some(text) => Jql::new(Clause::call("assignee", "currentUser").or(text)),
            None => mine(),
        },
        (None, _) => Jql::text_search(partial),
    };
    if jql.clause().is_none() {
        return Ok(Vec::new());
    }
    let jql = jql.order_by("updated", Direction::Descending);
    let found = jira.search().run(&jql, 50, None).await?;
    let (upper, lower) = (partial.to_uppercase(), partial.to_lowercase());
    let fits = |issue: &&Issue| {
        let title = !partial.contains('-') && issue.summary.to_lowercase().contains(&lower);
        by_key.is_none() || issue.key.to_string().starts_with(&upper) || title
    };
    Ok(found
        .items
        .iter()
        .filter(fits)
        .take(MOST)
        .map(|issue| way(&value(issue), &format!("{} {}", issue.key, issue.summary)))
        .collect())
}

/// First the relation, and then the other issue.
async fn relations(jira: &Client, partial: &str) -> Result<Vec<Completion>, JiraError> {
    let types = jira.links().types().await?;
    let names: BTreeSet<String> = types.into_iter().flat_map(|kind| [kind.outward, kind.inward]).collect();
    let lower = partial.to_lowercase();
    match names.iter().find(|name| lower.starts_with(&format!("{} ", name.to_lowercase()))) {
        Some(name) => {
            let other = partial.get(name.len()..).unwrap_or_default().trim();
            let found = issues(jira, other, |issue| issue.key.to_string()).await?;
            Ok(found
                .into_iter()
                .map(|way| Completion {
                    value: format!("{name} {}", way.value),
                    label: format!("{name} {}", way.label),
                })
                .collect())
        }
        None => Ok(starting(plain(names.into_iter().filter(|name| !name.is_empty())), partial)),
    }
}

/// The newest comments by their numbers.
async fn comments(jira: &Client, key: &IssueKey) -> Result<Vec<Completion>, JiraError> {
    let page = jira.comments().list(key, 10, None).await?;
    let numbers = (0..=page.total.unwrap_or_default()).rev();
    let label = |comment: &Comment| {
        let words = comment.body.as_ref().map(|body| show::one_line(body, 60)).unwrap_or_default();
        format!("{}: {words}", show::name(comment.author.as_ref()))
    };
    let numbered = numbers.zip(&page.items).filter(|(number, _)| *number > 0);
    let ways = numbered.map(|(number, comment)| way(&number.to_string(), &format!("{number}. {}", label(comment))));
    Ok(plain(["last".to_owned()]).into_iter().chain(ways).collect())
}

async fn worklogs(jira: &Client, key: &IssueKey) -> Result<Vec<Completion>, JiraError> {
    let all = jira.worklogs().all(key).await?;
    let numbered = all.iter().enumerate().map(|(at, entry)| (at + 1, entry)).rev();
    let own = |entry: &Worklog| entry.author.as_ref().is_some_and(|author| author.account == *jira.account());
    let ways = numbered.filter(|(_, entry)| own(entry)).take(MOST).map(|(number, entry)| {
        let day = entry.started.map(show::day).unwrap_or_default();
        way(&number.to_string(), &format!("{number}. {day} {}", duration::format(entry.seconds)))
    });
    Ok(plain(["last".to_owned()]).into_iter().chain(ways).collect())
}

async fn types(jira: &Client, project: Option<ProjectKey>) -> Result<Vec<Completion>, JiraError> {
    let project = match project {
        Some(project) => Some(project),
        None => jira.projects().list().await?.into_iter().next().map(|project| project.key),
    };
    match project {
        Some(project) => {
            let types = jira.createmeta().types(&project).await?;
            Ok(plain(types.into_iter().filter(|kind| !kind.subtask).map(|kind| kind.name)))
        }
        None => Ok(Vec::new()),
    }
}

async fn served(jira: &Client, source: Source, project: Option<ProjectKey>) -> Result<Vec<Completion>, JiraError> {
    let Some(project) = project else { return Ok(Vec::new()) };
    let desks = jira.desks();
    let Some(desk) = desks.of(&project).await? else { return Ok(Vec::new()) };
    Ok(match source {
        Source::Queue => plain(desks.queues(&desk).await?.into_iter().map(|one| one.name)),
        _ => plain(desks.request_types(&desk).await?.into_iter().map(|one| one.name)),
    })
}

async fn sprints(jira: &Client, given: &BTreeMap<String, String>) -> Result<Vec<Completion>, JiraError> {
    let project = given.get("issues").and_then(|words| Some(agile::keys(words).0.first()?.project().clone()));
    let boards = jira.boards().list(project.as_ref()).await?;
    let mut names = BTreeSet::new();
    for board in boards.iter().filter(|board| board.sprints).take(BOARDS) {
        let found = jira.sprints().of_board(board, &[SprintState::Active, SprintState::Future]).await?;
        names.extend(found.into_iter().map(|sprint| sprint.name));
    }
    Ok(plain(names))
}

async fn priorities(
    jira: &Client,
    kind: Option<&String>,
    project: Option<ProjectKey>,
) -> Result<Vec<Completion>, JiraError> {
    if let (Some(project), Some(kind)) = (project, kind) {
        let types = jira.createmeta().types(&project).await?;
        if let [found] = super::choose::by_name(&types, kind, |kind| vec![&kind.name]).as_slice() {
            let fields = jira.createmeta().fields(&project, &found.id).await?;
            if let Some(field) = fields.into_iter().find(|field| field.id == "priority") {
                return Ok(plain(field.allowed.into_iter().map(|allowed| allowed.name)));
            }
        }
    }
    Ok(plain(PRIORITIES.map(str::to_owned)))
}

async fn assignees(
    jira: &Client,
    partial: &str,
    key: Option<IssueKey>,
    project: Option<ProjectKey>,
) -> Result<Vec<Completion>, JiraError> {
    let mut ways = starting(plain(["me".to_owned(), "nobody".to_owned()]), partial);
    let people = match (&key, &project) {
        (Some(key), _) => jira.users().search(Candidates::Issue(key), partial).await?,
        (None, Some(project)) => jira.users().search(Candidates::Project(project), partial).await?,
        (None, None) => jira.users().search(Candidates::Anyone, partial).await?,
    };
    ways.extend(plain(people.into_iter().map(|user| user.name)));
    ways.truncate(MOST);
    Ok(ways)
}

fn plain(words: impl IntoIterator<Item = String>) -> Vec<Completion> {
    words.into_iter().map(|word| Completion { value: word.clone(), label: word }).collect()
}

fn way(value: &str, label: &str) -> Completion {
    Completion { value: value.to_owned(), label: label.to_owned() }
}
