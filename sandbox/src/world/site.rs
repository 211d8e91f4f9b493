//! A Jira site: its projects and issues, and who sees which of them.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::{
    Category, CloudId, Comment, Component, Desk, Field, Filter, Issue, LinkType, Permission, Person, PersonId, Project,
    RichText, Status, Version, Visibility, catalog, fields,
};
use crate::adf;

/// A Jira site.
#[derive(Debug)]
pub struct Site {
    /// `acme`.
    pub name: &'static str,
    /// What kind of Jira it is.
    pub kind: Kind,
    /// Its address for people, with no slash at the end.
    pub url: String,
    /// What `self` URLs start with: the gateway on Cloud, the site itself on Data Center. Ends in `/rest/api/N`.
    pub api: String,
    /// Its projects.
    pub projects: Vec<Project>,
    /// Its issues by id.
    pub issues: BTreeMap<u64, Issue>,
    /// Which issue a key means; old keys of moved issues included.
    pub keys: HashMap<String, u64>,
    /// Its boards.
    pub boards: Vec<Board>,
    /// Its sprints.
    pub sprints: Vec<Sprint>,
    /// Links between issues.
    pub links: Vec<Link>,
    /// What bulk tasks have moved, by task.
    pub moved: BTreeMap<u64, Vec<u64>>,
    /// The versions of its projects.
    pub versions: Vec<Version>,
    /// The components of its projects.
    pub components: Vec<Component>,
    /// Its service desks.
    pub desks: Vec<Desk>,
    /// Saved filters.
    pub filters: Vec<Filter>,
    next_id: u64,
}

/// The kind of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Jira Cloud.
    Cloud {
        /// The site's id in gateway addresses.
        cloud_id: CloudId,
    },
    /// Jira Data Center.
    DataCenter,
}

/// A board.
#[derive(Clone, Debug)]
pub struct Board {
    /// Jira's id.
    pub id: u64,
    /// `DEMO board`.
    pub name: &'static str,
    /// Whether it has sprints.
    pub scrum: bool,
    /// The projects that it is over, by their place in the site's list. At least one.
    pub projects: Vec<usize>,
    /// The project in which it is.
    pub home: Option<usize>,
    /// The field in which its issues are estimated.
    pub estimation: Option<&'static Field>,
}

/// A sprint.
#[derive(Clone, Debug)]
pub struct Sprint {
    /// Jira's id.
    pub id: u64,
    /// The board it belongs to.
    pub board: u64,
    /// `DEMO Sprint 2`.
    pub name: String,
    /// Where it stands.
    pub state: SprintState,
    /// When it began or will begin.
    pub start: Option<Timestamp>,
    /// When it ended or will end.
    pub end: Option<Timestamp>,
    /// When it was closed.
    pub completed: Option<Timestamp>,
    /// What it is for.
    pub goal: String,
}

/// Where a sprint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SprintState {
    /// Over.
    Closed,
    /// Running.
    Active,
    /// Planned.
    Future,
}

impl SprintState {
    /// As Jira writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Active => "active",
            Self::Future => "future",
        }
    }
}

/// A link between two issues.
#[derive(Debug)]
pub struct Link {
    /// Jira's id.
    pub id: u64,
    /// Its kind.
    pub kind: &'static LinkType,
    /// The issue that, for example, blocks.
    pub from: u64,
    /// The issue that, for example, is blocked.
    pub to: u64,
}

impl Site {
    /// A site with no projects.
    pub fn new(name: &'static str, kind: Kind, url: &str, api: String) -> Self {
        Self {
            name,
            kind,
            url: url.to_owned(),
            api,
            projects: Vec::new(),
            issues: BTreeMap::new(),
            keys: HashMap::new(),
            boards: Vec::new(),
            sprints: Vec::new(),
            links: Vec::new(),
            moved: BTreeMap::new(),
            versions: Vec::new(),
            components: Vec::new(),
            desks: Vec::new(),
            filters: Vec::new(),
            next_id: 10_000,
        }
    }

    /// Whether this is Jira Cloud.
    pub fn is_cloud(&self) -> bool {
        matches!(self.kind, Kind::Cloud { .. })
    }

