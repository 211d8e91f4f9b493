//! The published commands and what comes of using them.

use std::{collections::BTreeMap, sync::Arc};

use insta::assert_snapshot;
use usher_chat::{ChatAdapter, Event, Input, Member, MenuTarget, Person, Platform, Responder, Slash};
use usher_discord::{command_sizes, invite_url};

use crate::support::{Stage, commands, private, stage, stage_with};

async fn answered(_: Event, back: Arc<dyn Responder>) {
    back.reply(private("Done")).await.unwrap();
}

fn slash(path: &[&str], options: &[(&str, &str)]) -> Input {
    Input::Slash(Slash {
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    })
}

#[tokio::test]
async fn families_are_commands_and_their_tools_subcommands() {
    let stage = stage(answered).await;
    let published = stage.server.published(None).await;
    let names: Vec<&str> = published.iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["jira", "jira-admin", "jira-plan", "Create Jira issue", "Assign an issue"]);
    let create = &published[0]["options"][1];
    let options: Vec<&str> =
        create["options"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(options, ["title", "priority", "watch", "for"]);
    assert_eq!(published[1]["default_member_permissions"], "32");
    let counted: BTreeMap<String, usize> = command_sizes(&commands()).into_iter().collect();
    for top in &published[..3] {
        let name = top["name"].as_str().unwrap();
        assert_eq!(counted[name], discord_stand_in::command_size(top), "{name}");
    }
    stage.guild.add_admin(&stage.ada);
    let used = [
        ("/jira view key:DEMO-1", slash(&["view"], &[("key", "DEMO-1")])),
        (
            "/jira create title:A title for:someone priority:high watch:true",
            slash(&["create"], &[("title", "A title"), ("for", "someone"), ("priority", "high"), ("watch", "true")]),
        ),
        ("/jira create title:A watch:false", slash(&["create"], &[("title", "A")])),
        ("/jira-plan sprint start board:Web", slash(&["sprint", "start"], &[("board", "Web")])),
        ("/jira-admin allow tools:view", slash(&["admin", "allow"], &[("tools", "view")])),
    ];
    for (line, input) in used {
        assert_eq!(stage.ada().slash(line).reply().await.to_string(), "(only you) Done");
        let event = stage.event().await;
        assert_eq!(event.input, input);
        assert!(matches!(event.member, Some(Member { present: true, admin: true, .. })));
    }
    let eve = format!("@discord:{}", stage.eve.id());
    stage.ada().slash("/jira assign key:DEMO-1 who:@eve").reply().await;
    assert_eq!(stage.event().await.input, slash(&["assign"], &[("key", "DEMO-1"), ("who", &eve)]));
    let typed = format!("/jira create title:A for:{}", stage.eve.mention());
    stage.ada().slash(&typed).reply().await;
    assert_eq!(stage.event().await.input, slash(&["create"], &[("title", "A"), ("for", &eve)]));
    stage.finish().await;
}

#[tokio::test]
async fn people_mentioned_in_an_option_are_asked_for_by_name_once() {
    let stage = stage(answered).await;
    let asked = || stage.server.requests_of("GET", "/members/").len();
    let names =
        |event: Event| event.mentions.into_iter().map(|one| (one.person.to_string(), one.name)).collect::<Vec<_>>();
    let eve = (format!("discord:{}", stage.eve.id()), "Eve".to_owned());
    let held = stage.server.hold(("GET", "/members/"));
    let first = stage.ada().slash("/jira create title:Ask @eve and @eve, not <@1> or @nobody");
    assert_eq!(first.acknowledged().await, 5, "nobody waits for a name");
    held.release();
    first.reply().await;
    let event = stage.event().await;
    assert_eq!(asked(), 2, "Eve, and somebody whom nobody knows");
    let title = format!("Ask @{} and @{}, not @discord:1 or @nobody", eve.0, eve.0);
    assert_eq!(event.input, slash(&["create"], &[("title", &title)]));
    assert_eq!(names(event), std::slice::from_ref(&eve));
    stage.ada().slash("/jira create title:Ask @eve again, or @ada").reply().await;
    let ada = (format!("discord:{}", stage.ada.id()), "Ada Byron".to_owned());
    let mut both = names(stage.event().await);
    both.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(both, [ada, eve.clone()]);
    assert_eq!(asked(), 2, "who was asked for or spoke is known");
    stage.ada.direct().slash("/jira create title:Ask @eve").reply().await;
    assert_eq!(names(stage.event().await), [eve]);
    stage.finish().await;
}

