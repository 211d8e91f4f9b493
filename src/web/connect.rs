//! The pages of linking: what they read from a request, and nothing of how linking works.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;
use usher_chat::ChatAdapter;

use super::pages;
use crate::identity::{Arrival, Identity, PageError};

/// Linking, and the platforms that people come from.
#[derive(Clone)]
pub(super) struct Linking {
    pub(super) identity: Identity,
    pub(super) adapters: Arc<[Arc<dyn ChatAdapter>]>,
}

/// Shows who asked. Nothing changes, however often it is fetched and by whom.
pub(super) async fn show(State(linking): State<Linking>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let identity = &linking.identity;
    let https = identity.public_url().scheme() == "https";
    match identity.connect_page(&ticket, cookie(https, &headers).as_deref()) {
        Ok(page) => pages::connect(&page),
        Err(error) => pages::failed(&error),
    }
}

/// Starts the approval in this browser.
pub(super) async fn depart(State(linking): State<Linking>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let identity = &linking.identity;
    if !from_our_page(identity.public_url(), &headers) {
        return pages::failed(&PageError::Foreign);
    }
    let https = identity.public_url().scheme() == "https";
    match identity.depart(&ticket, cookie(https, &headers).as_deref()).await {
        Ok(departure) => {
            let cookie = set_cookie(https, &departure.cookie, 600);
            let headers = [(header::LOCATION, departure.authorize.to_string()), (header::SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => pages::failed(&error),
    }
}

/// Where the approval comes back to.
pub(super) async fn arrive(
    State(linking): State<Linking>,
    Path(site): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET {
        // A robot that looks whether the address exists must not use it up.
        return StatusCode::OK.into_response();
    }
    let identity = &linking.identity;
    let query = query.unwrap_or_default();
    let field = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        // A parameter that stands there twice is nobody's honest mistake.
        values.next().map(|(_, value)| value.into_owned()).filter(|_| values.next().is_none())
    };
    let https = identity.public_url().scheme() == "https";
    let arrival =
        Arrival { state: field("state"), code: field("code"), error: field("error"), cookie: cookie(https, &headers) };
    let arrived = identity.arrive(&site, arrival).await;
    // A callback that was not ours must not take the cookie of one that is under way.
    let over = !matches!(arrived, Err(PageError::Gone | PageError::OtherBrowser));
    let mut response = match arrived {
        Ok(page) => {
            let platform = linking.adapters.iter().find(|adapter| adapter.platform() == page.platform);
            pages::approved(&page, platform.and_then(|adapter| adapter.code_link(&page.code)).as_deref())
        }
        Err(error) => pages::failed(&error),
    };
    let gone = set_cookie(https, "", 0);
    if let Ok(gone) = gone.parse()
        && over
    {
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    response
}

fn set_cookie(https: bool, value: &str, seconds: u32) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", cookie_name(https))
}

fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-usher" } else { "usher" }
}

fn cookie(https: bool, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(https);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Whether a browser says that the form stood on our own page. Under `no-referrer` browsers send `Origin: null`, so
/// `Sec-Fetch-Site` speaks first. What is no browser sends neither, and has no cookies that could be misused.
fn from_our_page(public: &Url, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site.as_bytes() == b"same-origin";
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| origin == public.origin().ascii_serialization()),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_page_may_start() {
        let ours = Url::parse("https://usher.example.org").unwrap();
        let ok = |pairs: &[(&'static str, &str)]| from_our_page(&ours, &headers(pairs));
        assert!(ok(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(ok(&[("origin", "https://usher.example.org")]));
        assert!(ok(&[]));
        assert!(!ok(&[("sec-fetch-site", "cross-site"), ("origin", "https://usher.example.org")]));
        assert!(!ok(&[("sec-fetch-site", "same-site")]));
        assert!(!ok(&[("sec-fetch-site", "none")]));
        assert!(!ok(&[("origin", "null")]));
        assert!(!ok(&[("origin", "https://usher.example.org.evil.example")]));
        assert!(!ok(&[("origin", "http://usher.example.org")]));
    }

    #[test]
    fn the_cookie_is_found_by_its_whole_name() {
        let found = cookie(true, &headers(&[("cookie", "a=b; usher=no; __Host-usher=yes; c=d")]));
        assert_eq!(found.as_deref(), Some("yes"));
        assert_eq!(cookie(false, &headers(&[("cookie", "x__usher=1")])), None);
    }
}
