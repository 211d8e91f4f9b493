//! The chat with a person, as far as it can be tried without a terminal.

use crate::support::{Session, options};
use usher_chat::{Argument, ArgumentKind, ChatAdapter, Command, Input, MessageId, MessageRef, Place, Platform};
use usher_terminal::{Mode, TerminalOptions};

async fn transcript(lines: &[&str]) -> (String, Vec<Input>) {
    let greeting = vec!["Three things to try:".to_owned(), "  jira view DEMO-1".to_owned()];
    let mut session = Session::start(TerminalOptions { greeting, ..options(Mode::Interactive) });
    let command = Command {
        path: vec!["view".into()],
        family: "read".into(),
        summary: "Show an issue".into(),
        usage: "view KEY".into(),
        arguments: vec![Argument {
            name: "issue".into(),
            help: "Its key".into(),
            required: true,
            kind: ArgumentKind::Text,
            completes: true,
        }],
        admin: false,
    };
    session.terminal.publish(&[command]).await.unwrap();
    for line in lines {
        session.send(line).await;
    }
    let bot = session.bot.clone();
    let (result, said) = session.finish().await;
    assert!(result.is_ok());
    let inputs = bot.events.lock().iter().map(|event| event.input.clone()).collect();
    (said, inputs)
}

#[tokio::test]
async fn a_conversation_reads_well() {
    let (said, inputs) =
        transcript(&["everything", "edge", "2", "", "2", "3", "/as grace", "/in dm", "twice", "/press 9", "99"]).await;
    insta::assert_snapshot!(said, @r#"
    Three things to try:
      jira view DEMO-1
    /help lists the commands of this chat, /quit leaves it.

    ada #eng › everything
    usher (only you)
      Here it is

      WEB-12  Login fails on Safari · Bug · In Progress · Grace
      [image] shot.png (1.2 kB): the login page
      ‹Open in Jira› https://acme.example/browse/WEB-12
      [1 Status] [2 Assign to me]

      Which one?
      [3] Ready

      One more thing (* must be filled in, an empty line leaves a field out, /cancel leaves the form)
        1  Chrome
        2  Firefox
    Browser* › edge
      edge is not among them. Give a number.
    Browser* › 2
    Why › 
    usher
      submitted f1 {"browser": ["Firefox"]}

    ada #eng › 2
    usher
      pressed b2

    ada #eng › 3
    usher
      pressed c1

    ada #eng › /as grace
    grace #eng › /in dm
    grace dm › twice
    usher (only you)
      one

    usher
      two

    grace dm › /press 9
      There is no button with that number.
    grace dm › 99
      There is no button with that number.
    "#);
    let inputs: Vec<String> = inputs.iter().map(|input| format!("{input:?}")).collect();
    insta::assert_snapshot!(inputs.join("\n"), @r#"
    Text("everything")
    Submit { form: ActionId(f1), fields: {"browser": ["Firefox"]} }
    Press { action: ActionId(b2) }
    Press { action: ActionId(c1) }
    Text("twice")
    "#);
}

#[tokio::test]
async fn the_chats_own_commands_answer() {
    let (said, inputs) = transcript(&[
        "/help",
        "/admin on",
        "/roles dev,qa",
        "/roles",
        "/nonsense",
        "/approve",
        "everything",
        "/cancel",
        "/approve grace",
        "/jira help",
        "/quit",
        "never read",
    ])
    .await;
    insta::assert_snapshot!(said, @r"
    Three things to try:
      jira view DEMO-1
    /help lists the commands of this chat, /quit leaves it.

    ada #eng › /help
      /as grace      speak as somebody else
      /in eng        go to a channel; /in dm is the direct chat
      /admin on      administer the workspace, or /admin off
      /roles dev,qa  have these roles; /roles alone has none
      /press 2       press a button; its number alone does the same
      /cancel        leave a form
      /help          show this
      /quit          leave; Ctrl-D does the same

      jira view      Show an issue
    ada #eng › /admin on
      ada administers this workspace and has no roles.
    ada #eng › /roles dev,qa
      ada administers this workspace and has the roles dev, qa.
    ada #eng › /roles
      ada administers this workspace and has no roles.
    ada #eng › /nonsense
      I don't know /nonsense. /help lists what there is.
    ada #eng › /approve
      No link was shown yet.
    ada #eng › everything
    usher (only you)
      Here it is

      WEB-12  Login fails on Safari · Bug · In Progress · Grace
      [image] shot.png (1.2 kB): the login page
      ‹Open in Jira› https://acme.example/browse/WEB-12
      [1 Status] [2 Assign to me]

      Which one?
      [3] Ready

      One more thing (* must be filled in, an empty line leaves a field out, /cancel leaves the form)
        1  Chrome
        2  Firefox
    Browser* › /cancel
      Left out.
    ada #eng › /approve grace
      /approve works in the demo only. Open the link in a browser.
    ada #eng › /jira help
    usher
      /jira help

    ada #eng › /quit
    ");
    assert_eq!(inputs, [Input::Text("everything".into()), Input::Text("/jira help".into())]);
}

#[tokio::test]
async fn nothing_that_a_terminal_obeys_comes_through() {
    let (said, _) = transcript(&["say \u{1b}[2J\u{1b}]0;title\u{7} \u{9b}31m red \u{202e}txt"]).await;
    let unseen = said.chars().filter(|char| char.is_control() && *char != '\n' || *char == '\u{202e}').count();
    assert_eq!(unseen, 0, "{said:?}");
    assert!(said.contains("  say  31m red txt\n"), "{said}");
}

#[tokio::test]
async fn a_removed_message_is_told() {
    let session = Session::start(options(Mode::Interactive));
    let place = Place::direct(Platform::TERMINAL);
    session.terminal.delete(&MessageRef { place, id: MessageId::from("1") }).await.unwrap();
    let (_, said) = session.finish().await;
    assert!(said.contains("A message in dm was removed.\n"), "{said}");
}
