//! The people, sites, projects and issues of the sandbox.
use std::fmt;
use std::sync::Arc;

mod people;

/// Everything that the sandbox knows.
#[derive(Debug)]
pub struct World {
    people: Vec<Person>,
}

/// Names a person of the sandbox, for example `ada`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(Arc<str>);

/// Names a Cloud site (a UUID).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloudId(Arc<str>);

/// Somebody with an account on the sandbox's sites.
#[derive(Clone, Debug)]
pub struct Person {
    /// What tests and the authorize pages call the person: `ada`.
    pub id: PersonId,
    /// `Ada Byron`.
    pub name: String,
    /// `ada@engine.example`.
    pub email: String,
    /// The Atlassian account id (Cloud).
    pub account_id: String,
    /// The user name on Data Center: `abyron`.
    pub dc_name: String,
    /// The user key on Data Center: `JIRAUSER10100`.
    pub dc_key: String,
    /// False for people who are only there to be found and assigned.
    pub can_sign_in: bool,
}

impl World {
    /// The world as it is at the start.
    pub fn new() -> Self {
        Self { people: people::everyone() }
    }

    /// Everybody, in a fixed order.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id.as_str() == id)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! text_id {
    ($name:ident) => {
        impl $name {
            /// Wraps an id.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}
text_id!(PersonId);
text_id!(CloudId);
