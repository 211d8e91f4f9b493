//! The controls for tests, on the handle of a running sandbox. The same over HTTP is next door.
mod http;

use std::time::Duration;

use serde_json::Value;

use crate::world::{Permission, Role, Site, SprintState, World};
use crate::{Call, Fault, PersonId, Sandbox, snapshot};

pub(crate) use http::router;

impl Sandbox {
    /// Orders a fault.
    pub fn fail(&self, fault: Fault) {
        self.state.faults.add(fault);
    }

    /// The faults on order that have not happened yet. One that is slow has happened when its request is there.
    pub fn faults(&self) -> Vec<Fault> {
        self.state.faults.list()
    }

    /// Takes back all faults and the latency.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Makes every answer (but those of the controls) come so much later.
    pub fn set_latency(&self, latency: Duration) {
        self.state.faults.set_latency(latency);
    }

    /// What was called since the start or since [`Sandbox::clear_calls`], oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls.all()
    }

    /// Forgets the calls.
    pub fn clear_calls(&self) {
        self.state.calls.clear();
    }

    /// Makes the Cloud access tokens of a person, or of everybody, expired. Refresh tokens stay good.
    pub fn expire_tokens(&self, person: Option<&str>) {
        self.state.oauth2.expire_access(person.map(PersonId::new).as_ref());
    }

    /// Makes the Data Center access tokens of a person, or of everybody, expired. Session handles and refresh tokens stay good.
    pub fn expire_data_center_tokens(&self, person: Option<&str>) {
        let person = person.map(PersonId::new);
        self.state.oauth1.expire_access(person.as_ref());
        self.state.dc_oauth2.expire_access(person.as_ref());
    }

    /// Ends all grants of a person, or of everybody, on all sites.
    pub fn revoke(&self, person: Option<&str>) {
        revoke(&self.state, person);
    }

    /// An API token as a Cloud service account has one, good at the gateway alone: `Basic` with the person's email address, or
    /// `Bearer`. It may read.
    pub fn api_token_for(&self, person: &str) -> String {
        let token = format!("ATSTT{}", hex::encode(rand::random::<[u8; 40]>()));
        self.state.api_tokens.lock().insert(token.clone(), PersonId::new(person));
        token
    }

    /// A personal access token for Data Center (`Authorization: Bearer …`), without any page being walked.
    pub fn personal_token_for(&self, person: &str) -> String {
        let token = hex::encode(rand::random::<[u8; 20]>());
        self.state.personal_tokens.lock().insert(token.clone(), PersonId::new(person));
        token
    }

    /// The issue with this key (also an old one) as plain JSON, from whichever site has it.
    pub fn issue(&self, key: &str) -> Option<Value> {
        find_issue(&self.state.world.lock(), key)
    }

    /// A version as plain JSON, from whichever site has one of that name.
    pub fn version(&self, name: &str) -> Option<Value> {
        let world = self.state.world.lock();
        let mut versions = world.sites.iter().flat_map(|site| site.versions.iter().map(move |one| (site, one)));
        versions.find(|(_, one)| one.name == name).map(|(site, one)| snapshot::version(site, one))
    }

    /// A sprint as plain JSON, from whichever site has one of that name.
    pub fn sprint(&self, name: &str) -> Option<Value> {
        let world = self.state.world.lock();
        let mut sprints = world.sites.iter().flat_map(|site| site.sprints.iter().map(move |one| (site, one)));
        sprints.find(|(_, one)| one.name == name).map(|(site, one)| snapshot::sprint(site, one))
    }

    /// Closes a sprint, as somebody may do in Jira's own pages: what is open in it stays among its issues.
    pub fn close_sprint(&self, name: &str) -> bool {
        let now = self.state.clock.now();
        let mut world = self.state.world.lock();
        world.sites.iter_mut().any(|site| {
            let Some(sprint) = site.sprints.iter_mut().find(|one| one.name == name) else { return false };
            (sprint.state, sprint.completed) = (SprintState::Closed, Some(now));
            let id = sprint.id;
            site.let_go(id);
            true
        })
    }

    /// The keys of a project's issues, in order of number.
    pub fn keys(&self, project: &str) -> Vec<String> {
        keys(&self.state.world.lock(), project)
    }

    /// Gives a person a role in a project, with the permissions of that role; None takes the person out.
    pub fn set_role(&self, project: &str, person: &str, role: Option<Role>) -> bool {
        set_role(&mut self.state.world.lock(), project, person, role)
    }

    /// Gives a person another name, on every site. False where there is no such person.
    pub fn rename(&self, person: &str, name: &str) -> bool {
        let mut world = self.state.world.lock();
        let found = world.people.iter_mut().find(|one| one.id.as_str() == person);
        found.map(|one| name.clone_into(&mut one.name)).is_some()
    }

    /// Gives or takes one permission. False where there is no such project or the person has no role in it.
    pub fn permit(&self, project: &str, person: &str, permission: Permission, on: bool) -> bool {
        permit(&mut self.state.world.lock(), project, person, permission, on)
    }

    /// Makes a custom field of a project required wherever its types have it. False where none has.
    pub fn require(&self, project: &str, field: &str) -> bool {
        require(&mut self.state.world.lock(), project, field)
    }

    /// Adds an issue of the project's first usual type and gives its key. None where there is no such project.
    pub fn add_issue(&self, project: &str, reporter: &str, summary: &str) -> Option<String> {
        let now = self.state.clock.now();
        add_issue(&mut self.state.world.lock(), project, reporter, summary, now)
    }

    /// Moves an issue to another project of its site and gives its new key. The old one goes on answering.
    pub fn move_issue(&self, key: &str, project: &str) -> Option<String> {
        move_issue(&mut self.state.world.lock(), key, project)
    }

    /// Deletes an issue, as somebody else might.
    pub fn delete_issue(&self, key: &str) -> bool {
        delete_issue(&mut self.state.world.lock(), key)
    }

    /// Describes an issue in wiki markup (Data Center) or in a document of these plain words (Cloud).
    pub fn describe(&self, key: &str, text: &str) -> bool {
        describe(&mut self.state.world.lock(), key, text)
    }

    /// Puts an issue into a status of its workflow without a transition, as somebody else might.
    pub fn set_status(&self, key: &str, status: &str) -> bool {
        set_status(&mut self.state.world.lock(), key, status)
    }
}

