//! The Cloud site `acme`: DEMO, WEB and HR.
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::super::catalog::{BUG, DONE, EPIC, IN_PROGRESS, LINK_TYPES, READY, RELEASED, STORY, SUBTASK, TASK};
use super::super::fields::{
    BROWSER, COMPONENT_TAGS, FOUND_IN, OWNERS, PLATFORMS, REVIEWER, ROLLOUT, ROOT_CAUSE, SPEC_LINK, SPRINT,
    STORY_POINTS, TEAM, TESTERS,
};
use super::super::{
    CloudId, Kind, Link, Permission, Person, PersonId, Role, SecurityLevel, Site, Sprint, SprintState, Visibility,
    workflow,
};
use super::{Bed, DAY, Gardener, with_fields};
use crate::Addresses;
use crate::oauth2::ACME;

/// The head of the smallest PNG there is: one transparent dot.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x00, 0x01, 0x00, 0x00, 0x05, 0x00, 0x01, 0x0d, 0x0a, 0x2d, 0xb4, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

pub(in super::super) fn acme(addresses: &Addresses, people: &[Person], now: Timestamp) -> Site {
    let kind = Kind::Cloud { cloud_id: CloudId::new(ACME) };
    let api = format!("{}/ex/jira/{ACME}/rest/api/3", addresses.api);
    let mut garden = Gardener::new(Site::new("acme", kind, &addresses.cloud, api), people, now);
    let demo = demo_project(&mut garden);
    let web = web_project(&mut garden);
    sprints(&mut garden);
    let moved = demo_issues(&mut garden, demo);
    web_issues(&mut garden, web, moved);
    hr(&mut garden);
    links(&mut garden.site);
    super::shelves::acme(&mut garden.site, now);
    garden.site
}

fn demo_project(garden: &mut Gardener<'_>) -> usize {
    let usual = [(&STORY_POINTS, false), (&SPRINT, false), (&COMPONENT_TAGS, false), (&REVIEWER, false)];
    let bug = [(&STORY_POINTS, false), (&SPRINT, false), (&FOUND_IN, false), (&ROOT_CAUSE, false), (&PLATFORMS, false)];
    let types = vec![
        with_fields(&EPIC, &[(&COMPONENT_TAGS, false)]),
        with_fields(&STORY, &usual),
        with_fields(&TASK, &usual),
        with_fields(&BUG, &bug),
        with_fields(&SUBTASK, &[(&SPRINT, false)]),
    ];
    let members = [
        ("ada", Role::Developers),
        ("grace", Role::Administrators),
        ("linus", Role::Viewers),
        ("gracie", Role::Developers),
    ];
    let demo = garden.project(
        Bed {
            id: 10000,
            key: "DEMO",
            name: "Demo engine",
            description: "The engine that everybody may play with.",
            lead: "grace",
            workflow: &workflow::SOFTWARE,
        },
        types,
        &members,
    );
    let leads = ["ada", "grace"].map(PersonId::new).into();
    garden.site.projects[demo].levels = vec![SecurityLevel { id: "10000", name: "Leads only", people: leads }];
    demo
}

fn web_project(garden: &mut Gardener<'_>) -> usize {
    let types = vec![
        with_fields(&BUG, &[(&BROWSER, true), (&PLATFORMS, false), (&FOUND_IN, false)]),
        with_fields(&TASK, &[(&ROLLOUT, false), (&TESTERS, false), (&OWNERS, false), (&TEAM, false)]),
        with_fields(&STORY, &[(&SPEC_LINK, false), (&ROLLOUT, false), (&REVIEWER, false)]),
        with_fields(
            &EPIC,
            &[
                (&FOUND_IN, true),
                (&ROOT_CAUSE, true),
                (&ROLLOUT, true),
                (&BROWSER, true),
                (&PLATFORMS, true),
                (&SPEC_LINK, true),
            ],
        ),
        with_fields(&SUBTASK, &[]),
    ];
    let members = [("ada", Role::Developers), ("grace", Role::Administrators), ("linus", Role::Viewers)];
    let bed = Bed {
        id: 10001,
        key: "WEB",
        name: "Website",
        description: "The shop window. A bug names its browser, an epic almost everything.",
        lead: "ada",
        workflow: &workflow::STRICT,
    };
    let web = garden.project(bed, types, &members);
    garden.also(web, "linus", &[Permission::Create, Permission::Attach]);
    web
}

fn sprints(garden: &mut Gardener<'_>) {
    for (id, state, from) in [(1, SprintState::Closed, -20), (2, SprintState::Active, -6), (3, SprintState::Future, 8)]
    {
        let start = garden.ago(-from * DAY);
        let end = start.checked_add(SignedDuration::from_secs(14 * DAY)).unwrap_or(start);
        garden.site.sprints.push(Sprint {
            id,
            board: 1,
            name: format!("DEMO Sprint {id}"),
            state,
            start: Some(start),
            end: Some(end),
            completed: (state == SprintState::Closed).then_some(end),
            goal: if id == 2 { "Half full and running".into() } else { String::new() },
        });
    }
}

