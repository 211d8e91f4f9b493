//! Whether a configured site can be linked to, found out without anybody's account.

use super::{Protocol, SiteSetup, oauth1};
use crate::{
    clock::Clock,
    error::JiraError,
    jira::{self, Http, SendError},
};

/// More than this between two clocks, and Jira refuses signatures.
const SKEW: i64 = 300;

/// Asks a site what it is, how its clock stands and, on Data Center, whether it knows this program.
///
/// # Errors
/// What fails, and what to do.
pub async fn check_site(http: &Http, site: &SiteSetup, clock: &dyn Clock) -> Result<String, String> {
    match &site.protocol {
        Protocol::OAuth2Cloud(_) => {
            let clock = clock_words(http, site, clock).await?;
            let id = jira::cloud::cloud_id(http, &site.id, &site.url).await.map_err(|error| away(site, &error))?;
            Ok(format!("cloud {id}, {clock}"))
        }
        Protocol::OAuth2DataCenter(_) => Ok(format!("data center, {}", clock_words(http, site, clock).await?)),
        Protocol::OAuth1(signer) => {
            let clock = clock_words(http, site, clock).await?;
            oauth1::request_token(http, site, signer).await.map_err(|problem| match problem {
                oauth1::Problem::App(problem) => format!(
                    "Jira does not accept the application link ({problem}). Compare consumer key and public key with \
                     `usher site keygen {}`'s.",
                    site.id
                ),
                oauth1::Problem::Clock => "Jira refuses our timestamps. Set this machine's clock.".to_owned(),
                other => format!("{} gave no request token: {other}.", site.host()),
            })?;
            Ok(format!("data center, {clock}, consumer key `{}` known", signer.consumer_key()))
        }
    }
}

async fn clock_words(http: &Http, site: &SiteSetup, clock: &dyn Clock) -> Result<String, String> {
    let request = reqwest::Request::new(reqwest::Method::HEAD, site.url.clone());
    let answer = http.send(&site.id, request).await.map_err(|error| unreachable(site, &error))?;
    let date = answer.headers.get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else {
        return Ok("clock unknown".to_owned());
    };
    let ahead = theirs.timestamp().as_second() - clock.seconds();
    match ahead.abs() {
        ..=SKEW => Ok(format!("clock {ahead:+} s")),
        _ => Err(format!("its clock differs from ours by {} minutes. Set this machine's clock.", ahead.abs() / 60)),
    }
}

fn away(site: &SiteSetup, error: &JiraError) -> String {
    format!("{} did not say which Cloud site it is: {error}. Check `url`.", site.host())
}

fn unreachable(site: &SiteSetup, error: &SendError) -> String {
    let words = error.to_string();
    if words.contains("certificate") || words.contains("UnknownIssuer") {
        return format!(
            "the certificate of {} is not accepted ({words}). Set `ca_file` for site {} to your company's root \
             certificate.",
            site.host(),
            site.id
        );
    }
    // The last of the causes is the one that means something to people.
    let cause = words.rsplit(": ").next().unwrap_or(&words);
    let cause = cause.split(" (os error").next().unwrap_or(cause);
    format!("{} does not answer ({cause}). Check `url` and the network.", site.host())
}
