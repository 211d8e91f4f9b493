//! What a request carries: query, JSON body, files.
use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, StatusCode, header};
use serde_json::Value;

use super::Refusal;

/// Bodies beyond this are refused with 413.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// The parameters after the question mark.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The parameter of this name, if it is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a parameter that may be repeated or hold a list with commas.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(one, _)| one == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// A number parameter; anything else is refused.
    pub fn number(&self, name: &str, default: usize) -> Result<usize, Refusal> {
        self.get(name).map_or(Ok(default), |text| {
            text.parse()
                .map_err(|_| Refusal::bad(format!("The value '{text}' is not valid for the parameter '{name}'.")))
        })
    }

    /// `startAt` and `maxResults`, the latter at most `most`.
    pub fn page(&self, default: usize, most: usize) -> Result<(usize, usize), Refusal> {
        Ok((self.number("startAt", 0)?, self.number("maxResults", default)?.min(most)))
    }
}

/// One file of a multipart body.
#[derive(Debug)]
pub(crate) struct Upload {
    pub name: String,
    pub mime: String,
    pub content: Bytes,
}

/// Reads a body that has to be JSON. Null stands for no body at all.
pub(crate) async fn json(parts: &Parts, body: Body) -> Result<Value, Refusal> {
    let bytes = whole(body).await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        Refusal::bad(format!("There was an error parsing JSON. Check that your request body is valid. ({error})"))
    })
}

/// Reads the files named `file` of a multipart body. Needs `X-Atlassian-Token: no-check`, as Jira does.
pub(crate) async fn files(parts: Parts, body: Body) -> Result<Vec<Upload>, Refusal> {
    let token = parts.headers.get("x-atlassian-token").map(header::HeaderValue::as_bytes);
    if !matches!(token, Some(b"no-check" | b"nocheck")) {
        return Err(Refusal::forbidden("XSRF check failed"));
    }
    let bytes = whole(body).await?;
    let mut request = Request::from_parts(parts, Body::from(bytes));
    // The body is here already, within the limit of our own.
    DefaultBodyLimit::disable().apply(&mut request);
    let unreadable = || Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not multipart/form-data.");
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut uploads = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|_| unreadable())? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("file").to_owned();
        let mime = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let content = field.bytes().await.map_err(|_| unreadable())?;
        uploads.push(Upload { name, mime, content });
    }
    Ok(uploads)
}

async fn whole(body: Body) -> Result<Bytes, Refusal> {
    let too_big = || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.");
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_big())
}

/// The segments of a path, decoded. None where one is not UTF-8 or is `.` or `..`.
pub(crate) fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    path.split('/')
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().ok())
        .map(|segment| segment.filter(|text| text != "." && text != ".."))
        .collect()
}
