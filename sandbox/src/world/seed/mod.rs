//! How the world looks at the start.
mod acme;
mod corp;
mod globex;
mod shelves;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::catalog::{self, IssueType, Status};
use super::{
    Attachment, Change, ChangeItem, Comment, Field, Issue, Permission, Permissions, Person, PersonId, Project, Role,
    Site, TypeUse, Visibility, Workflow, Worklog,
};

pub(super) use acme::acme;
pub(super) use corp::corp;
pub(super) use globex::globex;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// Fills a site.
struct Gardener<'a> {
    site: Site,
    people: &'a [Person],
    now: Timestamp,
}

/// What a project starts with.
struct Bed {
    id: u64,
    key: &'static str,
    name: &'static str,
    description: &'static str,
    lead: &'static str,
    workflow: &'static Workflow,
}

impl<'a> Gardener<'a> {
    fn new(site: Site, people: &'a [Person], now: Timestamp) -> Self {
        Self { site, people, now }
    }

    fn project(&mut self, bed: Bed, types: Vec<TypeUse>, members: &[(&str, Role)]) -> usize {
        self.site.projects.push(Project {
            id: bed.id,
            key: bed.key,
            name: bed.name,
            description: bed.description,
            lead: PersonId::new(bed.lead),
            workflow: bed.workflow,
            types,
            members: members
                .iter()
                .map(|(person, role)| (PersonId::new(*person), (*role, role.permissions())))
                .collect(),
            levels: Vec::new(),
            last_number: 0,
        });
        self.site.projects.len() - 1
    }

    /// Lets a person do more in a project than the role says.
    fn also(&mut self, project: usize, person: &'static str, more: &[Permission]) {
        if let Some((_, permissions)) = self.site.projects[project].members.get_mut(&PersonId::new(person)) {
            more.iter().for_each(|one| Permissions::set(permissions, *one, true));
        }
    }

    fn ago(&self, seconds: i64) -> Timestamp {
        self.now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(self.now)
    }

    /// Plants an issue that is `days` old. Closing the returned row puts it into the site.
    fn issue(
        &mut self,
        project: usize,
        issue_type: &'static IssueType,
        by: &str,
        days: i64,
        summary: &str,
    ) -> Row<'_, 'a> {
        let created = self.ago(days * DAY + 2 * HOUR);
        let mut issue = self.site.blank_issue(project, issue_type, &PersonId::new(by), created);
        issue.summary = summary.to_owned();
        Row { garden: self, issue }
    }
}

/// An issue about to be planted.
struct Row<'g, 'a> {
    garden: &'g mut Gardener<'a>,
    issue: Issue,
}

impl Row<'_, '_> {
    fn text(mut self, words: &str) -> Self {
        self.issue.description = Some(self.garden.site.text(words));
        self
    }

    fn to(mut self, person: &str) -> Self {
        self.issue.assignee = Some(PersonId::new(person));
        self
    }

    fn priority(mut self, name: &str) -> Self {
        self.issue.priority = catalog::priority(name);
        self
    }

    fn labels(mut self, labels: &[&str]) -> Self {
        self.issue.labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self
    }

    /// Moves it to a status, `days` ago.
    fn status(mut self, status: &'static Status, days: i64) -> Self {
        let at = self.garden.ago(days * DAY + HOUR);
        let author = self.issue.assignee.clone().unwrap_or_else(|| self.issue.reporter.clone());
        let item = ChangeItem {
            field: "status".into(),
            from: Some(self.issue.status.name.into()),
            to: Some(status.name.into()),
        };
        let id = self.garden.site.fresh_id();
        self.issue.history.push(Change { id, author, at, items: vec![item] });
        self.issue.status = status;
        if status.category == catalog::Category::Done {
            self.issue.resolution = Some(&catalog::RESOLUTIONS[0]);
            self.issue.resolved = Some(at);
        }
        self.touched(at)
    }

    /// Due in so many days; negative is overdue.
    fn due(mut self, days: i64) -> Self {
        self.issue.due = Some(self.garden.ago(-days * DAY).to_zoned(TimeZone::UTC).date());
        self
    }

    fn sprint(mut self, sprint: u64) -> Self {
        self.issue.sprint = Some(sprint);
        self
    }

    fn under(mut self, parent: u64) -> Self {
        self.issue.parent = Some(parent);
        self
    }

    fn estimate(mut self, original: u64, remaining: u64) -> Self {
        self.issue.original_estimate = Some(original);
        self.issue.remaining_estimate = Some(remaining);
        self
    }

    fn security(mut self, level: &'static str) -> Self {
        self.issue.security = Some(level);
        self
    }

    fn set(mut self, field: &'static Field, value: impl Into<Value>) -> Self {
        self.issue.custom.insert(field.id, value.into());
        self
    }

    fn says(self, author: &str, days: i64, words: &str) -> Self {
        self.says_to(author, days, words, None)
    }

    fn says_to(mut self, author: &str, days: i64, words: &str, visibility: Option<Visibility>) -> Self {
        let at = self.garden.ago(days * DAY);
        let author = PersonId::new(author);
        self.issue.comments.push(Comment {
            id: self.garden.site.fresh_id(),
            editor: author.clone(),
            author,
            body: self.garden.site.text(words),
            created: at,
            updated: at,
            visibility,
            properties: Vec::new(),
        });
        self.touched(at)
    }

    fn logs(mut self, author: &str, days: i64, seconds: u64, words: &str) -> Self {
        let at = self.garden.ago(days * DAY);
        self.issue.worklogs.push(Worklog {
            id: self.garden.site.fresh_id(),
            author: PersonId::new(author),
            comment: Some(self.garden.site.text(words)),
            started: at,
            seconds,
            created: at,
            updated: at,
            visibility: None,
            properties: Vec::new(),
        });
        self.touched(at)
    }

    fn file(mut self, author: &str, days: i64, name: &str, content: &'static [u8]) -> Self {
        let at = self.garden.ago(days * DAY);
        let mime = if name.ends_with(".png") { "image/png" } else { "text/plain" };
        self.issue.attachments.push(Attachment {
            id: self.garden.site.fresh_id(),
            author: PersonId::new(author),
            name: name.into(),
            mime: mime.into(),
            created: at,
            content: Bytes::from_static(content),
        });
        self.touched(at)
    }

    fn watched_by(mut self, people: &[&str]) -> Self {
        self.issue.watchers.extend(people.iter().map(|person| PersonId::new(*person)));
        self
    }

    fn touched(mut self, at: Timestamp) -> Self {
        self.issue.updated = self.issue.updated.max(at);
        self
    }

    /// Puts the issue into the site under the next number of its project.
    fn plant(self) -> u64 {
        debug_assert!(self.garden.people.iter().any(|one| one.id == self.issue.reporter));
        self.garden.site.add(self.issue)
    }

    /// Puts the issue into the site under this number.
    fn plant_as(self, number: u64) -> u64 {
        self.garden.site.projects[self.issue.project].last_number = number - 1;
        self.plant()
    }
}

fn with_fields(issue_type: &'static IssueType, fields: &[(&'static Field, bool)]) -> TypeUse {
    TypeUse { issue_type, fields: fields.to_vec(), required: &[] }
}
