//! A workspace's own toolsets and profiles.

use super::*;

#[tokio::test]
async fn a_toolset_of_ones_own_is_made_changed_and_deleted() {
    let world = World::new().await;
    insta::assert_snapshot!(world.run("admin toolset").await, @r"
    No toolset of your own yet. jira admin toolset create triage view find makes one.
    Built in: reader, contributor, manager, read-only and all-approved.
    ");
    insta::assert_snapshot!(world.run("admin toolset create triage view find,comment").await, @"triage holds 3 tools now: view, find, comment.");
    insta::assert_snapshot!(world.run("admin toolset create triage delete").await, @"There is a toolset `triage` already. `jira admin toolset add triage …` adds to it.");
    insta::assert_snapshot!(world.run("admin allow triage in #support for @dev").await, @"@dev may now use 3 tools in #support.");
    let support = place("support");
    assert_eq!(world.ask("ada", &["dev"], &support, "comment", &[]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &support, "create", &[]).await, "no-grant");

    // What a set holds counts at once, for every rule that names it.
    insta::assert_snapshot!(world.run("admin toolset add triage create").await, @"triage holds 4 tools now: view, find, create, comment. This rule follows it: allow triage in #support for @dev.");
    assert_eq!(world.ask("ada", &["dev"], &support, "create", &[]).await, "allow");
    insta::assert_snapshot!(world.run("admin toolset remove TRIAGE comment").await, @"triage holds 3 tools now: view, find, create. This rule follows it: allow triage in #support for @dev.");
    assert_eq!(world.ask("ada", &["dev"], &support, "comment", &[]).await, "no-grant");
    insta::assert_snapshot!(world.run("admin toolset add triage view").await, @"triage holds 3 tools: view, find, create. This rule follows it: allow triage in #support for @dev.");
    insta::assert_snapshot!(world.run("admin toolset show triage").await, @"triage holds 3 tools: view, find, create. This rule follows it: allow triage in #support for @dev.");
    insta::assert_snapshot!(world.run("admin toolset").await, @r"
    - triage (3 tools): view, find, create
    Built in: reader, contributor, manager, read-only and all-approved.
    ");

    insta::assert_snapshot!(world.run("admin toolset delete triage").await, @"`triage` cannot be deleted while rules name it: `allow triage in #support for @dev`. Take them back first, with `jira admin forget …`.");
    assert_eq!(world.ask("ada", &["dev"], &support, "create", &[]).await, "allow");
    world.run("admin forget triage in #support for @dev").await;
    insta::assert_snapshot!(world.run("admin toolset delete triage").await, @"Deleted: triage. It held view, find, create.");
    insta::assert_snapshot!(world.run("admin allow triage").await, @"I don't know a tool or toolset `triage`. The toolsets are `reader`, `contributor`, `manager`, `read-only` and `all-approved`.");
}

#[tokio::test]
async fn of_many_rules_that_follow_a_toolset_the_first_are_named() {
    let world = World::new().await;
    world.run("admin toolset create triage view").await;
    for role in ["dev", "guest", "lead", "ops", "qa"] {
        world.run(&format!("admin allow triage in #eng for @{role}")).await;
    }
    assert!(!world.run("admin toolset show triage").await.contains(" more"));
    for (role, more) in [("sales", " and 1 more."), ("support", " and 2 more.")] {
        world.run(&format!("admin allow triage in #eng for @{role}")).await;
        let shown = world.run("admin toolset show triage").await;
        assert!(shown.contains("These rules follow it: ") && shown.ends_with(more), "{shown}");
    }
}

#[tokio::test]
async fn a_deny_follows_its_toolset_too() {
    let world = World::new().await;
    let eng = place("eng");
    world.run("admin allow manager in #eng").await;
    world.run("admin toolset create risky delete").await;
    world.run("admin deny risky for @guest").await;
    assert_eq!(world.ask("eve", &["guest"], &eng, "create", &[]).await, "allow");
    world.run("admin toolset add risky create").await;
    assert_eq!(world.ask("eve", &["guest"], &eng, "create", &[]).await, "denied");
    assert_eq!(world.ask("eve", &["guest"], &eng, "delete", &[]).await, "denied");
    world.run("admin toolset remove risky delete").await;
    assert_eq!(world.ask("eve", &["guest"], &eng, "delete", &[]).await, "allow");
}

#[tokio::test]
async fn automatic_toolsets_hold_what_is_approved() {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(facts(), settings).await;
    let eng = place("eng");
    insta::assert_snapshot!(world.run("admin allow all-approved in #eng").await, @"Everyone may now use 2 tools in #eng.");
    assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "pending");
    world.run("admin approve create").await;
    assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "allow");
    world.run("admin block create").await;
    assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "blocked");
    world.run("admin approve create").await;
    insta::assert_snapshot!(world.run("admin toolset show all-approved").await, @"all-approved holds 3 tools: view, find, create. This rule follows it: allow all-approved in #eng for everyone.");
    world.run("admin forget reader").await;
    insta::assert_snapshot!(world.run("admin allow read-only in #ops").await, @"Everyone may now use 2 tools in #ops.");
    assert_eq!(world.ask("ada", &[], &place("ops"), "find", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &place("ops"), "create", &[]).await, "no-grant");
}

