//! A small browser without a screen: it opens a connect link, chooses a person of the sandbox, presses Allow or Deny,
//! and reads the code. It never leaves this machine.

mod cookies;
mod page;

use std::time::Duration;

use reqwest::{Client, Method, Response, header, redirect};
use url::{Host, Url};

use cookies::Cookies;
use page::{Choice, Form, Page};

/// As many pages are opened for one approval.
const PAGES: usize = 10;
/// As many redirects are followed from one page to the next.
const REDIRECTS: usize = 10;
/// No page is larger, in bytes.
const LARGEST_PAGE: usize = 1024 * 1024;
/// No request takes longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Walks the pages behind a link.
#[derive(Debug, Clone)]
pub struct Walker {
    client: Option<Client>,
}

impl Default for Walker {
    fn default() -> Self {
        Self::new()
    }
}

impl Walker {
    /// A walker that knows no cookies yet; each approval starts without any.
    pub fn new() -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().timeout(PATIENCE);
        Self { client: client.build().ok() }
    }

    /// Opens `url`, approves as the sandbox's `person` or refuses, and returns the code that is to be given to the bot.
    /// Otherwise says what happened, in the words of the page where there is one. A refusal ends with such words.
    pub async fn approve(&self, url: &str, person: &str, deny: bool) -> Result<String, String> {
        let client = self.client.clone().ok_or("No request can be made from this machine.")?;
        let url = Url::parse(url.trim()).map_err(|_| "This is not a link.".to_owned())?;
        let mut visit = Visit { client, cookies: Cookies::default() };
        let mut page = visit.open(Step::link(url)).await?;
        let mut decided = false;
        for _ in 0..PAGES {
            if let Some(code) = page.code() {
                return Ok(code);
            }
            let choice = if deny { Choice::Deny } else { Choice::Allow };
            let form = if decided || page.failed { None } else { page.form(choice) };
            let Some(form) = form else { return Err(page.words()) };
            let filled = form.fill(person, choice)?;
            decided = filled.decides;
            page = visit.open(Step::form(&page, form, filled.fields)?).await?;
        }
        Err("There are too many pages behind this link.".to_owned())
    }
}

/// One press on a link or button.
struct Step {
    url: Url,
    method: Method,
    body: Option<String>,
    /// The origin of the page that stands on, if any.
    from: Option<Url>,
    /// That page asked that its address be kept to itself.
    silent: bool,
}

impl Step {
    fn link(url: Url) -> Self {
        Self { url, method: Method::GET, body: None, from: None, silent: true }
    }

    fn form(page: &Page, form: &Form, fields: Vec<(String, String)>) -> Result<Self, String> {
        let mut url = page.url.join(&form.action).map_err(|_| "The page's form leads nowhere.".to_owned())?;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&fields);
        let body = body.finish();
        let from = Some(page.url.clone());
        if form.post {
            return Ok(Self { url, method: Method::POST, body: Some(body), from, silent: page.silent });
        }
        url.set_query(Some(&body));
        Ok(Self { url, method: Method::GET, body: None, from, silent: page.silent })
    }
}

struct Visit {
    client: Client,
    cookies: Cookies,
}

impl Visit {
    /// Takes a step and follows redirects to the page at their end.
    async fn open(&mut self, mut step: Step) -> Result<Page, String> {
        let mut site = Site::Own;
        for _ in 0..=REDIRECTS {
            local(&step.url)?;
            site = site.max(Site::between(step.from.as_ref(), &step.url));
            let response = self.ask(&step, site).await?;
            self.cookies.take(&step.url, &response);
            let status = response.status();
            let target = response.headers().get(header::LOCATION).filter(|_| status.is_redirection());
            let Some(target) = target else { return read(step.url, response).await };
            let target = target.to_str().ok().and_then(|target| step.url.join(target).ok());
            let target = target.ok_or("The page leads to an address that cannot be read.")?;
            if let Some(code) = page::verifier(&target).filter(|_| local(&target).is_err()) {
                // The address alone holds what is wanted; it need not be opened.
                return Ok(Page::bare(target, code));
            }
            if !matches!(status.as_u16(), 307 | 308) {
                step.method = Method::GET;
                step.body = None;
            }
            step.url = target;
        }
        Err("The pages behind this link lead in a circle.".to_owned())
    }

    async fn ask(&self, step: &Step, site: Site) -> Result<Response, String> {
        let mut request = self
            .client
            .request(step.method.clone(), step.url.clone())
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::USER_AGENT, "Mozilla/5.0 (compatible; usher-terminal)")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .header("Sec-Fetch-User", "?1")
            .header("Sec-Fetch-Site", if step.from.is_none() { "none" } else { site.as_str() });
        if let Some(cookies) = self.cookies.header(&step.url, site, &step.method) {
            request = request.header(header::COOKIE, cookies);
        }
        if let Some(from) = &step.from {
            let origin = from.origin().ascii_serialization();
            if step.method == Method::POST {
                // A page that keeps its address to itself sends the origin `null`, as the Fetch standard has it.
                request = request.header(header::ORIGIN, if step.silent { "null" } else { origin.as_str() });
            }
            if !step.silent {
                request = request.header(header::REFERER, format!("{origin}/"));
            }
        }
        if let Some(body) = &step.body {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.clone());
        }
        request.send().await.map_err(|error| {
            let host = step.url.host_str().unwrap_or_default();
            match step.url.port_or_known_default() {
                _ if error.is_timeout() => format!("{host} took too long to answer."),
                Some(port) => format!("{host}:{port} does not answer."),
                None => format!("{host} does not answer."),
            }
        })
    }
}

/// How the page that was left and the page that is asked for stand to each other, from near to far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Site {
    Own,
    Same,
    Cross,
}

impl Site {
    fn between(from: Option<&Url>, to: &Url) -> Self {
        match from {
            None => Self::Own,
            Some(from) if from.origin() == to.origin() => Self::Own,
            Some(from) if from.scheme() == to.scheme() && from.host() == to.host() => Self::Same,
            Some(_) => Self::Cross,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Own => "same-origin",
            Self::Same => "same-site",
            Self::Cross => "cross-site",
        }
    }
}

/// Refuses an address that is not on this machine.
fn local(url: &Url) -> Result<(), String> {
    let host = match url.host() {
        _ if !matches!(url.scheme(), "http" | "https") => return Err("Only web pages can be opened.".to_owned()),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if host {
        Ok(())
    } else {
        let host = url.host_str().unwrap_or_default();
        Err(format!("{host} is not on this machine. Open the link in a browser instead."))
    }
}

async fn read(url: Url, mut response: Response) -> Result<Page, String> {
    let failed = !response.status().is_success();
    let silent = response.headers().get(header::REFERRER_POLICY).is_some_and(|policy| policy == "no-referrer");
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| "The page broke off.".to_owned())? {
        if body.len() + piece.len() > LARGEST_PAGE {
            return Err("The page is too large.".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    let mut page = Page::read(url, &String::from_utf8_lossy(&body));
    page.failed = failed;
    page.silent = silent;
    Ok(page)
}
