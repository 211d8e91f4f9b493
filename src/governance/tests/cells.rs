//! Every cell of (command x roles x place x presser x policy) against a second, plain implementation, which knows
//! nothing of the first: it walks lists of words from the top to the bottom of the page that describes the rules.

use super::{super::snapshot::Ground, *};

/// A rule as plain words: allow, tools, for whom, channel, projects, end.
type Line = (bool, &'static str, &'static str, Option<&'static str>, &'static [&'static str], Option<i64>);

/// A policy as plain words.
struct Policy {
    name: &'static str,
    rules: &'static [Line],
    pending: &'static [&'static str],
    blocked: &'static [&'static str],
    forbidden: &'static [&'static str],
    /// `everything`, `platform`, `site`, `tool` and a name, or `here` and a tool.
    stopped: &'static [(&'static str, &'static str)],
}

const NONE: Policy = Policy { name: "nothing", rules: &[], pending: &[], blocked: &[], forbidden: &[], stopped: &[] };
const NOW: i64 = 1_000;

const POLICIES: &[Policy] = &[
    NONE,
    Policy { name: "fresh", rules: &[(true, "reader", "everyone", None, &[], None)], ..NONE },
    Policy { name: "one tool", rules: &[(true, "create", "everyone", Some("eng"), &[], None)], ..NONE },
    Policy { name: "a role", rules: &[(true, "manager", "dev", Some("eng"), &[], None)], ..NONE },
    Policy { name: "a person", rules: &[(true, "contributor", "ada", None, &["WEB"], None)], ..NONE },
    Policy {
        name: "an own set for an own profile",
        rules: &[(true, "triage", "oncall", Some("eng"), &["WEB"], None)],
        ..NONE
    },
    Policy { name: "a group", rules: &[(true, "manager", "group", None, &[], None)], ..NONE },
    Policy {
        name: "deny wins",
        rules: &[(true, "manager", "everyone", None, &[], None), (false, "triage", "dev", Some("eng"), &[], None)],
        ..NONE
    },
    Policy {
        name: "deny on a project",
        rules: &[(true, "manager", "everyone", None, &[], None), (false, "manager", "dev", None, &["HR"], None)],
        ..NONE
    },
    Policy {
        name: "allowed and denied on the same",
        rules: &[
            (true, "manager", "everyone", None, &["HR"], None),
            (false, "reader", "everyone", None, &["HR"], None),
        ],
        ..NONE
    },
    Policy { name: "ended", rules: &[(true, "manager", "everyone", None, &[], Some(NOW))], ..NONE },
    Policy { name: "about to end", rules: &[(true, "manager", "everyone", None, &[], Some(NOW + 1))], ..NONE },
    Policy {
        name: "a deny that ended",
        rules: &[
            (true, "reader", "everyone", None, &[], None),
            (false, "reader", "everyone", Some("eng"), &[], Some(NOW)),
        ],
        ..NONE
    },
    Policy {
        name: "pending",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        pending: &["create", "delete"],
        ..NONE
    },
    Policy {
        name: "blocked",
        rules: &[(true, "all", "everyone", None, &[], None)],
        blocked: &["view", "delete"],
        ..NONE
    },
    Policy {
        name: "forbidden",
        rules: &[(true, "all", "everyone", None, &[], None)],
        forbidden: &["create"],
        blocked: &["create"],
        ..NONE
    },
    Policy {
        name: "all stopped",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("everything", "")],
        ..NONE
    },
    Policy {
        name: "platform stopped",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("platform", "")],
        ..NONE
    },
    Policy {
        name: "site stopped",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("site", "acme")],
        ..NONE
    },
    Policy {
        name: "other site stopped",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("site", "corp")],
        ..NONE
    },
    Policy {
        name: "tool stopped",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("tool", "view")],
        blocked: &["view"],
        ..NONE
    },
    Policy {
        name: "tool stopped here",
        rules: &[(true, "manager", "everyone", None, &[], None)],
        stopped: &[("here", "delete")],
        ..NONE
    },
];

const COMMANDS: [&str; 6] = ["view", "find", "create", "comment", "delete", "nosuch"];
const ROLES: [&[&str]; 4] = [&[], &["dev"], &["sre"], &["dev", "sre"]];
const PLACES: [&str; 6] = ["eng", "thread of eng", "ops", "dm", "not admitted", "another platform"];
const PEOPLE: [&str; 2] = ["ada", "linus"];
const PROJECTS: [&[&str]; 4] = [&[], &["WEB"], &["HR"], &["WEB", "HR"]];

/// Who asks or presses.
#[derive(Debug, Clone, Copy)]
struct Presser {
    who: &'static str,
    present: bool,
    grouped: bool,
    confirmed: bool,
}

