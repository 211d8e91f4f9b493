//! `usher check` and `usher run`, with good and bad configurations.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use serde_json::Value;

use super::shell::{Shell, config, tidy};

#[test]
fn check_names_all_that_is_wrong_at_once() {
    let shell = Shell::new();
    let ran = shell.usher(&["check"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(tidy(&ran.out), @r"
    configuration ok usher.toml, 1 site
    key fails There is no key file at usher.key; `usher keys init` makes one.
    database ok data/usher.db will be made at the first start
    chat ok terminal
    addresses ok 127.0.0.1:0 and 127.0.0.1:0 are free
    acme site fails acme does not answer (Connection refused). Check `url` and the network.
    2 of 6 fail
    ");
}

#[test]
fn check_points_at_what_a_configuration_lacks() {
    let shell = Shell::new();
    let good = config("127.0.0.1:0", "127.0.0.1:0");
    let mut said = Vec::new();
    let mut check = |text: &str| {
        shell.write("usher.toml", text);
        let ran = shell.usher(&["check"]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        said.push(ran.out.lines().next().unwrap().to_owned());
        if ran.out.lines().count() == 2 {
            // What `check` says of the configuration, every other command says too.
            assert!(ran.out.contains(&shell.refusal(&["run"])), "{}", ran.out);
        }
    };
    check(&good.replace("public_url", "pulbic_url"));
    check(&good.replace("client_secret", "clinet_secret"));
    check(&good.replace("[terminal]", "[terminla]"));
    check(&good.replace("public_url = ", "public_url "));
    check(&good.replace("http://127.0.0.1:8080", "http://usher.example.org"));
    check(&good.replace("client_id     = \"id\"", ""));
    check(&good.replace("client_secret = \"secret\"", "client_secret_file = \"secret\""));
    check(&good.replace(
        "kind          = \"cloud\"",
        "kind = \"data-center\"\nconsumer_key = \"k\"\nprivate_key_file = \"corp.pem\"",
    ));
    let nobody = good.replace("owners     = [\"terminal:root\"]", "");
    check(&format!("{nobody}[governance]\nforbid = [\"destructive\", \"veiw\"]"));
    insta::assert_snapshot!(tidy(&said.join("\n")), @r"
    configuration fails `pulbic_url` is not a setting. Did you mean `public_url`?
    configuration fails `clinet_secret` is not a setting. Did you mean `client_secret`?
    configuration fails `terminla` is not a setting. Did you mean `terminal`?
    configuration fails usher.toml line 2: key with no value, expected `=`.
    configuration fails `public_url` must start with `https://`.
    configuration fails `client_id` of site `acme` is missing: the developer console shows it.
    configuration fails `client_secret_file` of site `acme` names secret, which does not exist. Mend that, or name another file.
    configuration fails `private_key_file` of site `acme` names corp.pem, which does not exist. `usher site keygen acme` makes one.
    configuration ok usher.toml, 1 site; `forbid` names `veiw`, which is no tool of this version; no `owners`, so nobody can admit a workspace from a chat
    ");
    let shown = shell.usher(&["check", "--config", "other.toml"]);
    assert_eq!(shown.code, 1);
    insta::assert_snapshot!(tidy(&shown.out), @r"
    configuration fails The configuration is other.toml, which does not exist. Name another file with `--config`.
    1 of 1 fails
    ");
}

#[test]
fn platforms_that_cannot_be_served_are_refused() {
    let shell = Shell::with_key();
    let good = config("127.0.0.1:0", "127.0.0.1:0");
    shell.write(
        "usher.toml",
        &good.replace("[terminal]\njsonl = true", "[discord]\ntoken = \"a\"\napplication_id = \"me\""),
    );
    let discord = shell.refusal(&["run"]);
    assert!(shell.usher(&["check"]).out.contains(&discord));
    shell.write("usher.toml", &good.replace("[terminal]\njsonl = true", ""));
    insta::assert_snapshot!(format!("{discord}\n{}", shell.refusal(&["run"])), @r"
    `application_id` is not an id. The developer portal shows it as a number.
    No chat platform is configured. Add a section such as `[terminal]`.
    ");
}

#[test]
fn an_address_in_use_is_named_with_its_setting() {
    let shell = Shell::with_key();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    shell.write("usher.toml", &config(&address, "127.0.0.1:0"));
    let listen = shell.refusal(&["run"]);
    assert!(shell.usher(&["check"]).out.contains(&listen));
    shell.write("usher.toml", &config("127.0.0.1:0", &address));
    let said = format!("{listen}\n{}", shell.refusal(&["run"])).replace(&address, "ADDRESS");
    insta::assert_snapshot!(said, @r"
    `listen` is ADDRESS, which cannot be listened on: address in use. Stop the other program or choose another port.
    `ops_listen` is ADDRESS, which cannot be listened on: address in use. Stop the other program or choose another port.
    ");
    assert!(!shell.path("data").exists(), "nothing was made");
}

#[test]
fn run_speaks_json_lines_and_ends_with_its_input() {
    let shell = Shell::with_key();
    let input = "{\"user\":\"ada\",\"in\":\"eng\",\"say\":\"jira help\"}\nnot json\n";
    let ran = shell.usher_hearing(input, &["run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let events: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "ready");
    for kind in ["reply", "error", "done"] {
        assert!(kinds.contains(&kind), "{}", ran.out);
    }
    assert_eq!(fs::metadata(shell.path("data/usher.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_example_configuration_is_taken_as_it_stands() {
    let shell = Shell::new();
    shell.write("usher.toml", include_str!("../../usher.example.toml"));
    let missing = shell.refusal(&["keys", "init"]);
    assert_eq!(shell.usher(&["site", "keygen", "corp"]).code, 0);
    assert_eq!(shell.usher(&["keys", "init"]).code, 0);
    insta::assert_snapshot!(format!("{missing}\n{}", shell.usher(&["site", "redirect-url", "acme"]).out), @r"
    `private_key_file` of site `corp` names corp.pem, which does not exist. `usher site keygen corp` makes one.
    https://usher.example.org/oauth/callback/acme
    ");
    let config = usher::Config::load(&shell.path("usher.toml")).unwrap();
    assert_eq!(config.sites.len(), 2);
}
