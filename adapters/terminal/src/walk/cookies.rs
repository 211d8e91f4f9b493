//! Keeps cookies as a browser does, as far as one walk needs it.

use reqwest::{Method, Response, header};
use url::Url;

use super::Site;

/// The cookies of one walk.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    reach: Reach,
}

/// Which requests from other sites a cookie goes along with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Strict,
    Lax,
    Anywhere,
}

impl Cookies {
    /// Takes the cookies that come with a response.
    pub(super) fn take(&mut self, url: &Url, response: &Response) {
        for line in response.headers().get_all(header::SET_COOKIE) {
            if let Ok(line) = line.to_str() {
                self.set(url, line);
            }
        }
    }

    /// Takes one cookie. Cookies that name a domain are for one host only all the same.
    fn set(&mut self, url: &Url, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut cookie = Cookie {
            host,
            path: default_path(url),
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            reach: Reach::Lax,
        };
        let (mut gone, mut secure, mut domain, mut at_root) = (false, false, false, false);
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => {
                    cookie.path = value.to_owned();
                    at_root = value == "/";
                }
                "max-age" => gone = value.parse::<i64>().is_ok_and(|age| age <= 0),
                "expires" => gone = gone || value.contains("1970"),
                "secure" => secure = true,
                "domain" => domain = true,
                "samesite" => {
                    cookie.reach = match value.to_ascii_lowercase().as_str() {
                        "strict" => Reach::Strict,
                        "none" => Reach::Anywhere,
                        _ => Reach::Lax,
                    }
                }
                _ => {}
            }
        }
        let refused = (cookie.name.starts_with("__Host-") && !(secure && at_root && !domain))
            || (cookie.name.starts_with("__Secure-") && !secure);
        if refused {
            return;
        }
        self.0.retain(|old| (&old.host, &old.path, &old.name) != (&cookie.host, &cookie.path, &cookie.name));
        if !gone {
            self.0.push(cookie);
        }
    }

    /// The `Cookie` header for a request. This machine counts as secure, as browsers have it.
    pub(super) fn header(&self, url: &Url, site: Site, method: &Method) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        let mut fitting: Vec<_> = self
            .0
            .iter()
            .filter(|cookie| cookie.host == host && covers(&cookie.path, url.path()))
            .filter(|cookie| match cookie.reach {
                Reach::Anywhere => true,
                Reach::Lax => site < Site::Cross || *method == Method::GET,
                Reach::Strict => site < Site::Cross,
            })
            .collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some((directory, _)) if !directory.is_empty() => directory.to_owned(),
        _ => "/".to_owned(),
    }
}

fn covers(cookie: &str, path: &str) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| cookie.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_where_they_belong() {
        let url = |text: &str| Url::parse(text).unwrap();
        let mut cookies = Cookies::default();
        let page = url("http://127.0.0.1:1/connect/abc");
        cookies.set(&page, "usher=1; HttpOnly; SameSite=Lax; Path=/");
        cookies.set(&page, "deep=2; SameSite=Strict");
        cookies.set(&page, "__Host-good=3; Secure; Path=/");
        cookies.set(&page, "__Host-bad=4; Path=/");
        cookies.set(&page, "__Host-worse=5; Secure; Path=/; Domain=127.0.0.1");
        cookies.set(&page, "nonsense");
        let get = |cookies: &Cookies, to: &str, site| cookies.header(&url(to), site, &Method::GET);
        assert_eq!(
            get(&cookies, "http://127.0.0.1:2/connect/abc", Site::Same).unwrap(),
            "deep=2; usher=1; __Host-good=3"
        );
        assert_eq!(get(&cookies, "http://127.0.0.1:1/other", Site::Own).unwrap(), "usher=1; __Host-good=3");
        assert_eq!(get(&cookies, "http://127.0.0.1:1/connect/x", Site::Cross).unwrap(), "usher=1; __Host-good=3");
        assert_eq!(cookies.header(&page, Site::Cross, &Method::POST), None);
        assert_eq!(get(&cookies, "http://localhost:1/connect/abc", Site::Own), None);
        cookies.set(&page, "usher=; Max-Age=0; Path=/");
        assert_eq!(get(&cookies, "http://127.0.0.1:1/other", Site::Own).unwrap(), "__Host-good=3");
    }
}
