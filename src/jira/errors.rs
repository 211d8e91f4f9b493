//! Sorts what Jira answers when it says no. Four kinds of body are read: Jira's own error collection, the Cloud
//! gateway's `{code, message}`, an OAuth error, and a page of HTML; and Data Center's `oauth_problem`, which stands in
//! the `WWW-Authenticate` header, in the body, or in both.

use std::time::Duration;

use http::{
    HeaderMap,
    header::{CONTENT_TYPE, DATE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Raw, time};
use crate::error::JiraError;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: JiraError,
    pub(super) cure: Cure,
}

/// What may help before the same request is sent again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cure {
    /// Nothing.
    None,
    /// A newer token.
    Renew,
    /// A new nonce.
    SignAgain,
    /// Jira's time, then a new signature.
    SetClock(OauthProblem),
    /// Some time; only where nothing can have been changed.
    Wait,
}

/// What an OAuth 1.0a provider says is wrong (OAuth Problem Reporting extension).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthProblem {
    /// Its word, such as `token_rejected`.
    pub problem: String,
    /// Its advice in words.
    pub advice: Option<String>,
    /// For `timestamp_refused`: the least and the most that would have been accepted, in seconds since 1970.
    pub acceptable: Option<(i64, i64)>,
}

/// The problem named in the header or the body of an answer, if one is.
pub fn oauth_problem(headers: &HeaderMap, body: &[u8]) -> Option<OauthProblem> {
    let header = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("oauth").then(|| {
            rest.split(',')
                .filter_map(|pair| pair.trim().split_once('='))
                .map(|(name, value)| (name.trim().to_owned(), decode(value.trim().trim_matches('"'))))
                .collect::<Vec<_>>()
        })
    });
    let form = || {
        let text =
            std::str::from_utf8(body).ok().filter(|text| text.len() <= 4096 && text.contains("oauth_problem="))?;
        Some(form_urlencoded::parse(text.trim().as_bytes()).into_owned().collect::<Vec<_>>())
    };
    header.and_then(|pairs| problem(&pairs)).or_else(|| problem(&form()?))
}

fn problem(pairs: &[(String, String)]) -> Option<OauthProblem> {
    let find = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let acceptable = find("oauth_acceptable_timestamps").and_then(|range| {
        let (least, most) = range.split_once('-')?;
        let (least, most): (i64, i64) = (least.parse().ok()?, most.parse().ok()?);
        (least <= most).then_some((least, most))
    });
    let word = find("oauth_problem")?;
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    Some(OauthProblem { problem: clean(word), advice: find("oauth_problem_advice").map(clean), acceptable })
}

/// Sorts an answer whose status is no success.
pub(super) fn read(raw: &Raw, changes: bool) -> Refusal {
    if let Some(refusal) = oauth_problem(&raw.headers, &raw.body).and_then(of_problem) {
        return refusal;
    }
    let page = is_page(&raw.headers, &raw.body);
    let Said { messages, fields } = said(&raw.body);
    let malformed = |what: &str| JiraError::Malformed { detail: format!("{what} with status {}", raw.status.as_u16()) };
    let (error, cure) = match raw.status.as_u16() {
        401 if messages.iter().any(|text| text.to_ascii_lowercase().contains("scope does not match")) => {
            (JiraError::ScopeMissing { needs: &[] }, Cure::None)
        }
        401 => (JiraError::Unauthorized, Cure::Renew),
        413 => (JiraError::TooLarge, Cure::None),
        429 => (JiraError::RateLimited { retry_after: retry_after(&raw.headers) }, Cure::None),
        code @ 500..=599 => {
            let detail = format!("status {code}");
            let error = if changes { JiraError::Unknown { detail } } else { JiraError::Away { detail } };
            (error, if raw.headers.contains_key(RETRY_AFTER) { Cure::None } else { Cure::Wait })
        }
        300..=399 => (malformed("a redirect"), Cure::None),
        _ if page => (malformed("a page instead of JSON"), Cure::None),
        400 | 422 => (JiraError::Invalid { messages, fields }, Cure::None),
        403 => (JiraError::Forbidden { messages }, Cure::None),
        404 | 410 => (JiraError::NotFound { messages }, Cure::None),
        409 | 412 | 423 => (JiraError::Conflict { messages }, Cure::None),
        _ => (malformed("an answer"), Cure::None),
    };
    Refusal { error, cure }
}

