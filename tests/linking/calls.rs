//! A call is made of a permit and a session that match, or not at all.

use std::time::Duration;

use serde_json::{Value, json};
use usher::{
    clock::Clock,
    error::Error,
    governance::{Asking, Decision, Governance, NewTools, Permit, Settings},
    ids::ArgsHash,
    start::facts,
    tools::{self, Files},
};
use usher_chat::Member;

use crate::world::{World, person, site};

async fn governance(world: &World) -> Governance {
    let settings = Settings {
        owners: vec![person("root")],
        new_tools: NewTools::All,
        direct: "contributor".to_owned(),
        ..Settings::default()
    };
    Governance::new(world.store.clone(), world.audit.clone(), world.clock.clone(), facts(tools::table()), settings)
        .await
        .unwrap()
}

async fn permit(world: &World, who: &str, tool: &str, args: &Value, at: &str) -> Permit {
    let entry = tools::table().get(tool).unwrap();
    let asking = Asking {
        asker: world.dm(who),
        member: Member { present: true, ..Member::default() }.into(),
        tool: entry.tool_name(),
        args: ArgsHash::of(&entry.tidy(args.clone()).unwrap()),
        site: site(at),
        projects: entry.on(args).projects,
        confirmed: false,
        show: false,
    };
    match governance(world).await.decide(asking).await.unwrap() {
        Decision::Allow(permit) => permit,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn parts_that_do_not_match_call_nothing() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.linked("grace", "grace").await;
    world.linked_dc("ada", "ada").await;
    world.sandbox.clear_calls();
    let (one, other) = (json!({"key": "DEMO-1"}), json!({"key": "DEMO-2"}));
    let now = world.clock.now();
    let view = tools::table().get("view").unwrap();
    let assign = tools::table().get("assign").unwrap();
    let cases = [
        ("another person", "grace", "acme", view, one.clone()),
        ("another site", "ada", "corp", view, one.clone()),
        ("other arguments", "ada", "acme", view, other),
        ("another tool", "ada", "acme", assign, json!({"key": "DEMO-1", "who": "me"})),
    ];
    for (why, who, at, tool, args) in cases {
        let permit = permit(&world, "ada", "view", &one, "acme").await;
        let session = world.identity.session(&person(who), &site(at)).await.unwrap();
        let refused = tool.run(permit, session, args, now, Files::none()).await.unwrap_err();
        assert!(matches!(&refused, Error::Internal(_)), "{refused:?}");
        assert!(refused.to_string().contains(why), "{refused}");
        world.advance(Duration::from_secs(1));
    }
    // Linking lists projects beside the answer; what counts is that no issue was touched.
    let touched = || world.sandbox.calls().iter().filter(|call| call.path.contains("/issue/")).count();
    assert_eq!(touched(), 0, "{:?}", world.sandbox.calls());

    let permit = permit(&world, "ada", "view", &one, "acme").await;
    let session = world.identity.session(&person("ada"), &site("acme")).await.unwrap();
    view.run(permit, session, one, now, Files::none()).await.unwrap();
    assert_eq!(touched(), 1);
}
