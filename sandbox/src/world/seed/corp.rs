//! The Data Center site `corp`: OPS, CORP and SEC.
use jiff::{SignedDuration, Timestamp};

use super::super::catalog::{BUG, CLOSED, EPIC, IN_PROGRESS, INCIDENT, LINK_TYPES, REOPENED, RESOLVED, SUBTASK, TASK};
use super::super::fields::{COST_CENTRE, DC_SPRINT, EPIC_LINK, IMPACT, INFORMED, STARTED_AT};
use super::super::{
    Kind, Link, Person, PersonId, Role, SecurityLevel, Site, Sprint, SprintState, TypeUse, Visibility, workflow,
};
use super::{Bed, DAY, Gardener, with_fields};
use crate::Addresses;

pub(in super::super) fn corp(addresses: &Addresses, people: &[Person], now: Timestamp) -> Site {
    let api = format!("{}/rest/api/2", addresses.dc);
    let mut garden = Gardener::new(Site::new("corp", Kind::DataCenter, &addresses.dc, api), people, now);
    ops(&mut garden);
    corp_project(&mut garden);
    sec(&mut garden);
    super::shelves::corp(&mut garden.site, now);
    garden.site
}

fn ops(g: &mut Gardener<'_>) {
    let types = vec![
        with_fields(&INCIDENT, &[(&IMPACT, true), (&STARTED_AT, false), (&INFORMED, false)]),
        with_fields(&TASK, &[(&DC_SPRINT, false), (&EPIC_LINK, false)]),
        with_fields(&BUG, &[(&IMPACT, false), (&DC_SPRINT, false)]),
        with_fields(&SUBTASK, &[]),
    ];
    let members = [
        ("ada", Role::Developers),
        ("grace", Role::Administrators),
        ("linus", Role::Viewers),
        ("gracie", Role::Developers),
    ];
    let bed = Bed {
        id: 11000,
        key: "OPS",
        name: "Operations",
        description: "What keeps the lights on. An incident names its impact.",
        lead: "grace",
        workflow: &workflow::CLASSIC,
    };
    let p = g.project(bed, types, &members);
    g.site.projects[p].levels =
        vec![SecurityLevel { id: "11000", name: "Leads only", people: ["ada", "grace"].map(PersonId::new).into() }];
    let start = g.ago(5 * DAY);
    let end = start.checked_add(SignedDuration::from_secs(14 * DAY)).unwrap_or(start);
    g.site.sprints.push(Sprint {
        id: 11,
        board: 5,
        name: "OPS Week 47".into(),
        state: SprintState::Active,
        start: Some(start),
        end: Some(end),
        completed: None,
        goal: String::new(),
    });

    g.issue(p, &INCIDENT, "grace", 3, "Mail is slow since Monday").to("ada").priority("High").status(&IN_PROGRESS, 1)
        .text("h3. What we see\n* Queue of *12 000* mails\n* {{smtp2}} is the slow one\n\n{code}\npostqueue -p | tail -1\n{code}")
        .set(&IMPACT, "20101").says("ada", 2, "_smtp2_ runs on one core, see [the graph|https://graphs.corp.example/7]").plant();
    g.issue(p, &TASK, "ada", 8, "Replace the disk in rack 4")
        .to("grace")
        .labels(&["hardware"])
        .due(2)
        .estimate(7_200, 3_600)
        .logs("grace", 1, 3_600, "Ordered the disk")
        .sprint(11)
        .plant();
    g.issue(p, &BUG, "linus", 6, "@everyone *stars* {color:red}red{color} <b>html</b> [~abyron] {\\rtf1 x} | pipe")
        .text("{quote}not me{quote} !picture.png! -- @here")
        .plant();
    g.issue(p, &TASK, "grace", 15, "Rotate the backup tapes").to("linus").status(&RESOLVED, 9).plant();
    g.issue(p, &INCIDENT, "grace", 30, "Data centre was hot")
        .to("grace")
        .status(&CLOSED, 28)
        .set(&IMPACT, "20102")
        .plant();
    let parent = g
        .issue(p, &TASK, "ada", 12, "Move the wiki to the new host")
        .to("ada")
        .status(&IN_PROGRESS, 4)
        .sprint(11)
        .says_to("grace", 3, "The old host is sold already.", Some(Visibility::Role(Role::Administrators)))
        .says_to("ada", 2, "The new host is wiki2.", Some(Visibility::Group("engineering".into())))
        .plant();
    g.issue(p, &SUBTASK, "ada", 11, "Copy the attachments").under(parent).to("gracie").plant();
    g.issue(p, &BUG, "grace", 5, "Password in a job's output").to("ada").security("11000").priority("Highest").plant();
    g.issue(p, &TASK, "linus", 2, "Label the new cables").priority("Low").status(&REOPENED, 1).plant();
    if let (Some(from), Some(to)) = (g.site.find("OPS-2"), g.site.find("OPS-6")) {
        let id = g.site.fresh_id();
        g.site.links.push(Link { id, kind: &LINK_TYPES[0], from, to });
    }
}

fn corp_project(g: &mut Gardener<'_>) {
    let types = vec![
        TypeUse { required: &["duedate"], ..with_fields(&TASK, &[(&COST_CENTRE, true)]) },
        with_fields(&BUG, &[]),
        with_fields(&EPIC, &[]),
    ];
    let bed = Bed {
        id: 11001,
        key: "CORP",
        name: "Company",
        description: "Office, travel, purchases. A task names its cost centre and a due date.",
        lead: "ada",
        workflow: &workflow::CLASSIC,
    };
    let p = g.project(bed, types, &[("ada", Role::Administrators), ("grace", Role::Developers)]);
    g.issue(p, &TASK, "ada", 9, "Buy chairs for the new room").to("grace").due(20).set(&COST_CENTRE, "4711").plant();
    g.issue(p, &TASK, "grace", 4, "Book the train to Zürich").to("ada").due(6).set(&COST_CENTRE, "4712").plant();
    g.issue(p, &BUG, "ada", 2, "The door of room 3 is stuck").plant();
    // An epic of another project than its parts, as companies have them.
    g.issue(p, &EPIC, "ada", 40, "Leave the old data centre").plant();
    for key in ["OPS-2", "OPS-4", "OPS-6"] {
        let found = g.site.find(key).and_then(|id| g.site.issues.get_mut(&id));
        if let Some(issue) = found {
            issue.custom.insert(EPIC_LINK.id, "CORP-4".into());
        }
    }
}

fn sec(g: &mut Gardener<'_>) {
    let bed = Bed {
        id: 11002,
        key: "SEC",
        name: "Security",
        description: "Only Linus looks here.",
        lead: "linus",
        workflow: &workflow::CLASSIC,
    };
    let p = g.project(bed, vec![with_fields(&TASK, &[])], &[("linus", Role::Administrators)]);
    g.issue(p, &TASK, "linus", 7, "Read the report of the penetration test").to("linus").plant();
}