fn revoke(state: &crate::State, person: Option<&str>) {
    let person = person.map(PersonId::new);
    state.oauth2.revoke(person.as_ref());
    state.oauth1.revoke(person.as_ref());
    state.dc_oauth2.revoke(person.as_ref());
    state.api_tokens.lock().retain(|_, owner| person.as_ref().is_some_and(|person| person != owner));
    state.personal_tokens.lock().retain(|_, owner| person.as_ref().is_some_and(|person| person != owner));
}

fn site_of_issue<'a>(world: &'a mut World, key: &str) -> Option<(&'a mut Site, u64)> {
    world.sites.iter_mut().find_map(|site| site.find(key).map(|id| (site, id)))
}

fn site_of_project<'a>(world: &'a mut World, key: &str) -> Option<(&'a mut Site, usize)> {
    world.sites.iter_mut().find_map(|site| site.projects.iter().position(|one| one.key == key).map(|at| (site, at)))
}

fn find_issue(world: &World, key: &str) -> Option<Value> {
    world.sites.iter().find_map(|site| site.find(key).map(|id| snapshot::issue(site, &site.issues[&id])))
}

fn keys(world: &World, project: &str) -> Vec<String> {
    let issues = world.sites.iter().flat_map(|site| site.issues.values().map(move |issue| (site, issue)));
    let mut found: Vec<&str> = issues
        .filter(|(site, issue)| site.project_of(issue).key == project)
        .map(|(_, issue)| issue.key.as_str())
        .collect();
    found.sort_by_key(|key| key.rsplit('-').next().and_then(|number| number.parse::<u64>().ok()));
    found.into_iter().map(str::to_owned).collect()
}

fn set_role(world: &mut World, project: &str, person: &str, role: Option<Role>) -> bool {
    let Some((site, at)) = site_of_project(world, project) else { return false };
    let members = &mut site.projects[at].members;
    match role {
        Some(role) => drop(members.insert(PersonId::new(person), (role, role.permissions()))),
        None => drop(members.remove(&PersonId::new(person))),
    }
    true
}

fn permit(world: &mut World, project: &str, person: &str, permission: Permission, on: bool) -> bool {
    let Some((site, at)) = site_of_project(world, project) else { return false };
    let member = site.projects[at].members.get_mut(&PersonId::new(person));
    member.map(|(_, permissions)| permissions.set(permission, on)).is_some()
}

fn require(world: &mut World, project: &str, field: &str) -> bool {
    let Some((site, at)) = site_of_project(world, project) else { return false };
    let fields = site.projects[at].types.iter_mut().flat_map(|used| &mut used.fields);
    let named = fields.filter(|(one, _)| one.name == field);
    named.map(|(_, required)| *required = true).count() > 0
}

fn add_issue(world: &mut World, project: &str, reporter: &str, summary: &str, now: jiff::Timestamp) -> Option<String> {
    world.person(reporter)?;
    let (site, at) = site_of_project(world, project)?;
    let issue_type = site.projects[at].types.iter().map(|one| one.issue_type).find(|one| one.level == 0)?;
    let mut issue = site.blank_issue(at, issue_type, &PersonId::new(reporter), now);
    issue.summary = summary.to_owned();
    let id = site.add(issue);
    Some(site.issues[&id].key.clone())
}

fn move_issue(world: &mut World, key: &str, project: &str) -> Option<String> {
    let (site, id) = site_of_issue(world, key)?;
    let to = site.projects.iter().position(|one| one.key == project)?;
    site.move_issue(id, to)
}

fn delete_issue(world: &mut World, key: &str) -> bool {
    site_of_issue(world, key).map(|(site, id)| site.remove(id)).is_some()
}

fn describe(world: &mut World, key: &str, text: &str) -> bool {
    let Some((site, id)) = site_of_issue(world, key) else { return false };
    let text = site.text(text);
    site.issues.get_mut(&id).map(|issue| issue.description = Some(text)).is_some()
}

fn set_status(world: &mut World, key: &str, status: &str) -> bool {
    let Some((site, id)) = site_of_issue(world, key) else { return false };
    let workflow = site.project_of(&site.issues[&id]).workflow;
    let found = workflow.statuses.iter().copied().find(|one| one.name.eq_ignore_ascii_case(status));
    match (found, site.issues.get_mut(&id)) {
        (Some(status), Some(issue)) => {
            issue.status = status;
            true
        }
        _ => false,
    }
}