fn demo_issues(g: &mut Gardener<'_>, p: usize) -> u64 {
    g.issue(p, &TASK, "grace", 9, "Write a welcome page for new people")
        .text("Newcomers ask the same five questions in their first hour.\n\n- Where is the wiki?\n- Who gives me access?\n- What do I build first?")
        .to("ada").labels(&["docs", "first-week"]).sprint(2).estimate(14_400, 9_000).due(3).set(&STORY_POINTS, 3.0)
        .says("grace", 4, "A page is enough, no video please.").logs("ada", 2, 5_400, "First draft").watched_by(&["linus"]).plant();
    g.issue(p, &BUG, "ada", 8, "The engine stalls when the tank is half full")
        .text("Half full it stalls, full and empty it does not.\n\n```\nfuel=0.50 rpm=0\n```")
        .to("grace")
        .priority("High")
        .labels(&["engine"])
        .status(&IN_PROGRESS, 5)
        .sprint(2)
        .set(&FOUND_IN, "2.4.1")
        .set(&STORY_POINTS, 5.0)
        .says("grace", 3, "It divides by the level minus one half. I am on it.")
        .plant();
    g.issue(p, &STORY, "grace", 12, "As a pilot I want to see the fuel level in litres")
        .to("ada")
        .status(&IN_PROGRESS, 2)
        .sprint(2)
        .set(&STORY_POINTS, 2.0)
        .says("ada", 3, "Litres with one digit after the point?")
        .says_to(
            "grace",
            2,
            "The customer has not paid yet, keep this for us.",
            Some(Visibility::Role(Role::Administrators)),
        )
        .says_to("ada", 1, "Measured in the lab: 41.3 litres.", Some(Visibility::Group("engineering".into())))
        .plant();
    g.issue(p, &BUG, "linus", 6, "Gauge shows minus one litre after a restart")
        .text("See the picture.")
        .labels(&["engine", "gauge"])
        .sprint(2)
        .file("linus", 6, "gauge.png", PNG)
        .file("linus", 6, "gauge.log", b"12:00:01 restart\n12:00:02 level=-1.0\n")
        .says("linus", 6, "Happens every time.")
        .plant();
    g.issue(p, &TASK, "ada", 20, "Order new spark plugs")
        .to("grace")
        .priority("Low")
        .status(&DONE, 15)
        .sprint(1)
        .plant();
    g.issue(p, &STORY, "ada", 18, "Start the engine with one button")
        .to("ada")
        .status(&RELEASED, 7)
        .sprint(1)
        .labels(&["release-2.4"])
        .plant();
    let moved = g
        .issue(p, &BUG, "grace", 16, "The order form forgets the address")
        .to("ada")
        .priority("High")
        .set(&BROWSER, json!("10100"))
        .says("grace", 15, "This belongs to the website.")
        .plant();
    g.issue(p, &TASK, "grace", 7, "Ask Linus about the kernel of the pump").to("gracie").priority("Lowest").plant();
    g.issue(p, &BUG, "linus", 5, "@everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\\rtf1\\b x} [free](https://evil.example) `code` & \"quotes\" | pipe")
        .text("@here\n\n# not a heading\n\n<img src=x onerror=alert(1)> {panel}not a panel{panel} \\u0041 *stars* ~tilde~").plant();
    let epic = g
        .issue(p, &EPIC, "grace", 40, "Cold start")
        .text("Everything about starting below zero.")
        .status(&IN_PROGRESS, 30)
        .plant();
    g.issue(p, &STORY, "grace", 30, "Preheat the oil")
        .under(epic)
        .to("grace")
        .status(&READY, 1)
        .sprint(2)
        .set(&REVIEWER, "ada")
        .plant();
    let choke = g
        .issue(p, &TASK, "ada", 28, "Measure the choke at -20 °C")
        .under(epic)
        .to("ada")
        .due(-2)
        .estimate(28_800, 28_800)
        .plant();
    g.issue(p, &BUG, "grace", 4, "Ignition key can be copied from the log")
        .text("The key is written to the log in clear.")
        .to("ada")
        .priority("Highest")
        .security("10000")
        .labels(&["security"])
        .plant();
    g.issue(p, &SUBTASK, "ada", 10, "Borrow a freezer").under(choke).to("ada").status(&DONE, 8).plant();
    g.issue(p, &SUBTASK, "ada", 10, "Calibrate the thermometer").under(choke).plant();
    g.issue(p, &TASK, "grace", 3, "Über-pressure valve: naïve café résumé ☕ 測試").labels(&["unicode"]).plant();
    g.issue(p, &STORY, "linus", 25, "As a mechanic I want to export the error memory").priority("Low").plant();
    g.issue(p, &BUG, "ada", 2, "Search box loses focus")
        .to("grace")
        .status(&READY, 1)
        .sprint(2)
        .says("ada", 2, "Only on the second key press.")
        .plant();
    g.issue(p, &BUG, "ada", 1, "Search box shows the previous result").sprint(2).plant();
    g.issue(p, &TASK, "grace", 45, "Renew the certificate of the test bench")
        .to("linus")
        .status(&DONE, 33)
        .due(-40)
        .plant();
    g.issue(p, &TASK, "ada", 14, "Clean up feature flags").to("ada").labels(&["cleanup"]).sprint(3).plant();
    g.issue(p, &STORY, "grace", 22, "Show the oil pressure on the phone")
        .sprint(3)
        .set(&COMPONENT_TAGS, json!(["mobile", "gauge"]))
        .plant();
    g.issue(p, &BUG, "linus", 60, "Typo in the shutdown message")
        .priority("Lowest")
        .to("ada")
        .status(&DONE, 55)
        .labels(&["docs"])
        .plant();
    g.issue(p, &TASK, "ada", 1, "Prepare the demo for Thursday")
        .to("ada")
        .priority("High")
        .status(&IN_PROGRESS, 0)
        .sprint(2)
        .due(1)
        .logs("ada", 0, 1_800, "Slides")
        .estimate(7_200, 5_400)
        .plant();
    g.issue(p, &STORY, "grace", 0, "Let the engine hum a tune").labels(&["fun"]).watched_by(&["ada", "linus"]).plant();
    moved
}

