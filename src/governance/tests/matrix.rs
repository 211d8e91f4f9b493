//! Every admin command, from everyone, in every place.

use clap::Subcommand;

use super::*;

/// One line for each command. A command without a line here fails the test.
fn line(name: &str) -> &'static str {
    match name {
        "admit" => "admit",
        "dismiss" => "dismiss",
        "allow" => "allow create",
        "deny" => "deny create",
        "forget" => "forget create",
        "approve" => "approve create",
        "block" => "block create",
        "stop" => "stop delete",
        "go" => "go delete",
        "toolset" => "toolset create triage view",
        "profile" => "profile create oncall @ada",
        "audit" => "audit",
        "notices" => "notices here",
        "two-person" => "two-person delete",
        "default" => "default DEMO",
        "policy" => "policy",
        "explain" => "explain @ada view",
        other => panic!("say who may use `{other}`"),
    }
}

#[tokio::test]
async fn only_admins_of_the_workspace_and_owners_command() {
    let world = World::new().await;
    let grammar = AdminCommand::augment_subcommands(clap::Command::new("admin"));
    let names: Vec<&str> = grammar.get_subcommands().map(clap::Command::get_name).collect();
    assert_eq!(names.len(), 17);
    let unknown = Place::channel(Workspace::new(Platform::TERMINAL, "unknown"), "eng");
    let abroad = Place::channel(Workspace::new(Platform::DISCORD, "unknown"), "eng");
    let places =
        [("dm", direct()), ("home", place("eng")), ("thread", thread("eng")), ("unknown", unknown), ("abroad", abroad)];
    let people = [
        ("member", "ada", true, false),
        ("admin", "grace", true, true),
        ("former admin", "grace", false, true),
        ("stranger", "eve", false, false),
        ("owner", "root", true, false),
        ("absent owner", "root", false, false),
    ];
    for name in names {
        let words: Vec<String> = line(name).split(' ').map(str::to_owned).collect();
        let command = AdminCommand::parse(&words).unwrap();
        for (where_, place) in &places {
            for (who, id, present, admin) in people {
                let wanted = match (name, *where_, who) {
                    (_, "dm", _) => Err(Step::NoWorkspace),
                    (_, "abroad", _) => Err(Step::Admission),
                    ("admit", _, "owner" | "absent owner") => Ok(()),
                    (_, "unknown", _) => Err(Step::Admission),
                    (_, _, "owner" | "absent owner") => Ok(()),
                    ("admit" | "dismiss", _, _) => Err(Step::NotOwner),
                    (_, _, "admin") => Ok(()),
                    _ => Err(Step::NotAdmin),
                };
                let fresh = Member { present, admin, roles: Vec::new() };
                let asker = world.asker(id, place);
                let got = world.governance.admit_admin(&asker, &fresh, &command).await;
                let got = got.map(|_| ()).map_err(|refusal| refusal.step);
                assert_eq!(got, wanted, "{name} by {who} in {where_}");
            }
        }
    }
}

#[tokio::test]
async fn who_administers_no_more_commands_no_more() {
    let world = World::new().await;
    let command = AdminCommand::parse(&["block".to_owned(), "view".to_owned()]).unwrap();
    let mut fresh = Member { present: true, admin: true, roles: Vec::new() };
    assert!(world.governance.admit_admin(&world.asker("grace", &place("eng")), &fresh, &command).await.is_ok());
    fresh.admin = false;
    let asker = world.asker("grace", &place("eng"));
    let refusal = world.governance.admit_admin(&asker, &fresh, &command).await.unwrap_err();
    assert_eq!(refusal.step, Step::NotAdmin);
    let last = world.rows().pop().unwrap();
    assert_eq!((last.verdict.as_str(), last.detail.as_str()), ("deny:not-admin", r#"{"admin":"block"}"#));
}

#[tokio::test]
async fn a_permit_is_for_its_command_alone() {
    let world = World::new().await;
    let asker = world.asker("root", &place("eng"));
    let parse = |line: &str| AdminCommand::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).unwrap();
    let permit = world.governance.admit_admin(&asker, &member(&[]).member, &parse("policy")).await.unwrap();
    let error = world.governance.command(permit, parse("allow manager"), None).await.unwrap_err();
    assert!(matches!(error, Error::Internal(_)), "{error:?}");
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "no-grant");
}

#[tokio::test]
async fn admins_see_and_change_only_their_own_workspace() {
    let mut settings = settings();
    let other = Workspace::new(Platform::TERMINAL, "other");
    settings.workspaces.push(other.clone());
    let world = World::with(facts(), settings).await;
    world.run("admin allow manager in #eng for @ada").await;
    assert_eq!(world.ask("ada", &[], &place("eng"), "create", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &Place::channel(other.clone(), "eng"), "create", &[]).await, "no-grant");
    let asker = world.asker("root", &Place::channel(other, "eng"));
    let policy = AdminCommand::parse(&["policy".to_owned(), "here".to_owned()]).unwrap();
    let permit = world.governance.admit_admin(&asker, &member(&[]).member, &policy).await.unwrap();
    let drafts = world.governance.command(permit, policy, None).await.unwrap();
    assert!(!drafts[0].text.to_plain().contains("ada"));
}
