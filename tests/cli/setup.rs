//! What is made before the first start: keys, a site's key, the list of tools.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use super::shell::{Shell, config, tidy};

#[test]
fn tools_are_listed_for_people_and_for_scripts() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.usher(&["tools"]).out, @r"
    view       read         Show an issue
    find       read         Find issues
    mine       read         List the open issues that are assigned to you
    recent     read         List the issues that you looked at last
    create     write        Create an issue
    batch      write        Create several issues, one from each line (bulk)
    edit       write        Change a field of an issue, or several with a form
    clone      write        Make a copy of an issue
    move       write        Move an issue to another project or type
    status     write        Move an issue to another status
    assign     write        Give an issue to somebody
    comment    write        Add a comment to an issue (customer-visible)
    attach     write        Attach the files of your message to an issue (customer-visible)
    attachments read         List the files of an issue, and show the small ones (egress)
    log        write        Log time on an issue
    watch      write        Watch an issue: Jira tells you when it changes
    unwatch    write        Stop watching an issue
    delete     destructive  Delete an issue
    comments   read         Read the comments of an issue
    history    read         Show what was changed on an issue
    transitions read         Show to which statuses an issue can go
    watchers   read         Show who watches an issue
    worklogs   read         Show the time logged on an issue
    children   read         List the parts of an issue: its subtasks, or the issues of an epic
    epic       read         Show the epic or parent of an issue, with its progress
    vote       write        Vote for an issue
    unvote     write        Take back your vote for an issue
    unassign   write        Take an issue from whoever has it
    link-types read         List how issues can be linked
    link       write        Link an issue to another one
    unlink     write        Remove a link between two issues, or from an issue to a page
    weblink    write        Link an issue to a web page
    edit-comment write        Change the words of a comment (customer-visible)
    delete-comment destructive  Delete a comment
    unlog      destructive  Take back time that you logged
    timesheet  read         Show the time that you logged this week, day by day
    boards     read         List boards
    sprints    read         List the sprints of a board
    sprint     read         Show how far the running sprint of a board has come
    backlog    read         List what nobody has planned yet on a board, by rank
    plan       write        Put issues into a sprint (bulk)
    unplan     write        Take issues out of their sprint, back to the backlog (bulk)
    rank       write        Put an issue directly before or after another
    create-sprint write        Add a sprint to a board
    start-sprint write        Start a planned sprint
    close-sprint write        Close a running sprint (bulk)
    chart      read         Draw a chart of issues or sprints
    projects   read         List projects
    project    read         Show a project: what it is for, who leads it, its types
    types      read         List the types that issues of a project may have
    fields     read         List what creating an issue asks for
    statuses   read         List the statuses that issues of a project go through
    priorities read         List the priorities, the most urgent first
    components read         List the components of a project
    versions   read         List the versions of a project, with their dates
    create-version write        Add a version to a project
    release    write        Release a version (bulk)
    unrelease  write        Take the release of a version back
    person     read         Find a person in Jira
    filters    read         List your saved filters
    filter     read         Show what a saved filter finds
    queues     read         List the queues of a service project
    queue      read         Show the issues of a queue
    request-types read         List what customers of a service project can ask for
    request    write        Ask for something in a service project (customer-visible)
    sla        read         Show how long a customer's request may take
    ");
    let list: Value = serde_json::from_str(&shell.usher(&["tools", "--json"]).out).unwrap();
    for tool in list.as_array().unwrap() {
        let keys: Vec<&String> = tool.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["name", "access", "summary", "arguments"]);
        assert!(["read", "write", "destructive"].contains(&tool["access"].as_str().unwrap()));
        assert_eq!(tool["arguments"]["type"], "object", "{tool}");
    }
    let view = &list[0];
    assert_eq!(view["name"], "view");
    assert_eq!(view["arguments"]["required"], serde_json::json!(["key"]));
}

