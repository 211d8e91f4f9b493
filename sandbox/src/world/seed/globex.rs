//! The second Cloud site, so that picking the first one is a mistake that shows.
use jiff::Timestamp;

use super::super::catalog::TASK;
use super::super::{CloudId, Kind, Person, Role, Site, workflow};
use super::{Bed, Gardener, with_fields};
use crate::Addresses;
use crate::oauth2::GLOBEX;

pub(in super::super) fn globex(addresses: &Addresses, people: &[Person], now: Timestamp) -> Site {
    let kind = Kind::Cloud { cloud_id: CloudId::new(GLOBEX) };
    let api = format!("{}/ex/jira/{GLOBEX}/rest/api/3", addresses.api);
    let mut garden = Gardener::new(Site::new("globex", kind, &addresses.other_cloud, api), people, now);
    let bed = Bed {
        id: 12000,
        key: "LAB",
        name: "Laboratory",
        description: "Another company's project.",
        lead: "ada",
        workflow: &workflow::SIMPLE,
    };
    let members = [("ada", Role::Developers), ("grace", Role::Developers), ("linus", Role::Viewers)];
    let lab = garden.project(bed, vec![with_fields(&TASK, &[])], &members);
    garden.issue(lab, &TASK, "ada", 3, "Wash the beakers").to("ada").plant();
    garden.issue(lab, &TASK, "grace", 2, "Count the beakers").plant();
    garden.site
}