#[tokio::test]
async fn commands_are_published_only_when_they_changed() {
    let stage = stage(answered).await;
    let puts = || stage.server.requests_of("PUT", "/commands").len();
    assert_eq!(puts(), 1);
    stage.discord.publish(&commands()).await.unwrap();
    assert_eq!(puts(), 1);
    let mut fewer = commands();
    fewer.pop();
    stage.discord.publish(&fewer).await.unwrap();
    assert_eq!(puts(), 2);
    let mut many = commands();
    for command in &mut many {
        command.summary = "é".repeat(150);
    }
    let plenty: Vec<_> = (0..24)
        .map(|n| {
            let mut one = many[0].clone();
            one.path = vec![format!("tool-{n}")];
            one.arguments = vec![one.arguments[0].clone(); 3];
            one.arguments.iter_mut().for_each(|argument| argument.help = "h".repeat(120));
            one
        })
        .collect();
    let error = stage.discord.publish(&plenty).await.unwrap_err().to_string();
    assert!(error.starts_with("the command `/jira` has ") && error.ends_with("7500 is the most"), "{error}");
    assert_eq!(puts(), 2);
    stage.finish().await;
}

#[tokio::test]
async fn in_development_one_server_has_the_commands() {
    let stage = stage_with(|options, guild| options.dev_guild = Some(guild.id().to_string()), answered).await;
    assert_eq!(stage.server.published(Some(&stage.guild)).await.len(), 5);
    assert!(stage.server.commands(None).is_empty());
    stage.ada().slash("/jira view key:DEMO-1").reply().await;
    stage.finish().await;
}

#[tokio::test]
async fn nobody_is_offered_a_command_twice() {
    let mut stage = stage(answered).await;
    let other = stage.server.guild("Oil Works");
    let shown = async |stage: &Stage, counts: [usize; 3]| {
        let counted = || [None, Some(&stage.guild), Some(&other)].map(|guild| stage.server.commands(guild).len());
        let changed = async {
            while counted() != counts {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(40), changed).await.expect("the commands change");
    };
    shown(&stage, [5, 0, 0]).await;
    stage.restart(|options, guild| options.dev_guild = Some(guild.id().to_string())).await;
    shown(&stage, [0, 5, 0]).await;
    stage.restart(|options, _| options.dev_guild = Some(other.id().to_string())).await;
    shown(&stage, [0, 0, 5]).await;
    let before = stage.server.requests_of("PUT", "/commands").len();
    assert_eq!(before, 5, "published three times, taken away twice");
    stage.restart(|options, _| options.dev_guild = None).await;
    shown(&stage, [5, 0, 0]).await;
    stage.restart(|_, _| {}).await;
    stage.server.connected(1).await;
    assert_eq!(stage.server.requests_of("PUT", "/commands").len(), before + 2, "only what has to change");
    stage.finish().await;
}

#[tokio::test]
async fn menus_name_the_message_and_the_person() {
    let stage = stage(answered).await;
    let message = stage.eve.at(&stage.eng).say("The login page hangs");
    stage.ada().message_menu("Create Jira issue", message).reply().await;
    let Input::Menu { command, target: MenuTarget::Message { message: named, author, text } } =
        stage.event().await.input
    else {
        panic!("no message was named")
    };
    assert_eq!((command.as_str(), text.as_str()), ("Create Jira issue", "The login page hangs"));
    assert!(named.id.as_str().ends_with(&format!("/{message}")));
    let eve = Person::new(Platform::DISCORD, stage.eve.id().to_string());
    assert_eq!(author, eve);
    stage.ada().person_menu("Assign an issue", &stage.eve).reply().await;
    let expected = Input::Menu { command: "Assign an issue".into(), target: MenuTarget::Person(eve) };
    assert_eq!(stage.event().await.input, expected);
    stage.finish().await;
}

#[tokio::test]
async fn the_check_finds_what_is_wrong() {
    let stage = stage(answered).await;
    let url = invite_url(&stage.options.application_id);
    assert_eq!(
        stage.discord.check(&commands()).await,
        [
            Ok("Usher, in 1 server".to_owned()),
            Ok("gateway".to_owned()),
            Ok("commands in sync".to_owned()),
            Ok(format!("invite: {url}"))
        ]
    );
    assert_snapshot!(url, @"https://discord.com/oauth2/authorize?client_id=1000000000000000001&scope=bot+applications.commands&permissions=274878032896");
    stage.server.post_interactions_to("http://127.0.0.1:1/discord/interactions");
    let findings = stage.discord.check(&commands()[1..]).await;
    assert!(
        findings[1].as_ref().is_err_and(|problem| problem.contains("no command arrives over the gateway")),
        "{findings:?}"
    );
    assert_eq!(findings[2], Ok("commands have changed; `usher run` publishes them".to_owned()));
    let wrong = usher_discord::DiscordOptions { token: "wrong".to_owned().into(), ..stage.options.clone() };
    let findings = usher_discord::Discord::new(wrong).unwrap().check(&commands()).await;
    assert_eq!(
        findings,
        [Err("Discord refuses the bot's token. Copy it again from the developer portal, under Bot.".to_owned())]
    );
    let content = usher_discord::DiscordOptions { message_content: true, ..stage.options.clone() };
    let findings = usher_discord::Discord::new(content).unwrap().check(&commands()).await;
    assert!(
        findings[2].as_ref().is_err_and(|problem| problem.contains("Message Content intent is off")),
        "{findings:?}"
    );
}
