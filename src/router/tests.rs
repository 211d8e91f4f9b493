use proptest::prelude::*;
use usher_chat::{Completing, Mention, Person, Platform, Slash};

use super::{Request, Wanted, complete, text, wanted};
use crate::tools::table;

/// What a line asks for, in one line.
fn shown(request: &Request) -> String {
    match request {
        Request::Tool(call) => {
            let site = call.site.as_ref().map(|site| format!(" at {site:?}")).unwrap_or_default();
            format!("{} {}{site}", call.tool.name, call.args)
        }
        Request::Misread(misread) => {
            format!("? {} {}", misread.message, misread.hint.as_deref().unwrap_or_default()).trim_end().to_owned()
        }
        Request::Code(_, otherwise) => format!("code, or {}", shown(otherwise)),
        other => format!("{other:?}"),
    }
}

fn channel(line: &str) -> String {
    shown(&text::read(table(), line, &[], false))
}

fn direct(line: &str) -> String {
    shown(&text::read(table(), line, &[], true))
}

#[test]
fn a_channel_line_is_for_us_when_it_says_so() {
    let lines = [
        "jira view demo-7",
        "Jira, view DEMO-7",
        "/jira view DEMO-7",
        "jira DEMO-7",
        "DEMO-7",
        "demo-7",
        "utf-8",
        "jira",
        "jira help create",
        "jira tools",
        "jirafan",
        "let's talk",
        "K7Q2-9XMD",
        "",
    ];
    let all: Vec<String> = lines.iter().map(|line| format!("{line} => {}", channel(line))).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    jira view demo-7 => view {"key":"DEMO-7"}
    Jira, view DEMO-7 => view {"key":"DEMO-7"}
    /jira view DEMO-7 => view {"key":"DEMO-7"}
    jira DEMO-7 => view {"key":"DEMO-7"}
    DEMO-7 => view {"key":"DEMO-7"}
    demo-7 => Nothing
    utf-8 => Nothing
    jira => Help(None)
    jira help create => Help(Some("create"))
    jira tools => Tools
    jirafan => code, or Nothing
    let's talk => Nothing
    K7Q2-9XMD => code, or Nothing
     => Nothing
    "#);
}

#[test]
fn a_direct_message_needs_no_word_in_front() {
    let lines = ["view DEMO-7", "DEMO-7", "k7q2 9xmd", "hello there", "hello", "veiw DEMO-7", "connect acme", "whoami"];
    let all: Vec<String> = lines.iter().map(|line| format!("{line} => {}", direct(line))).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    view DEMO-7 => view {"key":"DEMO-7"}
    DEMO-7 => view {"key":"DEMO-7"}
    k7q2 9xmd => code, or Nothing
    hello there => Nothing
    hello => code, or Nothing
    veiw DEMO-7 => ? I don't know `veiw`. Did you mean `view DEMO-7`?
    connect acme => Account(Connect(Connect { site: Some("acme"), no_code: false }))
    whoami => Account(Whoami)
    "#);
}

#[test]
fn the_last_argument_takes_the_rest_as_it_stands() {
    let lines = [
        "jira comment DEMO-7 -7d -- and --site stay",
        "jira comment DEMO-7 it's \"quoted\" here",
        "jira comment DEMO-7 \"all of it\"",
        "jira comment DEMO-7 one\ntwo",
        "jira status DEMO-7 in progress",
        "jira log DEMO-7 1h 30m fixing focus",
        "jira create bug in DEMO \"Search box loses focus\" --priority high",
        "jira create bug in DEMO Search box --priority high",
        "jira create bug for @ada in web “Curly quotes” --site corp",
        "jira create bug --project=DEMO A title",
        "jira find in DEMO in two words",
        "jira find jql: project = DEMO ORDER BY key",
        "jira find",
        "jira assign DEMO-7 Grace Hopper",
    ];
    let all: Vec<String> = lines.iter().map(|line| format!("{line} => {}", channel(line))).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    jira comment DEMO-7 -7d -- and --site stay => comment {"key":"DEMO-7","text":"-7d -- and --site stay"}
    jira comment DEMO-7 it's "quoted" here => comment {"key":"DEMO-7","text":"it's \"quoted\" here"}
    jira comment DEMO-7 "all of it" => comment {"key":"DEMO-7","text":"all of it"}
    jira comment DEMO-7 one
    two => comment {"key":"DEMO-7","text":"one\ntwo"}
    jira status DEMO-7 in progress => status {"key":"DEMO-7","to":"in progress","fields":{}}
    jira log DEMO-7 1h 30m fixing focus => log {"key":"DEMO-7","time":"1h","note":"30m fixing focus"}
    jira create bug in DEMO "Search box loses focus" --priority high => create {"type":"bug","summary":"Search box loses focus","project":"DEMO","assignee":null,"priority":"high","description":null,"set":null,"fields":{}}
    jira create bug in DEMO Search box --priority high => create {"type":"bug","summary":"Search box --priority high","project":"DEMO","assignee":null,"priority":null,"description":null,"set":null,"fields":{}}
    jira create bug for @ada in web “Curly quotes” --site corp => create {"type":"bug","summary":"Curly quotes","project":"WEB","assignee":"@ada","priority":null,"description":null,"set":null,"fields":{}} at Word("corp")
    jira create bug --project=DEMO A title => create {"type":"bug","summary":"A title","project":"DEMO","assignee":null,"priority":null,"description":null,"set":null,"fields":{}}
    jira find in DEMO in two words => find {"words":"in two words","project":"DEMO","page":null}
    jira find jql: project = DEMO ORDER BY key => find {"words":"jql: project = DEMO ORDER BY key","project":null,"page":null}
    jira find => find {"words":null,"project":null,"page":null}
    jira assign DEMO-7 Grace Hopper => assign {"key":"DEMO-7","who":"Grace Hopper"}
    "#);
}

