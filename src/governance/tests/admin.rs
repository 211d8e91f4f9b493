use super::*;

async fn reviewed() -> World {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    World::with(facts(), settings).await
}

#[tokio::test]
async fn allow_says_what_holds_and_what_is_missing() {
    let world = reviewed().await;
    insta::assert_snapshot!(
        world.run("admin allow contributor in #support for @support on SUP").await,
        @"@support may now use 4 tools on SUP in #support. 2 of them are waiting for review: create, comment.  [Approve them = admin approve create comment]  [Show them = admin policy #support]"
    );
    insta::assert_snapshot!(
        world.run("admin allow contributor in #support for @support on SUP").await,
        @"Nothing changed: @support may use 4 tools on SUP in #support. 2 of them are waiting for review: create, comment.  [Approve them = admin approve create comment]  [Show them = admin policy #support]"
    );
    insta::assert_snapshot!(world.run("admin approve create comment").await, @"Approved: create, comment.");
    insta::assert_snapshot!(
        world.run("admin allow create until friday").await,
        @"Everyone may now use create in every channel of this workspace until the end of Friday, 7 August 2026 (UTC)."
    );
    insta::assert_snapshot!(
        world.run("admin allow delete in here for @linus").await,
        @"@linus may now use delete in #eng. It is waiting for review.  [Approve it = admin approve delete]  [Show it = admin policy #eng]"
    );
    insta::assert_snapshot!(world.run("admin deny manager in #eng for @linus").await, @"@linus may no longer use 5 tools in #eng.");
    insta::assert_snapshot!(
        world.run("admin allow view in #eng for @linus").await,
        @"@linus may now use view in #eng. deny manager in #eng for @linus still wins over this."
    );
}

#[tokio::test]
async fn allow_and_deny_of_one_key_replace_each_other() {
    let world = World::new().await;
    let eng = place("eng");
    world.run("admin allow create in #eng for @dev on WEB").await;
    insta::assert_snapshot!(world.run("admin allow create in #eng for @dev on OPS").await, @r"
    @dev may now use create on OPS in #eng.
    This replaces allow create in #eng for @dev on WEB.
    ");
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["WEB"]).await, "project");
    world.run("admin deny create in #eng for @dev").await;
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["OPS"]).await, "denied");
    world.run("admin allow create in #eng for @dev").await;
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["OPS"]).await, "allow");
    insta::assert_snapshot!(
        world.run("admin forget create in #eng for @ops").await,
        @"Nothing changed: there is no such rule. There is allow create in #eng for @dev."
    );
    insta::assert_snapshot!(
        world.run("admin forget create in #eng for @dev").await,
        @"Taken back: allow create in #eng for @dev."
    );
    assert_eq!(world.ask("ada", &["dev"], &eng, "create", &["OPS"]).await, "no-grant");
    insta::assert_snapshot!(
        world.run("admin forget delete").await,
        @"Nothing changed: there is no such rule. jira admin policy shows what holds."
    );
}

#[tokio::test]
async fn reviews_name_what_changed_and_what_stays() {
    let mut settings = settings();
    settings.new_tools = NewTools::None;
    settings.forbid.classes.insert(Access::Destructive);
    let world = World::with(facts(), settings).await;
    insta::assert_snapshot!(
        world.run("admin block comment").await,
        @"Blocked: comment. Nobody can use this here, whatever the rules say."
    );
    insta::assert_snapshot!(
        world.run("admin approve all").await,
        @"Approved: view, find, create. comment stays blocked until approved by name. No rule allows create yet; jira admin allow create for everyone would."
    );
    insta::assert_snapshot!(world.run("admin approve reader").await, @"Nothing changed: view, find are approved already.");
    insta::assert_snapshot!(
        world.run("admin approve comment").await,
        @"Approved: comment. No rule allows it yet; jira admin allow comment for everyone would."
    );
    insta::assert_snapshot!(
        world.run("admin approve delete").await,
        @"The owner's configuration forbids `delete` everywhere."
    );
    insta::assert_snapshot!(
        world.run("admin allow manager").await,
        @"Everyone may now use 4 tools in every channel of this workspace. The owner's configuration forbids delete."
    );
}

