//! What is asked of Jira for a completion.

use std::collections::BTreeSet;

use futures::future::{join_all, try_join_all};
use jiff::Timestamp;
use usher_chat::Completion;

use super::{
    MOST, Question, plain,
    shelf::{Shelf, Ways},
    way,
};
use crate::{
    error::JiraError,
    fields,
    ids::{IssueKey, ProjectKey, SiteKind},
    jira::{
        Board, Candidates, Client, Comment, Desk, Issue, Jql, SprintState, Worklog, duration,
        jql::{Clause, Direction, Operand, Operator},
    },
    tools::{Source, agile, choose, show},
};

/// As many boards are asked for their sprints.
const BOARDS: usize = 5;
/// As many projects are asked for their types, where none is named.
const PROJECTS: usize = 3;
/// The key of what is kept once for a link.
const ALL: &str = "";

pub const DURATIONS: [&str; 6] = ["15m", "30m", "1h", "2h", "4h", "1d"];

/// What is to be asked: the same question has the same key on the shelf.
#[derive(Debug, Clone)]
pub struct Asked {
    pub source: Source,
    /// What Jira is to look for; nothing where it lists all.
    pub letters: String,
    key: Option<IssueKey>,
    projects: Vec<ProjectKey>,
    /// Another argument that matters: the field whose value is typed, the board of a sprint.
    beside: Option<String>,
}

impl Asked {
    /// Nothing where there is nothing to ask.
    pub fn of(question: &Question<'_>, jira: &Client) -> Option<Self> {
        let Question { tool, argument, partial, given, .. } = question;
        let (_, source) = tool.completes.iter().find(|(name, _)| name == argument)?;
        let source = match (source, given.get("kind").map(String::as_str)) {
            // What the words of a chart are depends on the chart.
            (Source::Charted, Some("burndown" | "velocity")) => Source::Board,
            (Source::Charted, _) => return None,
            (source, _) => *source,
        };
        let issue = given.get("key").and_then(|key| key.parse::<IssueKey>().ok());
        let first = || Some(agile::keys(given.get("issues")?).0.first()?.project().clone());
        let named = given.get("project").and_then(|key| key.parse::<ProjectKey>().ok());
        let project = named.or_else(first);
        let mut asked = Self { source, letters: String::new(), key: None, projects: Vec::new(), beside: None };
        match source {
            Source::Issue | Source::Title => asked.letters = issue_letters(partial),
            Source::Person => asked.letters = partial.trim().to_lowercase(),
            Source::Project if jira.site().kind == SiteKind::Cloud => asked.letters = partial.trim().to_lowercase(),
            Source::Assignee => {
                asked.letters = partial.trim().to_lowercase();
                asked.projects.extend(project.or_else(|| question.meant.cloned()));
                asked.key = issue;
            }
            Source::IssueType => match project.or_else(|| issue.map(|key| key.project().clone())) {
                Some(project) => asked.projects.push(project),
                None => asked.projects.extend(somewhere(question, jira)),
            },
            Source::Version | Source::Queue | Source::RequestType => asked.projects.push(project?),
            Source::Transition | Source::Field | Source::Comment | Source::Worklog => asked.key = Some(issue?),
            Source::Value => {
                (asked.key, asked.beside) = (Some(issue?), Some(given.get("field")?.to_lowercase()));
                asked.letters = if asked.of_people() { partial.trim().to_lowercase() } else { String::new() };
            }
            Source::Sprint | Source::AnySprint => {
                asked.projects.extend(project);
                asked.beside = given.get("board").or_else(|| given.get("words")).cloned();
            }
            Source::Duration | Source::Charted => return None,
            Source::Project | Source::Priority | Source::Filter | Source::Board | Source::Relation => {}
        }
        Some(asked)
    }

    pub fn key(&self) -> String {
        self.key_of(&self.letters)
    }