#[tokio::test]
async fn a_set_with_pending_tools_offers_their_approval_where_it_is_granted() {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(facts(), settings).await;
    insta::assert_snapshot!(world.run("admin toolset create triage view comment").await, @"triage holds 2 tools now: view, comment.");
    insta::assert_snapshot!(world.run("admin allow triage in #eng").await, @"Everyone may now use 2 tools in #eng. 1 of them is waiting for review: comment.  [Approve it = admin approve comment]  [Show it = admin policy #eng]");
    insta::assert_snapshot!(world.run("admin toolset add triage create").await, @"triage holds 3 tools now: view, create, comment. This rule follows it: allow triage in #eng for everyone. Waiting for review: create, comment.  [Approve them = admin approve create comment]  [Show them = admin policy]");
    insta::assert_snapshot!(world.run("admin approve triage").await, @"Approved: create, comment.");
}

#[tokio::test]
async fn a_profile_of_ones_own_is_made_changed_and_deleted() {
    let world = World::new().await;
    let eng = place("eng");
    insta::assert_snapshot!(world.run("admin profile").await, @"No profile of your own yet. jira admin profile create oncall role:@sre person:@ada makes one.");
    insta::assert_snapshot!(world.run("admin profile create oncall role:@sre person:@grace").await, @"oncall is now @sre, @grace.");
    insta::assert_snapshot!(world.run("admin allow create in #eng for oncall on WEB").await, @"oncall may now use create on WEB in #eng.");
    assert_eq!(world.ask("ada", &["sre"], &eng, "create", &[]).await, "allow");
    assert_eq!(world.ask("grace", &[], &eng, "create", &[]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &[]).await, "no-grant");
    assert_eq!(world.ask("oncall", &["oncall"], &eng, "create", &[]).await, "no-grant", "nobody is called into it");
    insta::assert_snapshot!(world.run("admin profile add oncall @linus").await, @"oncall is now @sre, @grace, @linus. This rule follows it: allow create in #eng for oncall on WEB.");
    assert_eq!(world.ask("linus", &[], &eng, "create", &[]).await, "allow");
    insta::assert_snapshot!(world.run("admin profile remove oncall role:@sre").await, @"oncall is now @grace, @linus. This rule follows it: allow create in #eng for oncall on WEB.");
    assert_eq!(world.ask("ada", &["sre"], &eng, "create", &[]).await, "no-grant");
    insta::assert_snapshot!(world.run("admin policy #eng").await, @r"
    #eng (5 tools) | everyone | oncall
    view find | yes | yes
    create | - | WEB
    comment delete | - | -
    ");
    insta::assert_snapshot!(world.run_about("admin explain @grace create", Some(member(&[]))).await, @"Yes: @grace may use create in #eng, through allow create in #eng for oncall on WEB.");
    insta::assert_snapshot!(world.run("admin profile delete oncall").await, @"`oncall` cannot be deleted while rules name it: `allow create in #eng for oncall on WEB`. Take them back first, with `jira admin forget …`.");
    insta::assert_snapshot!(world.run("admin profile").await, @"- oncall: @grace, @linus");
    world.run("admin deny find for oncall").await;
    assert_eq!(world.ask("grace", &[], &eng, "find", &[]).await, "denied");
    insta::assert_snapshot!(world.refusal(world.asking("grace", &[], &eng, "find", &[])).await.remedy.unwrap(), @"jira admin forget find for oncall");
    world.run("admin forget find for oncall").await;
    world.run("admin forget create in #eng for oncall").await;
    insta::assert_snapshot!(world.run("admin profile delete oncall").await, @"Deleted: oncall. It was @grace, @linus.");
}

#[tokio::test]
async fn sets_that_make_no_sense_are_refused() {
    let world = World::new().await;
    world.run("admin toolset create triage view find").await;
    let before = world.rows().len();
    let mut said = Vec::new();
    for line in [
        "toolset create",
        "toolset create new",
        "toolset create view find",
        "toolset create reader view",
        "toolset create all view",
        "toolset create 9lives view",
        "toolset create tri`age view",
        "toolset create new viev",
        "toolset create new reader",
        "toolset create new triage",
        "toolset create new vi*",
        "toolset add triaje view",
        "toolset add reader create",
        "toolset remove triage view find",
        "toolset delete triage view",
        "toolset delete nosuch",
        "toolset show nosuch",
        "profile create oncall",
        "profile create everyone @ada",
        "profile create oncall everyone",
        "profile create oncall @",
        "profile show oncall",
        "allow view for person:",
    ] {
        said.push(format!("{line}: {}", world.run(&format!("admin {line}")).await));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    toolset create: Name the toolset. Like this: `jira admin toolset create triage …`.
    toolset create new: Name the tools too. Like this: `jira admin toolset create new view find`.
    toolset create view find: `view` is a tool. Choose another name.
    toolset create reader view: `reader` is built in. Choose another name.
    toolset create all view: `all` has a meaning of its own. Choose another name.
    toolset create 9lives view: `9lives` cannot be a name. Use a letter, then letters, digits and `-`, at most 40 in all.
    toolset create tri`age view: `triage` cannot be a name. Use a letter, then letters, digits and `-`, at most 40 in all.
    toolset create new viev: I don't know a tool or toolset `viev`. Did you mean `view`?
    toolset create new reader: `reader` is a toolset. Name the tools one by one.
    toolset create new triage: `triage` is a toolset. Name the tools one by one.
    toolset create new vi*: I don't know a tool or toolset `vi*`. Did you mean `view`?
    toolset add triaje view: There is no toolset `triaje` here. There is `triage`.
    toolset add reader create: There is no toolset `reader` here. There is `triage`.
    toolset remove triage view find: Nothing would be left in `triage`. `jira admin toolset delete triage` deletes it.
    toolset delete triage view: `delete` takes the whole toolset away. `jira admin toolset remove triage …` takes something out of it.
    toolset delete nosuch: There is no toolset `nosuch` here. There is `triage`.
    toolset show nosuch: There is no toolset `nosuch` here. There is `triage`.
    profile create oncall: Name the people too. Like this: `jira admin profile create oncall role:@sre person:@ada`.
    profile create everyone @ada: `everyone` has a meaning of its own. Choose another name.
    profile create oncall everyone: Everyone is everyone already. Name roles and people, such as `role:@sre person:@ada`.
    profile create oncall @: That names nobody. Write `for everyone`, `for @role` or `for @person`.
    profile show oncall: There is no profile `oncall` here. `jira admin profile create` makes one.
    allow view for person:: That names nobody. Write `for everyone`, `for @role` or `for @person`.
    ");
    assert_eq!(world.rows().len(), before);
    for line in ["toolset make new view", "toolset create new view for @ada", "profile grant oncall @ada"] {
        assert!(AdminCommand::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).is_err(), "{line}");
    }
}

#[tokio::test]
async fn sets_belong_to_their_workspace_and_outlive_a_restart() {
    let mut settings = settings();
    let other = Workspace::new(Platform::TERMINAL, "other");
    settings.workspaces.push(other.clone());
    let world = World::with(facts(), settings.clone()).await;
    world.run("admin toolset create triage create").await;
    world.run("admin profile create oncall role:@sre").await;
    world.run("admin allow triage in #eng for oncall").await;
    let asker = world.asker("root", &Place::channel(other, "eng"));
    let command = AdminCommand::parse(&["toolset".to_owned(), "show".to_owned(), "triage".to_owned()]).unwrap();
    let permit = world.governance.admit_admin(&asker, &member(&[]).member, &command).await.unwrap();
    assert!(matches!(world.governance.command(permit, command, None).await, Err(Error::User { .. })));
    let world = world.restart(facts(), settings.clone()).await;
    assert_eq!(world.ask("ada", &["sre"], &place("eng"), "create", &[]).await, "allow");
    // A version without the tool keeps its place in the set.
    let world = world.restart(facts()[..2].to_vec(), settings.clone()).await;
    assert_eq!(world.ask("ada", &["sre"], &place("eng"), "create", &[]).await, "no-grant");
    insta::assert_snapshot!(world.run("admin toolset show triage").await, @"triage holds 1 tool: create. This rule follows it: allow triage in #eng for oncall.");
    let world = world.restart(facts(), settings).await;
    assert_eq!(world.ask("ada", &["sre"], &place("eng"), "create", &[]).await, "allow");
    let rows: Vec<String> = world.rows().into_iter().filter(|row| row.kind == "policy").map(|row| row.detail).collect();
    insta::assert_snapshot!(rows.iter().filter(|row| row.contains("set") || row.contains("profile")).cloned().collect::<Vec<_>>().join("\n"), @r#"
    {"change":"toolset","name":"triage","before":null,"now":["create"]}
    {"change":"profile","name":"oncall","before":null,"now":["role:sre"]}
    "#);
}

#[tokio::test]
async fn a_jira_group_holds_whom_the_bot_says() {
    let world = World::new().await;
    let eng = place("eng");
    assert!(world.governance.group_sites(&home()).is_empty());
    world.run("admin allow create in #eng for jira-group:Support@corp").await;
    let sites: Vec<String> = world.governance.group_sites(&home()).iter().map(ToString::to_string).collect();
    assert_eq!(sites, ["corp"]);
    let ask = async |groups: &[&str]| {
        let mut asking = world.asking("ada", &[], &eng, "create", &[]);
        asking.member.groups = groups.iter().map(|group| group.parse().unwrap()).collect();
        matches!(world.governance.decide(asking).await.unwrap(), Decision::Allow(_))
    };
    assert!(ask(&["support@corp"]).await);
    assert!(!ask(&[]).await);
    assert!(!ask(&["support@acme", "supporters@corp"]).await);
    world.run("admin profile create helpers jira-group:support@corp").await;
    world.run("admin deny create for helpers").await;
    assert!(!ask(&["support@corp"]).await);
    world.run("admin forget create for helpers").await;
    world.run("admin forget create in #eng for jira-group:support@corp").await;
    assert!(world.governance.group_sites(&home()).is_empty(), "a profile that no rule names is not asked for");
    insta::assert_snapshot!(world.run("admin allow view for jira-group:support@crop").await, @"I don't know the site `crop`. I know `acme` and `corp`.");
}
