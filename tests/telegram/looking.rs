//! Cards, lists and help as Telegram shows them: markup, buttons, edits in place, long texts in pieces.

use insta::assert_snapshot;
use telegram_stand_in::Upload;

use crate::world::World;

/// With `‸` for the invisible sign that keeps a word from being a mention.
fn visible(words: &str) -> String {
    words.replace('\u{200b}', "‸")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_has_its_markup_and_buttons() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-1");
    let card = ada.reads_in(&world.room).await;
    assert_snapshot!(card, @r"
    DEMO-1  Write a welcome page for new people · Task · To Do · Medium · Ada Byron

    Newcomers ask the same five questions in their first hour.

    • Where is the wiki?
    • Who gives me access?
    • What do I build first?

    Reporter: Grace Hopper · Due: 25 Nov 2026 · Labels: docs, first-week
    [Status] [Assign to me] [Comment]
    [Watch] [More] ‹Open in Jira›
    ");
    assert_snapshot!(card.marks().join("\n"), @r#"
    bold "DEMO-1"
    text_link "DEMO-1"
    "#);
    assert!(card.value().get("link_preview_options").is_none_or(|options| options["is_disabled"] == true));
    let sent = world.telegram.requests_of("sendMessage").pop().unwrap();
    assert_eq!(sent.parameters["link_preview_options"]["is_disabled"], true);
    assert_eq!(sent.text("parse_mode"), "HTML");
    // A bare key is a question too, where the bot sees it.
    world.telegram.privacy(false);
    ada.says(&world.room, "DEMO-5");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper

    Reporter: Ada Byron
    [Status] [Assign to me] [Comment]
    [Watch] [More] ‹Open in Jira›
    ");
    // An answer to the card acts on its issue.
    ada.replies(&card, "It works *now*, see <b>.");
    let question = ada.reads().await;
    assert_snapshot!(question, @r"
    Add this as a comment to DEMO-1?
    [Add comment] [Not now]
    ");
    ada.presses(&question, "Add comment");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Comment added to DEMO-1.
    ‹Open in Jira›
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_answers_a_card_means_its_issue() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-4");
    let card = ada.reads_in(&world.room).await;
    ada.replies(&card, "/comment look here");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    ada.replies(&card, "/status done");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    DEMO-4: To Do -> Done.
    [Undo] ‹Open in Jira›
    ");
    ada.replies(&card, "/comment DEMO-5 this one");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Comment added to DEMO-5.
    ‹Open in Jira›
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_card_is_answered_where_it_stands_and_decided_where_it_was_asked_for() {
    let world = World::with(|wishes| wishes.rules = vec!["allow contributor"]).await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-4");
    let card = ada.reads().await;
    ada.replies(&card, "It works");
    let question = ada.reads().await;
    assert_snapshot!(question, @r"
    Add this as a comment to DEMO-4?
    [Add comment] [Not now]
    ");
    ada.presses(&question, "Add comment");
    assert_snapshot!(ada.reads().await, @r"
    (in its place) Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    ada.replies(&card, "/comment as a command");
    assert_snapshot!(ada.reads().await, @r"
    Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    assert_eq!(world.issue("DEMO-4")["comments"].as_array().unwrap().len(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_card_that_waited_behind_the_link_is_answered_like_any_other() {
    let mut world = World::with(|wishes| wishes.rules = vec!["allow contributor"]).await;
    let ada = world.linked("ada").await;
    ada.blocks();
    ada.says(&world.room, "/view DEMO-4");
    let pointer = ada.reads_in(&world.room).await;
    ada.unblocks();
    ada.follows(&pointer.first_url());
    let card = ada.reads().await;
    assert!(card.text().starts_with("DEMO-4"), "{card}");
    // What became of the message outlives a restart.
    world.stop().await;
    world.start().await;
    ada.replies(&card, "It works");
    let question = ada.reads().await;
    assert_snapshot!(question, @r"
    Add this as a comment to DEMO-4?
    [Add comment] [Not now]
    ");
    ada.presses(&question, "Add comment");
    assert_snapshot!(ada.reads().await, @r"
    (in its place) Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    ada.replies(&card, "/comment as a command");
    assert_snapshot!(ada.reads().await, @r"
    Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jira_holds_is_never_markup() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-9");
    let card = ada.reads_in(&world.room).await;
    assert_snapshot!(visible(&card.to_string()), @r#"
    DEMO-9  @‸everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · Bug · To Do · Medium · nobody

    @‸here

    # not a heading

    <img src=x onerror=alert(1)> {panel}not a panel{panel} \u0041 *stars* ~tilde~

    Reporter: Linus Winter
    [Status] [Assign to me] [Comment]
    [Watch] [More] ‹Open in Jira›
    "#);
    let marks = card.marks();
    assert_snapshot!(marks.join("\n"), @r#"
    bold "DEMO-9"
    text_link "DEMO-9"
    "#);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_turns_its_pages_in_place() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/find in DEMO");
    let list = ada.reads().await;
    assert_snapshot!(list, @r"
    The first 10 in DEMO, there are more

    DEMO-24  Prepare the demo for Thursday · In Progress · Ada Byron
    DEMO-25  Let the engine hum a tune · To Do · nobody
    DEMO-3  As a pilot I want to see the fuel level in litres · In Progress · Ada Byron
    DEMO-18  Search box loses focus · Ready for review · Grace Hopper
    DEMO-11  Preheat the oil · Ready for review · Grace Hopper
    DEMO-19  Search box shows the previous result · To Do · nobody
    DEMO-1  Write a welcome page for new people · To Do · Ada Byron
    DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
    DEMO-16  Über-pressure valve: naïve café résumé ☕ 測試 · To Do · nobody
    DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
    [DEMO-24] [DEMO-25] [DEMO-3]
    [DEMO-18] [DEMO-11] [More]
    ");
    ada.presses(&list, "More");
    let next = ada.reads().await;
    assert_snapshot!(visible(&next.to_string()), @r#"
    (in its place) The next 10 in DEMO, there are more

    DEMO-9  @‸everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
    DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
    DEMO-6  Start the engine with one button · Released · Ada Byron
    DEMO-8  Ask Linus about the kernel of the pump · To Do · Gracie Lane
    DEMO-14  Borrow a freezer · Done · Ada Byron
    DEMO-15  Calibrate the thermometer · To Do · nobody
    DEMO-21  Clean up feature flags · To Do · Ada Byron
    DEMO-5  Order new spark plugs · Done · Grace Hopper
    DEMO-22  Show the oil pressure on the phone · To Do · nobody
    DEMO-17  As a mechanic I want to export the error memory · To Do · nobody
    [DEMO-9] [DEMO-4] [DEMO-6] [DEMO-8]
    [DEMO-14] [More] [Show here]
    "#);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_fits_into_messages() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.writes("/help");
    assert_snapshot!(ada.reads().await.text(), @r"
    Issues

    • view KEY · Show an issue
    • find [in PROJECT] [WORDS] · Find issues
    • mine · List the open issues that are assigned to you
    • recent · List the issues that you looked at last
    • attachments KEY · List the files of an issue, and show the small ones

    More: comments history transitions watchers worklogs children epic link-types timesheet

    Plan: boards sprints sprint backlog chart

    Projects: projects project types fields statuses priorities components versions person filters filter

    Service: queues queue request-types sla

    Your account

    • connect [SITE] · Link your Jira account, so that I act in your name
    • disconnect [SITE] · Delete your link and its access
    • whoami · Show which Jira accounts you are linked to
    • activity · Show what you did lately
    • default [SITE PROJECT] · Say which site and project you mean where you name none
    • tools · Show what you may do here

    A key alone, such as DEMO-7, shows that issue. jira help all explains them all, jira help chart tells more about one command.
    ");
    ada.says(&world.room, "/help@usherbot create");
    assert_snapshot!(ada.reads().await.text(), @r#"
    jira create [TYPE] [in PROJECT] [for WHO] [--priority PRIORITY] [--description TEXT] [--set FIELDS] [TITLE]

    Create an issue.

    • TYPE · The type, such as bug or task. Without it, the one of your last issue there
    • in PROJECT · The project. Without it, the one of your last issue
    • for WHO · Who gets it: me, nobody, a person of this chat, or a name
    • --priority PRIORITY · The priority
    • --description TEXT · What it is about, in Markdown
    • --set FIELDS · More fields, such as "sprint: Sprint 3; labels: urgent"
    • --site SITE · The Jira site, where you have several
    • TITLE · The title

    For example:

    • jira create bug in DEMO Search box loses focus
    • jira create task in DEMO for grace --priority high Renew the certificate
    • jira create story in DEMO --set "sprint: Sprint 3; labels: urgent" Show the oil pressure
    "#);
    ada.says(&world.room, "/help@otherbot");
    ada.writes("/weather");
    assert_snapshot!(ada.reads().await, @r"
    I don't know weather. Did you mean watchers?
    [Yes]
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn menus_are_published_for_each_kind_of_chat() {
    let world = World::new().await;
    for scope in ["all_private_chats", "all_group_chats", "all_chat_administrators"] {
        let commands = world.telegram.commands(scope, "");
        let has = |name: &str| commands.iter().any(|line| line.starts_with(&format!("{name} - ")));
        assert!(has("view") && has("connect"), "{scope}: {commands:?}");
        assert_eq!(commands.iter().any(|line| line.starts_with("admin")), scope == "all_chat_administrators");
    }
    assert_snapshot!(world.telegram.commands("all_group_chats", "").join("\n"), @r"
    jira - Any command, as in /jira view DEMO-1
    view - Show an issue
    find - Find issues
    mine - List the open issues that are assigned to you
    recent - List the issues that you looked at last
    create - Create an issue
    batch - Create several issues, one from each line
    edit - Change a field of an issue, or several with a form
    clone - Make a copy of an issue
    move - Move an issue to another project or type
    status - Move an issue to another status
    assign - Give an issue to somebody
    comment - Add a comment to an issue
    attach - Attach the files of your message to an issue
    attachments - List the files of an issue, and show the small ones
    log - Log time on an issue
    watch - Watch an issue: Jira tells you when it changes
    unwatch - Stop watching an issue
    delete - Delete an issue
    comments - Read the comments of an issue
    history - Show what was changed on an issue
    transitions - Show to which statuses an issue can go
    watchers - Show who watches an issue
    worklogs - Show the time logged on an issue
    children - List the parts of an issue: its subtasks, or the issues of an epic
    epic - Show the epic or parent of an issue, with its progress
    vote - Vote for an issue
    unvote - Take back your vote for an issue
    unassign - Take an issue from whoever has it
    link_types - List how issues can be linked
    link - Link an issue to another one
    unlink - Remove a link between two issues, or from an issue to a page
    weblink - Link an issue to a web page
    edit_comment - Change the words of a comment
    delete_comment - Delete a comment
    unlog - Take back time that you logged
    timesheet - Show the time that you logged this week, day by day
    boards - List boards
    sprints - List the sprints of a board
    sprint - Show how far the running sprint of a board has come
    backlog - List what nobody has planned yet on a board, by rank
    plan - Put issues into a sprint
    unplan - Take issues out of their sprint, back to the backlog
    rank - Put an issue directly before or after another
    create_sprint - Add a sprint to a board
    start_sprint - Start a planned sprint
    close_sprint - Close a running sprint
    chart - Draw a chart of issues or sprints
    projects - List projects
    project - Show a project: what it is for, who leads it, its types
    types - List the types that issues of a project may have
    fields - List what creating an issue asks for
    statuses - List the statuses that issues of a project go through
    priorities - List the priorities, the most urgent first
    components - List the components of a project
    versions - List the versions of a project, with their dates
    create_version - Add a version to a project
    release - Release a version
    unrelease - Take the release of a version back
    person - Find a person in Jira
    filters - List your saved filters
    filter - Show what a saved filter finds
    queues - List the queues of a service project
    queue - Show the issues of a queue
    request_types - List what customers of a service project can ask for
    request - Ask for something in a service project
    sla - Show how long a customer's request may take
    connect - Link your Jira account, so that I act in your name
    disconnect - Delete your link and its access
    whoami - Show which Jira accounts you are linked to
    activity - Show what you did lately
    default - Say which site and project you mean where you name none
    tools - Show which tools you may use here
    help - Show what I can do
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_to_jira_and_come_back() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20a picture";
    let world = World::new().await;
    let ada = world.linked("ada").await;
    let plot = Upload { name: "plot.png".to_owned(), media_type: Some("image/png".to_owned()), content: PNG.into() };
    ada.sends_document(&world.room, &plot, "/attach DEMO-5");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Attached plot.png to DEMO-5.
    ‹Open in Jira›
    ");
    let files = world.issue("DEMO-5")["attachments"].as_array().unwrap().clone();
    assert!(files.iter().any(|file| file["name"] == "plot.png" && file["bytes"] == PNG.len()), "{files:?}");
    ada.says(&world.room, "/attachments DEMO-5");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Files of DEMO-5

    • plot.png · 33 bytes · Ada Byron
    ‹Open in Jira›
    ");
    assert_eq!(ada.reads_in(&world.room).await.file().unwrap(), PNG);
    world.end().await;
}
