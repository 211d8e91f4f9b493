//! Whether a configured site can be linked to, found out without anybody's account.

use secrecy::SecretString;
use url::Url;

use super::{
    OAuth2App, Protocol, SiteSetup, oauth1,
    oauth2::{self, TokenError},
    reach,
    sites::below,
};
use crate::{
    clock::Clock,
    jira::{self, Http, Raw, Signer},
};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What, in a word: `clock`.
    pub about: &'static str,
    /// How it stands.
    pub verdict: Verdict,
}

/// How something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Well: what was found.
    Ok(String),
    /// It works, but somebody should know.
    Note(String),
    /// It does not work: why, and what to do.
    Fails(String),
}

impl Finding {
    /// A finding about something.
    pub fn new(about: &'static str, verdict: Verdict) -> Self {
        Self { about, verdict }
    }

    /// Whether it fails.
    pub fn fails(&self) -> bool {
        matches!(self.verdict, Verdict::Fails(_))
    }
}

/// Asks a site whether it answers, how its clock stands, and whether it knows this program. `redirect` is where people come
/// back to. Where the site does not answer, nothing more is asked.
pub async fn check_site(http: &Http, site: &SiteSetup, redirect: &Url, clock: &dyn Clock) -> Vec<Finding> {
    let (answers, clock) = match reach::reach(http, site, clock).await {
        Ok(found) => found,
        Err(problem) => return vec![Finding::new("site", Verdict::Fails(problem))],
    };
    let mut findings = vec![Finding::new("site", Verdict::Ok(answers)), Finding::new("clock", clock)];
    match &site.protocol {
        Protocol::OAuth2Cloud(app) => {
            findings.push(Finding::new("gateway", gateway(http, site, app).await));
            findings.push(Finding::new("sign-in", sign_in(http, site, app, redirect).await));
            findings.push(Finding::new("client", client(http, site, redirect).await));
            findings.push(Finding::new("scopes", cloud_scopes(&app.scopes)));
        }
        Protocol::OAuth2DataCenter(app) => {
            findings.push(Finding::new("sign-in", sign_in(http, site, app, redirect).await));
            findings.push(Finding::new("client", client(http, site, redirect).await));
            findings.push(Finding::new("scopes", data_center_scopes(&app.scopes)));
        }
        Protocol::OAuth1(signer) => findings.push(Finding::new("link", link(http, site, signer).await)),
    }
    findings
}

async fn gateway(http: &Http, site: &SiteSetup, app: &OAuth2App) -> Verdict {
    let id = match jira::cloud::cloud_id(http, &site.id, &site.url).await {
        Ok(id) => id,
        Err(error) => {
            let host = site.host();
            return Verdict::Fails(format!("{host} did not say which Cloud site it is: {error}. Check `url`."));
        }
    };
    match get(http, site, below(&app.api_url, "oauth/token/accessible-resources")).await {
        Ok(_) => Verdict::Ok(format!("cloud id {id}")),
        Err(problem) => Verdict::Fails(problem),
    }
}

async fn get(http: &Http, site: &SiteSetup, url: Url) -> Result<Raw, String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let request = reqwest::Request::new(reqwest::Method::GET, url);
    http.send(&site.id, request).await.map_err(|error| reach::unreachable(http, site, &host, &error))
}

/// Opens the page on which people approve, as their browsers will. Nothing is granted by looking at it.
async fn sign_in(http: &Http, site: &SiteSetup, app: &OAuth2App, redirect: &Url) -> Verdict {
    let Some((url, _)) = oauth2::authorize(site, redirect, "check") else {
        return Verdict::Fails("the sign-in request cannot be built.".to_owned());
    };
    let answer = match get(http, site, url).await {
        Ok(answer) => answer,
        Err(problem) => return Verdict::Fails(problem),
    };
    let name = match site.protocol {
        Protocol::OAuth2Cloud(_) => "callback URL",
        _ => "redirect URL",
    };
    let status = answer.status;
    let sent_back = answer.headers.get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok());
    let error = sent_back.filter(|to| to.starts_with(redirect.as_str())).and_then(|to| Url::parse(to).ok());
    let error = error.and_then(|to| {
        let error = to.query_pairs().find(|(name, _)| name == "error").map(|(_, error)| error.into_owned());
        error.filter(|error| error.bytes().all(|byte| byte.is_ascii_graphic()) && error.len() <= 60)
    });
    match error {
        Some(error) if error == "invalid_scope" => Verdict::Fails(format!(
            "the application does not allow the scopes {}. Allow them there, or ask for fewer with `scopes`.",
            app.scopes.join(" ")
        )),
        Some(error) => {
            Verdict::Fails(format!("the sign-in request is refused ({error}). Check the application's settings."))
        }
        None if status.is_client_error() && status != http::StatusCode::TOO_MANY_REQUESTS => Verdict::Fails(format!(
            "the sign-in request is refused with status {}. Register {redirect} as {name}, the same to the letter, and \
             check `client_id` and `scopes`.",
            status.as_u16()
        )),
        None if status.is_server_error() => {
            Verdict::Fails(format!("the sign-in page answers with status {}. Try again later.", status.as_u16()))
        }
        None => Verdict::Ok(format!("{name} to register: {redirect}")),
    }
}

