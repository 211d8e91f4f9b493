//! The JSON Lines interface, as a script meets it.

use bytes::Bytes;
use futures::TryStreamExt;
use usher_chat::{
    Audience, ChatAdapter, Destination, IncomingFile, Input, MessageId, MessageRef, OpenError, Person, Place, Platform,
    Reply, Sent, Workspace,
};

use crate::support::Session;

#[tokio::test]
async fn a_script_talks_and_is_answered() {
    let mut session = Session::jsonl();
    assert_eq!(session.line().await, r#"{"event":"ready","public_url":"http://127.0.0.1:8080"}"#);
    session.send(r#"{"user":"ada","in":"eng","say":"hello"}"#).await;
    assert_eq!(session.line().await, r#"{"event":"reply","user":"ada","in":"eng","text":"hello"}"#);
    assert_eq!(session.line().await, r#"{"event":"done","line":1}"#);
    session.send(r##"{"user":"ada","in":"#eng","say":"twice"}"##).await;
    assert_eq!(session.line().await, r#"{"event":"reply","user":"ada","in":"eng","only":true,"text":"one"}"#);
    assert_eq!(session.line().await, r#"{"event":"reply","user":"ada","in":"eng","text":"two"}"#);
    assert_eq!(session.line().await, r#"{"event":"done","line":2}"#);
    session.send("").await;
    session.send(r#"{"user":"ada","in":"dm","say":"nothing"}"#).await;
    assert_eq!(session.line().await, r#"{"event":"done","line":4}"#);
    session.send(r#"{"user":"ada","in":"eng","complete":"jira "}"#).await;
    assert_eq!(
        session.line().await,
        r#"{"event":"reply","user":"ada","in":"eng","only":true,"choices":["view","find"]}"#
    );
    assert_eq!(session.line().await, r#"{"event":"done","line":5}"#);
    let (result, rest) = session.finish().await;
    assert!(result.is_ok());
    assert_eq!(rest, "");
}

#[tokio::test]
async fn a_reply_carries_everything_and_nothing_empty() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send(r#"{"user":"ada","in":"dm","say":"everything"}"#).await;
    let expected = concat!(
        r#"{"event":"reply","user":"ada","in":"dm","only":true,"#,
        r#""text":"Here it is\n\n**WEB-12** Login fails on Safari · Bug · In Progress · Grace\n\nWhich one?","#,
        r#""buttons":[{"id":"b1","label":"Status"},{"id":"b2","label":"Assign to me"},{"id":"c1","label":"Ready"}],"#,
        r#""links":[{"label":"Open in Jira","url":"https://acme.example/browse/WEB-12"}],"#,
        r#""form":{"id":"f1","title":"One more thing","fields":["#,
        r#"{"name":"browser","label":"Browser","kind":"choice","required":true,"options":["Chrome","Firefox"]},"#,
        r#"{"name":"why","label":"Why","kind":"line"}]},"#,
        r#""files":[{"name":"shot.png","bytes":1234}]}"#,
    );
    assert_eq!(session.line().await, expected);
}

#[tokio::test]
async fn what_cannot_be_read_changes_nothing() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send("nonsense").await;
    assert_eq!(
        session.until_done(1).await,
        [
            r#"{"event":"error","line":1,"text":"This line is not JSON: expected ident at column 2."}"#,
            r#"{"event":"done","line":1}"#
        ]
    );
    session.send_bytes(b"{\"user\":\"ada\",\"in\":\"eng\",\"say\":\"\xff\"}\n").await;
    assert_eq!(session.until_done(2).await[0], r#"{"event":"error","line":2,"text":"This line is not UTF-8."}"#);
    session.send(&format!(r#"{{"user":"ada","in":"eng","say":"{}"}}"#, "x".repeat(1024 * 1024))).await;
    assert_eq!(
        session.until_done(3).await[0],
        r#"{"event":"error","line":3,"text":"This line is longer than 1048576 bytes."}"#
    );
    session.send(r#"{"user":"eve","in":"eng","say":"x","admin":true,"roles":["dev"],"press":"y"}"#).await;
    assert_eq!(
        session.until_done(4).await[0],
        r#"{"event":"error","line":4,"text":"say and press cannot stand in one line. Use a line for each."}"#
    );
    session
        .send(r#"{"user":"eve","in":"eng","say":"x","admin":true,"files":[{"name":"a","path":"/nowhere/a"}]}"#)
        .await;
    assert_eq!(
        session.until_done(5).await[0],
        r#"{"event":"error","line":5,"text":"The file /nowhere/a cannot be read: there is no such file."}"#
    );
    session.send(r#"{"user":"eve","approve":"http://127.0.0.1:1/","as":"grace","admin":true}"#).await;
    assert_eq!(
        session.until_done(6).await[0],
        r#"{"event":"error","line":6,"text":"`approve` works in the demo only."}"#
    );
    let home = Workspace::new(Platform::TERMINAL, "home");
    let eve = Person::new(Platform::TERMINAL, "eve");
    assert_eq!(session.terminal.member(&home, &eve).await.unwrap(), usher_chat::Member::default());
    assert!(session.bot.events.lock().is_empty());
    session.send(r#"{"user":"ada","in":"eng","say":"panic"}"#).await;
    assert_eq!(
        session.until_done(7).await[0],
        r#"{"event":"error","line":7,"text":"Something broke while this line was worked on."}"#
    );
    session.send(r#"{"user":"ada","in":"eng","say":"still here"}"#).await;
    assert_eq!(session.until_done(8).await[0], r#"{"event":"reply","user":"ada","in":"eng","text":"still here"}"#);
}

#[tokio::test]
async fn one_person_is_served_in_order_and_others_do_not_wait() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send(r#"{"user":"ada","in":"eng","say":"wait"}"#).await;
    session.bot.waiting.notified().await;
    session.send(r#"{"user":"ada","in":"dm","say":"after"}"#).await;
    session.send(r#"{"user":"grace","in":"eng","say":"meanwhile"}"#).await;
    assert_eq!(
        session.until_done(3).await,
        [r#"{"event":"reply","user":"grace","in":"eng","text":"meanwhile"}"#, r#"{"event":"done","line":3}"#]
    );
    session.bot.gate.add_permits(1);
    assert_eq!(
        session.until_done(2).await,
        [
            r#"{"event":"reply","user":"ada","in":"eng","text":"wait"}"#,
            r#"{"event":"done","line":1}"#,
            r#"{"event":"reply","user":"ada","in":"dm","text":"after"}"#,
            r#"{"event":"done","line":2}"#,
        ]
    );
}

#[tokio::test]
async fn the_end_of_input_finishes_what_is_in_flight() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send(r#"{"user":"ada","in":"eng","say":"wait"}"#).await;
    session.bot.waiting.notified().await;
    // The last line has no line end.
    session.send_bytes(br#"{"user":"ada","in":"eng","say":"last"}"#).await;
    session.close_input();
    session.bot.gate.add_permits(1);
    let (result, rest) = session.finish().await;
    assert!(result.is_ok());
    let lines: Vec<_> = rest.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[2..],
        [r#"{"event":"reply","user":"ada","in":"eng","text":"last"}"#, r#"{"event":"done","line":2}"#]
    );
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_and_reads_no_more() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send(r#"{"user":"ada","in":"eng","say":"wait"}"#).await;
    session.bot.waiting.notified().await;
    session.stop();
    session.bot.gate.add_permits(1);
    assert_eq!(session.until_done(1).await.len(), 2);
    let (result, rest) = session.finish().await;
    assert!(result.is_ok());
    assert_eq!(rest, "");
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_it() {
    let mut session = Session::jsonl();
    session.line().await;
    session.send(r#"{"user":"ada","in":"eng","say":"wait"}"#).await;
    session.bot.waiting.notified().await;
    session.bot.gate.add_permits(1);
    assert_eq!(session.hang_up().await.unwrap_err().to_string(), "the output was closed");
}

#[tokio::test]
async fn roles_hold_until_they_are_stated_again() {
    let mut session = Session::jsonl();
    session.line().await;
    let home = Workspace::new(Platform::TERMINAL, "home");
    let lab = Workspace::new(Platform::TERMINAL, "lab");
    let ada = Person::new(Platform::TERMINAL, "ada");
    let standing = async |session: &Session, workspace: &Workspace| {
        let member = session.terminal.member(workspace, &ada).await.unwrap();
        let roles: Vec<_> = member.roles.iter().map(ToString::to_string).collect();
        (member.present, member.admin, roles.join("+"))
    };
    assert_eq!(standing(&session, &home).await, (true, false, String::new()));
    session.send(r#"{"user":"ada","in":"eng","say":"x","roles":["dev","qa"],"admin":true}"#).await;
    session.until_done(1).await;
    session.send(r#"{"user":"ada","in":"eng","say":"x"}"#).await;
    session.until_done(2).await;
    assert_eq!(standing(&session, &home).await, (true, true, "dev+qa".to_owned()));
    assert_eq!(standing(&session, &lab).await, (false, false, String::new()));
    session.send(r#"{"user":"ada","in":"eng","say":"x","workspace":"lab","admin":true}"#).await;
    session.until_done(3).await;
    session.send(r#"{"user":"ada","in":"eng","say":"x","admin":false}"#).await;
    session.until_done(4).await;
    assert_eq!(standing(&session, &home).await, (true, false, "dev+qa".to_owned()));
    assert_eq!(standing(&session, &lab).await, (true, true, String::new()));
    assert_eq!(session.terminal.admins(&home).await.unwrap(), [Person::new(Platform::TERMINAL, "root")]);
    assert!(session.terminal.member(&Workspace::new(Platform::DISCORD, "1"), &ada).await.is_err());
    let member = session.bot.events.lock()[1].member.clone().unwrap();
    assert!(member.admin && member.roles.len() == 2);
}

async fn read(session: &Session, file: &IncomingFile) -> Result<String, OpenError> {
    let pieces: Vec<Bytes> = session.terminal.open(file).await?.try_collect().await?;
    Ok(String::from_utf8(pieces.concat()).unwrap())
}

#[tokio::test]
async fn events_say_what_the_platform_knows() {
    let mut session = Session::jsonl();
    session.line().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "some notes").unwrap();
    let files = serde_json::json!([{"name": "a.txt", "path": path}]);
    session.send(&format!(r#"{{"user":"ada","in":"eng","say":"everything @grace","files":{files}}}"#)).await;
    session.until_done(1).await;
    for (number, line) in [
        (2, r#"{"user":"ada","in":"eng","press":"b1"}"#),
        (3, r#"{"user":"grace","in":"eng","press":"b1"}"#),
        (4, r#"{"user":"ada","in":"eng","press":"unknown"}"#),
        (5, r#"{"user":"ada","in":"eng","submit":"f1","fields":{"browser":"Firefox"}}"#),
        (6, r#"{"user":"ada","in":"dm","say":"psst"}"#),
    ] {
        session.send(line).await;
        session.until_done(number).await;
    }
    let events = session.bot.events.lock().clone();
    let first = &events[0];
    assert_eq!(first.person.to_string(), "terminal:ada");
    assert_eq!(first.place.to_string(), "terminal:home/eng");
    assert_eq!((first.names.person.as_str(), first.names.place.as_str()), ("ada", "#eng"));
    assert_eq!(first.mentions[0].person.to_string(), "terminal:grace");
    assert_eq!(first.mentions[0].range, 11..17);
    assert_eq!(first.files[0].name, "a.txt");
    assert_eq!(read(&session, &first.files[0]).await.unwrap(), "some notes");
    let elsewhere = IncomingFile { handle: path.to_string_lossy().into_owned(), ..first.files[0].clone() };
    assert_eq!(read(&session, &elsewhere).await, Err(OpenError::Gone), "a path is no handle");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(read(&session, &first.files[0]).await, Err(OpenError::Gone));
    let private: Vec<bool> = events.iter().map(|event| event.private).collect();
    assert_eq!(private, [false, true, false, false, true, true]);
    assert!(events[1].message.is_some() && events[1].message == events[4].message);
    assert!(events[3].message.is_none());
    assert!(events[5].place.is_direct() && events[5].member.is_none());
    assert!(matches!(&events[4].input, Input::Submit { fields, .. } if fields["browser"] == ["Firefox"]));
    let mut ids: Vec<_> = events.iter().map(|event| event.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len());
}

#[tokio::test]
async fn news_that_nobody_asked_for_arrives_and_is_never_widened() {
    let mut session = Session::jsonl();
    session.line().await;
    let terminal = session.terminal.clone();
    let ada = Destination::Person(Person::new(Platform::TERMINAL, "ada"));
    let eng = Place::channel(Workspace::new(Platform::TERMINAL, "home"), "eng");
    assert!(matches!(terminal.send(&ada, Reply::public("news")).await.unwrap(), Sent::Message(Some(_))));
    assert_eq!(session.line().await, r#"{"event":"reply","user":"ada","in":"dm","only":true,"text":"news"}"#);
    let private = Reply { audience: Audience::OnlyAsker, ..Reply::private("secret") };
    assert_eq!(terminal.send(&Destination::Place(eng.clone()), private).await.unwrap(), Sent::NoPrivateWay);
    terminal.send(&Destination::Place(eng.clone()), Reply::public("for all")).await.unwrap();
    assert_eq!(session.line().await, r#"{"event":"reply","in":"eng","text":"for all"}"#);
    terminal.delete(&MessageRef { place: eng, id: MessageId::from("1") }).await.unwrap();
    let elsewhere = Destination::Person(Person::new(Platform::DISCORD, "1"));
    assert!(terminal.send(&elsewhere, Reply::private("x")).await.is_err());
    let (result, rest) = session.finish().await;
    assert!(result.is_ok() && rest.is_empty());
}