    /// The key of the same question with fewer letters.
    pub fn key_of(&self, letters: &str) -> String {
        let Self { source, key, projects, beside, .. } = self;
        format!("{source:?} {key:?} {projects:?} {beside:?} {letters}")
    }

    /// An issue, somewhere.
    pub fn issue(partial: &str) -> Self {
        let letters = issue_letters(partial);
        Self { source: Source::Issue, letters, key: None, projects: Vec::new(), beside: None }
    }

    /// Whether it is a field that holds a person.
    pub fn of_people(&self) -> bool {
        matches!(self.beside.as_deref(), Some("assignee" | "reporter"))
    }

    /// Whether it is the field of labels.
    pub fn of_labels(&self) -> bool {
        matches!(self.beside.as_deref(), Some("labels" | "label"))
    }

    /// Asks Jira: one request, or several at once.
    pub async fn ask(self, jira: Client, shelf: Shelf, now: Timestamp) -> Result<Ways, JiraError> {
        let all = |list| Ok(Ways { list, whole: true });
        let project = self.projects.first();
        match (self.source, &self.key) {
            (Source::Issue, _) => issues(&jira, &self.letters, |issue| issue.key.to_string()).await,
            (Source::Title, _) => issues(&jira, &self.letters, |issue| issue.summary.clone()).await,
            (Source::Project, _) => projects(&jira, &self.letters).await,
            (Source::IssueType, _) => all(types(&jira, &self.projects).await?),
            (Source::Transition, Some(key)) => {
                all(plain(jira.transitions().list(key).await?.into_iter().map(|way| way.to.name)))
            }
            (Source::Assignee, _) => people(&jira, &self.letters, self.key.as_ref(), project).await,
            (Source::Person, _) => people(&jira, &self.letters, None, None).await,
            (Source::Priority, _) => all(plain(jira.projects().priorities().await?)),
            (Source::Version, _) => match project {
                Some(project) => all(plain(jira.versions().list(project).await?.into_iter().map(|one| one.name))),
                None => all(Vec::new()),
            },
            (Source::Filter, _) => all(plain(jira.filters().mine().await?.into_iter().map(|one| one.name))),
            (Source::Queue | Source::RequestType, _) => all(served(&jira, &shelf, self.source, project, now).await?),
            (Source::Board, _) => {
                let boards = boards(&jira, &shelf, None, now).await;
                all(plain(boards.into_iter().map(|one| one.name)))
            }
            (Source::Sprint | Source::AnySprint, _) => all(sprints(&jira, &shelf, &self, now).await?),
            (Source::Relation, _) => {
                let types = jira.links().types().await?;
                let names: BTreeSet<String> = types.into_iter().flat_map(|kind| [kind.outward, kind.inward]).collect();
                all(plain(names.into_iter().filter(|name| !name.is_empty())))
            }
            (Source::Field, Some(key)) => {
                let editable = jira.issues().editable(key).await?.into_iter();
                let names = editable.filter(|field| fields::form_field(field).is_some()).map(|field| field.name);
                all(plain(names))
            }
            (Source::Value, Some(key)) => values(&jira, key, &self).await,
            (Source::Comment, Some(key)) => all(comments(&jira, key).await?),
            (Source::Worklog, Some(key)) => all(worklogs(&jira, key).await?),
            _ => all(Vec::new()),
        }
    }
}

/// Asks for what a later argument needs before it can be asked for, while an earlier one is typed.
pub fn ahead(question: &Question<'_>, jira: &Client, shelf: &Shelf, now: Timestamp) {
    let later = |wanted: &[Source]| {
        question.tool.completes.iter().any(|(name, source)| name != &question.argument && wanted.contains(source))
    };
    let (jira, shelf) = (jira.clone(), shelf.clone());
    if later(&[Source::Sprint, Source::AnySprint]) {
        let (jira, shelf) = (jira.clone(), shelf.clone());
        tokio::spawn(async move { boards(&jira, &shelf, None, now).await });
    }
    if later(&[Source::Queue, Source::RequestType]) {
        tokio::spawn(async move { desks(&jira, &shelf, now).await });
    }
}