#[test]
fn what_cannot_be_read_is_said_with_the_next_step() {
    let long = format!("jira comment DEMO-7 {}", "x".repeat(100_000));
    let lines = [
        "jira view",
        "jira view DEMO",
        "jira view DEMO-7 now",
        "jira view ../../x-1",
        "jira vew DEMO-7",
        "jira xyzzy",
        "jira assign DEMO-7",
        "jira create bug in D/EMO x",
        "jira create",
        "jira connect a b",
        "jira whoami now",
        "jira admin",
        "jira admin alow view",
        "jira view DEMO-7\u{7}",
        &long,
    ];
    let all: Vec<String> = lines.iter().map(|line| channel(line)).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    ? `view` needs the issue's key, such as DEMO-7. Like this: `jira view DEMO-7`.
    ? `DEMO` is not an issue key. Like this: `jira view DEMO-7`.
    ? I did not expect `now` after `view`. Like this: `jira view DEMO-7`.
    ? `../../x-1` is not an issue key. Like this: `jira view DEMO-7`.
    ? I don't know `vew`. Did you mean `view DEMO-7`?
    code, or ? I don't know `xyzzy`. `jira help` lists what I can do.
    ? `assign` needs who gets it: me, nobody, a person of this chat, or a name. Like this: `jira assign DEMO-7 me`.
    ? `D/EMO` is not a project key. Like this: `jira create bug in DEMO Search box loses focus`.
    create {"type":null,"summary":null,"project":null,"assignee":null,"priority":null,"description":null,"set":null,"fields":{}}
    ? I cannot read that `connect`. Name one site, like this: `jira connect SITE`.
    ? I cannot read that `whoami`. It takes no more words: `jira whoami`.
    ? I cannot read that admin command. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.
    ? I cannot read `admin alow`. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.
    ? Your message holds control characters, which Jira does not take. Type it again without them.
    ? That is 100015 characters, and 32767 is the most that Jira takes. Shorten it or attach it as a file.
    "#);
}

