//! Switches: stopped at once, and until somebody starts it again.

use usher_chat::Names;

use super::*;

impl World {
    /// As `usher stop` and `usher go` do it, from another process beside this one.
    async fn switch(&self, workspace: Option<Workspace>, target: Target, stop: bool) -> bool {
        let store = Store::open_beside(&self.dir.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&self.keys));
        switch(&store, &audit, self.clock.clone(), workspace, target, stop).await.unwrap()
    }
}

async fn open() -> World {
    let world = World::new().await;
    world.run("admin allow manager in #eng").await;
    world
}

#[tokio::test]
async fn what_the_owner_stops_stops_in_a_running_bot_at_its_next_decision() {
    let world = open().await;
    let (eng, site) = (place("eng"), "acme".parse::<SiteId>().unwrap());
    for (workspace, target, place) in [
        (None, Target::Everything, eng.clone()),
        (None, Target::Everything, direct()),
        (None, Target::Platform(Platform::TERMINAL), eng.clone()),
        (None, Target::Site(site.clone()), eng.clone()),
        (None, Target::Site(site.clone()), direct()),
        (None, Target::Tool("view".parse().unwrap()), eng.clone()),
        (Some(home()), Target::Everything, eng.clone()),
    ] {
        assert_eq!(world.ask("ada", &[], &place, "view", &[]).await, "allow");
        assert!(world.switch(workspace.clone(), target.clone(), true).await, "{target}");
        assert!(!world.switch(workspace.clone(), target.clone(), true).await, "{target} twice");
        assert_eq!(world.ask("ada", &[], &place, "view", &[]).await, "switch", "{target}");
        assert_eq!(world.ask("root", &[], &place, "view", &[]).await, "switch", "owners too: {target}");
        assert!(world.switch(workspace.clone(), target.clone(), false).await, "{target}");
        assert!(!world.switch(workspace, target, false).await);
        assert_eq!(world.ask("ada", &[], &place, "view", &[]).await, "allow");
    }
    // What is stopped elsewhere goes on here.
    for (workspace, target) in [
        (None, Target::Platform(Platform::DISCORD)),
        (None, Target::Site("corp".parse().unwrap())),
        (None, Target::Tool("find".parse().unwrap())),
        (Some(Workspace::new(Platform::TERMINAL, "other")), Target::Everything),
    ] {
        world.switch(workspace, target, true).await;
        assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "allow");
    }
    assert_eq!(world.ask("ada", &[], &direct(), "find", &[]).await, "switch");
    world.audit.verify(None).unwrap();
}

#[tokio::test]
async fn a_refusal_says_who_stopped_it_and_since_when() {
    let world = open().await;
    let eng = place("eng");
    let refused =
        async |tool: &str| world.refusal(world.asking("ada", &[], &eng, tool, &[])).await.draft().text.to_plain();
    insta::assert_snapshot!(world.run_as_admin("admin stop delete").await, @"Stopped: delete. Nobody can use it in this workspace before jira admin go delete.");
    insta::assert_snapshot!(refused("delete").await, @"delete is stopped in this workspace, by @grace, since Friday, 7 August 2026, 10:00 UTC. Allowed here: view, find, create, comment. An admin starts it again with jira admin go delete.");
    world.clock.advance(std::time::Duration::from_secs(90 * 60));
    world.switch(None, Target::Tool("create".parse().unwrap()), true).await;
    insta::assert_snapshot!(refused("create").await, @"create is stopped everywhere, by an owner, since Friday, 7 August 2026, 11:30 UTC. Allowed here: view, find, comment. An owner starts it again with usher go tool create.");
    world.switch(None, Target::Site("acme".parse().unwrap()), true).await;
    insta::assert_snapshot!(refused("view").await, @"The site acme is stopped, by an owner, since Friday, 7 August 2026, 11:30 UTC. An owner starts it again with usher go site acme.");
    insta::assert_snapshot!(world.run_as_admin("admin stop").await, @r"
    The site acme is stopped, by an owner, since Friday, 7 August 2026, 11:30 UTC. An owner starts it again with usher go site acme.
    create is stopped everywhere, by an owner, since Friday, 7 August 2026, 11:30 UTC. An owner starts it again with usher go tool create.
    delete is stopped in this workspace, by @grace, since Friday, 7 August 2026, 10:00 UTC. An admin starts it again with jira admin go delete.
    ");
    insta::assert_snapshot!(world.run("admin policy #eng").await, @r"
    #eng (5 tools) | everyone
    view find comment | yes
    create delete | stopped
    ");
    insta::assert_snapshot!(world.run_about("admin explain @ada delete", Some(member(&[]))).await, @"No: delete is stopped in this workspace, by @grace, since Friday, 7 August 2026, 10:00 UTC. jira admin go delete would change that.");
    insta::assert_snapshot!(world.run_about("admin explain @ada create", Some(member(&[]))).await, @"No: create is stopped everywhere, by an owner, since Friday, 7 August 2026, 11:30 UTC. usher go tool create would change that.");
    world.switch(Some(home()), Target::Everything, true).await;
    insta::assert_snapshot!(refused("view").await, @"The site acme is stopped, by an owner, since Friday, 7 August 2026, 11:30 UTC. An owner starts it again with usher go site acme.");
    let stopped = world.governance.stopped(&world.asker("ada", &eng)).unwrap();
    insta::assert_snapshot!(stopped.draft().text.to_plain(), @"Usher is stopped in this workspace, by an owner, since Friday, 7 August 2026, 11:30 UTC. An owner starts it again with jira admin go everything.");
    assert!(world.governance.stopped(&world.asker("ada", &direct())).is_none());
    assert!(world.rows().iter().any(|row| row.verdict == "deny:switch"));
}

#[tokio::test]
async fn an_admin_stops_and_starts_in_their_own_workspace() {
    let mut settings = settings();
    let other = Workspace::new(Platform::TERMINAL, "other");
    settings.workspaces.push(other.clone());
    let world = World::with(facts(), settings).await;
    let eng = place("eng");
    insta::assert_snapshot!(world.run_as_admin("admin stop").await, @"Nothing is stopped here. jira admin stop delete would stop a tool at once.");
    insta::assert_snapshot!(world.run_as_admin("admin stop view find").await, @"Stopped: view, find. Nobody can use them in this workspace before jira admin go view find.");
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "switch");
    assert_eq!(world.ask("ada", &[], &Place::channel(other, "eng"), "view", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &direct(), "view", &[]).await, "allow", "a workspace speaks for itself alone");
    insta::assert_snapshot!(world.run_as_admin("admin stop view").await, @"Nothing changed. view is stopped in this workspace, by @grace, since Friday, 7 August 2026, 10:00 UTC.");
    insta::assert_snapshot!(world.run_as_admin("admin go view").await, @"Started again: view. The rules decide from now on.");
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "allow");
    insta::assert_snapshot!(world.run_as_admin("admin go view").await, @"Nothing changed: that is not stopped here.");
    insta::assert_snapshot!(world.run_as_admin("admin go").await, @"Name what shall go on. `jira admin stop` lists what is stopped.");
    insta::assert_snapshot!(world.run_as_admin("admin stop veiw").await, @"I don't know a tool or toolset `veiw`. Did you mean `view`?");
    insta::assert_snapshot!(world.run_as_admin("admin stop everything").await, @"Stopped: everything. Nobody can use it in this workspace before jira admin go everything.");
    assert_eq!(world.ask("ada", &[], &eng, "view", &[]).await, "switch");
    insta::assert_snapshot!(world.run_as_admin("admin go everything").await, @"Started again: everything. The rules decide from now on.");
    assert_eq!(world.ask("ada", &[], &eng, "find", &[]).await, "switch", "it was stopped by itself");
}

