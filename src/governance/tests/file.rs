//! The policy as a file.

use super::*;

impl World {
    /// Governance of another process, beside this one.
    fn beside(&self) -> Governance {
        let store = Store::open_beside(&self.dir.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&self.keys));
        Governance::beside(store, audit, self.clock.clone(), facts(), settings()).unwrap()
    }

    fn diff(&self, text: &str) -> String {
        match self.beside().policy_diff(text) {
            Ok(differ) => {
                differ.into_iter().map(|(workspace, lines)| format!("{workspace}\n{}", lines.join("\n"))).collect()
            }
            Err(error) => told(error),
        }
    }

    async fn import(&self, text: &str) -> String {
        match self.beside().policy_import(text).await {
            Ok(count) => count.to_string(),
            Err(error) => told(error),
        }
    }
}

fn told(error: PolicyError) -> String {
    let PolicyError::Faults(faults) = error else { panic!("{error:?}") };
    faults.into_iter().map(|fault| format!("{}: {}", fault.line, fault.words)).collect::<Vec<_>>().join("\n")
}

async fn furnished() -> World {
    let world = World::new().await;
    for line in [
        "toolset create triage view comment",
        "profile create oncall role:@sre person:@ada jira-group:support@corp",
        "allow triage in #support for oncall on SUP,OPS until friday",
        "allow manager in #eng for @lead",
        "deny delete for role:guest on OPS",
        "block delete",
        "two-person create delete",
        "allow find until 2h",
    ] {
        world.run(&format!("admin {line}")).await;
    }
    world
}

