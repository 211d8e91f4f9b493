//! The program as a stranger starts it, in JSON Lines: the whole tour, lines that mean nothing, a sudden death.
#![cfg(all(feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "support/script.rs"]
mod script;

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use insta::assert_snapshot;
use serde_json::json;
use usher_sandbox::{Options, Sandbox};
use usher_terminal::Walker;

use script::{Script, complaint, show, usher};

#[test]
fn the_tour() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Script::start(&["demo", "--jsonl"], folder.path());

    // Two accounts are linked, each in its own way.
    assert_snapshot!(demo.says("ada", "eng", "jira view DEMO-5"), @r"
    (only ada in eng) I don't know your Jira account yet. Link it once, then I'll show you DEMO-5.
    [Link acme] [Link corp]
    ");
    assert_snapshot!(demo.presses("ada", "eng", "Link acme"), @r"
    (only ada in eng) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
    ‹Open the page›
    ");
    let code = demo.approves("ada", "ada");
    assert_snapshot!(demo.says("ada", "dm", &code), @r"
    (only ada in dm) Linked: you act on acme as Ada Byron.

    (only ada in dm) **DEMO-5** Order new spark plugs · Task · Done · Low · Grace Hopper

    Reporter: Ada Byron
    ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira connect corp"), @r"
    (only ada in eng) Approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach corp for this step only.
    ‹Authorize in Jira› [I see no code]
    ");
    let code = demo.approves("ada", "ada");
    assert_snapshot!(demo.says("ada", "dm", &code), @"(only ada in dm) Linked: you act on corp as Ada Byron.");
    assert_snapshot!(demo.says("grace", "eng", "jira connect acme"), @r"
    (only grace in eng) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
    ‹Open the page›
    ");
    let url = demo.url();
    let refusal = json!({ "user": "grace", "approve": url, "as": "grace", "deny": true });
    let mut refused = demo.write(refusal.to_string().as_bytes());
    if refused.len() == 1 {
        // That nothing was linked is news, which comes when it comes.
        refused.push(demo.next());
    }
    refused.sort_by_key(|event| event["event"].to_string());
    assert_snapshot!(show(&refused), @r"
    error in line 9: Nothing was linked. You did not approve in acme. If you change your mind, send Usher connect.

    (only grace in dm) You did not approve in acme, so nothing was linked.
    [Link acme]
    ");

    // Each tool, on both sites.
    assert_snapshot!(demo.says("ada", "eng", "DEMO-5"), @r"
    (in eng) **DEMO-5** Order new spark plugs · Task · Done · Low · Grace Hopper

    Reporter: Ada Byron
    ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
    ");
    // It is due some days from now, whenever that is.
    let card = demo.says("ada", "eng", "jira view OPS-2 --site corp");
    let (before, due) = card.split_once("Due: ").unwrap();
    let (_, after) = due.split_once(" · ").unwrap();
    assert_snapshot!(format!("{before}Due: … · {after}"), @r"
    (in eng) **OPS-2** Replace the disk in rack 4 · Task · Open · Medium · Grace Hopper

    Reporter: Ada Byron · Due: … · Labels: hardware
    ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira create bug in DEMO \"Search box loses focus\" --priority high"), @r"
    (in eng) Ada Byron created **DEMO-26** Search box loses focus · Bug · High
    ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira create incident in OPS --site corp Mail is down"), @r#"
    (only ada in eng) OPS asks for one more thing on an Incident.
    form "Incident in OPS": Impact (choice) ["Low","Medium","High"]
    "#);
    assert_snapshot!(demo.submits("ada", "eng", &[("Impact", "High")]), @r"
    (in eng) Ada Byron created **OPS-10** Mail is down · Incident · Medium
    ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira find in DEMO --site acme search box"), @r"
    (in eng) 3 of 3 in DEMO

    **DEMO-26** Search box loses focus · To Do · nobody
    **DEMO-18** Search box loses focus · Ready for review · Grace Hopper
    **DEMO-19** Search box shows the previous result · To Do · nobody
    ‹DEMO-26› ‹DEMO-18› ‹DEMO-19› [DEMO-26] [DEMO-18] [DEMO-19]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira comment DEMO-26 Fixed in `main`"), @r"
    (in eng) Comment added to DEMO-26.
    ‹Open in Jira›
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira status DEMO-26 re"), @r#"
    (only ada in eng) Two statuses match "re":
    [Ready for review] [Released]
    "#);
    assert_snapshot!(demo.presses("ada", "eng", "Ready for review"), @r"
    (in eng) DEMO-26: To Do -> Ready for review.
    ‹Open in Jira› [Undo]
    ");
    assert_snapshot!(demo.presses("ada", "eng", "Undo"), @r"
    (in eng) DEMO-26: Ready for review -> To Do.
    ‹Open in Jira› [Undo]
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira assign DEMO-26 grace hopper"), @r"
    (in eng) DEMO-26 is assigned to Grace Hopper.
    ‹Open in Jira›
    ");
    assert_snapshot!(demo.says("ada", "eng", "jira log DEMO-26 1h30m fixing focus"), @r"
    (only ada in eng) Logged 1h 30m on DEMO-26.
    ‹Open in Jira›
    ");

    // What is not allowed, and how a line may go on.
    assert_snapshot!(demo.says("ada", "general", "jira comment DEMO-26 hello"), @r"
    (only ada in general) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for @ada`.
    [Ask an admin]
    ");
    assert_snapshot!(demo.says("linus", "eng", "jira admin allow manager"), @"(only linus in eng) Only admins of this workspace and Usher's owners can do that.");
    assert_snapshot!(demo.says("root", "eng", "jira admin policy #eng"), @r"
    (only root in eng) | #eng (66 tools) | everyone |
    | --- | --- |
    | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes |
    | create batch edit clone move status assign comment attach log watch unwatch vote unvote unassign link unlink weblink edit-comment plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | DEMO, OPS |
    | delete delete-comment unlog | - |

    Touches many issues at once: batch, plan, unplan, close-sprint, release.

    Carries something out of Jira: attachments.

    Customers may see what it writes: comment, attach, edit-comment, request.
    ");
    let completes = demo.does(&json!({ "user": "ada", "in": "eng", "complete": "jira status DEMO-26 in p" }));
    assert_snapshot!(completes, @"(only ada in eng) In Progress");
    assert_snapshot!(demo.says("ada", "eng", "good morning"), @"");

    // The input ends while a line is worked on: its answer still comes.
    demo.leaves(&json!({ "user": "ada", "in": "eng", "say": "jira view DEMO-5" }));
    let rest = demo.end();
    assert_eq!(rest.last().unwrap()["event"], "done");
    assert!(show(&rest[..rest.len() - 1]).contains("Order new spark plugs"));
}

#[test]
fn lines_that_cannot_be_read_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Script::start(&["demo", "--jsonl"], folder.path());
    assert_snapshot!(show(&demo.write(b"not json")), @"error in line 1: This line is not JSON: expected ident at column 2.");
    assert_snapshot!(show(&demo.write(b"[1, 2]")), @"error in line 2: This line cannot be read: invalid type: sequence, expected an object in braces.");
    assert_snapshot!(show(&demo.write(b"{\"user\":\"ada\"")), @"error in line 3: This line is not JSON: EOF while parsing an object at column 13.");
    assert_snapshot!(show(&demo.write(b"\xff\xfe")), @"error in line 4: This line is not UTF-8.");
    assert_snapshot!(demo.does(&json!({ "in": "eng", "say": "jira help" })), @"error in line 5: `user` is missing. Say who does it.");
    assert_snapshot!(demo.does(&json!({ "user": "ada", "say": "jira help" })), @r#"error in line 6: `in` is missing. Name a channel, or "dm" for the direct chat."#);
    assert_snapshot!(demo.does(&json!({ "user": "ada", "in": "eng" })), @"error in line 7: Nothing is done here. Give one of say, press, submit, complete, approve.");
    assert_snapshot!(demo.does(&json!({ "user": "ada", "in": "eng", "say": "a", "press": "b" })), @"error in line 8: say and press cannot stand in one line. Use a line for each.");
    assert_snapshot!(demo.does(&json!({ "user": "ada", "in": "eng", "says": "jira help" })), @"error in line 9: `says` is not a key. The keys are: user, in, say, press, submit, fields, complete, approve, as, deny, roles, admin, workspace, files.");
    assert_snapshot!(demo.does(&json!({ "user": "ada", "in": "eng", "press": "nothing" })), @"(only ada in eng) This button has been used or has ended. Type the command again.");
    assert_snapshot!(demo.does(&json!({ "user": "ada", "in": "eng", "submit": "nothing", "fields": {} })), @"(only ada in eng) This button has been used or has ended. Type the command again.");
    let elsewhere = json!({ "user": "ada", "approve": "https://evil.example/connect/x", "as": "ada" });
    assert_snapshot!(demo.does(&elsewhere), @"error in line 12: evil.example is not on this machine. Open the link in a browser instead.");
    assert_snapshot!(demo.says("ada", "eng", &"a".repeat(100_000)), @"");
    assert_snapshot!(demo.says("ada", "eng", &format!("jira comment DEMO-1 {}", "a".repeat(100_000))), @"(only ada in eng) That is 100015 characters, and 32767 is the most that Jira takes. Shorten it or attach it as a file.");
    assert_snapshot!(demo.says("eve", "lobby", "jira whoami").lines().count(), @"3");
    let foreign =
        json!({ "user": "eve", "workspace": "away", "in": "lobby", "say": "jira view DEMO-1", "admin": true });
    assert_snapshot!(demo.does(&foreign), @"(only eve in lobby) Usher is not set up here. An owner can admit it with `jira admin admit`.");
    assert_eq!(demo.end(), Vec::<serde_json::Value>::new());
}

/// An address that nobody listens on, and that no connection takes by chance: those come from above.
fn free_address() -> String {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let mut addresses = std::iter::repeat_with(|| {
        let step = process::id().wrapping_mul(31).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        format!("127.0.0.1:{}", 12_000 + step % 18_000)
    });
    addresses.find(|address| TcpListener::bind(address).is_ok()).unwrap()
}

/// A configuration for the sandbox, with a key file beside it.
fn configure(folder: &Path, sandbox: &Sandbox, listen: &str) {
    let (url, auth, api) = (sandbox.cloud_url(), sandbox.auth_url(), sandbox.api_url());
    let ops = free_address();
    let text = format!(
        "public_url = \"http://{listen}\"\nlisten = \"{listen}\"\nops_listen = \"{ops}\"\nowners = [\"terminal:root\"]\n\
         workspaces = [\"terminal:home\"]\n[terminal]\njsonl = true\n[governance]\nnew_tools = \"all\"\n[[site]]\n\
         id = \"acme\"\nkind = \"cloud\"\nurl = \"{url}\"\nclient_id = \"usher-sandbox\"\n\
         client_secret = \"usher-sandbox-secret\"\nauth_url = \"{auth}\"\napi_url = \"{api}\"\n"
    );
    fs::write(folder.join("usher.toml"), text).unwrap();
    assert!(usher(&["keys", "init"], folder).status.success());
    sandbox.add_redirect_uri(format!("http://{listen}/oauth/callback/acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_sudden_death() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let listen = free_address();
    configure(folder.path(), &sandbox, &listen);
    let mut first = Script::start(&["run"], folder.path());
    assert!(first.says("ada", "dm", "connect").contains("Open this page"));
    // Linking goes on after one death, and the link is used after the next.
    let code = Walker::new().approve(&first.url(), "ada", false).await.unwrap();
    first.kill();
    let mut second = Script::start(&["run"], folder.path());
    assert_snapshot!(second.says("ada", "dm", &code), @"(only ada in dm) Linked: you act on acme as Ada Byron.");
    second.kill();
    let mut third = Script::start(&["run"], folder.path());
    assert_snapshot!(third.says("ada", "eng", "jira view DEMO-5"), @r"
    (only ada in eng) **DEMO-5** Order new spark plugs · Task · Done · Low · Grace Hopper

    Reporter: Ada Byron
    ‹Open in Jira› [More] [Show here]
    ");
    let show_here = third.button("Show here");
    assert!(third.says("root", "eng", "jira admin allow comment in #eng on DEMO").contains("may now use"));
    assert!(third.says("ada", "eng", "jira comment DEMO-5 Before the end").contains("Comment added"));
    third.kill();
    let mut fourth = Script::start(&["run"], folder.path());
    let press = json!({ "user": "ada", "in": "eng", "press": show_here });
    assert!(fourth.does(&press).starts_with("(in eng) **DEMO-5** Order new spark plugs"));
    assert!(fourth.says("ada", "eng", "jira comment DEMO-5 After it").contains("Comment added"));
    assert_eq!(fourth.end(), Vec::<serde_json::Value>::new());
    assert_eq!(sandbox.issue("DEMO-5").unwrap()["comments"].as_array().unwrap().len(), 2);
    let verified = usher(&["audit", "verify"], folder.path());
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_starting() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    configure(folder, &sandbox, &listen);
    let plain = |words: String| {
        let words = words.replace(&folder.display().to_string(), "FOLDER").replace(&listen, "127.0.0.1:8080");
        words.lines().last().unwrap_or_default().to_owned()
    };
    assert_snapshot!(plain(complaint(&["run"], folder)), @"`listen` is 127.0.0.1:8080, which cannot be listened on: address in use. Stop the other program or choose another port.");
    drop(taken);

    let good = fs::read_to_string(folder.join("usher.toml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from));
        fs::write(folder.join("usher.toml"), good.replacen(from, to, 1)).unwrap();
        plain(complaint(&["run"], folder))
    };
    assert_snapshot!(with("owners", "owner"), @"`owner` is not a setting. Did you mean `owners`?");
    assert_snapshot!(with("client_id", "client-id"), @"`client-id` is not a setting. Did you mean `client_id`?");
    assert_snapshot!(with("public_url = \"http://127", "public_url = \"http://192"), @"`public_url` must start with `https://`.");
    assert_snapshot!(with("\"all\"", "\"some\""), @"`new_tools` is `some`, and can be `read`, `all` or `none`.");
    assert_snapshot!(with("[terminal]", "[terminal"), @"usher.toml line 6: unclosed table, expected `]`.");
    assert_snapshot!(plain(complaint(&["run", "--config", "missing.toml"], folder)), @"The configuration is missing.toml, which does not exist. Name another file with `--config`.");
    fs::write(folder.join("usher.toml"), &good).unwrap();

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder.join("usher.key"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_snapshot!(plain(complaint(&["run"], folder)), @"Others can read the key file usher.key; run `chmod 600 usher.key`.");
    }
    fs::remove_file(folder.join("usher.key")).unwrap();
    assert_snapshot!(plain(complaint(&["run"], folder)), @"There is no key file at usher.key; `usher keys init` makes one.");
    fs::create_dir(folder.join("usher.key")).unwrap();
    assert_snapshot!(plain(complaint(&["run"], folder)), @"The key file usher.key cannot be used: it is not a file.");
}
