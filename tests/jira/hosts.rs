//! Addresses that are never called, whatever the configuration says.

use std::sync::Arc;

use usher::{
    clock::{Clock, SystemClock},
    config::{Config, GovernanceConfig, LinkConfig, NewTools, RatesConfig, SiteConfig},
    error::JiraError,
    start::sites,
};

use super::server::{cloud, key};

#[tokio::test]
async fn metadata_addresses_are_never_called() {
    for url in ["http://169.254.169.254:1", "http://2852039166:1", "http://[::ffff:169.254.169.254]:1"] {
        let error = cloud(url).issues().get(&key("WEB-1")).await.unwrap_err();
        let JiraError::Away { detail } = &error else { panic!("{url}: {error:?}") };
        assert_eq!(detail, "not sent: no site has such an address", "{url}");
    }
}

#[test]
fn a_site_at_a_metadata_address_keeps_the_program_from_starting() {
    let link = |auth: &str, api: &str| LinkConfig::Cloud {
        client_id: "id".to_owned(),
        client_secret: "secret".into(),
        scopes: Vec::new(),
        auth_url: auth.parse().unwrap(),
        api_url: api.parse().unwrap(),
    };
    let (good, bad) = ("https://acme.example", "https://169.254.169.254");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let problem = |site: &str, link: LinkConfig| {
        let site = SiteConfig::new("acme".parse().unwrap(), site.parse().unwrap(), link);
        sites(&config(site), &clock).err().map(|error| error.to_string())
    };
    let said =
        "Site `acme`: 169.254.169.254 is where a cloud tells a machine its own credentials, and no Jira is there.";
    for refused in [problem(bad, link(good, good)), problem(good, link(bad, good)), problem(good, link(good, bad))] {
        assert_eq!(refused.as_deref(), Some(said));
    }
    assert_eq!(problem(good, link(good, "http://10.0.0.7")), None, "a company's own network is usual");
}

fn config(site: SiteConfig) -> Config {
    Config {
        public_url: "http://127.0.0.1:8080".parse().unwrap(),
        listen: "127.0.0.1:0".parse().unwrap(),
        ops_listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: "data".into(),
        key_file: "usher.key".into(),
        owners: Vec::new(),
        workspaces: Vec::new(),
        governance: GovernanceConfig {
            new_tools: NewTools::None,
            forbid: Vec::new(),
            direct: "reader".to_owned(),
            rates: RatesConfig::default(),
        },
        terminal: None,
        discord: None,
        telegram: None,
        sites: vec![site],
        log_json: false,
    }
}
