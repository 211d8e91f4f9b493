use std::{fs, os::unix::fs::PermissionsExt};

use super::{read::load, secret::private_file, *};

const GOOD: &str = r#"
    public_url = "https://usher.example.org"
    owners = ["discord:1234"]
    workspaces = ["telegram:-1001"]
    [[site]]
    id = "acme"
    kind = "cloud"
    url = "https://acme.atlassian.net"
    client_id = 123
    client_secret = "s3cret"
"#;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.toml");
    fs::write(&path, text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&path, environment).map_err(|error| error.to_string())
}

#[test]
fn a_small_file_is_enough() {
    let config = read(GOOD, &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    let LinkConfig::Cloud { client_id, scopes, .. } = &config.sites[0].link else { panic!() };
    assert_eq!(client_id, "123");
    assert_eq!(scopes.len(), 4);
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn the_environment_goes_over_the_file() {
    use secrecy::ExposeSecret;
    let set = [
        ("USHER_SITE__ACME__CLIENT_SECRET", "12345"),
        ("USHER_LISTEN", "127.0.0.1:9000"),
        ("USHER_OWNERS", "[\"terminal:root\"]"),
        ("USHER_TERMINAL__JSONL", "true"),
        ("HOME", "/"),
    ];
    let config = read(GOOD, &set).unwrap();
    let LinkConfig::Cloud { client_secret, .. } = &config.sites[0].link else { panic!() };
    assert_eq!(client_secret.expose_secret(), "12345");
    assert_eq!(config.owners[0].to_string(), "terminal:root");
    assert_eq!(config.terminal, Some(TerminalConfig { jsonl: true }));
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    let mut said = Vec::new();
    let mut try_one = |text: String, set: &[(&str, &str)]| said.push(read(&text, set).unwrap_err());
    try_one(GOOD.replace("client_secret", "clinet_secret"), &[]);
    try_one(GOOD.replace("owners", "ownres"), &[]);
    try_one(GOOD.replace("https://usher", "http://usher"), &[]);
    try_one(GOOD.replace("https://acme.atlassian.net", "http://acme.atlassian.net"), &[]);
    try_one(GOOD.replace("discord:1234", "1234"), &[]);
    try_one(GOOD.replace("cloud", "server"), &[]);
    try_one(GOOD.replace("client_secret = \"s3cret\"", ""), &[]);
    try_one(GOOD.to_owned(), &[("USHER_SITE__CORP__URL", "x")]);
    try_one(GOOD.replace("client_id = 123", "client_id = 123\nclient_secret_file = \"x\""), &[]);
    try_one(GOOD.replace("client_secret = \"s3cret\"", "client_secret_file = \"/no-such-file\""), &[]);
    insta::assert_snapshot!(said.join("\n"), @r"
    `clinet_secret` is not a setting. Did you mean `client_secret`?
    `ownres` is not a setting. Did you mean `owners`?
    `public_url` must start with `https://`.
    `url` of site `acme` must start with `https://`.
    `1234` in `owners` is not an id. Write it like `discord:1234`.
    `kind` of site `acme` is `server`, and can be `cloud` or `data-center`.
    `client_secret` of site `acme` is missing: the developer console shows it.
    USHER_SITE__CORP__URL is set, but no site has the id `corp`. Add it or unset the variable.
    `client_secret` and `client_secret_file` of site `acme` are both set. Keep one of them.
    `client_secret_file` of site `acme` names /no-such-file, which does not exist. Mend that, or name another file.
    ");
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, "s3cret\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = private_file("`token_file`", &path).unwrap_err().to_string();
    assert!(refused.contains("others can read") && refused.contains("chmod 600"), "{refused}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(private_file("`token_file`", &path).is_ok());
}

#[test]
fn data_center_takes_either_protocol() {
    let site = |auth: &str, more: &str| {
        let text = GOOD.replace("kind = \"cloud\"", &format!("kind = \"data-center\"\nauth = \"{auth}\"\n{more}"));
        read(&text, &[])
    };
    let config = site("oauth2", "").unwrap();
    let LinkConfig::Oauth2 { client_id, scopes, .. } = &config.sites[0].link else { panic!() };
    assert_eq!((client_id.as_str(), scopes.join(" ")), ("123", "READ WRITE".to_owned()));
    assert!(!format!("{config:?}").contains("s3cret"));
    let said = [
        site("oauth2", "scopes = [\"read:jira-work\"]").unwrap_err(),
        site("oauth2", "scopes = []").unwrap_err(),
        site("oauth3", "").unwrap_err(),
        site("oauth1", "").unwrap_err(),
        read(&GOOD.replace("kind = \"cloud\"", "kind = \"cloud\"\nauth = \"oauth1\""), &[]).unwrap_err(),
        read(
            &GOOD
                .replace("kind = \"cloud\"", "kind = \"data-center\"\nauth = \"oauth2\"")
                .replace("client_id = 123", ""),
            &[],
        )
        .unwrap_err(),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    `scopes` of site `acme` is `read:jira-work`, and can be `READ`, `WRITE`, `ADMIN` or `SYSTEM_ADMIN`.
    `scopes` of site `acme` is missing: name `READ` at least.
    `auth` of site `acme` is `oauth3`, and can be `oauth1` or `oauth2`.
    `consumer_key` of site `acme` is missing: it is what the application link in Jira has.
    `auth` of site `acme` is `oauth1`, and can be `oauth2` on Cloud.
    `client_id` of site `acme` is missing: the application link in Jira shows it.
    ");
}

#[test]
fn a_service_account_needs_what_its_site_asks_for() {
    use secrecy::ExposeSecret;
    let with = |kind: &str, account: &str, set: &[(&str, &str)]| {
        let text = GOOD.replace("kind = \"cloud\"", kind);
        read(&format!("{text}\n[site.service_account]\n{account}"), set)
    };
    let data_center = "kind = \"data-center\"\nauth = \"oauth2\"";
    let good = with("kind = \"cloud\"", "email = \"bot@acme.example\"\ntoken = \"t0ken\"", &[]).unwrap();
    assert!(!format!("{good:?}").contains("t0ken"));
    let Some(ServiceAccountConfig::Basic { email, .. }) = &good.sites[0].service_account else { panic!() };
    assert_eq!(email, "bot@acme.example");
    for good in [
        with("kind = \"cloud\"", "scheme = \"bearer\"", &[("USHER_SITE__ACME__SERVICE_ACCOUNT__TOKEN", "t0ken")]),
        with(data_center, "token = \"t0ken\"", &[]),
        read(
            GOOD,
            &[
                ("USHER_SITE__ACME__SERVICE_ACCOUNT__TOKEN", "t0ken"),
                ("USHER_SITE__ACME__SERVICE_ACCOUNT__SCHEME", "bearer"),
            ],
        ),
    ] {
        let good = good.unwrap();
        let Some(ServiceAccountConfig::Bearer { token }) = &good.sites[0].service_account else { panic!() };
        assert_eq!(token.expose_secret(), "t0ken");
    }
    let said = [
        with("kind = \"cloud\"", "token = \"t0ken\"", &[]),
        with("kind = \"cloud\"", "email = \"bot@acme.example\"", &[]),
        with("kind = \"cloud\"", "token = \"t0ken\"\nscheme = \"digest\"", &[]),
        with("kind = \"cloud\"", "tokn = \"t0ken\"", &[]),
        with(data_center, "token = \"t0ken\"\nscheme = \"basic\"", &[]),
        read(GOOD, &[("USHER_SITE__CORP__SERVICE_ACCOUNT__TOKEN", "t0ken")]),
    ];
    insta::assert_snapshot!(said.map(Result::unwrap_err).join("\n"), @r"
    `email` of `[site.service_account]` of site `acme` is missing: the address of the service account.
    `token` of `[site.service_account]` of site `acme` is missing: an API token on Cloud, a personal access token on Data Center.
    `scheme` of `[site.service_account]` of site `acme` is `digest`, and can be `basic` or `bearer`.
    `tokn` is not a setting. Did you mean `token`?
    `scheme` of `[site.service_account]` of site `acme` is `basic`, and can be `bearer` on Data Center.
    USHER_SITE__CORP__SERVICE_ACCOUNT__TOKEN is set, but no site has the id `corp`. Add it or unset the variable.
    ");
}

#[test]
fn rates_and_flags_are_read_or_refused() {
    let with = |lines: &str| GOOD.replace("[[site]]", &format!("[governance]\n{lines}\n[[site]]"));
    let governance = read(&with("rate_read = \"none\"\nrate_write = \"5/30s\"\nforbid = [\"egress\", \"log\"]"), &[]);
    let governance = governance.unwrap().governance;
    let RatesConfig { read: looking, write, destructive, points } = governance.rates;
    assert_eq!((looking, write, destructive, points), (None, Some((5, 30)), Some((20, 600)), Some((10_000, 3_600))));
    assert_eq!(governance.forbid, [Forbidden::Flag("egress".into()), Forbidden::Tool("log".parse().unwrap())]);
    let set = [("USHER_GOVERNANCE__RATE_WRITE", "7/1h")];
    assert_eq!(read(GOOD, &set).unwrap().governance.rates.write, Some((7, 3600)));
    for bad in ["", "5", "0/1m", "5/0m", "5/1w", "-1/1m", "5/m", "5/99999999h", "9999999/1m", "é"] {
        let said = read(&with(&format!("rate_write = \"{bad}\"")), &[]).unwrap_err();
        assert_eq!(said, format!("`rate_write` is `{bad}`, and can be calls and a time, such as `60/10m`, or `none`."));
    }
}
