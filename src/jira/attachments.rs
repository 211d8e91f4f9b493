//! Attaches files to issues, and reads them.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, TryStreamExt, future::BoxFuture, stream::BoxStream};
use parking_lot::Mutex;
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Attachment, Client, send::Request};
use crate::{
    error::JiraError,
    ids::{IssueKey, SiteKind},
};

/// How long the sending of one file may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The one name under which Jira looks for files.
const FIELD: &str = "file";

/// Files.
#[derive(Debug, Clone, Copy)]
pub struct Attachments<'a>(pub(super) &'a Client);

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its media type, if known.
    pub media_type: Option<String>,
    /// Its size in bytes, if known. Then its content has exactly as many.
    pub bytes: Option<u64>,
}

/// The content of a file, piece by piece.
pub type Pieces<E> = BoxStream<'static, Result<Bytes, E>>;

/// What a site takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentLimits {
    /// Whether it takes files at all.
    pub enabled: bool,
    /// The largest file, in bytes.
    pub upload_limit: Option<u64>,
}

/// Why a file was not attached.
#[derive(Debug)]
pub enum NotAttached<E> {
    /// Its content could not be read, so that Jira got no whole file.
    File(E),
    /// Jira said no, is away, or did not say.
    Jira(JiraError),
}

impl Attachments<'_> {
    /// What the site takes. Source: `GET /attachment/meta`.
    pub async fn limits(&self) -> Result<AttachmentLimits, JiraError> {
        self.0.read(Request::get(&["attachment", "meta"])).await
    }

    /// Attaches a file. `open` is called once for each time that the file is sent: again only where Jira has refused the
    /// token. Source: `POST /issue/{key}/attachments`.
    pub async fn add<E: Send + 'static>(
        &self,
        key: &IssueKey,
        file: &NewFile,
        open: impl Fn() -> BoxFuture<'static, Result<Pieces<E>, E>> + Send + Sync,
    ) -> Result<(), NotAttached<E>> {
        let key = self.0.place(key).await.map_err(NotAttached::Jira)?;
        let broken: Arc<Mutex<Option<E>>> = Arc::default();
        let form = || {
            let (opening, broken, file) = (open(), Arc::clone(&broken), file.clone());
            let failed = move |error: E| {
                *broken.lock() = Some(error);
                Unread
            };
            async move {
                match opening.await {
                    Ok(pieces) => Ok(form(&file, Box::pin(pieces.map_err(failed)))),
                    Err(error) => Err(JiraError::Away { detail: failed(error).to_string() }),
                }
            }
            .boxed()
        };
        let request = Request::upload(&["issue", &key.to_string(), "attachments"], PATIENCE);
        let sent = self.0.read_upload::<Vec<Map<String, Value>>>(request, &form).await;
        match (sent, broken.lock().take()) {
            (Ok(made), _) if made.is_empty() => {
                Err(NotAttached::Jira(JiraError::Unknown { detail: "no file in the answer".into() }))
            }
            (Ok(_), _) => Ok(()),
            (Err(_), Some(error)) => Err(NotAttached::File(error)),
            (Err(error), None) => Err(NotAttached::Jira(error)),
        }
    }

    /// The content of a file that was read with its issue. Redirects are asked off on Cloud, and none is followed.
    /// Source: `GET /attachment/content/{id}` (Cloud), `GET /secure/attachment/{id}/{name}` (Data Center, whose REST
    /// interface has none).
    pub async fn content(&self, file: &Attachment) -> Result<Bytes, JiraError> {
        let id = file.id.as_str();
        let request = match self.0.site().kind {
            SiteKind::Cloud => Request::file(&["attachment", "content", id]).query("redirect", false),
            SiteKind::DataCenter => Request::file(&["secure", "attachment", id, &file.name]).outside_rest(),
        };
        let content = self.0.send(request).await?.body;
        // A login page is no file.
        if content.len() as u64 != file.bytes {
            return Err(JiraError::Malformed { detail: "a file of another size".into() });
        }
        Ok(content)
    }
}

/// What breaks a request off whose file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the file could not be read")]
struct Unread;

fn form(file: &NewFile, content: BoxStream<'static, Result<Bytes, Unread>>) -> Form {
    let body = Body::wrap_stream(content);
    let part = match file.bytes {
        Some(bytes) => Part::stream_with_length(body, bytes),
        None => Part::stream(body),
    };
    let mut part = part.file_name(file.name.clone());
    if let Some(kind) = file.media_type.as_deref().and_then(|kind| kind.parse::<http::HeaderValue>().ok()) {
        part = part.headers(http::HeaderMap::from_iter([(http::header::CONTENT_TYPE, kind)]));
    }
    Form::new().part(FIELD, part)
}
