//! What `usher check` looks at for each site.

use std::{path::Path, time::UNIX_EPOCH};

use usher::{
    Config,
    clock::Clock,
    config::{ServiceAccountConfig, SiteConfig},
    error::JiraError,
    identity::{Finding, LinkState, LinkView, SiteSetup, Verdict, check_site, list_links, missing_scopes},
    ids::SiteKind,
    jira::{Http, ServiceAccount, ServiceLogin},
    start::redirect_url,
    store::Store,
};

use super::super::database;

const DAY: i64 = 24 * 3600;
/// Links that end sooner are worth a word, in days.
const SOON: i64 = 30;
/// Secrets that are older are worth a word, in days.
const OLD: i64 = 365;
/// API tokens of Cloud last a year at most; from here on they are worth a word, in days.
const OLD_TOKEN: i64 = 335;

/// Everything about one site.
pub async fn check(
    config: &Config,
    site: &SiteConfig,
    http: &Http,
    setup: &SiteSetup,
    clock: &dyn Clock,
) -> Vec<Finding> {
    let redirect = match redirect_url(&config.public_url, &site.id).parse() {
        Ok(redirect) => redirect,
        Err(_) => return vec![Finding::new("site", Verdict::Fails("`public_url` gives no redirect URL.".to_owned()))],
    };
    let mut findings = check_site(http, setup, &redirect, clock).await;
    if let Some(account) = &site.service_account
        && !findings.iter().any(|finding| finding.about == "site" && finding.fails())
    {
        findings.push(Finding::new("account", account_verdict(http, site, setup, account).await));
    }
    findings.extend(links(config, setup, clock).map(|verdict| Finding::new("links", verdict)));
    let secrets = site.secret_files.iter();
    findings.extend(
        secrets.filter_map(|(name, path)| age(name, path, clock).map(|verdict| Finding::new("secret", verdict))),
    );
    findings
}

async fn account_verdict(http: &Http, site: &SiteConfig, setup: &SiteSetup, account: &ServiceAccountConfig) -> Verdict {
    let login = match account.clone() {
        ServiceAccountConfig::Basic { email, token } => ServiceLogin::Basic { email, token },
        ServiceAccountConfig::Bearer { token } => ServiceLogin::Bearer { token },
    };
    match ask_account(http, site, setup, &login).await {
        Ok(found) => Verdict::Ok(found),
        Err(JiraError::Unauthorized | JiraError::Forbidden { .. }) => Verdict::Fails(match setup.kind() {
            SiteKind::Cloud => {
                "the service account's token is refused. Make a new one in admin.atlassian.com > Directory > Service \
                 accounts; if it is right, try the other `scheme`."
                    .to_owned()
            }
            SiteKind::DataCenter => {
                "the personal access token is refused. Make a new one in Jira: Profile > Personal Access Tokens.".to_owned()
            }
        }),
        Err(JiraError::ScopeMissing { .. }) => Verdict::Fails(
            "the service account's token lacks the scope `read:jira-user`. Make one with `read:jira-user` and `read:jira-work`."
                .to_owned(),
        ),
        Err(error) => Verdict::Fails(format!("the service account could not be asked: {error}. Try again later.")),
    }
}

async fn ask_account(
    http: &Http,
    site: &SiteConfig,
    setup: &SiteSetup,
    login: &ServiceLogin,
) -> Result<String, JiraError> {
    let account = match setup.gateway() {
        Some(gateway) => ServiceAccount::cloud(http.clone(), site.id.clone(), site.url.clone(), gateway, login).await?,
        None => ServiceAccount::data_center(http.clone(), site.id.clone(), site.url.clone(), login)?,
    };
    let (name, info) = (account.myself().await?.name, account.server_info().await?);
    Ok(match setup.kind() {
        SiteKind::Cloud => format!("{name} (service account)"),
        SiteKind::DataCenter => format!("{name} (service account); Jira {}", info.version),
    })
}

/// What is known of the links to a site, if there is a database.
fn links(config: &Config, setup: &SiteSetup, clock: &dyn Clock) -> Option<Verdict> {
    let path = database::file(config);
    let store = path.exists().then(|| Store::open_beside(&path).ok()).flatten()?;
    let links: Vec<LinkView> = list_links(&store).ok()?.into_iter().filter(|link| link.site == setup.id).collect();
    let active: Vec<&LinkView> = links.iter().filter(|link| link.state == LinkState::Active).collect();
    let ending = active.iter().filter(|link| link.expires - clock.seconds() < SOON * DAY).count();
    let narrow = active.iter().filter(|link| !missing_scopes(setup, &link.scopes).is_empty()).count();
    let mut words = format!("{} active, {} expired", active.len(), links.len() - active.len());
    match ending {
        0 => {}
        1 => words.push_str(&format!("; 1 ends within {SOON} days, and its owner links again then")),
        more => words.push_str(&format!("; {more} end within {SOON} days, and their owners link again then")),
    }
    match narrow {
        0 => {}
        1 => words.push_str("; 1 lacks a scope that `scopes` asks for, and its owner is told once"),
        more => {
            words.push_str(&format!("; {more} lack a scope that `scopes` asks for, and their owners are told once"))
        }
    }
    Some(if ending + narrow > 0 { Verdict::Note(words) } else { Verdict::Ok(words) })
}

/// How old a secret's file is, as far as the file system knows.
fn age(name: &str, path: &Path, clock: &dyn Clock) -> Option<Verdict> {
    let days = days_old(path, clock)?;
    let words = format!("`{name}` {}", old(days));
    Some(match name {
        "token_file" if days >= OLD_TOKEN => {
            Verdict::Note(format!("{words}; Atlassian's API tokens last a year at most. Make a new one in time"))
        }
        _ if days >= OLD => Verdict::Note(format!("{words}; make a new one, which keeps every link")),
        _ => Verdict::Ok(words),
    })
}

/// The whole days since a file was written.
pub fn days_old(path: &Path, clock: &dyn Clock) -> Option<i64> {
    let written = path.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((clock.seconds() - i64::try_from(written.as_secs()).ok()?).max(0) / DAY)
}

/// An age in words.
pub fn old(days: i64) -> String {
    match days {
        0 => "is from today".to_owned(),
        1 => "is 1 day old".to_owned(),
        days => format!("is {days} days old"),
    }
}
