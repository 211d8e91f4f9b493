//! A project: its types, its required fields, and what each person may do in it.
use std::collections::{BTreeMap, BTreeSet};

use super::{Field, IssueType, PersonId, Workflow};

/// A project of a site.
#[derive(Debug)]
pub struct Project {
    /// Jira's id.
    pub id: u64,
    /// `DEMO`.
    pub key: &'static str,
    /// `Demo engine`.
    pub name: &'static str,
    /// What the project is about.
    pub description: &'static str,
    /// Who leads it.
    pub lead: PersonId,
    /// The life of its issues.
    pub workflow: &'static Workflow,
    /// The types its issues may have.
    pub types: Vec<TypeUse>,
    /// Who may do what. Nobody else sees the project.
    pub members: BTreeMap<PersonId, (Role, Permissions)>,
    /// Its security levels.
    pub levels: Vec<SecurityLevel>,
    /// The number of its youngest issue.
    pub last_number: u64,
}

/// An issue type in a project, with the custom fields of its screens.
#[derive(Debug)]
pub struct TypeUse {
    /// The type.
    pub issue_type: &'static IssueType,
    /// The custom fields on its create and edit screens, and whether they are required.
    pub fields: Vec<(&'static Field, bool)>,
    /// System fields that are required here besides project, type, summary and reporter.
    pub required: &'static [&'static str],
}

/// Hides an issue from everybody else.
#[derive(Debug)]
pub struct SecurityLevel {
    /// Jira's id.
    pub id: &'static str,
    /// `Leads only`.
    pub name: &'static str,
    /// Who sees such an issue.
    pub people: BTreeSet<PersonId>,
}

/// A role in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// May do everything.
    Administrators,
    /// May do everyday work.
    Developers,
    /// May look and comment.
    Viewers,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Administrators, Self::Developers, Self::Viewers];

    /// The role's name in Jira.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrators => "Administrators",
            Self::Developers => "Developers",
            Self::Viewers => "Viewers",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
    }

    /// What the role may do unless a test changes it for a person.
    pub fn permissions(self) -> Permissions {
        use Permission as P;
        let mut set = Permissions::default();
        let list: &[P] = match self {
            Self::Administrators => &P::ALL,
            Self::Developers => &[
                P::Browse,
                P::Create,
                P::Edit,
                P::Assign,
                P::Assignable,
                P::Transition,
                P::Resolve,
                P::Schedule,
                P::Link,
                P::Comment,
                P::EditOwnComments,
                P::DeleteOwnComments,
                P::Work,
                P::EditOwnWorklogs,
                P::DeleteOwnWorklogs,
                P::Attach,
                P::DeleteOwnAttachments,
                P::ViewVoters,
            ],
            Self::Viewers => &[P::Browse, P::Comment, P::ViewVoters],
        };
        list.iter().for_each(|one| set.set(*one, true));
        set
    }
}

macro_rules! permissions {
    ($($name:ident $key:literal $title:literal,)*) => {
        /// Something that a person may do in a project.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "key and title say what each one is")]
        pub enum Permission { $($name,)* }

        impl Permission {
            /// All of them, in the order of their ids.
            pub const ALL: [Self; [$($key),*].len()] = [$(Self::$name),*];

            /// Jira's key, such as `EDIT_ISSUES`.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// What people read.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The permission of this key.
            pub fn with_key(key: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.key() == key)
            }
        }
    };
}
permissions! {
    Browse "BROWSE_PROJECTS" "Browse Projects",
    Create "CREATE_ISSUES" "Create Issues",
    Edit "EDIT_ISSUES" "Edit Issues",
    Delete "DELETE_ISSUES" "Delete Issues",
    Assign "ASSIGN_ISSUES" "Assign Issues",
    Assignable "ASSIGNABLE_USER" "Assignable User",
    Transition "TRANSITION_ISSUES" "Transition Issues",
    Resolve "RESOLVE_ISSUES" "Resolve Issues",
    Schedule "SCHEDULE_ISSUES" "Schedule Issues",
    Link "LINK_ISSUES" "Link Issues",
    Comment "ADD_COMMENTS" "Add Comments",
    EditOwnComments "EDIT_OWN_COMMENTS" "Edit Own Comments",
    EditAllComments "EDIT_ALL_COMMENTS" "Edit All Comments",
    DeleteOwnComments "DELETE_OWN_COMMENTS" "Delete Own Comments",
    DeleteAllComments "DELETE_ALL_COMMENTS" "Delete All Comments",
    Work "WORK_ON_ISSUES" "Work On Issues",
    EditOwnWorklogs "EDIT_OWN_WORKLOGS" "Edit Own Worklogs",
    EditAllWorklogs "EDIT_ALL_WORKLOGS" "Edit All Worklogs",
    DeleteOwnWorklogs "DELETE_OWN_WORKLOGS" "Delete Own Worklogs",
    DeleteAllWorklogs "DELETE_ALL_WORKLOGS" "Delete All Worklogs",
    Attach "CREATE_ATTACHMENTS" "Create Attachments",
    DeleteOwnAttachments "DELETE_OWN_ATTACHMENTS" "Delete Own Attachments",
    DeleteAllAttachments "DELETE_ALL_ATTACHMENTS" "Delete All Attachments",
    ManageWatchers "MANAGE_WATCHERS" "Manage Watchers",
    ViewVoters "VIEW_VOTERS_AND_WATCHERS" "View Voters and Watchers",
    ModifyReporter "MODIFY_REPORTER" "Modify Reporter",
    SetSecurity "SET_ISSUE_SECURITY" "Set Issue Security",
    ManageSprints "MANAGE_SPRINTS_PERMISSION" "Manage Sprints",
    Administer "ADMINISTER_PROJECTS" "Administer Projects",
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// Whether the set holds this one.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Adds or removes one.
    pub fn set(&mut self, permission: Permission, on: bool) {
        let bit = 1 << permission as u32;
        if on { self.0 |= bit } else { self.0 &= !bit }
    }
}

impl Project {
    /// Whether this person may do this here.
    pub fn may(&self, person: &PersonId, permission: Permission) -> bool {
        self.members.get(person).is_some_and(|(_, permissions)| permissions.has(permission))
    }

    /// The person's role here.
    pub fn role(&self, person: &PersonId) -> Option<Role> {
        self.members.get(person).map(|(role, _)| *role)
    }

    /// The use of this issue type here.
    pub fn type_use(&self, id: &str) -> Option<&TypeUse> {
        self.types.iter().find(|one| one.issue_type.id == id)
    }

    /// The security level of this id.
    pub fn level(&self, id: &str) -> Option<&SecurityLevel> {
        self.levels.iter().find(|level| level.id == id)
    }
}
