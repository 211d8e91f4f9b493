//! Every kind of answer, as it stands on Discord.

use insta::assert_snapshot;

use crate::stage::{conversation, conversation_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_public_where_the_grant_names_its_project() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let asked = ada.slash("/jira view key:DEMO-5");
        assert_eq!(asked.acknowledged().await, 5, "deferred");
        let card = asked.reply().await;
        assert!(!card.ephemeral());
        assert_snapshot!(stage.plain(&card), @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
        assert_snapshot!(serde_json::to_string_pretty(&card.embeds()).map(|json| stage.named(&json)).unwrap(), @r#"
        [
          {
            "color": 3066993,
            "title": "DEMO-5 Order new spark plugs",
            "url": "https://acme/browse/DEMO-5",
            "thumbnail": {
              "url": "https://avatar-management.invalid/initials/GH-5.png?size=48&s=48"
            },
            "fields": [
              {
                "name": "Type",
                "value": "Task",
                "inline": true
              },
              {
                "name": "Status",
                "value": "Done",
                "inline": true
              },
              {
                "name": "Priority",
                "value": "Low",
                "inline": true
              },
              {
                "name": "Assignee",
                "value": "Grace Hopper",
                "inline": true
              }
            ],
            "description": "Reporter: Ada Byron"
          }
        ]
        "#);
        let seen = stage.grace.at(&stage.eng).sees();
        assert!(seen.iter().any(|one| one.id() == card.id()), "Grace sees it too");
        assert_eq!(ada.sees().iter().filter(|one| one.thinking()).count(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_elsewhere_is_private_until_it_is_shown() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.general);
        let card = ada.slash("/jira view key:DEMO-5").reply().await;
        assert!(card.ephemeral());
        assert_snapshot!(stage.plain(&card), @r"
        (only you) | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [More] [Show here] ‹Open in Jira›
        ");
        let shown = ada.press(&card, "Show here").reply().await;
        assert!(!shown.ephemeral());
        assert_snapshot!(stage.plain(&shown), @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [More] ‹Open in Jira›
        ");
        assert_eq!(stage.grace.at(&stage.general).sees().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_changes_questions_and_choices() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        assert_snapshot!(stage.asks(&ada, "/jira find project:DEMO words:engine").await, @r"
        3 of 3 in DEMO
        | **[DEMO-25](<https://acme/browse/DEMO-25>)** Let the engine hum a tune · To Do · nobody
        | **[DEMO-2](<https://acme/browse/DEMO-2>)** The engine stalls when the tank is half full · In Progress · Grace Hopper
        | **[DEMO-6](<https://acme/browse/DEMO-6>)** Start the engine with one button · Released · Ada Byron
        [DEMO-25] [DEMO-2] [DEMO-6]
        ");
        let moved = ada.slash("/jira status key:DEMO-4 to:in progress").reply().await;
        assert_snapshot!(stage.plain(&moved), @r"
        DEMO-4: To Do -> In Progress.
        [Undo] ‹Open in Jira›
        ");
        let undone = ada.press(&moved, "Undo").reply().await;
        assert_snapshot!(stage.plain(&undone), @r"
        DEMO-4: In Progress -> To Do.
        [Undo] ‹Open in Jira›
        ");
        let question = ada.slash("/jira status key:DEMO-4").reply().await;
        assert_snapshot!(stage.plain(&question), @r"
        (only you) ‸
        DEMO-4 is To Do. Where does it go?: In Progress / Ready for review / Released / Done
        ");
        let chosen = ada.choose(&question, "Done").reply().await;
        assert_snapshot!(stage.plain(&chosen), @r"
        DEMO-4: To Do -> Done.
        [Undo] ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&ada, "/jira assign key:DEMO-4 who:grace").await, @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&ada, "/jira comment key:DEMO-4 text:*not* bold, @everyone <@&1> https://x.example").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&ada, "/jira log key:DEMO-4 time:1h30m note:fixing").await, @r"
        (only you) Logged 1h 30m on DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(stage.ground.jira.issue("DEMO-4").unwrap()["comments"][1]["text"], "not bold, @everyone <@&1> https://x.example");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_help_are_for_the_asker_alone() {
    conversation(async |stage| {
        let linus = stage.linus.at(&stage.general);
        for (line, words) in [
            ("/jira comment key:DEMO-1 text:hello", "not allowed in #general"),
            ("/jira view key:nothing", "not an issue key"),
            ("/jira-admin policy", "Only admins"),
            ("/jira help", "connect"),
            ("/jira tools", "What you may do in #general"),
        ] {
            let asked = linus.slash(line);
            let said = asked.reply().await;
            assert!(said.ephemeral(), "{line}");
            assert!(said.to_string().contains(words), "{line}: {said}");
            if line == "/jira tools" {
                // It is longer than a message may be.
                let rest = asked.reply().await;
                assert!(rest.ephemeral() && rest.to_string().contains("`sla KEY`"), "{rest}");
            }
        }
        assert!(stage.grace.at(&stage.general).sees().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_in_page_by_page() {
    let rules = |setup: &mut crate::stage::Setup| setup.rules = vec!["allow tools:contributor in:#eng on:DEMO,WEB"];
    conversation_with(rules, async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let question = ada.slash("/jira create type:bug project:WEB summary:Search box loses focus").reply().await;
        assert!(question.ephemeral());
        assert!(stage.grace.at(&stage.eng).sees().is_empty());
        assert_snapshot!(stage.plain(&question), @r"
        (only you) WEB asks for one more thing on a Bug.
        Browser: Chrome / Firefox / Safari
        [Send]
        ");
        let early = ada.press(&question, "Send").reply().await;
        assert_snapshot!(stage.plain(&early), @"(only you) Choose Browser first.");
        assert_eq!(ada.choose(&question, "Firefox").acknowledged().await, 6);
        let made = ada.press(&question, "Send");
        assert_snapshot!(stage.plain(&made.reply().await), @"(only you, in its place) WEB asks for one more thing on a Bug.");
        assert_snapshot!(stage.plain(&made.reply().await), @r"
        Ada Byron created **WEB-57** Search box loses focus · Bug · Medium
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_asked_for_in_a_modal() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let question = ada.slash("/jira create type:bug project:DEMO").reply().await;
        assert_snapshot!(stage.plain(&question), @r"
        (only you) DEMO asks for one more thing on a Bug.
        [Bug in DEMO]
        ");
        stage.ground.jira.clear_calls();
        let pressed = ada.press(&question, "Bug in DEMO");
        let modal = pressed.modal().await;
        assert!(stage.ground.jira.calls().is_empty(), "a modal opens without Jira");
        assert_snapshot!(format!("{}: {:?}", modal.title(), modal.inputs()), @r#"Bug in DEMO: [("Summary", true, "")]"#);
        let sent = modal.submit(&[("Summary", "It hurts")]);
        assert_snapshot!(stage.plain(&sent.reply().await), @r"
        Ada Byron created **DEMO-26** It hurts · Bug · Medium
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
        // It can be opened again, but what it was for is done.
        let again = ada.press(&question, "Bug in DEMO").modal().await.submit(&[("Summary", "It hurts")]);
        assert_snapshot!(stage.plain(&again.reply().await), @"(only you) This button has been used or has ended. Type the command again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completion_offers_what_the_person_may_see() {
    conversation(async |stage| {
        let ada = stage.ada.at(&stage.eng);
        assert_eq!(ada.complete("/jira view key:DEMO-").choices().await, []);
        stage.linked(&stage.ada, "acme", "ada").await;
        let choices = ada.complete("/jira view key:DEMO-1").choices().await;
        assert_snapshot!(choices.iter().map(|(name, value)| format!("{value}: {name}")).collect::<Vec<_>>().join("\n"), @r"
        DEMO-18: DEMO-18 Search box loses focus
        DEMO-11: DEMO-11 Preheat the oil
        DEMO-19: DEMO-19 Search box shows the previous result
        DEMO-1: DEMO-1 Write a welcome page for new people
        DEMO-16: DEMO-16 Über-pressure valve: naïve café résumé ☕ 測試
        DEMO-13: DEMO-13 Ignition key can be copied from the log
        DEMO-14: DEMO-14 Borrow a freezer
        DEMO-15: DEMO-15 Calibrate the thermometer
        DEMO-17: DEMO-17 As a mechanic I want to export the error memory
        DEMO-12: DEMO-12 Measure the choke at -20 °C
        DEMO-10: DEMO-10 Cold start
        ");
        let transitions = ada.complete("/jira status key:DEMO-4 to:").choices().await;
        assert_snapshot!(transitions.iter().map(|(name, value)| format!("{value}: {name}")).collect::<Vec<_>>().join("\n"), @r"
        In Progress: In Progress
        Ready for review: Ready for review
        Released: Released
        Done: Done
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_from_jira_mention_nobody_and_break_out_of_nothing() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let title = format!("@everyone {} **x** [y](https://evil.example) `z", stage.grace.mention());
        let line = format!(
            "/jira create type:task project:DEMO summary:{title} description:> @here <@&1> https://evil.example"
        );
        let made = ada.slash(&line).reply().await;
        assert_snapshot!(stage.plain(&made), @r"
        Ada Byron created **DEMO-26** @‸everyone @Grace \*\*x\*\* \[y](<https://evil.example/>) \`z · Task · Medium
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&ada, "/jira view key:DEMO-26").await, @r"
        | DEMO-26 @‸everyone @Grace \*\*x\*\* \[y](https://evil.example) \`z
        | > @‸here \<@‸&1> <https://evil.example/>
        | 
        | Reporter: Ada Byron
        | Type: Task
        | Status: To Do
        | Priority: Medium
        | Assignee: nobody
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
        assert!(stage.discord.violations().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_to_jira_and_come_back() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let plot = [("plot.png", "image/png", PNG)];
        assert_snapshot!(stage.plain(&ada.slash_with("/jira attach key:DEMO-5 file:plot.png", &plot).reply().await), @r"
        Attached plot.png to DEMO-5.
        ‹Open in Jira›
        ");
        let shown = ada.slash("/jira attachments key:DEMO-5").reply().await;
        assert_snapshot!(stage.plain(&shown), @r"
        Files of DEMO-5

        - [plot.png](<https://acme/secure/attachment/10070/plot.png>) · 18 bytes · Ada Byron
        file plot.png
        ‹Open in Jira›
        ");
        assert_eq!(shown.files().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["plot.png"]);
    })
    .await;
}
