//! The pages, drawn for a phone first. They hold no script and load nothing.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::Engine as _;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::headers;
use crate::identity::{Approved, ConnectPage, PageError, platform_name};

/// So many characters of a name are shown. No platform's own limit is higher.
const LONGEST_NAME: usize = 160;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#172b4d;--soft:#5e6c84;--paper:#fff;--ground:#f4f5f7;--line:#dfe1e6;--go:#0b5fd0}\
@media(prefers-color-scheme:dark){:root{--ink:#e3e8ef;--soft:#9fadbc;--paper:#1d2125;--ground:#101214;--line:#38414a;--go:#2f74d0}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;overflow-wrap:anywhere}\
main{max-width:30rem;margin:0 auto;padding:1.5rem 1.25rem 2rem}\
@media(min-width:34rem){body{background:var(--ground)}header{padding:2.5rem 2rem .75rem}main{padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}}\
header{max-width:30rem;margin:0 auto;padding:1.5rem 1.25rem 0;color:var(--soft);font-size:.9375rem}\
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}\
p{margin:0 0 1rem}\
dl{margin:0 0 1.25rem;border:1px solid var(--line);border-radius:8px}\
dl div{padding:.625rem .875rem;border-top:1px solid var(--line)}\
dl div:first-child{border-top:0}\
dt{color:var(--soft);font-size:.875rem}\
dd{margin:0;font-weight:600}\
button,.button{display:block;width:100%;min-height:3rem;padding:.75rem 1rem;border:0;border-radius:8px;background:var(--go);color:#fff;font:inherit;font-weight:600;cursor:pointer}\
.button{margin:0 0 1rem;text-align:center;text-decoration:none}\
button:focus-visible,.button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}\
#link-code{display:block;margin:0 0 1rem;padding:1rem .5rem;border:1px dashed var(--soft);border-radius:8px;text-align:center;\
font:600 2rem/1.2 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.06em;-webkit-user-select:all;user-select:all}\
p,dd{overflow:clip}\
.note{color:var(--soft);font-size:.9375rem}\
.warn{border-left:4px solid #d97008;padding-left:.75rem}";

/// The style's hash, as the content security policy names it.
pub(super) fn style_hash() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let digest = Sha256::digest(STYLE.as_bytes());
        format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest))
    });
    &HASH
}

/// Who asked to be linked with what, and the button that starts it.
pub(super) fn connect(page: &ConnectPage) -> Response {
    let body = html! {
        h1 { "Link with " (page.site) "?" }
        dl {
            div { dt { "Who asked" } dd { (name(&page.person)) } }
            div { dt { "Where" } dd { (name(&page.place)) } }
            div { dt { "Jira site" } dd { (page.site) } }
        }
        p { "Usher will act in Jira for " (name(&page.person)) " with the account that you approve with next." }
        p.warn { "If you did not ask Usher for this link yourself, close this page." }
        form method="post" { button type="submit" { "Continue to " (page.provider) } }
    };
    let mut response = draw(StatusCode::OK, "Link your Jira account", &body);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, headers::policy(Some(&page.authorize)));
    response
}

/// The code, and the two accounts that it ties together.
/// `hand_over` is an address that sends the code without typing, where the platform has one.
pub(super) fn approved(page: &Approved, hand_over: Option<&str>) -> Response {
    let body = html! {
        h1 { "Almost there" }
        p { "You approved as " strong { (name(&page.account)) } ". Send this code to Usher in a direct message:" }
        code id="link-code" { (page.code) }
        @if let Some(address) = hand_over {
            a.button href=(address) rel="noreferrer" { "Send it in " (platform_name(&page.platform)) }
        }
        dl {
            div { dt { "Jira account" } dd { (name(&page.account)) " on " (page.site) } }
            div { dt { "Will be used by" } dd { (name(&page.person)) " (" (name(&page.place)) ")" } }
        }
        p.warn { "Nobody will ever ask you for this code. Whoever asks for it wants to act as you." }
        p.note { "It works once, for 10 minutes. Once it is sent you can close this page." }
    };
    draw(StatusCode::OK, "Your code", &body)
}

