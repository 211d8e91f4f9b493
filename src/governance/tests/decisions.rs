use super::*;

#[tokio::test]
async fn each_step_says_no_in_its_turn() {
    let mut settings = settings();
    settings.forbid.tools.insert("comment".parse().unwrap());
    let mut world = World::with(facts(), settings.clone()).await;
    let eng = place("eng");
    // Everyone may read, to begin with.
    assert_eq!(world.ask("ada", &[], &eng, "view", &["WEB"]).await, "allow");
    assert_eq!(world.ask("ada", &[], &eng, "create", &["WEB"]).await, "no-grant");
    // An unknown tool and an unknown place are no.
    assert_eq!(world.ask("ada", &[], &eng, "nosuch", &[]).await, "no-grant");
    let elsewhere = Place::channel(Workspace::new(Platform::TERMINAL, "elsewhere"), "eng");
    assert_eq!(world.ask("ada", &[], &elsewhere, "view", &[]).await, "admission");
    assert_eq!(world.ask("root", &[], &elsewhere, "view", &[]).await, "admission", "owners too");
    let abroad = Place::channel(Workspace::new(Platform::DISCORD, "home"), "eng");
    assert_eq!(world.ask("ada", &[], &abroad, "view", &[]).await, "admission");
    assert_eq!(world.ask("ada", &[], &Place::direct(Platform::DISCORD), "view", &[]).await, "admission");
    // Approval comes before grants.
    world.run("admin block view").await;
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "blocked");
    // The owner's ceiling comes before approval, and cannot be granted away.
    world.run("admin allow contributor").await;
    assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "ceiling");
    assert_eq!(world.ask("root", &[], &eng, "comment", &[]).await, "ceiling");
    // A project that was not granted, though others were.
    world.run("admin approve view").await;
    world.run("admin forget reader").await;
    world.run("admin allow view on WEB").await;
    world.run("admin forget contributor").await;
    assert_eq!(world.ask("ada", &[], &eng, "view", &["WEB"]).await, "allow");
    assert_eq!(world.ask("ada", &[], &eng, "view", &["WEB", "HR"]).await, "project");
    // A tool that an upgrade changed waits, or not, as the configuration says.
    let mut tools = facts();
    tools[0].digest = "view 2".into();
    settings.new_tools = NewTools::None;
    world = world.restart(tools, settings).await;
    assert_eq!(world.ask("ada", &[], &eng, "view", &["WEB"]).await, "pending");
}

#[tokio::test]
async fn deny_wins_wherever_it_stands() {
    let world = World::new().await;
    let eng = place("eng");
    world.run("admin allow manager in #eng for @ada").await;
    assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "allow");
    for deny in ["create", "create in #eng for @dev", "contributor for @ada"] {
        world.run(&format!("admin deny {deny}")).await;
        assert_eq!(world.ask("ada", &["dev"], &eng, "create", &[]).await, "denied", "{deny}");
        world.run(&format!("admin forget {deny}")).await;
        assert_eq!(world.ask("ada", &["dev"], &eng, "create", &[]).await, "allow", "{deny}");
    }
    // On some projects only.
    world.run("admin deny create for @dev on HR,PAY").await;
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["WEB"]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["PAY"]).await, "project");
    assert_eq!(world.ask("ada", &[], &eng, "create", &["PAY"]).await, "allow");
    // What is allowed on nothing but denied projects is denied.
    world.run("admin allow manager in #eng for @ada on HR").await;
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &[]).await, "denied");
}

#[tokio::test]
async fn rules_hold_for_their_channel_and_its_threads() {
    let world = World::new().await;
    world.run("admin allow create in #eng for @dev").await;
    assert_eq!(world.ask("ada", &["dev"], &place("eng"), "create", &[]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &thread("eng"), "create", &[]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &place("general"), "create", &[]).await, "no-grant");
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "no-grant");
    assert_eq!(world.ask("dev", &[], &place("eng"), "create", &[]).await, "allow", "in a terminal ids are names");
    let mut gone = world.asking("ada", &["dev"], &place("eng"), "create", &[]);
    gone.member.member.present = false;
    assert_eq!(world.refusal(gone).await.step, Step::NoGrant);
}

#[tokio::test]
async fn direct_messages_have_the_owners_toolset_and_the_owners_ceiling() {
    let mut settings = settings();
    settings.direct = "manager".into();
    settings.forbid.classes.insert(Access::Write);
    let world = World::with(facts(), settings).await;
    world.run("admin block view").await;
    assert_eq!(world.ask("eve", &[], &direct(), "view", &[]).await, "allow", "no workspace speaks here");
    assert_eq!(world.ask("eve", &[], &direct(), "create", &[]).await, "ceiling");
    let mut delete = world.asking("eve", &[], &direct(), "delete", &[]);
    delete.confirmed = false;
    assert!(matches!(world.governance.decide(delete).await.unwrap(), Decision::Ask(AskFor::Confirm, _)));
    let world = World::new().await;
    assert_eq!(world.ask("eve", &[], &direct(), "create", &[]).await, "no-grant");
    let receipt = world.permit(world.asking("eve", &[], &direct(), "view", &["WEB"])).await.receipt();
    assert_eq!(receipt.audience(&About::project("WEB".parse().unwrap())), usher_chat::Audience::OnlyAsker);
}

