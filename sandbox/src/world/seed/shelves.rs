//! Versions, components, service desks, filters and boards. Their ids are their own, so that those of issues do not depend on them.
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::super::catalog::{BUG, INCIDENT, TASK};
use super::super::fields::STORY_POINTS;
use super::super::{Board, Component, Desk, Field, Filter, PersonId, RequestKind, Site, Version};

const WEB_QUEUES: [(&str, &str, &str); 3] = [
    ("51", "Open faults", "project = WEB AND type = Bug AND statusCategory != Done ORDER BY key ASC"),
    ("52", "Nobody's", "project = WEB AND assignee is EMPTY ORDER BY key ASC"),
    // Reaches beyond its project.
    ("53", "Everything", "statusCategory != Done ORDER BY key ASC"),
];
static WEB_KINDS: [RequestKind; 2] = [
    RequestKind {
        id: "61",
        name: "Report a fault",
        description: "Something on our pages is broken",
        issue_type: &BUG,
        fields: &["summary", "description", "customfield_10042"],
    },
    RequestKind {
        id: "62",
        name: "Ask a question",
        description: "",
        issue_type: &TASK,
        fields: &["summary", "description"],
    },
];
const OPS_QUEUES: [(&str, &str, &str); 1] =
    [("55", "Open incidents", "project = OPS AND type = Incident AND resolution is EMPTY ORDER BY key ASC")];
static OPS_KINDS: [RequestKind; 1] = [RequestKind {
    id: "65",
    name: "Something is down",
    description: "We wake somebody",
    issue_type: &INCIDENT,
    fields: &["summary", "description", "customfield_10200"],
}];

/// What a version starts with: project, name, days until its date, released, archived, description.
type Row = (&'static str, &'static str, Option<i64>, bool, bool, &'static str);

/// Fills what `acme` has.
pub(in super::super) fn acme(site: &mut Site, now: Timestamp) {
    let rows: [Row; 4] = [
        ("DEMO", "2.2", Some(-200), true, true, ""),
        ("DEMO", "2.3", Some(-30), true, false, "The quiet one"),
        ("DEMO", "2.4", Some(9), false, false, "Half full and running"),
        ("DEMO", "3.0", None, false, false, ""),
    ];
    versions(site, now, 20_001, &rows);
    for key in ["DEMO-2", "DEMO-4", "DEMO-6"] {
        brings(site, key, 20_003);
    }
    let rows = [
        ("DEMO", "Pump", "Fuel and oil", Some("ada")),
        ("DEMO", "Gauge", "", None),
        ("WEB", "Shop", "Prices and orders", Some("grace")),
    ];
    components(site, 25_001, &rows);
    let filters: [(&str, &str, &str, bool, &[&str]); 5] = [
        ("Open bugs", "ada", "type = Bug AND statusCategory != Done ORDER BY key ASC", false, &["ada"]),
        ("Waiting for Grace", "ada", "assignee = 5b10a2844c20165700ede21a AND statusCategory != Done", false, &[]),
        ("Everything", "grace", "ORDER BY created DESC", true, &["ada", "linus"]),
        ("Pay", "grace", "project = HR", false, &["grace"]),
        ("Broken", "ada", "project = ", false, &[]),
    ];
    saved(site, 30_001, &filters);
    let project = place(site, "WEB");
    site.desks.push(Desk { id: 41, project, queues: &WEB_QUEUES, kinds: &WEB_KINDS });
    let estimation = Some(&STORY_POINTS);
    board(site, 1, "DEMO board", true, &["DEMO"], Some("DEMO"), estimation);
    board(site, 2, "Shop window", false, &["WEB"], Some("WEB"), None);
    board(site, 3, "All engines", true, &["DEMO", "WEB"], Some("WEB"), estimation);
    board(site, 4, "People", true, &["HR"], Some("HR"), None);
}

/// Fills what `corp` has.
pub(in super::super) fn corp(site: &mut Site, now: Timestamp) {
    let rows: [Row; 3] = [
        ("OPS", "Winter", Some(20), false, false, "New racks"),
        ("OPS", "Spring", None, false, false, ""),
        ("OPS", "Autumn", Some(-3), false, false, ""),
    ];
    versions(site, now, 21_001, &rows);
    brings(site, "OPS-2", 21_001);
    components(site, 26_001, &[("OPS", "Network", "", Some("grace"))]);
    let filters: [(&str, &str, &str, bool, &[&str]); 2] = [
        ("Open work", "ada", "resolution is EMPTY ORDER BY key ASC", false, &["ada"]),
        ("Doors", "grace", "project = CORP AND text ~ door", true, &["ada"]),
    ];
    saved(site, 31_001, &filters);
    let project = place(site, "OPS");
    site.desks.push(Desk { id: 42, project, queues: &OPS_QUEUES, kinds: &OPS_KINDS });
    board(site, 5, "OPS board", true, &["OPS"], None, None);
    board(site, 6, "Company", true, &["CORP", "OPS"], None, None);
    board(site, 7, "Vault", true, &["SEC"], None, None);
}

fn board(
    site: &mut Site,
    id: u64,
    name: &'static str,
    scrum: bool,
    projects: &[&str],
    home: Option<&str>,
    estimation: Option<&'static Field>,
) {
    let projects = projects.iter().map(|key| place(site, key)).collect();
    let home = home.map(|key| place(site, key));
    site.boards.push(Board { id, name, scrum, projects, home, estimation });
}

fn place(site: &Site, key: &str) -> usize {
    site.projects.iter().position(|project| project.key == key).unwrap_or(0)
}

fn versions(site: &mut Site, now: Timestamp, first: u64, rows: &[Row]) {
    let today = now.to_zoned(TimeZone::UTC).date();
    for (id, (project, name, days, released, archived, description)) in (first..).zip(rows) {
        let version = Version {
            id,
            project: place(site, project),
            name: (*name).to_owned(),
            description: (*description).to_owned(),
            date: days.and_then(|days| today.checked_add(days.days()).ok()),
            released: *released,
            archived: *archived,
        };
        site.versions.push(version);
    }
}

fn brings(site: &mut Site, key: &str, version: u64) {
    if let Some(issue) = site.find(key).and_then(|id| site.issues.get_mut(&id)) {
        issue.fix_versions.insert(version);
    }
}

fn components(site: &mut Site, first: u64, rows: &[(&str, &'static str, &'static str, Option<&str>)]) {
    for (id, (project, name, description, lead)) in (first..).zip(rows) {
        let project = place(site, project);
        site.components.push(Component { id, project, name, description, lead: lead.map(PersonId::new) });
    }
}

fn saved(site: &mut Site, first: u64, rows: &[(&'static str, &str, &'static str, bool, &[&str])]) {
    for (id, (name, owner, jql, shared, stars)) in (first..).zip(rows) {
        let stars = stars.iter().map(|person| PersonId::new(*person)).collect();
        site.filters.push(Filter { id, name, owner: PersonId::new(*owner), jql, shared: *shared, stars });
    }
}
