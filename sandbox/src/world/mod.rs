//! The people, sites, projects and issues of the sandbox.
pub(crate) mod catalog;
pub(crate) mod fields;
mod ids;
mod issue;
mod people;
mod project;
mod seed;
mod shelf;
mod site;
mod workflow;

use jiff::Timestamp;

use crate::Addresses;

pub use catalog::{Category, IssueType, LinkType, Named, Status};
pub(crate) use fields::TEAMS;
pub use fields::{CustomKind, Field, OptionValue};
pub use ids::{CloudId, PersonId};
pub use issue::{Attachment, Change, ChangeItem, Comment, Issue, RichText, Visibility, WebLink, Worklog};
pub use people::Person;
pub use project::{Permission, Permissions, Project, Role, SecurityLevel, TypeUse};
pub use shelf::{Component, Desk, Filter, RequestKind, Version};
pub use site::{Board, Kind, Link, Site, Sprint, SprintState};
pub use workflow::{Screen, Transition, Workflow};

/// Everything that the sandbox knows.
#[derive(Debug)]
pub struct World {
    /// Everybody, on all sites.
    pub people: Vec<Person>,
    /// `acme` and `globex` (Cloud), `corp` (Data Center), in this order.
    pub sites: Vec<Site>,
}

impl World {
    /// The world as it is at the start; its dates lie before `now`.
    pub fn new(addresses: &Addresses, now: Timestamp) -> Self {
        let people = people::everyone();
        let sites = vec![
            seed::acme(addresses, &people, now),
            seed::globex(addresses, &people, now),
            seed::corp(addresses, &people, now),
        ];
        Self { people, sites }
    }

    /// Everybody, in a fixed order.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id.as_str() == id)
    }

    /// The Cloud sites, in the order in which accessible-resources names them.
    pub fn cloud_sites(&self) -> impl Iterator<Item = (&CloudId, &Site)> {
        self.sites.iter().filter_map(|site| match &site.kind {
            Kind::Cloud { cloud_id } => Some((cloud_id, site)),
            Kind::DataCenter => None,
        })
    }
}