/// What the rules of the house say, in plain words.
fn table(
    policy: &Policy,
    tool: &str,
    roles: &[&str],
    place: &str,
    presser: Presser,
    projects: &[&str],
) -> &'static str {
    if place == "not admitted" || place == "another platform" {
        return "admission";
    }
    for (what, name) in policy.stopped {
        let holds = match *what {
            "everything" | "platform" => true,
            "site" => *name == "acme",
            "tool" => *name == tool,
            _ => *name == tool && place != "dm",
        };
        if holds {
            return "switch";
        }
    }
    if tool == "nosuch" {
        return "no-grant";
    }
    if policy.forbidden.contains(&tool) {
        return "ceiling";
    }
    let may = if place == "dm" {
        // The owner grants `reader` in direct messages, and nothing else speaks there.
        if matches!(tool, "view" | "find") { "allow" } else { "no-grant" }
    } else {
        in_a_channel(policy, tool, roles, place, presser, projects)
    };
    if may == "allow" && tool == "delete" && !presser.confirmed { "ask" } else { may }
}

fn in_a_channel(
    policy: &Policy,
    tool: &str,
    roles: &[&str],
    place: &str,
    presser: Presser,
    projects: &[&str],
) -> &'static str {
    if policy.blocked.contains(&tool) {
        return "blocked";
    }
    if policy.pending.contains(&tool) {
        return "pending";
    }
    let speaks = |line: &&Line| {
        let (_, tools, whom, channel, _, end) = **line;
        let of_tools = match tools {
            "reader" => matches!(tool, "view" | "find"),
            "contributor" => tool != "delete",
            "manager" | "all" => true,
            "triage" => matches!(tool, "view" | "comment"),
            one => one == tool,
        };
        let of_people = match whom {
            "everyone" => true,
            "group" => presser.grouped,
            "oncall" => roles.contains(&"sre") || presser.who == "linus",
            "ada" => presser.who == "ada",
            role => roles.contains(&role),
        };
        let of_place = channel.is_none_or(|channel| place == channel || place == "thread of eng" && channel == "eng");
        of_tools && of_people && of_place && presser.present && end.is_none_or(|end| NOW < end)
    };
    let speaking: Vec<&Line> = policy.rules.iter().filter(speaks).collect();
    // One project at a time: some rule allows it, and none denies it. `?` is a project that no rule names.
    let allowed = |project: &str| {
        let covers = |line: &&&Line| line.4.is_empty() || line.4.contains(&project);
        let mut of_project = speaking.iter().filter(covers).peekable();
        of_project.peek().is_some() && of_project.all(|line| line.0)
    };
    let denies_all = speaking.iter().any(|line| !line.0 && line.4.is_empty());
    let allows = speaking.iter().any(|line| line.0);
    match (denies_all, allows) {
        (true, _) => "denied",
        (false, false) => "no-grant",
        // Everything that was allowed is denied again.
        (false, true) if !["WEB", "HR", "?"].iter().any(|project| allowed(project)) => "denied",
        (false, true) if projects.iter().all(|project| allowed(project)) => "allow",
        (false, true) => "project",
    }
}

fn snapshot(policy: &Policy) -> Snapshot {
    let mut settings = settings();
    settings.forbid.tools.extend(policy.forbidden.iter().map(|tool| tool.parse::<ToolName>().unwrap()));
    let mut snapshot = Snapshot::new(Ground::new(facts(), settings), 0);
    snapshot.admit_fresh(&home());
    snapshot.change(&home(), |rules, tools| {
        rules.remove(&Rule::first().key);
        let set = ["view", "comment"].map(|tool| tool.parse().unwrap());
        rules.put_toolset("triage".into(), Some(set.into()), tools);
        let people = ["role:sre", "person:terminal:linus"].map(|one| Profile::from_stored(one).unwrap());
        rules.put_profile("oncall".into(), Some(people.into()));
        for (list, state) in [(policy.pending, Approval::Pending), (policy.blocked, Approval::Blocked)] {
            list.iter().for_each(|tool| rules.approve(tool.parse().unwrap(), state));
        }
        for (allow, named, whom, channel, keys, until) in policy.rules {
            let profile = match *whom {
                "everyone" => Profile::Everyone,
                "group" => Profile::JiraGroup("devs@acme".parse().unwrap()),
                "oncall" => Profile::Own("oncall".into()),
                "ada" => Profile::Person(person("ada")),
                role => Profile::Role(RoleId::new(role)),
            };
            let key = RuleKey {
                tools: if *named == "all" { "all-approved".to_owned() } else { (*named).to_owned() },
                profile,
                channel: channel.map(Into::into),
            };
            let projects = (!keys.is_empty()).then(|| projects(keys).into_iter().collect());
            let effect = if *allow { Effect::Allow } else { Effect::Deny };
            rules.put(Rule { key, effect, projects, until: *until }, tools);
        }
    });
    for (what, name) in policy.stopped {
        let (workspace, target) = match *what {
            "everything" => (None, Target::Everything),
            "platform" => (None, Target::Platform(Platform::TERMINAL)),
            "site" => (None, Target::Site(name.parse().unwrap())),
            "tool" => (None, Target::Tool(name.parse().unwrap())),
            _ => (Some(home()), Target::Tool(name.parse().unwrap())),
        };
        snapshot.stop(Switch { workspace, target, owner: true, by: person("root"), since: 0 });
    }
    snapshot
}