/// What went wrong, and what to do.
pub(super) fn failed(error: &PageError) -> Response {
    match error {
        PageError::Gone => message(
            StatusCode::NOT_FOUND,
            "This link is no longer good",
            "It was used already, or is older than 10 minutes. Send Usher `connect` for a new one.",
        ),
        PageError::OtherBrowser => message(
            StatusCode::BAD_REQUEST,
            "This did not start here",
            "Linking must end in the browser in which it began. Send Usher `connect` and stay in one browser.",
        ),
        PageError::Foreign => message(
            StatusCode::FORBIDDEN,
            "Open the link itself",
            "Another page tried to start this for you. Open the link that Usher sent you and press the button there.",
        ),
        PageError::Denied { site } => message(
            StatusCode::OK,
            "Nothing was linked",
            &format!("You did not approve in {site}. If you change your mind, send Usher `connect`."),
        ),
        PageError::NotGranted { site } => message(
            StatusCode::OK,
            "That approval does not cover this site",
            &format!("You approved, but not for {site}. Send Usher `connect` and choose {site} on Atlassian's page."),
        ),
        PageError::Replaced => message(
            StatusCode::CONFLICT,
            "A newer link has begun",
            "You asked Usher for another link meanwhile. Use that one.",
        ),
        PageError::Away { site } => message(
            StatusCode::BAD_GATEWAY,
            "Jira is not answering",
            &format!("{site} did not answer. Nothing was linked. Send Usher `connect` in a few minutes."),
        ),
        PageError::App { site } => message(
            StatusCode::BAD_GATEWAY,
            "Usher is not set up for this site",
            &format!("{site} does not accept Usher. Ask whoever runs Usher to check its app for this site."),
        ),
        PageError::Ours(_) => message(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something broke on our side",
            "Nothing was linked. Try again, and tell whoever runs Usher if it happens again.",
        ),
    }
}

/// A name that somebody chose: kept apart from our words, which it can neither turn around nor cover, and not endless.
fn name(chosen: &str) -> Markup {
    let turns = |sign: char| matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = chosen.chars().filter(|sign| !sign.is_control() && !turns(*sign)).collect();
    let plain = plain.trim();
    let end = plain.char_indices().nth(LONGEST_NAME).map(|(at, _)| at);
    html! {
        bdi {
            @match (plain, end) {
                ("", _) => "(no name)",
                (_, Some(end)) => { (plain[..end]) "…" },
                (whole, None) => (whole),
            }
        }
    }
}

/// A heading and a sentence or two. Words between backquotes are set as commands.
pub(super) fn message(status: StatusCode, heading: &str, text: &str) -> Response {
    let body = html! {
        h1 { (heading) }
        p {
            @for (index, part) in text.split('`').enumerate() {
                @if index % 2 == 1 { code { (part) } } @else { (part) }
            }
        }
    };
    draw(status, heading, &body)
}

/// Gives the framework's own bare errors (a body that is too large, a broken address) the look of the rest.
pub(super) async fn plain_errors(response: Response) -> Response {
    let status = response.status();
    let bare = !response.headers().contains_key(header::CONTENT_SECURITY_POLICY)
        && response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match status {
        StatusCode::PAYLOAD_TOO_LARGE if bare => message(status, "Too large", "This request is too large."),
        StatusCode::BAD_REQUEST if bare => message(status, "Not readable", "This address is not complete."),
        _ => response,
    }
}

fn draw(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                title { (title) " · Usher" }
                style { (PreEscaped(STYLE)) }
            }
            body { header { "Usher" } main { (body) } }
        }
    };
    (status, Html(page.into_string())).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use usher_chat::Platform;

    use super::*;

    async fn approved_on(platform: Platform, hand_over: Option<&str>) -> String {
        let page = Approved {
            person: "Ada".to_owned(),
            place: "Telegram".to_owned(),
            account: "Ada Byron".to_owned(),
            site: "acme.atlassian.net".to_owned(),
            code: "K7Q2-9XMD".to_owned(),
            platform,
        };
        let body = to_bytes(approved(&page, hand_over).into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn a_name_stands_apart_and_turns_nothing_around() {
        let drawn = |chosen: &str| name(chosen).into_string();
        assert_eq!(drawn("<b>Ada"), "<bdi>&lt;b&gt;Ada</bdi>");
        assert_eq!(drawn("\u{2069}\u{202e}Ada\r\n\u{61c}"), "<bdi>Ada</bdi>");
        assert_eq!(drawn("\u{202e} "), "<bdi>(no name)</bdi>");
        assert_eq!(drawn(&"ä".repeat(160)), format!("<bdi>{}</bdi>", "ä".repeat(160)));
        assert_eq!(drawn(&"ä".repeat(161)), format!("<bdi>{}…</bdi>", "ä".repeat(160)));
    }

    #[tokio::test]
    async fn a_platform_with_such_addresses_takes_the_code_in_one_tap() {
        let page = approved_on(Platform::TELEGRAM, Some("https://t.me/bot?start=K7Q2-9XMD&x=\"")).await;
        let link = r#"<a class="button" href="https://t.me/bot?start=K7Q2-9XMD&amp;x=&quot;" rel="noreferrer">Send it in Telegram</a>"#;
        assert!(page.contains(link), "{page}");
        assert!(!approved_on(Platform::DISCORD, None).await.contains("Send it in"));
    }
}