#[test]
fn keys_are_made_once_and_rotated() {
    let shell = Shell::new();
    assert_eq!(
        shell.usher(&["keys", "init"]).out,
        "Made usher.key with key k1. Keep a copy apart from the database's.\n"
    );
    let mode = fs::metadata(shell.path("usher.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(shell.path("usher.key")).unwrap();
    insta::assert_snapshot!(shell.refusal(&["keys", "init"]), @"There is a key file at usher.key already; it was left as it is.");
    assert_eq!(fs::read(shell.path("usher.key")).unwrap(), before);
    assert_eq!(tidy(&shell.usher(&["keys", "status"]).out), "k1 0 sealed active");
    assert_eq!(shell.usher(&["keys", "rotate"]).out, "Key k2 is active from the next start on.\n");
    assert_eq!(tidy(&shell.usher(&["keys", "status"]).out), "k1 0 sealed\nk2 0 sealed active");
}

#[test]
fn a_key_file_that_is_missing_open_or_foreign_stops_everything() {
    let shell = Shell::new();
    let mut said =
        vec![shell.refusal(&["run"]), shell.refusal(&["keys", "status"]), shell.refusal(&["keys", "rotate"])];
    assert!(!shell.path("data").exists(), "without a key nothing is made");
    shell.usher(&["keys", "init"]);
    assert_eq!(shell.usher(&["run"]).code, 0);
    fs::set_permissions(shell.path("usher.key"), fs::Permissions::from_mode(0o644)).unwrap();
    said.extend([shell.refusal(&["run"]), shell.refusal(&["audit", "list"]), shell.refusal(&["links", "remove", "x"])]);
    fs::remove_file(shell.path("usher.key")).unwrap();
    shell.usher(&["keys", "init"]);
    said.extend([shell.refusal(&["run"])]);
    shell.write("usher.key", "not a key file");
    said.extend([shell.refusal(&["run"])]);
    insta::assert_snapshot!(said.join("\n"), @r#"
    There is no key file at usher.key; `usher keys init` makes one.
    There is no key file at usher.key; `usher keys init` makes one.
    There is no key file at usher.key; `usher keys init` makes one.
    Others can read the key file usher.key; run `chmod 600 usher.key`.
    Others can read the key file usher.key; run `chmod 600 usher.key`.
    Others can read the key file usher.key; run `chmod 600 usher.key`.
    The key file does not fit this database: its `k1` is another key; put back the key file that belongs to it.
    The key file usher.key cannot be used: it is not a list of `name = "key"`.
    "#);
}

#[test]
fn a_sites_key_is_made_once_with_every_step_in_jira() {
    let shell = Shell::new();
    let made = shell.usher(&["site", "keygen", "corp"]);
    let (shown, public) = made.out.split_once("-----BEGIN PUBLIC KEY-----").unwrap();
    assert!(public.trim_end().ends_with("-----END PUBLIC KEY-----"), "{public}");
    insta::assert_snapshot!(shown, @r#"
    The private key is in corp.pem. In the configuration of site `corp`:

        auth             = "oauth1"
        consumer_key     = "usher"
        private_key_file = "corp.pem"

    In Jira, as an administrator: Administration (the cog) > Applications > Application links.

    Jira 8.0 to 8.21
      1. Enter the URL of the application   your `public_url`, or any other address of yours. Press Create new link.
      2. No response was received           press Continue.

    Jira 8.22 and later, 9, 10 and 11
      1. Press Create link. Application type   Atlassian product (External application is OAuth 2.0)
         Application URL                       your `public_url`, or any other address of yours. Press Continue.
      2. No response was received              press Continue.

    All of them go on with the page Link applications
      3. Application Name         Usher
         Application Type         Generic Application
         Create incoming link     tick it
         All other fields         leave them empty. Press Continue.
      4. Consumer Key             usher
         Consumer Name            Usher (paste the code only into your own chat with Usher)
         Public Key               the lines below, the first and the last included. Press Continue.
      5. If you edit the link later, under Incoming Authentication
         Consumer Callback URL    leave it empty
         Allow 2-Legged OAuth     leave it off

    Where a Jira offers no such link any more, set `auth = "oauth2"`: `usher site redirect-url` has the steps.
    "#);
    let pem = fs::read_to_string(shell.path("corp.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"));
    assert_eq!(fs::metadata(shell.path("corp.pem")).unwrap().permissions().mode() & 0o777, 0o600);
    let said = [
        shell.refusal(&["site", "keygen", "corp"]),
        shell.refusal(&["site", "keygen", "corp", "--out", "no/such/folder.pem"]),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    corp.pem exists already and was left as it is. Name another file with `--out`.
    no/such/folder.pem cannot be written: there is no such file or folder. Name another file with `--out`.
    ");
    assert_eq!(fs::read_to_string(shell.path("corp.pem")).unwrap(), pem);
    assert_eq!(shell.usher(&["site", "keygen", "big", "--bits", "3072"]).code, 0);
    let (small, big) = (pem.len(), fs::read_to_string(shell.path("big.pem")).unwrap().len());
    assert!(big > small * 4 / 3, "{small} and {big}");
    let weak = shell.usher(&["site", "keygen", "weak", "--bits", "1024"]);
    assert_ne!(weak.code, 0);
    assert!(!shell.path("weak.pem").exists());
}

#[test]
fn the_redirect_url_is_printed_for_scripts_and_the_steps_beside() {
    let shell = Shell::new();
    let more = r#"
[[site]]
id            = "corp"
kind          = "data-center"
auth          = "oauth2"
url           = "https://jira.corp.example"
client_id     = "id"
client_secret = "secret"
[[site]]
id            = "old"
kind          = "data-center"
url           = "https://old.corp.example"
consumer_key  = "usher"
private_key_file = "old.pem"
"#;
    assert_eq!(shell.usher(&["site", "keygen", "old"]).code, 0);
    shell.write("usher.toml", &format!("{}{more}", config("127.0.0.1:0", "127.0.0.1:0")));
    let show = |site: &str| {
        let ran = shell.usher(&["site", "redirect-url", site]);
        assert_eq!((ran.code, ran.out), (0, format!("http://127.0.0.1:8080/oauth/callback/{site}\n")), "{}", ran.err);
        ran.err
    };
    insta::assert_snapshot!(show("acme"), @"Enter it at https://developer.atlassian.com/console/myapps/ > your app > Authorization > OAuth 2.0 (3LO) > Callback URL, the same to the letter.");
    insta::assert_snapshot!(show("corp"), @r"
    In Jira (8.22 or later), as an administrator: Administration (the cog) > Applications > Application links.
      1. Press Create link. Application type   External application
         Direction                             Incoming. Press Continue.
      2. Name                                  Usher
         Redirect URL                          the address above, the same to the letter
         Application permissions               Write. Press Save.
      3. Client ID and Client secret           into `client_id` and `client_secret` of site `corp`
    ");
    let said = [shell.refusal(&["site", "redirect-url", "old"]), shell.refusal(&["site", "redirect-url", "none"])];
    insta::assert_snapshot!(said.join("\n"), @r"
    Site `old` uses OAuth 1.0a, which needs no redirect URL. `usher site keygen old` prints what it needs.
    No site has the id `none`. The configuration has acme, corp, old.
    ");
}