/// Sorts the words of the extension. A word that is not known leaves the decision to the status.
fn of_problem(problem: OauthProblem) -> Option<Refusal> {
    let (error, cure) = match problem.problem.as_str() {
        "token_rejected"
        | "token_expired"
        | "token_revoked"
        | "token_used"
        | "permission_denied"
        | "permission_unknown"
        | "additional_authorization_required" => (JiraError::Unauthorized, Cure::Renew),
        "nonce_used" => (JiraError::Unauthorized, Cure::SignAgain),
        "timestamp_refused" => (JiraError::ClockSkew, Cure::SetClock(problem)),
        "user_refused" | "consumer_key_refused" => (JiraError::Away { detail: problem.problem }, Cure::None),
        "consumer_key_unknown"
        | "consumer_key_rejected"
        | "signature_invalid"
        | "signature_method_rejected"
        | "parameter_absent"
        | "parameter_rejected"
        | "version_rejected" => (JiraError::AppRejected { problem: problem.problem }, Cure::None),
        _ => return None,
    };
    Some(Refusal { error, cure })
}

/// Whether an answer is a page for a browser.
pub(super) fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let named = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    (named && !body.is_empty()) || body.trim_ascii_start().starts_with(b"<")
}

#[derive(Default)]
struct Said {
    messages: Vec<String>,
    fields: Vec<(String, String)>,
}

fn said(body: &[u8]) -> Said {
    let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(body) else { return Said::default() };
    let mut said = Said::default();
    for name in ["errorMessages", "warningMessages", "errorMessage", "message", "error_description"] {
        said.messages.extend(sentences(map.get(name)));
    }
    if said.messages.is_empty() {
        said.messages.extend(sentences(map.get("error")));
    }
    if let Some(Value::Object(errors)) = map.get("errors") {
        for (field, value) in errors.iter().take(20) {
            said.fields.extend(sentences(Some(value)).into_iter().map(|text| (field.clone(), text)));
        }
    }
    said
}

/// Up to ten sentences of at most 500 characters, without control characters.
fn sentences(value: Option<&Value>) -> Vec<String> {
    let clean = |text: &str| {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
        text.trim().to_owned()
    };
    let mut found = match value {
        Some(Value::String(text)) => vec![clean(text)],
        Some(Value::Array(items)) => items.iter().take(10).filter_map(Value::as_str).map(clean).collect(),
        Some(Value::Object(map)) => map.values().take(10).filter_map(Value::as_str).map(clean).collect(),
        _ => Vec::new(),
    };
    found.retain(|text| !text.is_empty());
    found
}

