//! What is made before the first start: keys, a site's key, the list of tools.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use super::shell::{Shell, tidy};

#[test]
fn tools_are_listed_for_people_and_for_scripts() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.usher(&["tools"]).out, @r"
    view       read         Show an issue
    find       read         Find issues
    create     write        Create an issue
    status     write        Move an issue to another status
    assign     write        Give an issue to somebody
    comment    write        Add a comment to an issue
    log        write        Log time on an issue
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
    assert_eq!(tidy(&shell.usher(&["keys", "status"]).out), "k1 0 credentials active");
    assert_eq!(shell.usher(&["keys", "rotate"]).out, "Key k2 is active from the next start on.\n");
    assert_eq!(tidy(&shell.usher(&["keys", "status"]).out), "k1 0 credentials\nk2 0 credentials active");
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
fn a_sites_key_and_redirect_url_are_printed() {
    let shell = Shell::new();
    assert_eq!(shell.usher(&["site", "redirect-url", "acme"]).out, "http://127.0.0.1:8080/oauth/callback/acme\n");
    let made = shell.usher(&["site", "keygen", "corp"]);
    let text = made.out.lines().filter(|line| !line.starts_with("MII") && line.len() != 64).collect::<Vec<_>>();
    let text = text.join("\n");
    let shown = text.split_once("-----BEGIN PUBLIC KEY-----").unwrap().0;
    insta::assert_snapshot!(shown, @r#"
    The private key is in corp.pem. In the configuration of site `corp`:

        consumer_key     = "usher"
        private_key_file = "corp.pem"

    In Jira, as an administrator: Administration > Applications > Application links.
      1. Create a link to any address of yours, such as the one of this bot; go on although it does not answer.
      2. Application name `Usher`, type Generic Application, tick `Create incoming link`, leave the rest empty.
      3. Consumer key    usher
         Consumer name   Usher (paste the code only into your own chat with Usher)
         Public key      the lines below
    "#);
    let pem = fs::read_to_string(shell.path("corp.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"));
    assert_eq!(fs::metadata(shell.path("corp.pem")).unwrap().permissions().mode() & 0o777, 0o600);
    let said = [
        shell.refusal(&["site", "keygen", "corp"]),
        shell.refusal(&["site", "keygen", "corp", "--out", "no/such/folder.pem"]),
        shell.refusal(&["site", "redirect-url", "corp"]),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    corp.pem exists already and was left as it is. Name another file with `--out`.
    no/such/folder.pem cannot be written: there is no such file or folder. Name another file with `--out`.
    No site has the id `corp`. The configuration has acme.
    ");
    assert_eq!(fs::read_to_string(shell.path("corp.pem")).unwrap(), pem);
}