#[test]
fn a_mention_is_read_by_id_and_never_by_the_name_shown() {
    let line = "jira assign DEMO-7 @Ada The Great";
    let person = Person::new(Platform::DISCORD, "1234");
    let mention = Mention { person, name: "Ada The Great".into(), range: 19..line.len() };
    let request = text::read(table(), line, &[mention], false);
    insta::assert_snapshot!(shown(&request), @r#"assign {"key":"DEMO-7","who":"@discord:1234"}"#);
}

#[test]
fn a_native_command_gives_jira_names_and_tools_ids() {
    let mention = Mention { person: Person::new(Platform::DISCORD, "1234"), name: "Ada".into(), range: 0..0 };
    let read = |path: &str, name: &str, value: &str| {
        let options = [("key", "DEMO-7"), (name, value)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let slash = Slash { path: vec![path.into()], options: options.into() };
        shown(&text::slash(table(), &slash, std::slice::from_ref(&mention)))
    };
    insta::assert_snapshot!(read("comment", "text", "ask @discord:1234"), @r#"comment {"key":"DEMO-7","text":"ask ￹646973636f72643a313233340a416461￻"}"#);
    insta::assert_snapshot!(read("assign", "who", "@discord:1234"), @r#"assign {"key":"DEMO-7","who":"@discord:1234"}"#);
}

#[test]
fn a_command_may_leave_the_key_out_where_a_card_is_answered() {
    let lines = [
        ("jira comment look here", false),
        ("  /jira, comment look\nhere ", false),
        ("jira status done", false),
        ("jira assign me", false),
        ("jira view", false),
        ("log 1h tidied", true),
        ("jira comment DEMO-7 look here", false),
        ("jira view demo-7", false),
        ("jira comment --key DEMO-7", false),
        ("jira find engine", false),
        ("jira connect acme", false),
        ("status done", false),
        ("", true),
    ];
    let with_key = |(line, direct): (&str, bool)| {
        let read = match text::lacks_key(table(), line, direct) {
            Some(at) => text::with_key(line, at, "DEMO-1", &[]).0,
            None => "-".to_owned(),
        };
        format!("{line:?} => {read:?}")
    };
    insta::assert_snapshot!(lines.map(with_key).join("\n"), @r#"
    "jira comment look here" => "jira comment DEMO-1 look here"
    "  /jira, comment look\nhere " => "  /jira, comment DEMO-1 look\nhere "
    "jira status done" => "jira status DEMO-1 done"
    "jira assign me" => "jira assign DEMO-1 me"
    "jira view" => "jira view DEMO-1"
    "log 1h tidied" => "log DEMO-1 1h tidied"
    "jira comment DEMO-7 look here" => "-"
    "jira view demo-7" => "-"
    "jira comment --key DEMO-7" => "-"
    "jira find engine" => "-"
    "jira connect acme" => "-"
    "status done" => "-"
    "" => "-"
    "#);
    let mention = Mention { person: Person::new(Platform::DISCORD, "1234"), name: "Ada".into(), range: 12..16 };
    let (line, mentions) = text::with_key("jira assign @Ada", 11, "DEMO-1", &[mention]);
    insta::assert_snapshot!(shown(&text::read(table(), &line, &mentions, false)), @r#"assign {"key":"DEMO-1","who":"@discord:1234"}"#);
}

#[test]
fn a_mention_with_a_wrong_range_harms_nothing() {
    let person = Person::new(Platform::DISCORD, "1234");
    for range in [0..999, std::ops::Range { start: 5, end: 3 }, 1..2] {
        let mention = Mention { person: person.clone(), name: "x".into(), range };
        let _ = text::read(table(), "é jira view DEMO-7", &[mention], false);
    }
}

#[test]
fn native_commands_give_their_options_by_name() {
    let options = [("key", "DEMO-7"), ("text", "-- a \"quoted\" text --site x")];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let slash = Slash { path: vec!["comment".into()], options };
    insta::assert_snapshot!(shown(&text::slash(table(), &slash, &[])), @r#"comment {"key":"DEMO-7","text":"-- a \"quoted\" text --site x"}"#);
    let missing = Slash { path: vec!["comment".into()], options: Default::default() };
    insta::assert_snapshot!(shown(&text::slash(table(), &missing, &[])), @"? `comment` needs the issue's key, such as DEMO-7, and what to say. Markdown works, line breaks stay. Like this: `jira comment DEMO-7 Fixed, see the new test`.");
}

#[test]
fn native_commands_have_the_limits_of_typed_lines() {
    let read = |value: &str| {
        let options = [("key".to_owned(), value.to_owned())].into();
        shown(&text::slash(table(), &Slash { path: vec!["view".into()], options }, &[]))
    };
    let long = "x".repeat(40_000);
    insta::assert_snapshot!(read(&long), @"? That is 40000 characters, and 32767 is the most that Jira takes. Shorten it or attach it as a file.");
    insta::assert_snapshot!(read("DEMO-1\u{0}"), @"? Your message holds control characters, which Jira does not take. Type it again without them.");
}

#[test]
fn an_unfinished_line_names_the_argument_being_typed() {
    let show = |line: &str| match wanted(table(), &Completing::Line(line.to_owned())) {
        Wanted::Argument { tool, argument, partial, given } => {
            format!("{line} => {} {argument} \"{partial}\" after {given:?}", tool.name)
        }
        other => format!("{line} => {other:?}"),
    };
    let lines = [
        "",
        "jira vi",
        "jira view ",
        "jira view DEM",
        "jira status DEMO-1 in p",
        "jira assign DEMO-1 gr",
        "jira create bu",
        "jira create bug in DE",
        "jira create bug in DEMO --pri",
        "jira create bug in DEMO --priority h",
        "jira log DEMO-1 ",
        "jira find in ",
        "jira connect ac",
        "jira admin al",
        "jira help cr",
        "jira xyzzy a",
    ];
    insta::assert_snapshot!(lines.map(show).join("\n"), @r#"
     => Command("")
    jira vi => Command("vi")
    jira view  => view key "" after {}
    jira view DEM => view key "DEM" after {}
    jira status DEMO-1 in p => status to "in p" after {"key": "DEMO-1"}
    jira assign DEMO-1 gr => assign who "gr" after {"key": "DEMO-1"}
    jira create bu => create type "bu" after {}
    jira create bug in DE => create project "DE" after {"type": "bug"}
    jira create bug in DEMO --pri => Word("--pri", ["--priority"])
    jira create bug in DEMO --priority h => create priority "h" after {"project": "DEMO", "type": "bug"}
    jira log DEMO-1  => log time "" after {"key": "DEMO-1"}
    jira find in  => find project "" after {}
    jira connect ac => Site("ac")
    jira admin al => Word("al", ["admit", "dismiss", "allow", "deny", "forget", "approve", "block", "stop", "go", "toolset", "profile", "audit", "notices", "two-person", "default", "policy", "explain"])
    jira help cr => Command("cr")
    jira xyzzy a => Nothing
    "#);
}

proptest! {
    #[test]
    fn no_line_panics(line in "(jira )?(view|create|log|admin|find|status)?[ \\PC\"“”-]{0,80}", is_direct: bool) {
        let _ = text::read(table(), &line, &[], is_direct);
        if let Some(at) = text::lacks_key(table(), &line, is_direct) {
            let _ = text::with_key(&line, at, "DEMO-1", &[]);
        }
        let _ = complete::wanted(table(), &Completing::Line(line));
    }
}