#[tokio::test]
async fn words_that_mean_nothing_change_nothing() {
    let world = World::new().await;
    let before = world.rows().len();
    insta::assert_snapshot!(world.run("admin allow raeder").await, @"I don't know a tool or toolset `raeder`. Did you mean `reader`?");
    insta::assert_snapshot!(world.run("admin allow *").await, @"I don't know a tool or toolset `*`. The toolsets are `reader`, `contributor`, `manager`, `read-only` and `all-approved`.");
    insta::assert_snapshot!(world.run("admin allow view on WEB-1").await, @"`WEB-1` is no project key. Write keys such as `DEMO`, with commas between.");
    insta::assert_snapshot!(world.run("admin allow view until soon").await, @"I don't know when `soon` is. Write a day such as `friday` or `2027-03-31`, or a time from now such as `3d` or `12h`.");
    insta::assert_snapshot!(world.run("admin allow view for @").await, @"That names nobody. Write `for everyone`, `for @role` or `for @person`.");
    insta::assert_snapshot!(world.run("admin allow view in #").await, @"That names no channel. Write a channel such as `#eng`, or `here`.");
    insta::assert_snapshot!(world.run("admin allow view for a`b").await, @"That is no name of a person, a role or a channel.");
    insta::assert_snapshot!(world.run(&format!("admin allow view in {}", "x".repeat(100_000))).await, @"That is no name of a person, a role or a channel.");
    assert_eq!(world.rows().len(), before);
}

#[tokio::test]
async fn the_policy_is_a_table() {
    let world = reviewed().await;
    world.run("admin approve create comment delete").await;
    world.run("admin allow contributor in #general for @oncall on WEB,OPS").await;
    world.run("admin deny view for @guest").await;
    world.run("admin deny find in #general for @oncall on OPS").await;
    world.run("admin block delete").await;
    insta::assert_snapshot!(world.run("admin policy #general").await, @r"
    #general (5 tools) | everyone | @guest | @oncall
    view | yes | no | yes
    find | yes | yes | all but OPS
    create comment | - | - | OPS, WEB
    delete | blocked | blocked | blocked
    ");
    insta::assert_snapshot!(world.run("admin policy").await, @r"
    Whole workspace (5 tools) | everyone | @guest
    view | yes | no
    find | yes | yes
    create comment | - | -
    delete | blocked | blocked
    Channels with rules of their own: #general. jira admin policy #channel shows them.
    acme: no call from here has worked yet. corp: no call from here has worked yet.
    ");
}

#[tokio::test]
async fn an_owner_admits_and_dismisses() {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(facts(), settings).await;
    let elsewhere = Place::channel(Workspace::new(Platform::TERMINAL, "elsewhere"), "eng");
    let run = async |line: &str| {
        let command = AdminCommand::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        let asker = world.asker("root", &elsewhere);
        let permit = world.governance.admit_admin(&asker, &Member::default(), &command).await.unwrap();
        let drafts = world.governance.command(permit, command, None).await.unwrap();
        drafts.iter().map(shown).collect::<Vec<_>>().join("\n")
    };
    assert!(world.governance.admitted(&world.asker("ada", &elsewhere)).is_err());
    let refused = world.refusal(world.asking("ada", &[], &elsewhere, "view", &[])).await;
    insta::assert_snapshot!(
        refused.draft().text.to_plain(),
        @"Usher is not set up here. An owner can admit it with jira admin admit."
    );
    insta::assert_snapshot!(
        run("admit").await,
        @"This workspace is admitted. Everyone here may read. 3 tools are waiting for review: create, comment, delete.  [Approve them = admin approve create comment delete]  [Show them = admin policy]"
    );
    assert!(world.governance.admitted(&world.asker("ada", &elsewhere)).is_ok());
    assert_eq!(world.ask("ada", &[], &elsewhere, "view", &[]).await, "allow");
    insta::assert_snapshot!(run("admit").await, @"Nothing changed: this workspace is admitted already.");
    run("forget reader").await;
    run("approve all").await;
    run("allow find for @ada").await;
    insta::assert_snapshot!(
        run("dismiss").await,
        @"This workspace is dismissed. Nothing works here until an owner admits it again; its rules are kept."
    );
    assert_eq!(world.ask("ada", &[], &elsewhere, "find", &[]).await, "admission");
    insta::assert_snapshot!(run("admit").await, @"This workspace is admitted again, with the rules it had: 1.");
    assert_eq!(world.ask("ada", &[], &elsewhere, "find", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &elsewhere, "view", &[]).await, "no-grant", "what was forgotten stays so");
    insta::assert_snapshot!(
        world.run("admin dismiss").await,
        @"The configuration admits this workspace. Take it out of `workspaces` there and start again."
    );
}
