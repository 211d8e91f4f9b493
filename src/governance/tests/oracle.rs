//! The decision against a naive one that was written without looking at it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::snapshot::Ground;
use super::super::toolsets::Tools;
use super::*;

const PROJECTS: [&str; 4] = ["A", "B", "C", "OTHER"];
const PROFILES: [&str; 6] =
    ["everyone", "role:dev", "role:ops", "person:terminal:ada", "own:oncall", "jira-group:devs@acme"];
const TOOLS: [&str; 8] = ["reader", "contributor", "manager", "read-only", "all-approved", "triage", "view", "create"];
const NOW: i64 = 1_000;

#[derive(Debug, Clone)]
pub(super) struct Written {
    allow: bool,
    tools: &'static str,
    profile: &'static str,
    channel: Option<&'static str>,
    projects: Option<BTreeSet<&'static str>>,
    until: Option<i64>,
}

pub(super) fn rules() -> impl Strategy<Value = Vec<Written>> {
    let rule = (
        prop::bool::weighted(0.7),
        prop::sample::select(TOOLS.to_vec()),
        prop::sample::select(PROFILES.to_vec()),
        prop::option::of(prop::sample::select(vec!["eng", "ops"])),
        // `OTHER` stands for projects that no rule names.
        prop::option::of(prop::collection::btree_set(prop::sample::select(PROJECTS[..3].to_vec()), 1..3)),
        prop::sample::select(vec![None, None, Some(NOW), Some(NOW + 1)]),
    );
    let rule = rule.prop_map(|(allow, tools, profile, channel, projects, until)| Written {
        allow,
        tools,
        profile,
        channel,
        projects,
        until,
    });
    prop::collection::vec(rule, 0..7)
}

pub(super) fn snapshot(written: &[Written]) -> Snapshot {
    let ground = Ground { tools: Tools::new(facts()), settings: settings() };
    let mut snapshot = Snapshot::new(Arc::new(ground), 0);
    snapshot.admit_fresh(&home());
    snapshot.change(&home(), |rules, tools| {
        rules.remove(&Rule::first().key);
        let triage = ["view", "delete"].map(|tool| tool.parse().unwrap());
        rules.put_toolset("triage".into(), Some(triage.into()), tools);
        let oncall = ["role:ops", "jira-group:devs@acme"].map(|one| Profile::from_stored(one).unwrap());
        rules.put_profile("oncall".into(), Some(oncall.into()));
        for one in written {
            rules.put(one.rule(), tools);
        }
    });
    snapshot
}

/// Somebody with these roles, who may be in the Jira group that rules name.
pub(super) fn grouped_member(roles: &[&str], grouped: bool) -> Membership {
    let mut member = member(roles);
    member.groups.extend(grouped.then(|| "devs@acme".parse::<JiraGroup>().unwrap()));
    member
}

impl Written {
    pub(super) fn rule(&self) -> Rule {
        Rule {
            key: RuleKey {
                tools: self.tools.to_owned(),
                profile: Profile::from_stored(self.profile).unwrap(),
                channel: self.channel.map(Into::into),
            },
            effect: if self.allow { Effect::Allow } else { Effect::Deny },
            projects: self.projects.as_ref().map(|keys| keys.iter().map(|key| key.parse().unwrap()).collect()),
            until: self.until,
        }
    }
}

/// Whether the rules let ada, with these roles, use a tool on a project in a channel. Later rules with the same tools,
/// profile and place replace earlier ones.
fn naive(written: &[Written], roles: &[&str], grouped: bool, channel: &str, tool: &str, project: &str) -> bool {
    let same = |a: &Written, b: &Written| (a.tools, a.profile, a.channel) == (b.tools, b.profile, b.channel);
    let last = |at: usize| !written[at + 1..].iter().any(|later| same(later, &written[at]));
    let tools: &[&str] = &["view", "find", "create", "comment", "delete"];
    let speaks = |rule: &Written| {
        let of_set = match rule.tools {
            "reader" | "read-only" => tools[..2].contains(&tool),
            "triage" => matches!(tool, "view" | "delete"),
            "contributor" => tools[..4].contains(&tool),
            "manager" | "all-approved" => tools.contains(&tool),
            one => one == tool,
        };
        let of_person = match rule.profile {
            "everyone" | "person:terminal:ada" => true,
            "jira-group:devs@acme" => grouped,
            "own:oncall" => grouped || roles.contains(&"ops"),
            role => roles.contains(&role.trim_start_matches("role:")),
        };
        let of_place = rule.channel.is_none_or(|own| own == channel);
        let of_project = rule.projects.as_ref().is_none_or(|keys| keys.contains(project));
        let in_time = rule.until.is_none_or(|end| NOW < end);
        of_set && of_person && of_place && of_project && in_time
    };
    let speaking: Vec<&Written> =
        written.iter().enumerate().filter(|(at, rule)| last(*at) && speaks(rule)).map(|(_, rule)| rule).collect();
    speaking.iter().any(|rule| rule.allow) && speaking.iter().all(|rule| rule.allow)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_scope_is_what_the_rules_come_to(
        written in rules(),
        roles in prop::sample::subsequence(vec!["dev", "ops"], 0..=2),
        grouped in any::<bool>(),
        channel in prop::sample::select(vec!["eng", "ops", "general"]),
        tool in prop::sample::select(vec!["view", "create", "delete"]),
    ) {
        let snapshot = snapshot(&written);
        let (ada, place, tool_name) = (person("ada"), place(channel), tool.parse().unwrap());
        let member = grouped_member(&roles, grouped);
        let ask = |keys: &[ProjectKey]| {
            let question = Question {
                once: false,
                second: false,
                person: &ada, place: &place, member: &member, tool: &tool_name, site: None, projects: keys, confirmed: true, now: NOW,
            };
            decide(&snapshot, &question)
        };
        let whole = ask(&[]);
        let mut some = false;
        for project in PROJECTS {
            let wanted = naive(&written, &roles, grouped, channel, tool, project);
            some |= wanted;
            let key: ProjectKey = project.parse().unwrap();
            prop_assert_eq!(matches!(ask(std::slice::from_ref(&key)), Verdict::Allow(_)), wanted, "on {}", project);
            if let Verdict::Allow(granted) = &whole {
                prop_assert_eq!(granted.scope.allows(&key), wanted, "scope on {}", project);
                // Whatever may be shown to all is in the scope, and some rule that holds names it.
                if granted.public.contains(&key) {
                    prop_assert!(wanted);
                    prop_assert!(written.iter().any(|r| r.allow && r.projects.as_ref().is_some_and(|k| k.contains(project))));
                }
            }
        }
        prop_assert_eq!(matches!(whole, Verdict::Allow(_)), some, "without a project");
    }
}
