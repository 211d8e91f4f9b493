//! Every command that a refusal names really changes the answer.

use proptest::prelude::*;

use super::super::{explain::explain, reading::Known, remedy::cure};
use super::{oracle, *};

/// Something that may be stopped, for a tool.
fn stops(tool: &'static str) -> impl Strategy<Value = Option<Switch>> {
    let targets = vec![
        (None, Target::Everything),
        (None, Target::Platform(Platform::TERMINAL)),
        (None, Target::Site("acme".parse().unwrap())),
        (None, Target::Tool(tool.parse().unwrap())),
        (Some(home()), Target::Everything),
        (Some(home()), Target::Tool(tool.parse().unwrap())),
    ];
    let switch = |(workspace, target)| Switch { workspace, target, owner: true, by: person("root"), since: 0 };
    prop::option::weighted(0.2, prop::sample::select(targets).prop_map(switch))
}

/// Does to a snapshot what a command says, as somebody would type it.
fn obey(snapshot: &mut Snapshot, command: &str) {
    let here = place("eng");
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let target = |name: &str| match name {
        "everything" => Target::Everything,
        tool => Target::Tool(tool.parse().unwrap()),
    };
    if words[0] == "usher" {
        let target = match (words[2].as_str(), words.get(3)) {
            ("platform", Some(platform)) => Target::Platform(Platform::new(platform.as_str())),
            ("site", Some(site)) => Target::Site(site.parse().unwrap()),
            ("tool", Some(tool)) => target(tool),
            (everything, _) => target(everything),
        };
        let switch = Switch { workspace: None, target, owner: true, by: person("root"), since: 0 };
        return snapshot.start(&switch);
    }
    assert_eq!(words[..2], ["jira", "admin"], "{command}");
    let command = AdminCommand::parse(&words[2..]).unwrap_or_else(|error| panic!("{command}: {error}"));
    let ground = snapshot.ground.clone();
    let now = jiff::Timestamp::from_second(1_000).unwrap();
    let before = snapshot.clone();
    let known = Known::at(&before, &ground, &here, now);
    match command {
        AdminCommand::Allow(words) => {
            let rules = known.rules(Effect::Allow, &words).unwrap();
            snapshot.change(&home(), |held, tools| rules.into_iter().for_each(|rule| held.put(rule, tools)));
        }
        AdminCommand::Forget(words) => {
            let keys = known.keys(&words).unwrap();
            snapshot.change(&home(), |held, _| keys.iter().for_each(|key| held.remove(key)));
        }
        AdminCommand::Approve(words) => snapshot.change(&home(), |held, _| {
            words.tools.iter().for_each(|tool| held.approve(tool.parse().unwrap(), Approval::Approved));
        }),
        AdminCommand::Go(words) => {
            let target = target(&words.tools[0]);
            snapshot.change(&home(), |held, _| held.start(&target));
        }
        other => panic!("no remedy: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn explain_agrees_with_the_decision_and_its_commands_change_it(
        written in oracle::rules(),
        held in prop::sample::select(vec![Approval::Approved, Approval::Pending, Approval::Blocked]),
        roles in prop::sample::subsequence(vec!["dev", "ops"], 0..=2),
        grouped in any::<bool>(),
        (tool, stopped) in prop::sample::select(vec!["view", "create", "delete"])
            .prop_flat_map(|tool| (Just(tool), stops(tool))),
        keys in prop::sample::subsequence(vec!["A", "B", "OTHER"], 0..=2),
        confirmed in any::<bool>(),
    ) {
        let mut snapshot = oracle::snapshot(&written);
        let tool: ToolName = tool.parse().unwrap();
        snapshot.change(&home(), |rules, _| rules.approve(tool.clone(), held));
        if let Some(switch) = stopped {
            snapshot.stop(switch);
        }
        let (ada, eng, keys, site) = (person("ada"), place("eng"), projects(&keys), "acme".parse().unwrap());
        let member = oracle::grouped_member(&roles, grouped);
        let question = Question {
            person: &ada, place: &eng, member: &member, tool: &tool, site: Some(&site), projects: &keys, confirmed,
            once: false, second: false, now: 1_000,
        };
        let words = usher_chat::tree::plain_inline(&explain(&snapshot, &question, "#eng".into()));
        match decide(&snapshot, &question) {
            Verdict::Allow(_) => prop_assert!(words.starts_with("Yes: "), "{}", words),
            Verdict::Ask(..) => prop_assert!(words.starts_with("Yes, after a press that confirms it: "), "{}", words),
            Verdict::Deny(_) => {
                prop_assert!(words.starts_with("No: "), "{}", words);
                let fixes = cure(&snapshot, &question);
                prop_assert!(!fixes.is_empty());
                for fix in &fixes {
                    prop_assert!(matches!(decide(&snapshot, &question), Verdict::Deny(_)), "a step too many: {}", fix);
                    let command = fix.to_string();
                    prop_assert!(words.contains(&command), "{} lacks {}", words, command);
                    obey(&mut snapshot, &command);
                }
                prop_assert!(!matches!(decide(&snapshot, &question), Verdict::Deny(_)), "{}", words);
            }
        }
    }
}

/// Runs the remedy of each refusal, as it is written, until there is none. Returns the steps.
async fn follow(world: &World, who: &str, roles: &[&str], place: &Place, tool: &str, keys: &[&str]) -> String {
    let mut way = Vec::new();
    loop {
        let verdict = world.governance.decide(world.asking(who, roles, place, tool, keys)).await.unwrap();
        let Decision::Deny(refusal) = verdict else {
            way.push(world.ask(who, roles, place, tool, keys).await);
            return way.join(" ");
        };
        let remedy = refusal.remedy.unwrap_or_else(|| panic!("no remedy for {:?}", refusal.step));
        way.push(format!("{} -> {remedy};", refusal.step.as_str()));
        assert!(way.len() < 12, "{way:?}");
        let said = world.run(&remedy).await;
        assert!(!said.starts_with("Nothing changed"), "{remedy}: {said}");
    }
}

#[tokio::test]
async fn the_commands_in_refusals_work_as_written() {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(facts(), settings).await;
    let (eng, ops) = (place("eng"), place("ops"));
    insta::assert_snapshot!(
        follow(&world, "linus", &[], &eng, "create", &["WEB"]).await,
        @"pending -> jira admin approve create; no-grant -> jira admin allow create in #eng for @linus; allow"
    );
    world.run("admin deny reader in #ops for @dev").await;
    world.run("admin deny view for @grace").await;
    world.run("admin block view").await;
    insta::assert_snapshot!(
        follow(&world, "grace", &["dev"], &ops, "view", &[]).await,
        @"blocked -> jira admin approve view; denied -> jira admin forget view for @grace; denied -> jira admin forget reader in #ops for @dev; allow"
    );
    world.run("admin forget reader").await;
    world.run("admin allow find in #ops for @ada on WEB until 2026-12-31").await;
    insta::assert_snapshot!(
        follow(&world, "ada", &[], &ops, "find", &["OPS"]).await,
        @"project -> jira admin allow find in #ops for @ada on OPS,WEB until 2027-01-01T00:00:00Z; allow"
    );
    assert_eq!(world.ask("ada", &[], &ops, "find", &["WEB"]).await, "allow", "the remedy takes nothing away");
    world.run("admin deny find for @ada on SECRET").await;
    insta::assert_snapshot!(
        follow(&world, "ada", &[], &ops, "find", &["SECRET"]).await,
        @"project -> jira admin forget find for @ada; project -> jira admin allow find in #ops for @ada on OPS,SECRET,WEB until 2027-01-01T00:00:00Z; allow"
    );
}

#[tokio::test]
async fn what_no_command_can_change_names_none() {
    let mut settings = settings();
    settings.forbid.classes.insert(Access::Destructive);
    let world = World::with(facts(), settings).await;
    let refused = world.refusal(world.asking("ada", &[], &place("eng"), "delete", &[])).await;
    assert_eq!((refused.step, refused.remedy), (Step::Ceiling, None));
    let refused = world.refusal(world.asking("ada", &[], &direct(), "create", &[])).await;
    assert_eq!((refused.step, refused.remedy), (Step::NoGrant, None));
    assert_eq!(refused.place, "direct messages");
}

#[tokio::test]
async fn explain_names_the_rule_and_the_way_out() {
    let world = World::new().await;
    let explain = async |line: &str, roles: &[&str]| world.run_about(line, Some(member(roles))).await;
    insta::assert_snapshot!(
        explain("admin explain @linus delete in #general", &[]).await,
        @"No: nothing grants delete in #general. jira admin allow delete in #general for @linus would change that."
    );
    insta::assert_snapshot!(
        explain("admin explain @linus view", &[]).await,
        @"Yes: @linus may use view in #eng, through allow reader for everyone."
    );
    world.run("admin allow manager in #eng for @dev on WEB,OPS").await;
    world.run("admin deny delete for @dev on OPS").await;
    insta::assert_snapshot!(
        explain("admin explain @linus delete", &["dev"]).await,
        @"Yes, after a press that confirms it: @linus may use delete in #eng, through allow manager in #eng for @dev on OPS,WEB, less deny delete for @dev on OPS."
    );
    insta::assert_snapshot!(
        explain("admin explain @linus delete on OPS", &["dev"]).await,
        @"No: deny delete for @dev keeps OPS out. jira admin forget delete for @dev would change that."
    );
    insta::assert_snapshot!(world.run("admin explain @linus view").await, @"No: @linus is not in this workspace.");
    insta::assert_snapshot!(
        world.run("admin explain @linus vew").await,
        @"I don't know a tool or toolset `vew`. Did you mean `view`?"
    );
}