#[test]
fn every_cell_is_as_the_table_says() {
    let site: SiteId = "acme".parse().unwrap();
    let (mut cells, mut seen) = (0, std::collections::BTreeMap::new());
    for policy in POLICIES {
        let snapshot = snapshot(policy);
        let mut paired = snapshot.clone();
        paired.change(&home(), |rules, tools| tools.iter().for_each(|tool| rules.pair(tool.name.clone())));
        for (command, roles, at) in itertools(&COMMANDS, &ROLES, &PLACES) {
            let place = match at {
                "eng" | "ops" => place(at),
                "thread of eng" => thread("eng"),
                "dm" => direct(),
                "not admitted" => Place::channel(Workspace::new(Platform::TERMINAL, "unknown"), "eng"),
                _ => Place::channel(Workspace::new(Platform::DISCORD, "home"), "eng"),
            };
            for bits in 0..16 {
                let bit = |n: u32| bits >> n & 1 == 1;
                let presser =
                    Presser { who: PEOPLE[usize::from(bit(0))], present: bit(1), grouped: bit(2), confirmed: bit(3) };
                let mut member = member(roles);
                member.member.present = presser.present;
                member.groups.extend(presser.grouped.then(|| "devs@acme".parse::<JiraGroup>().unwrap()));
                for keys in PROJECTS {
                    let (person, tool, keys_too) = (person(presser.who), command.parse().unwrap(), projects(keys));
                    let question = Question {
                        person: &person,
                        place: &place,
                        member: &member,
                        tool: &tool,
                        site: Some(&site),
                        projects: &keys_too,
                        confirmed: presser.confirmed,
                        once: false,
                        second: false,
                        now: NOW,
                    };
                    let got = match decide(&snapshot, &question) {
                        Verdict::Allow(_) => "allow",
                        Verdict::Ask(..) => "ask",
                        Verdict::Deny(denial) => denial.step.as_str(),
                    };
                    // Where all tools take two people, a yes waits for the second, and a no stays a no.
                    let (alone, together) =
                        (decide(&paired, &question), decide(&paired, &Question { second: true, ..question }));
                    let waits = matches!(got, "allow" | "ask") && rules_hold(&paired, &place);
                    assert_eq!(
                        waits,
                        matches!(alone, Verdict::Ask(AskFor::Second, _)),
                        "{}: {command} in {at}",
                        policy.name
                    );
                    assert!(waits || alone == decide(&snapshot, &question));
                    assert_eq!(together, decide(&snapshot, &question));
                    // A direct chat has no projects of its own to check against.
                    let wanted = table(policy, command, roles, at, presser, keys);
                    assert_eq!(
                        got, wanted,
                        "{}: {command} by {presser:?} as {roles:?} in {at} on {keys:?}",
                        policy.name
                    );
                    // What an admin allows once is a missing yes, for the named projects and no others.
                    if let Verdict::Allow(granted) = decide(&snapshot, &Question { once: true, ..question }) {
                        let lifted = ["no-grant", "pending", "project"].contains(&got);
                        assert!(got == "allow" || lifted, "{}: {command} is {got} and allowed once", policy.name);
                        let named = crate::ids::ProjectScope::only(keys_too.iter().cloned());
                        assert!(got == "allow" || granted.scope == named && granted.public.is_empty());
                    }
                    cells += 1;
                    *seen.entry(got).or_insert(0) += 1;
                }
            }
        }
    }
    assert_eq!(cells, POLICIES.len() * 6 * 4 * 6 * 16 * 4);
    let steps: Vec<&str> = seen.into_keys().collect();
    assert_eq!(
        steps,
        ["admission", "allow", "ask", "blocked", "ceiling", "denied", "no-grant", "pending", "project", "switch"]
    );
}

fn rules_hold(snapshot: &Snapshot, place: &Place) -> bool {
    place.workspace().is_some_and(|workspace| snapshot.rules(workspace).is_some())
}

/// All combinations of three lists.
fn itertools<'a>(
    commands: &'a [&'static str],
    roles: &'a [&'static [&'static str]],
    places: &'a [&'static str],
) -> impl Iterator<Item = (&'static str, &'static [&'static str], &'static str)> + 'a {
    commands
        .iter()
        .flat_map(move |command| roles.iter().map(move |roles| (*command, *roles)))
        .flat_map(move |(command, roles)| places.iter().map(move |place| (command, roles, *place)))
}