#[tokio::test]
async fn what_is_exported_reads_back_and_changes_nothing() {
    let world = furnished().await;
    let text = world.governance.policy_file(None).unwrap().unwrap();
    insta::assert_snapshot!(text, @r#"
    # Who may use what. `usher policy diff` shows what would change, `usher policy import` puts this in force.
    # A workspace that is not named here stays as it is; in one that is, what is not named goes.

    [[workspace]]
    id       = "terminal:home"
    approved = ["view", "find", "create", "comment"]
    blocked  = ["delete"]
    two_person = ["create", "delete"]
    rules    = [
        "allow find for everyone until 2026-08-07T12:00:00Z",
        "allow manager in #eng for @lead",
        "allow reader for everyone",
        "allow triage in #support for oncall on OPS,SUP until 2026-08-08T00:00:00Z",
        "deny delete for role:guest on OPS",
    ]
    [workspace.toolsets]
    triage = ["comment", "view"]
    [workspace.profiles]
    oncall = ["role:sre", "person:ada", "jira-group:support@corp"]
    "#);
    assert_eq!(world.diff(&text), "");
    let rows = world.rows().len();
    assert_eq!(world.import(&text).await, "0");
    assert_eq!(world.rows().len(), rows);
    assert_eq!(world.governance.policy_file(Some(&home())).unwrap().unwrap(), text);
    assert!(world.governance.policy_file(Some(&Workspace::new(Platform::TERMINAL, "other"))).unwrap().is_none());
    // Into a workspace that knows nothing of it, it brings all of it.
    let fresh = World::new().await;
    insta::assert_snapshot!(fresh.diff(&text), @r"
    terminal:home
    + toolset triage: comment, view
    + profile oncall: role:sre, person:terminal:ada, jira-group:support@corp
    + allow find for everyone until 2026-08-07T12:00:00Z
    + allow manager in #eng for @lead
    + allow triage in #support for oncall on OPS,SUP until 2026-08-08T00:00:00Z
    + deny delete for role:guest on OPS
    + two people for create
    + two people for delete
      delete: approved -> blocked
    ");
    assert_eq!(fresh.import(&text).await, "9");
    assert_eq!(fresh.governance.policy_file(None).unwrap().unwrap(), text);
    // A rule that has ended is not written down.
    world.clock.advance(std::time::Duration::from_secs(2 * 3600));
    assert!(!world.governance.policy_file(None).unwrap().unwrap().contains("allow find"));
}

#[tokio::test]
async fn an_import_takes_effect_in_a_running_bot_and_leaves_its_rows() {
    let world = furnished().await;
    let support = place("support");
    assert_eq!(world.ask("ada", &[], &support, "comment", &["SUP"]).await, "allow");
    let before = world.rows().len();
    let text = r#"
[[workspace]]
id = "terminal:home"
approved = ["view", "find", "create", "delete"]
rules = ["allow triage in #support for lead", "deny find for @eve"]
toolsets = { triage = ["view", "create"] }
profiles = { lead = ["person:grace"] }
"#;
    insta::assert_snapshot!(world.diff(text), @r"
    terminal:home
    - toolset triage: comment, view
    + toolset triage: create, view
    - profile oncall: role:sre, person:terminal:ada, jira-group:support@corp
    + profile lead: person:terminal:grace
    - allow find for everyone until 2026-08-07T12:00:00Z
    - allow reader for everyone
    - deny delete for role:guest on OPS
    - allow manager in #eng for @lead
    - allow triage in #support for oncall on OPS,SUP until 2026-08-08T00:00:00Z
    + allow triage in #support for lead
    + deny find for @eve
    - two people for create
    - two people for delete
      comment: approved -> pending
      delete: blocked -> approved
    ");
    assert_eq!(world.rows().len(), before, "a look changes nothing");
    assert_eq!(world.import(text).await, "14");
    assert_eq!(world.ask("ada", &[], &support, "comment", &["SUP"]).await, "pending");
    assert_eq!(world.ask("grace", &[], &support, "create", &["SUP"]).await, "allow");
    assert_eq!(world.ask("ada", &[], &support, "view", &[]).await, "no-grant");
    assert_eq!(world.ask("eve", &[], &support, "find", &[]).await, "denied");
    let rows: Vec<String> = world.rows()[before..]
        .iter()
        .filter(|row| row.kind == "policy")
        .map(|row| format!("{} {}", row.person.clone().unwrap(), row.detail))
        .collect();
    assert_eq!(rows.len(), 15);
    insta::assert_snapshot!(format!("{}\n{}", rows[0], rows[1]), @r#"
    shell:owner {"change":"import","changes":14,"workspace":"terminal:home"}
    shell:owner {"change":"toolset","name":"triage","before":["comment","view"],"now":["create","view"],"workspace":"terminal:home"}
    "#);
    world.audit.verify(None).unwrap();
    // What is not named stays as it is.
    assert_eq!(world.import("").await, "0");
    assert_eq!(world.ask("grace", &[], &support, "create", &["SUP"]).await, "allow");
}

#[tokio::test]
async fn a_file_is_sound_as_a_whole_or_nothing_of_it_counts() {
    let world = furnished().await;
    let before = (world.governance.policy_file(None).unwrap().unwrap(), world.rows().len());
    let text = r#"[[workspace]]
id = "terminal:home"
approved = ["view", "vew",
    "reader"]
blocked = ["view"]
rules = [
    "allow reader in #eng for @dev",
    "deny reader in #eng for @dev",
    "allow triage",
    "allow fly",
    "allow view on de-mo",
    "allow view in #eng until yesterday",
    "allow view in #ops for jira-group:x@nosuch",
    "policy",
    "allow",
    "grant view",
]
[workspace.toolsets]
view = ["find"]
empty = []
mine = ["find", "*", "reader"]
[workspace.profiles]
everyone = ["@ada"]
all-of-us = ["everyone", "@ada"]

[[workspace]]
id = "terminal:elsewhere"
[[workspace]]
id = "home"
[[workspace]]
id = "terminal:home"
"#;
    let said = world.import(text).await;
    insta::assert_snapshot!(said, @r"
    3: I don't know a tool or toolset `vew`. Did you mean `view`?
    4: `reader` is a toolset. Name the tools one by one.
    5: `view` was named before. Name each tool once.
    8: Another rule has the same tools, place and people as `deny reader in #eng for @dev`.
    9: I don't know a tool or toolset `triage`. The toolsets are `reader`, `contributor`, `manager`, `read-only`, `all-approved`, `empty`, `mine` and `view`.
    10: I don't know a tool or toolset `fly`. The toolsets are `reader`, `contributor`, `manager`, `read-only`, `all-approved`, `empty`, `mine` and `view`.
    11: `de-mo` is no project key. Write keys such as `DEMO`, with commas between.
    12: I don't know when `yesterday` is. Write a day such as `friday` or `2027-03-31`, or a time from now such as `3d` or `12h`.
    13: I don't know the site `nosuch`. I know `acme` and `corp`.
    14: `policy` is no rule. Write it as in chat, such as `allow reader in #eng for role:dev on WEB`.
    15: `allow` is no rule. Write it as in chat, such as `allow reader in #eng for role:dev on WEB`.
    16: `grant view` is no rule. Write it as in chat, such as `allow reader in #eng for role:dev on WEB`.
    19: `view` is a tool. Choose another name.
    20: `empty` holds nothing. Leave it out.
    21: I don't know a tool or toolset `*`. The toolsets are `reader`, `contributor`, `manager`, `read-only` and `all-approved`.
    21: `reader` is a toolset. Name the tools one by one.
    23: `everyone` has a meaning of its own. Choose another name.
    24: Everyone is everyone already. Name roles and people, such as `role:@sre person:@ada`.
    27: `terminal:elsewhere` is not admitted. `jira admin admit` there, or `workspaces` in the configuration, admits it.
    29: `home` is no workspace. Write its platform and its id, such as `discord:1234`.
    31: `terminal:home` stands here twice.
    ");
    assert_eq!(world.diff(text), said);
    for (text, fault) in [
        ("[[workspace]]\nid = 'terminal:home'\nruels = []", "3: "),
        ("[[workspace]]\n\nid = 'terminal:home", "3: "),
        ("[[workspace]]\nrules = [\n'allow view'\n]", "1: "),
        ("[[workspace]]\nid = 'terminal:home'\nrules = [\n'allow view',\n7]", "5: "),
        ("nonsense", "1: "),
    ] {
        assert!(world.import(text).await.starts_with(fault), "{text}: {}", world.import(text).await);
    }
    assert_eq!((world.governance.policy_file(None).unwrap().unwrap(), world.rows().len()), before);
}