    /// An id that nothing on this site has yet.
    pub fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The custom fields of this site.
    pub fn custom_fields(&self) -> &'static [&'static Field] {
        if self.is_cloud() { &fields::CLOUD } else { &fields::DATA_CENTER }
    }

    /// What is open in a sprint that ends is in no sprint any more; the sprint stays among those it has been in.
    pub fn let_go(&mut self, sprint: u64) {
        let open = |issue: &&mut Issue| issue.sprint == Some(sprint) && issue.status.category != Category::Done;
        self.issues.values_mut().filter(open).for_each(|issue| issue.sprints_before.extend(issue.sprint.take()));
    }

    /// The field that holds an issue's sprint.
    pub fn sprint_field(&self) -> &'static Field {
        if self.is_cloud() { &fields::SPRINT } else { &fields::DC_SPRINT }
    }

    /// Words as the long text of this site.
    pub fn text(&self, words: &str) -> RichText {
        if self.is_cloud() { RichText::Adf(adf::from_text(words).into()) } else { RichText::Wiki(words.into()) }
    }

    /// The project of an issue.
    pub fn project_of(&self, issue: &Issue) -> &Project {
        &self.projects[issue.project]
    }

    /// The project with this key or id.
    pub fn project(&self, key_or_id: &str) -> Option<&Project> {
        self.projects.iter().find(|one| one.key.eq_ignore_ascii_case(key_or_id) || one.id.to_string() == key_or_id)
    }

    /// The project with this key or id, if this person may see it.
    pub fn project_for(&self, person: &PersonId, key_or_id: &str) -> Option<&Project> {
        self.project(key_or_id).filter(|project| project.may(person, Permission::Browse))
    }

    /// The id of the issue that this key (also an old one) or number names.
    pub fn find(&self, key_or_id: &str) -> Option<u64> {
        if key_or_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return key_or_id.parse().ok().filter(|id| self.issues.contains_key(id));
        }
        self.keys.get(key_or_id).or_else(|| self.keys.get(&key_or_id.to_ascii_uppercase())).copied()
    }

    /// Whether this person may see this issue: the project first, then the issue's security level.
    pub fn sees(&self, person: &PersonId, issue: &Issue) -> bool {
        let project = self.project_of(issue);
        project.may(person, Permission::Browse)
            && issue.security.is_none_or(|id| project.level(id).is_some_and(|level| level.people.contains(person)))
    }

    /// Whether this person may read what has this visibility in this project.
    pub fn reads(&self, person: &Person, project: &Project, visibility: Option<&Visibility>) -> bool {
        match visibility {
            None => true,
            Some(Visibility::Role(role)) => project.role(&person.id) == Some(*role),
            Some(Visibility::Group(group)) => person.groups.iter().any(|one| one == group),
        }
    }

    /// The comments of an issue that this person may read.
    pub fn comments<'a>(&'a self, person: &'a Person, issue: &'a Issue) -> impl Iterator<Item = &'a Comment> {
        let project = self.project_of(issue);
        issue.comments.iter().filter(move |comment| self.reads(person, project, comment.visibility.as_ref()))
    }

    /// The children of an issue.
    pub fn children(&self, id: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |issue| issue.parent == Some(id))
    }

    /// Every status that some project of this site uses, once.
    pub fn statuses(&self) -> Vec<&'static Status> {
        let mut found: Vec<&'static Status> = Vec::new();
        for status in self.projects.iter().flat_map(|project| project.workflow.statuses.iter().copied()) {
            if !found.iter().any(|one| one.id == status.id) {
                found.push(status);
            }
        }
        found
    }

    /// Gives an issue its place; its key becomes the next of its project.
    pub fn add(&mut self, mut issue: Issue) -> u64 {
        let project = &mut self.projects[issue.project];
        project.last_number += 1;
        issue.key = format!("{}-{}", project.key, project.last_number);
        let id = issue.id;
        self.keys.insert(issue.key.clone(), id);
        self.issues.insert(id, issue);
        id
    }

    /// Moves an issue; its old key goes on answering.
    pub fn move_issue(&mut self, id: u64, to: usize) -> Option<String> {
        let project = self.projects.get_mut(to)?;
        let issue = self.issues.get_mut(&id)?;
        project.last_number += 1;
        issue.project = to;
        issue.key = format!("{}-{}", project.key, project.last_number);
        self.keys.insert(issue.key.clone(), id);
        Some(issue.key.clone())
    }

    /// Takes an issue, its keys and its links away.
    pub fn remove(&mut self, id: u64) {
        self.issues.remove(&id);
        self.keys.retain(|_, one| *one != id);
        self.links.retain(|link| link.from != id && link.to != id);
    }

    /// An issue as it is right after creation, not yet in the site.
    pub fn blank_issue(
        &mut self,
        project: usize,
        issue_type: &'static super::IssueType,
        by: &PersonId,
        now: Timestamp,
    ) -> Issue {
        let id = self.fresh_id();
        Issue {
            id,
            rank: id as f64,
            project,
            key: String::new(),
            issue_type,
            status: self.projects[project].workflow.statuses[0],
            resolution: None,
            resolved: None,
            priority: Some(&catalog::PRIORITIES[2]),
            summary: String::new(),
            description: None,
            labels: Vec::new(),
            assignee: None,
            reporter: by.clone(),
            creator: by.clone(),
            created: now,
            updated: now,
            due: None,
            parent: None,
            sprint: None,
            sprints_before: BTreeSet::new(),
            original_estimate: None,
            remaining_estimate: None,
            security: None,
            custom: BTreeMap::new(),
            comments: Vec::new(),
            worklogs: Vec::new(),
            attachments: Vec::new(),
            watchers: [by.clone()].into(),
            voters: Default::default(),
            viewed: BTreeMap::new(),
            web_links: Vec::new(),
            properties: BTreeMap::new(),
            fix_versions: Default::default(),
            history: Vec::new(),
        }
    }
}