#[tokio::test]
async fn what_cannot_be_brought_back_is_confirmed_after_all_else() {
    let world = World::new().await;
    let ask = |confirmed, channel| {
        let mut asking = world.asking("ada", &[], &place(channel), "delete", &["WEB"]);
        asking.confirmed = confirmed;
        world.governance.decide(asking)
    };
    world.run("admin allow manager in #eng").await;
    let Decision::Ask(AskFor::Confirm, look) = ask(false, "eng").await.unwrap() else { panic!("it is confirmed") };
    assert!(look.only_looks(), "nothing may happen before the answer");
    let Decision::Allow(permit) = ask(true, "eng").await.unwrap() else { panic!("it was confirmed") };
    assert!(!permit.only_looks());
    let receipt = permit.receipt();
    assert!(format!("{receipt:?}").contains("delete"), "{receipt:?}");
    assert!(matches!(ask(false, "general").await.unwrap(), Decision::Deny(_)));
    assert!(matches!(ask(true, "general").await.unwrap(), Decision::Deny(_)), "a confirmation grants nothing");
}

#[tokio::test]
async fn a_reply_is_public_where_the_grant_names_all_of_it() {
    use usher_chat::Audience::{Everyone, OnlyAsker};
    let world = World::new().await;
    world.run("admin allow reader in #eng on WEB,OPS").await;
    world.run("admin deny reader for @dev on OPS").await;
    let about = |keys: &[&str]| About { projects: projects(keys).into_iter().collect(), ..About::default() };
    let receipt = world.permit(world.asking("ada", &[], &place("eng"), "view", &[])).await.receipt();
    assert_eq!(receipt.audience(&about(&["WEB"])), Everyone);
    assert_eq!(receipt.audience(&about(&["WEB", "OPS"])), Everyone);
    assert_eq!(receipt.audience(&about(&["WEB", "HR"])), OnlyAsker, "one project that no grant names");
    assert_eq!(receipt.audience(&about(&[])), OnlyAsker);
    assert_eq!(receipt.audience(&About { restricted: true, ..about(&["WEB"]) }), OnlyAsker);
    assert_eq!(receipt.audience(&About { personal: true, ..about(&["WEB"]) }), OnlyAsker);
    let dev = world.permit(world.asking("ada", &["dev"], &place("eng"), "view", &[])).await.receipt();
    assert_eq!(dev.audience(&about(&["OPS"])), OnlyAsker, "what is denied is not named");
    let other = world.permit(world.asking("ada", &[], &place("general"), "view", &[])).await.receipt();
    assert_eq!(other.audience(&about(&["WEB"])), OnlyAsker, "another channel's grant");
    // Shown on request, but never what is for a few.
    let mut show = world.asking("ada", &[], &place("general"), "view", &["HR"]);
    show.show = true;
    let shown = world.permit(show).await.receipt();
    assert_eq!(shown.audience(&about(&["HR"])), Everyone);
    assert_eq!(shown.audience(&About { restricted: true, ..about(&["HR"]) }), OnlyAsker);
}

#[tokio::test]
async fn a_rule_ends_at_its_second() {
    let world = World::new().await;
    world.run("admin allow create for @ada until 2h").await;
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "allow");
    world.clock.advance(std::time::Duration::from_secs(7199));
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "allow");
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "no-grant");
}

#[tokio::test]
async fn menus_show_what_the_decision_allows() {
    let world = World::new().await;
    world.run("admin allow manager in #eng for @dev on WEB").await;
    let names = |roles: &[&str], place: &Place| {
        let allowed = world.governance.allowed(&world.asker("ada", place), &member(roles));
        allowed.iter().map(ToolName::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&["dev"], &place("eng")), "view find create comment delete");
    assert_eq!(names(&[], &place("eng")), "view find");
    assert_eq!(names(&[], &direct()), "view find");
    let delete = "delete".parse().unwrap();
    assert!(world.governance.may(&person("ada"), &place("eng"), &member(&["dev"]), &delete));
    assert!(!world.governance.may(&person("ada"), &place("ops"), &member(&["dev"]), &delete));
}

#[tokio::test]
async fn settings_that_name_nothing_are_refused_at_start() {
    let broken = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        settings
    };
    let cases = [
        (
            broken(&|s| s.direct = "raeder".into()),
            "`direct` in `[governance]` names `raeder`, which is no tool and no toolset.",
        ),
        (
            broken(&|s| s.forbid.tools.extend(["delet".parse().unwrap()])),
            "`forbid` in `[governance]` names `delet`, which is no tool and no toolset.",
        ),
    ];
    for (settings, words) in cases {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&KeyRing::generate().unwrap()));
        let clock = Arc::new(ManualClock::at("2026-08-07T10:00:00Z".parse().unwrap()));
        let error = Governance::new(store, audit, clock, facts(), settings).await.unwrap_err();
        assert_eq!(error.to_string(), words);
    }
}

#[tokio::test]
async fn flags_can_be_forbidden_and_what_leaves_jira_waits() {
    let mut tools = facts();
    tools[1].flags.egress = true;
    tools[3].flags.customer_visible = true;
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(tools.clone(), settings.clone()).await;
    let eng = place("eng");
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &eng, "find", &[]).await, "pending");
    world.run("admin approve comment").await;
    world.run("admin allow comment for @ada").await;
    insta::assert_snapshot!(world.run_about("admin explain @ada comment", Some(member(&[]))).await, @"Yes: @ada may use comment in #eng, through allow comment for @ada. Customers may see what it writes.");
    insta::assert_snapshot!(world.run("admin policy").await, @r"
    Whole workspace (5 tools) | everyone | @ada
    view | yes | yes
    find create delete | waits | waits
    comment | - | yes
    Carries something out of Jira: find.
    Customers may see what it writes: comment.
    acme: no call from here has worked yet. corp: no call from here has worked yet.
    ");
    settings.forbid.flags.insert("customer-visible".into());
    let world = world.restart(tools, settings).await;
    assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "ceiling");
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "allow");
}
