//! The HTML shared by the pages of both token servers: plain forms, no scripts, and a look that nobody takes for Atlassian's.
//!
//! Programs walk these pages as text, so their structure stays as it is:
//! - a question is one `<form id="decision" method="post" action="…">` with hidden inputs to be sent back as they are, a radio button
//!   `person` for everybody who can sign in, and two submit buttons `decision` = `allow` and `deny`;
//! - a verification code stands in `<code id="verification-code">`;
//! - what is wrong stands in the element with `id="problem"`;
//! - a list of granted access has one form for each entry: hidden input `id`, submit button `revoke` = `yes`.
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::Person;

/// One page, before it is sent.
#[derive(Debug)]
pub(crate) struct Page {
    pub status: StatusCode,
    pub title: String,
    pub body: Markup,
    /// The origin that a form's answer redirects to, besides the page's own. Browsers check the redirect too.
    pub redirects_to: Option<String>,
}

impl Page {
    /// A page that is answered with 200 and whose forms stay where they are.
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self { status: StatusCode::OK, title: title.into(), body, redirects_to: None }
    }

    /// A page that says what is wrong with a request and what to do.
    pub fn refusal(status: StatusCode, what: &str, next: &str) -> Self {
        let body = html! {
            h1 { "This cannot go on" }
            p id="problem" { (what) }
            p { (next) }
        };
        Self { status, title: "This cannot go on".into(), body, redirects_to: None }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let form_action = self.redirects_to.map(|origin| format!(" {origin}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src '{}'; form-action 'self'{form_action}; frame-ancestors 'none'; base-uri 'none'",
            *STYLE_HASH
        );
        let html = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " - Sandbox Jira" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header { strong { "Sandbox Jira" } " · a stand-in to try things on, not Atlassian" }
                    main { (self.body) }
                }
            }
        };
        let mut response = (self.status, html.into_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // An origin is ASCII; a policy that is not would be a bug of ours, and then nothing is allowed.
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    }
}

/// The choice of a person and of an answer, to be put inside a form: inputs `person`, and `decision` = `allow` or `deny`.
pub(crate) fn person_and_decision(people: &[Person]) -> Markup {
    html! {
        fieldset {
            legend { "Who are you?" }
            @for person in people {
                label {
                    input type="radio" name="person" value=(person.id) required;
                    span { strong { (person.name) } br; small { (person.email) } }
                }
            }
        }
        p.buttons {
            button.yes type="submit" name="decision" value="allow" { "Allow" }
            button type="submit" name="decision" value="deny" formnovalidate { "Deny" }
        }
    }
}

/// One permission that a page of granted access lists.
#[derive(Debug)]
pub(crate) struct Granted {
    /// Names the grant in the form; no secret.
    pub id: String,
    pub person: String,
    pub app: String,
    pub since: String,
}

/// The list of what was allowed, each with a button that takes it back: inputs `id` and `revoke`.
pub(crate) fn granted(title: &str, action: &str, list: &[Granted]) -> Page {
    let body = html! {
        h1 { (title) }
        @if list.is_empty() { p id="none" { "No app has access." } }
        @for one in list {
            form method="post" action=(action) {
                input type="hidden" name="id" value=(one.id);
                p { strong { (one.app) } " acts as " strong { (one.person) } br; small { "since " (one.since) } }
                p.buttons { button type="submit" name="revoke" value="yes" { "Revoke access" } }
            }
        }
    };
    Page::new(title, body)
}

/// The pairs of a query or form body, or the name of the first parameter that is given twice (RFC 6749, 3.1).
pub(crate) fn single_values(input: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(input) {
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(name.into_owned());
        }
        pairs.push((name.into_owned(), value.into_owned()));
    }
    Ok(pairs)
}

/// The value of a parameter; an empty one counts as absent.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE))));

const STYLE: &str = "\
:root{color-scheme:light dark}\
*{box-sizing:border-box}\
body{margin:0;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
header{padding:.6rem 1rem;color:#221a00;background:repeating-linear-gradient(135deg,#ffd24d 0 1rem,#ffc61a 1rem 2rem)}\
main{max-width:34rem;margin:0 auto;padding:1rem}\
h1{font-size:1.35rem;line-height:1.25}\
fieldset{border:1px solid #8888;border-radius:.5rem;margin:1rem 0;padding:.25rem 1rem}\
label{display:flex;gap:.75rem;align-items:center;min-height:3.25rem;cursor:pointer}\
label+label{border-top:1px solid #8884}\
input[type=radio]{width:1.25rem;height:1.25rem;flex:none}\
.buttons{display:flex;gap:.75rem;flex-wrap:wrap}\
button{font:inherit;min-height:2.75rem;padding:.5rem 1.5rem;border:1px solid #8888;border-radius:.5rem;cursor:pointer}\
.yes{background:#8a5a00;border-color:#8a5a00;color:#fff}\
code{font-size:1.2em;font-weight:600}\
form+form{border-top:1px solid #8884}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_allows_its_own_style_and_nothing_else() {
        let response = Page::refusal(StatusCode::BAD_REQUEST, "<b>bad</b>", "Go back.").into_response();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("form-action 'self';"), "{policy}");
        assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
    }

    #[test]
    fn a_repeated_parameter_is_named() {
        assert_eq!(single_values(b"a=1&b=2&a=3"), Err("a".to_owned()));
        assert_eq!(single_values(b"a=1&b=").expect("each once").len(), 2);
    }
}
