//! Who is in which workspace, and what they may do there according to the platform, which here is whoever typed it.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use usher_chat::{Member, Person, Platform, RoleId, UserId, WorkspaceId};

/// The people seen so far.
#[derive(Debug, Default)]
pub(crate) struct Roster(Mutex<BTreeMap<WorkspaceId, BTreeMap<UserId, Standing>>>);

#[derive(Debug, Default)]
struct Standing {
    admin: bool,
    roles: Vec<RoleId>,
}

/// What an input states about its author. What it leaves out stays as it was.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) admin: Option<bool>,
    pub(crate) roles: Option<Vec<RoleId>>,
}

impl Roster {
    /// Notes that `user` is in `workspace`, and what is stated about them.
    pub(crate) fn note(&self, workspace: &WorkspaceId, user: &UserId, statement: Statement) {
        let mut roster = self.0.lock();
        let standing = roster.entry(workspace.clone()).or_default().entry(user.clone()).or_default();
        if let Some(admin) = statement.admin {
            standing.admin = admin;
        }
        if let Some(roles) = statement.roles {
            standing.roles = roles;
        }
    }

    /// What is known now about `user` in `workspace`.
    pub(crate) fn member(&self, workspace: &WorkspaceId, user: &UserId) -> Member {
        let roster = self.0.lock();
        match roster.get(workspace).and_then(|people| people.get(user)) {
            Some(standing) => Member { present: true, admin: standing.admin, roles: standing.roles.clone() },
            None => Member::default(),
        }
    }

    /// Those who administer `workspace` now.
    pub(crate) fn admins(&self, workspace: &WorkspaceId) -> Vec<Person> {
        let roster = self.0.lock();
        let people = roster.get(workspace).into_iter().flatten().filter(|(_, standing)| standing.admin);
        people.map(|(user, _)| Person::new(Platform::TERMINAL, user.clone())).collect()
    }

    /// Everyone in `workspace`, by id.
    pub(crate) fn people(&self, workspace: &WorkspaceId) -> Vec<UserId> {
        self.0.lock().get(workspace).into_iter().flatten().map(|(user, _)| user.clone()).collect()
    }
}