/// `Retry-After` in seconds or as a date, or Cloud's `X-RateLimit-Reset`, counted from the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = |text: &str| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let until = |moment: Timestamp| {
        let now = date(text(DATE.as_str())?)?;
        Some(Duration::from_secs(u64::try_from(moment.as_second() - now.as_second()).unwrap_or(0)))
    };
    let after = text(RETRY_AFTER.as_str());
    after
        .and_then(|value| value.parse().ok().map(Duration::from_secs).or_else(|| until(date(value)?)))
        .or_else(|| until(time::read(text("x-ratelimit-reset")?)?))
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn raw(status: u16, headers: &[(&'static str, &str)], body: &str) -> Raw {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Raw { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.as_bytes().to_vec().into() }
    }

    #[test]
    fn every_kind_of_body_is_read() {
        const HTML: &[(&str, &str)] = &[("content-type", "text/html;charset=UTF-8")];
        let page = "<!doctype html><title>Log in</title>";
        let own = r#"{"errorMessages":["It is broken."],"errors":{"summary":"You must specify a summary."}}"#;
        type Row = (u16, &'static [(&'static str, &'static str)], &'static str, &'static str);
        let table: &[Row] = &[
            (400, &[], own, "refused, fields [\"summary\"]: You must specify a summary. It is broken."),
            (422, &[], r#"{"errorMessages":["No."]}"#, "refused, fields []: No."),
            (400, &[], "", "refused, fields []: "),
            (401, &[], r#"{"code":401,"message":"Unauthorized; scope does not match"}"#, "the token lacks a scope"),
            (401, &[], r#"{"code":401,"message":"Unauthorized"}"#, "the credential is not accepted"),
            (401, HTML, page, "the credential is not accepted"),
            (403, &[], r#"{"errorMessages":["You may not."],"errors":{}}"#, "forbidden: You may not."),
            (403, HTML, page, "unreadable answer: a page instead of JSON with status 403"),
            (404, &[], r#"{"errorMessages":["Issue does not exist"],"errors":{}}"#, "not found: Issue does not exist"),
            (404, HTML, page, "unreadable answer: a page instead of JSON with status 404"),
            (404, &[], r#"{"code":404,"message":"No site"}"#, "not found: No site"),
            (409, &[], "{}", "conflict: "),
            (
                400,
                &[],
                r#"{"error":"invalid_request","error_description":"Missing grant"}"#,
                "refused, fields []: Missing grant",
            ),
            (400, &[], r#"{"error":"invalid_request"}"#, "refused, fields []: invalid_request"),
            (413, HTML, page, "too large"),
            (429, &[("retry-after", "7")], "", "rate limited, retry after Some(7s)"),
            (
                429,
                &[("date", "Sun, 22 Nov 2026 03:00:00 GMT"), ("x-ratelimit-reset", "2026-11-22T03:00:30Z")],
                "",
                "rate limited, retry after Some(30s)",
            ),
            (429, HTML, page, "rate limited, retry after None"),
            (302, &[("location", "https://elsewhere.example/")], "", "unreadable answer: a redirect with status 302"),
            (503, HTML, page, "away: status 503"),
            (405, &[], "{}", "unreadable answer: an answer with status 405"),
            (401, &[], "oauth_problem=token_rejected", "the credential is not accepted"),
            (401, &[], "oauth_problem=token_expired", "the credential is not accepted"),
            (401, &[], "oauth_problem=permission_denied", "the credential is not accepted"),
            (
                401,
                &[("www-authenticate", "OAuth realm=\"https%3A%2F%2Fcorp\", oauth_problem=\"consumer_key_unknown\"")],
                "",
                "the application link is not accepted: consumer_key_unknown",
            ),
            (401, &[], "oauth_problem=signature_invalid", "the application link is not accepted: signature_invalid"),
            (400, &[], "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=100-200", "clocks differ"),
            (503, &[], "oauth_problem=user_refused", "away: user_refused"),
            (403, &[], "oauth_problem=something_new", "forbidden: "),
        ];
        for (status, headers, body, wanted) in table {
            assert_eq!(told(&read(&raw(*status, headers, body), false).error), *wanted, "{status} {body}");
        }
    }

    /// What the log says, and after a colon what is only for the asker.
    fn told(error: &JiraError) -> String {
        let (messages, fields): (&[String], &[(String, String)]) = match error {
            JiraError::NotFound { messages } | JiraError::Forbidden { messages } | JiraError::Conflict { messages } => {
                (messages, &[])
            }
            JiraError::Invalid { messages, fields } => (messages, fields),
            other => return other.to_string(),
        };
        let sentences = fields.iter().map(|(_, sentence)| sentence).chain(messages);
        let sentences: Vec<&str> = sentences.map(String::as_str).collect();
        assert!(sentences.iter().all(|sentence| !error.to_string().contains(sentence)), "{error}");
        format!("{error}: {}", sentences.join(" "))
    }

    #[test]
    fn a_change_that_meets_an_error_of_jiras_own_may_have_happened() {
        assert!(matches!(read(&raw(500, &[], "{}"), true).error, JiraError::Unknown { .. }));
        assert!(matches!(read(&raw(504, &[], ""), true).error, JiraError::Unknown { .. }));
        assert!(matches!(read(&raw(503, &[], "oauth_problem=user_refused"), true).error, JiraError::Away { .. }));
    }

    #[test]
    fn only_what_certainly_helps_is_tried() {
        let cure = |status, headers: &[(&'static str, &str)], body| read(&raw(status, headers, body), false).cure;
        assert_eq!(cure(401, &[], "{}"), Cure::Renew);
        assert_eq!(cure(401, &[], r#"{"code":401,"message":"Unauthorized; scope does not match"}"#), Cure::None);
        assert_eq!(cure(401, &[], "oauth_problem=nonce_used"), Cure::SignAgain);
        assert_eq!(cure(502, &[], ""), Cure::Wait);
        assert_eq!(cure(503, &[("retry-after", "60")], ""), Cure::None);
        let Cure::SetClock(problem) =
            cure(400, &[], "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=100-200")
        else {
            panic!("a refused timestamp has a cure");
        };
        assert_eq!(problem.acceptable, Some((100, 200)));
    }

    #[test]
    fn long_and_odd_sentences_are_tamed() {
        let body = serde_json::json!({"errorMessages": ["a\u{7}b\n", "x".repeat(9000), "", 5], "errors": {"f": ["one", "two"]}});
        let JiraError::Invalid { messages, fields } = read(&raw(400, &[], &body.to_string()), false).error else {
            panic!("400 is Invalid");
        };
        assert_eq!(messages[0], "a b");
        assert_eq!((messages[1].len(), messages.len()), (500, 2));
        assert_eq!(fields, [("f".to_owned(), "one".to_owned()), ("f".to_owned(), "two".to_owned())]);
    }
}