/// Where no project is named: the one that is meant, or some of those that the person is known to reach.
fn somewhere(question: &Question<'_>, jira: &Client) -> Vec<ProjectKey> {
    let reached = question.reached.iter().filter(|project| jira.scope().allows(project)).take(PROJECTS);
    match question.meant {
        Some(project) => vec![project.clone()],
        None => reached.cloned().collect(),
    }
}

/// Whether some letters may begin a key.
pub fn like_a_key(partial: &str) -> bool {
    let partial = partial.trim();
    let (project, number) = partial.split_once('-').unwrap_or((partial, ""));
    project.parse::<ProjectKey>().is_ok() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// What Jira is to look for: it cannot search for the beginning of a key, so that the number does not matter.
fn issue_letters(partial: &str) -> String {
    let partial = partial.trim();
    match partial.split_once('-') {
        Some((project, _)) if like_a_key(partial) => format!("{}-", project.to_uppercase()),
        _ => partial.to_lowercase(),
    }
}

async fn issues(jira: &Client, letters: &str, value: impl Fn(&Issue) -> String) -> Result<Ways, JiraError> {
    let mine = || Jql::new(Clause::call("assignee", "currentUser"));
    let jql = match letters.strip_suffix('-') {
        _ if letters.is_empty() => mine(),
        Some(project) if like_a_key(letters) => Jql::new(Clause::equals("project", project)),
        // Perhaps the beginning of a key: one's own issues can be looked through.
        _ if like_a_key(letters) => match Clause::text(letters) {
            Some(text) => Jql::new(Clause::call("assignee", "currentUser").or(text)),
            None => mine(),
        },
        _ => Jql::text_search(letters),
    };
    if jql.clause().is_none() {
        return Ok(Ways::default());
    }
    let found = jira.search().run(&jql.order_by("updated", Direction::Descending), 50, None).await?;
    let label = |issue: &Issue| format!("{} {}", issue.key, issue.summary);
    Ok(Ways { list: found.items.iter().map(|issue| way(&value(issue), &label(issue))).collect(), whole: false })
}

async fn projects(jira: &Client, letters: &str) -> Result<Ways, JiraError> {
    let (projects, whole) = jira.projects().matching(letters).await?;
    let shown = |key: &ProjectKey, name: &str| way(key.as_str(), &format!("{key} {name}"));
    Ok(Ways { list: projects.iter().map(|project| shown(&project.key, &project.name)).collect(), whole })
}

async fn types(jira: &Client, projects: &[ProjectKey]) -> Result<Vec<Completion>, JiraError> {
    let meta = jira.createmeta();
    let found = join_all(projects.iter().map(|project| meta.types(project))).await;
    let mut names: Vec<String> = Vec::new();
    let mut refused = None;
    for types in found {
        match types {
            Ok(types) => {
                for kind in
                    types.into_iter().filter(|kind| !kind.subtask && !names.contains(&kind.name)).collect::<Vec<_>>()
                {
                    names.push(kind.name);
                }
            }
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if names.is_empty() => Err(error),
        _ => Ok(plain(names)),
    }
}

async fn people(
    jira: &Client,
    letters: &str,
    key: Option<&IssueKey>,
    project: Option<&ProjectKey>,
) -> Result<Ways, JiraError> {
    let among = match (key, project) {
        (Some(key), _) => Candidates::Issue(key),
        (None, Some(project)) => Candidates::Project(project),
        (None, None) => Candidates::Anyone,
    };
    let users = jira.users().search(among, letters).await?;
    Ok(Ways { list: plain(users.into_iter().map(|user| user.name)), whole: false })
}

/// The boards, kept by themselves because sprints are asked of them.
async fn boards(jira: &Client, shelf: &Shelf, project: Option<&ProjectKey>, now: Timestamp) -> Vec<Board> {
    let key = project.map_or(ALL, ProjectKey::as_str);
    let asked = || {
        let (jira, project) = (jira.clone(), project.cloned());
        async move { jira.boards().list(project.as_ref()).await }
    };
    shelf.boards.ask(key, now, asked).await.unwrap_or_default()
}

async fn sprints(jira: &Client, shelf: &Shelf, asked: &Asked, now: Timestamp) -> Result<Vec<Completion>, JiraError> {
    let all = match shelf.boards.get(ALL, now) {
        Some(all) => all,
        None => boards(jira, shelf, asked.projects.first(), now).await,
    };
    let states: &[SprintState] = match asked.source {
        Source::AnySprint => &[SprintState::Active, SprintState::Closed],
        _ => &[SprintState::Active, SprintState::Future],
    };
    let named = asked.beside.as_ref().map(|word| choose::by_name(&all, word, |one| vec![&one.name]));
    let on: Vec<&Board> = match named {
        Some(named) if !named.is_empty() => named,
        _ => all.iter().filter(|one| asked.projects.iter().all(|project| one.projects.contains(project))).collect(),
    };
    let some = on.into_iter().filter(|board| board.sprints).take(BOARDS);
    let found = try_join_all(some.map(|board| async move { jira.sprints().of_board(board, states).await })).await?;
    let mut sprints: Vec<_> = found.into_iter().flatten().collect();
    sprints.sort_by_key(|sprint| sprint.state);
    let mut names = Vec::new();
    for sprint in sprints {
        if !names.contains(&sprint.name) {
            names.push(sprint.name);
        }
    }
    Ok(plain(names))
}

async fn desks(jira: &Client, shelf: &Shelf, now: Timestamp) -> Vec<Desk> {
    let asked = || {
        let jira = jira.clone();
        async move { jira.desks().list().await }
    };
    shelf.desks.ask(ALL, now, asked).await.unwrap_or_default()
}

async fn served(
    jira: &Client,
    shelf: &Shelf,
    source: Source,
    project: Option<&ProjectKey>,
    now: Timestamp,
) -> Result<Vec<Completion>, JiraError> {
    let all = desks(jira, shelf, now).await;
    let Some(desk) = all.iter().find(|desk| Some(&desk.project) == project) else { return Ok(Vec::new()) };
    Ok(match source {
        Source::Queue => plain(jira.desks().queues(desk).await?.into_iter().map(|one| one.name)),
        _ => plain(jira.desks().request_types(desk).await?.into_iter().map(|one| one.name)),
    })
}

/// What a field of an issue may hold.
async fn values(jira: &Client, key: &IssueKey, asked: &Asked) -> Result<Ways, JiraError> {
    let field = asked.beside.as_deref().unwrap_or_default();
    if asked.of_people() {
        return people(jira, &asked.letters, Some(key), None).await;
    }
    if asked.of_labels() {
        return labels(jira, key.project()).await;
    }
    let editable = jira.issues().editable(key).await?;
    let list = match choose::by_name(&editable, field, |one| vec![&one.name, &one.id]).as_slice() {
        [one] => plain(one.allowed.iter().map(|allowed| allowed.name.clone())),
        _ => Vec::new(),
    };
    Ok(Ways { list, whole: true })
}

/// The labels of the project's issues that changed last: Data Center has no list of them, and a site's list would name
/// those of other projects.
async fn labels(jira: &Client, project: &ProjectKey) -> Result<Ways, JiraError> {
    let some = Clause::compare("labels", Operator::IsNot, Operand::Empty);
    let jql = Jql::new(Clause::equals("project", project.as_str()).and(some));
    let jql = jql.order_by("updated", Direction::Descending);
    let found = jira.search().run_with(&jql, 100, None, &["labels"]).await?;
    let names: BTreeSet<String> = found.items.into_iter().flat_map(|issue| issue.labels).collect();
    Ok(Ways { list: plain(names), whole: true })
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