#[tokio::test]
async fn what_an_owner_stopped_an_admin_cannot_start() {
    let world = open().await;
    let eng = place("eng");
    world.run_as_admin("admin stop delete").await;
    // The owner's stop takes the admin's over.
    world.run("admin stop delete").await;
    insta::assert_snapshot!(world.run_as_admin("admin go delete").await, @"An owner stopped delete; only an owner can start it again.");
    insta::assert_snapshot!(world.run_as_admin("admin stop delete").await, @"Nothing changed. delete is stopped in this workspace, by @root, since Friday, 7 August 2026, 10:00 UTC.");
    assert_eq!(world.ask("ada", &[], &eng, "delete", &[]).await, "switch");
    insta::assert_snapshot!(world.run("admin go delete").await, @"Started again: delete. The rules decide from now on.");
    assert_eq!(world.ask("ada", &[], &eng, "delete", &[]).await, "allow");
    world.run_as_admin("admin stop delete").await;
    world.switch(None, Target::Tool("delete".parse().unwrap()), true).await;
    insta::assert_snapshot!(world.run_as_admin("admin go delete").await, @"Started again: delete. The rules decide from now on. delete is stopped everywhere as well; an owner ends that with usher go tool delete.");
    assert_eq!(world.ask("ada", &[], &eng, "delete", &[]).await, "switch");
    // In a workspace that the owner stopped, admins still command.
    world.switch(Some(home()), Target::Everything, true).await;
    insta::assert_snapshot!(world.run_as_admin("admin go everything").await, @"An owner stopped everything; only an owner can start it again.");
    let told: Vec<String> = world
        .rows()
        .into_iter()
        .filter(|row| row.kind == "policy" && (row.detail.contains("stop") || row.detail.contains("\"go\"")))
        .map(|row| format!("{} {} {}", row.person.unwrap(), row.tool.unwrap_or_default(), row.detail))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    terminal:grace delete {"change":"stop","target":"tool delete"}
    terminal:root delete {"change":"stop","target":"tool delete"}
    terminal:root delete {"change":"go","target":"tool delete"}
    terminal:grace delete {"change":"stop","target":"tool delete"}
    shell:owner  {"change":"stop","target":"tool delete"}
    terminal:grace delete {"change":"go","target":"tool delete"}
    shell:owner  {"change":"stop","target":"everything","workspace":"terminal:home"}
    "#);
}

#[tokio::test]
async fn switches_outlive_a_restart_and_elsewhere_nobody_hears_of_them() {
    let world = open().await;
    world.run("admin stop delete").await;
    world.switch(None, Target::Everything, true).await;
    let world = world.restart(facts(), settings()).await;
    let unknown = Place::channel(Workspace::new(Platform::TERMINAL, "unknown"), "eng");
    assert_eq!(world.ask("ada", &[], &unknown, "view", &[]).await, "admission");
    assert_eq!(world.ask("ada", &[], &place("eng"), "view", &[]).await, "switch");
    world.switch(None, Target::Everything, false).await;
    assert_eq!(world.ask("ada", &[], &place("eng"), "delete", &[]).await, "switch");
    assert_eq!(world.ask("ada", &[], &place("eng"), "view", &[]).await, "allow");
    let asker = Asker { names: Names::default(), ..world.asker("ada", &place("eng")) };
    let allowed = world.governance.allowed(&asker, &member(&[]));
    assert!(!allowed.iter().any(|tool| tool.as_str() == "delete"), "menus leave out what is stopped");
}
