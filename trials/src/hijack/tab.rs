//! A browser without a network: its requests go straight into the routers of Usher and of the sandbox.

use std::collections::HashMap;

use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, header};
use tower::ServiceExt;
use url::{Position, Url};
use usher_sandbox::oauth2::Provider;

use crate::linking::World;

/// Who answers, by origin.
#[derive(Clone)]
pub struct Net {
    routers: HashMap<String, Router>,
}

impl Net {
    /// Usher's pages and both of the sandbox's token servers.
    pub fn of(world: &World) -> Self {
        let state = world.sandbox.state();
        let routers = [
            (world.public.clone(), usher::web::router(world.identity.clone(), Vec::new())),
            (world.sandbox.auth_url().parse().unwrap(), Provider::router(state.clone())),
            (world.sandbox.dc_url().parse().unwrap(), Provider::data_center_router(state.clone())),
        ];
        Self {
            routers: routers.map(|(url, router): (Url, Router)| (url.origin().ascii_serialization(), router)).into(),
        }
    }
}

/// A browser with cookies.
#[derive(Default)]
pub struct Tab {
    cookies: HashMap<String, String>,
}

/// What it shows.
pub struct Shown {
    /// The status.
    pub status: u16,
    /// The page.
    pub text: String,
    headers: HeaderMap,
}

impl Shown {
    /// Where it leads on.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    /// What stands between two pieces of the page.
    pub fn between(&self, before: &str, after: &str) -> Option<&str> {
        Some(self.text.split_once(before)?.1.split_once(after)?.0)
    }

    /// The code for the chat.
    pub fn code(&self) -> Option<&str> {
        self.between("<code id=\"link-code\">", "<")
    }
}

impl Tab {
    /// Opens an address.
    pub async fn get(&mut self, net: &Net, url: &str) -> Shown {
        self.send(net, Method::GET, url, String::new()).await
    }

    /// Sends a form of the same page.
    pub async fn post(&mut self, net: &Net, url: &str, form: &[(&str, &str)]) -> Shown {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(net, Method::POST, url, body).await
    }

    /// Answers the provider's question. Gives the address of the way back, unopened.
    pub async fn decide(&mut self, net: &Net, authorize: &str, account: &str, decision: &str) -> Option<String> {
        let mut target = Url::parse(authorize).ok()?;
        let mut page = self.get(net, authorize).await;
        if page.status == 302 {
            target = target.join(page.location()?).ok()?;
            page = self.get(net, target.as_str()).await;
        }
        let request = page.between("name=\"request\" value=\"", "\"")?.to_owned();
        let form = [("request", request.as_str()), ("person", account), ("decision", decision)];
        let back = self.post(net, &target[..Position::AfterPath], &form).await;
        back.location().map(str::to_owned)
    }

    /// Any request.
    pub async fn send(&mut self, net: &Net, method: Method, url: &str, body: String) -> Shown {
        let url = Url::parse(url).unwrap();
        let origin = url.origin().ascii_serialization();
        let mut request = Request::builder().method(&method).uri(&url[Position::BeforePath..]);
        if let Some(cookie) = self.cookies.get(&origin) {
            request = request.header(header::COOKIE, cookie);
        }
        if method == Method::POST {
            request = request
                .header(header::ORIGIN, &origin)
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = net.routers[&origin].clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        if let Some(cookie) = head.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            self.cookies.insert(origin, pair);
        }
        let text = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        Shown { status: head.status.as_u16(), text, headers: head.headers }
    }
}