fn web_issues(g: &mut Gardener<'_>, p: usize, moved: u64) {
    g.issue(p, &STORY, "ada", 50, "A page for every engine").to("ada").status(&DONE, 31).plant();
    g.issue(p, &TASK, "grace", 44, "Choose a font").to("linus").status(&DONE, 40).plant();
    g.issue(p, &BUG, "ada", 30, "Images are blurred on phones")
        .to("grace")
        .set(&BROWSER, "10102")
        .set(&PLATFORMS, json!(["10111"]))
        .plant();
    g.issue(p, &TASK, "grace", 21, "Cookie banner").priority("Low").set(&ROLLOUT, "2026-12-01").plant();
    g.issue(p, &STORY, "linus", 19, "Compare two engines side by side").plant();
    g.issue(p, &BUG, "ada", 17, "Prices without tax").to("ada").status(&READY, 2).set(&BROWSER, "10101").plant();
    // The seventh issue of WEB was DEMO-7 once.
    g.site.move_issue(moved, p);
    g.issue(p, &BUG, "linus", 5, "Login fails on Safari")
        .text("The button does nothing. No request leaves the browser.")
        .to("grace")
        .priority("High")
        .status(&IN_PROGRESS, 3)
        .set(&BROWSER, "10102")
        .labels(&["login"])
        .says("grace", 2, "I can see it on 17.4.")
        .plant_as(12);
    g.issue(p, &BUG, "ada", 4, "Safari 17: cookie dropped")
        .text("Makes every login last five minutes.")
        .set(&BROWSER, "10102")
        .plant_as(31);
    g.issue(p, &BUG, "grace", 11, "Login page jumps")
        .text("Seen in Safari, on the phone.")
        .to("ada")
        .status(&DONE, 6)
        .set(&BROWSER, "10102")
        .plant_as(44);
    g.site.projects[p].last_number = 56;
}

fn hr(g: &mut Gardener<'_>) {
    let bed = Bed {
        id: 10002,
        key: "HR",
        name: "People",
        description: "Not for everybody.",
        lead: "grace",
        workflow: &workflow::SIMPLE,
    };
    let hr = g.project(bed, vec![with_fields(&TASK, &[])], &[("grace", Role::Administrators)]);
    g.issue(hr, &TASK, "grace", 70, "Plan the summer party").status(&DONE, 50).plant();
    g.issue(hr, &TASK, "grace", 10, "Salary review 2027").to("grace").text("Numbers are in the safe.").plant_as(7);
}

fn links(site: &mut Site) {
    for (kind, from, to) in [(0, "DEMO-2", "DEMO-3"), (3, "DEMO-18", "DEMO-19"), (2, "WEB-31", "WEB-12")] {
        if let (Some(from), Some(to)) = (site.find(from), site.find(to)) {
            let id = site.fresh_id();
            site.links.push(Link { id, kind: &LINK_TYPES[kind], from, to });
        }
    }
}
