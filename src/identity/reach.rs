//! Whether a site answers at all, in words that say what to do: names, connections, certificates, clocks.

use super::{SiteSetup, check::Verdict};
use crate::{
    clock::Clock,
    jira::{Http, SendError},
};

/// More than this between two clocks, and Jira refuses signatures, in seconds.
const SKEW: i64 = 300;
/// More than this is worth a word, in seconds.
const DRIFT: i64 = 60;

/// Asks for a site's address and compares clocks.
pub(super) async fn reach(http: &Http, site: &SiteSetup, clock: &dyn Clock) -> Result<(String, Verdict), String> {
    let request = reqwest::Request::new(reqwest::Method::HEAD, site.url.clone());
    let answer = http.send(&site.id, request).await.map_err(|error| unreachable(http, site, &site.host(), &error))?;
    let trust = match (site.url.scheme(), http.has_ca(&site.id)) {
        ("https", true) => ", its certificate is accepted with `ca_file`",
        ("https", false) => ", its certificate is accepted",
        _ => "",
    };
    let answers = format!("{} answers{trust}", site.host());
    let date = answer.headers.get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else {
        return Ok((answers, Verdict::Note(format!("{} does not say its time", site.host()))));
    };
    Ok((answers, skew(theirs.timestamp().as_second() - clock.seconds())))
}

fn skew(ahead: i64) -> Verdict {
    let off = ahead.abs();
    if off <= DRIFT {
        Verdict::Ok(format!("differs by {ahead:+} s"))
    } else if off <= SKEW {
        Verdict::Note(format!("its clock differs from ours by {off} s; from {SKEW} s on Jira refuses us"))
    } else {
        let minutes = off / 60;
        Verdict::Fails(format!(
            "its clock differs from ours by {minutes} minutes. Set this machine's clock, for instance with NTP."
        ))
    }
}

/// Why an address of a site does not answer, and what to do.
pub(super) fn unreachable(http: &Http, site: &SiteSetup, host: &str, error: &SendError) -> String {
    let words = error.to_string();
    let has = |part: &str| words.contains(part);
    if has("UnknownIssuer") {
        return match http.has_ca(&site.id) {
            true => format!(
                "the certificate of {host} comes from another authority than the one in `ca_file`. Put the root \
                 certificate that issued it there."
            ),
            false => format!(
                "the certificate of {host} comes from an authority that this machine does not know. Set `ca_file` of \
                 site {} to your company's root certificate.",
                site.id
            ),
        };
    }
    if has("certificate expired") {
        return format!("the certificate of {host} has expired. Have it renewed.");
    }
    if has("not valid yet") || has("NotValidYet") {
        return format!("the certificate of {host} is not valid yet. Check this machine's clock.");
    }
    if has("not valid for") || has("NotValidForName") {
        return format!("the certificate of {host} is for another name. Write that name in `url`, or have it renewed.");
    }
    if has("certificate") {
        return format!("the certificate of {host} is not accepted ({}).", cause(&words));
    }
    if has("InvalidContentType") || has("corrupt message") {
        return format!("{host} does not speak TLS there. Check scheme and port of `url`.");
    }
    if has("dns error") || has("failed to lookup") {
        return format!("the name of {host} is not known here. Check `url` and this machine's DNS.");
    }
    format!("{host} does not answer ({}). Check `url` and the network.", cause(&words))
}

/// The last of the causes is the one that means something to people.
fn cause(words: &str) -> &str {
    let cause = words.rsplit(": ").next().unwrap_or(words);
    cause.split(" (os error").next().unwrap_or(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_a_little() {
        assert_eq!(skew(-3), Verdict::Ok("differs by -3 s".into()));
        assert!(matches!(skew(200), Verdict::Note(_)));
        let Verdict::Fails(words) = skew(-3700) else { panic!() };
        assert_eq!(
            words,
            "its clock differs from ours by 61 minutes. Set this machine's clock, for instance with NTP."
        );
    }

    #[test]
    fn what_tls_says_is_explained() {
        let site = crate::identity::sites::tests::cloud("acme", "https://acme.atlassian.net");
        let http = Http::new().unwrap();
        let said = |detail: &str| unreachable(&http, &site, &site.host(), &SendError::NotSent(detail.into()));
        let lines = [
            said("client error (Connect): invalid peer certificate: UnknownIssuer"),
            said("client error (Connect): invalid peer certificate: certificate expired: verification time 1 (UNIX)"),
            said("invalid peer certificate: certificate not valid for name \"a\"; certificate is only valid for b"),
            said("invalid peer certificate: BadSignature"),
            said("client error (Connect): received corrupt message of type InvalidContentType"),
            said("client error (Connect): dns error: failed to lookup address information"),
            said("client error (Connect): tcp connect error: Connection refused (os error 111)"),
            unreachable(&http, &site, &site.host(), &SendError::TimedOut),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        the certificate of acme.atlassian.net comes from an authority that this machine does not know. Set `ca_file` of site acme to your company's root certificate.
        the certificate of acme.atlassian.net has expired. Have it renewed.
        the certificate of acme.atlassian.net is for another name. Write that name in `url`, or have it renewed.
        the certificate of acme.atlassian.net is not accepted (BadSignature).
        acme.atlassian.net does not speak TLS there. Check scheme and port of `url`.
        the name of acme.atlassian.net is not known here. Check `url` and this machine's DNS.
        acme.atlassian.net does not answer (Connection refused). Check `url` and the network.
        acme.atlassian.net does not answer (no answer in time). Check `url` and the network.
        ");
    }
}