/// Hands in a refresh token that never was: whoever refuses that one has nothing against id and secret.
async fn client(http: &Http, site: &SiteSetup, redirect: &Url) -> Verdict {
    let nobodys = SecretString::from("usher-check");
    match oauth2::refresh(http, site, redirect, &nobodys).await {
        Ok(_) | Err(TokenError::Dead(_)) => Verdict::Ok("client id and secret are accepted".to_owned()),
        Err(TokenError::App(word)) => {
            Verdict::Fails(format!("client id or secret is refused ({word}). Copy both again from the application."))
        }
        Err(error @ TokenError::Away(_)) => Verdict::Fails(format!("{error}. Try again later.")),
        Err(error) => Verdict::Note(format!("it could not be told whether client id and secret are good: {error}")),
    }
}

fn cloud_scopes(scopes: &[String]) -> Verdict {
    let lacks = |scope: &str| !scopes.iter().any(|known| known == scope);
    for (scope, without) in [
        ("read:jira-user", "nobody can link"),
        ("read:jira-work", "nothing can be shown"),
        ("offline_access", "every link ends after an hour"),
    ] {
        // Finer scopes may stand for the classic ones; only what has no finer form is certain.
        if lacks(scope) && (scope == "offline_access" || !scopes.iter().any(|known| known.ends_with(":jira"))) {
            return Verdict::Fails(format!("`scopes` lacks `{scope}`, without which {without}. Add it."));
        }
    }
    match lacks("write:jira-work") && !scopes.iter().any(|known| known.starts_with("write:")) {
        true => Verdict::Note(format!("{}; without `write:jira-work` nothing can be changed", scopes.join(" "))),
        false => Verdict::Ok(scopes.join(" ")),
    }
}

fn data_center_scopes(scopes: &[String]) -> Verdict {
    let asks = |scope: &str| scopes.iter().any(|known| known == scope);
    let all = scopes.join(" ");
    match (asks("ADMIN") || asks("SYSTEM_ADMIN"), asks("WRITE")) {
        (true, _) => Verdict::Note(format!("{all}; Usher needs no more than READ and WRITE")),
        (false, true) => Verdict::Ok(all),
        (false, false) => Verdict::Note(format!("{all}; without WRITE nothing can be changed")),
    }
}

async fn link(http: &Http, site: &SiteSetup, signer: &Signer) -> Verdict {
    match oauth1::request_token(http, site, signer).await {
        Ok(_) => Verdict::Ok(format!("consumer key `{}` and its public key are known", signer.consumer_key())),
        Err(oauth1::Problem::App(problem)) => Verdict::Fails(format!(
            "Jira does not accept the application link ({problem}). Compare consumer key and public key with what \
             `usher site keygen {}` printed.",
            site.id
        )),
        Err(oauth1::Problem::Clock) => {
            Verdict::Fails("Jira refuses our timestamps. Set this machine's clock.".to_owned())
        }
        Err(other) => Verdict::Fails(format!("{} gave no request token: {other}. Check the log of Jira.", site.host())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(scopes: &[&str], of: fn(&[String]) -> Verdict) -> Verdict {
        of(&scopes.iter().map(|&scope| scope.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn scopes_that_are_missing_are_named_with_what_that_costs() {
        let usual = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"];
        assert!(matches!(words(&usual, cloud_scopes), Verdict::Ok(_)));
        let Verdict::Fails(said) = words(&usual[..3], cloud_scopes) else { panic!() };
        assert_eq!(said, "`scopes` lacks `offline_access`, without which every link ends after an hour. Add it.");
        assert!(matches!(words(&["read:jira-user", "offline_access"], cloud_scopes), Verdict::Fails(_)));
        assert!(matches!(words(&[usual[0], usual[2], usual[3]], cloud_scopes), Verdict::Note(_)));
        let finer = ["read:issue:jira", "write:issue:jira", "read:user:jira", "offline_access"];
        assert!(matches!(words(&finer, cloud_scopes), Verdict::Ok(_)));
        assert!(matches!(words(&["READ", "WRITE"], data_center_scopes), Verdict::Ok(_)));
        assert!(matches!(words(&["READ"], data_center_scopes), Verdict::Note(_)));
        assert!(matches!(words(&["ADMIN"], data_center_scopes), Verdict::Note(_)));
        for more in ["ADMIN", "SYSTEM_ADMIN"] {
            assert!(matches!(words(&["READ", "WRITE", more], data_center_scopes), Verdict::Note(_)), "{more}");
        }
    }
}
