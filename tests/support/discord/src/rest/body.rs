//! Request bodies: JSON, or a form with `payload_json` and `files[n]`.

use axum::extract::{FromRequest, Multipart, Request};
use bytes::Bytes;
use serde_json::{Value, json};

/// What came with a request.
#[derive(Debug, Clone, Default)]
pub struct Payload {
    pub json: Value,
    pub files: Vec<Upload>,
}

/// A file that came with a request.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The `n` of `files[n]`.
    pub number: String,
    pub name: String,
    pub media_type: String,
    pub content: Bytes,
}

impl Payload {
    /// The sizes of the files, in bytes.
    pub fn sizes(&self) -> Vec<usize> {
        self.files.iter().map(|file| file.content.len()).collect()
    }
}

/// Reads a body. What is no JSON is a string, which no schema takes.
pub async fn read(request: Request) -> Payload {
    let form = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !form.starts_with("multipart/form-data") {
        let whole = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
        return Payload { json: parse(&whole), files: Vec::new() };
    }
    let mut payload = Payload::default();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else { return payload };
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().unwrap_or_default().to_owned();
        let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let content = part.bytes().await.unwrap_or_default();
        match name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')) {
            Some(number) => {
                payload.files.push(Upload { number: number.to_owned(), name: file, media_type, content });
            }
            None if name == "payload_json" => payload.json = parse(&content),
            None => {}
        }
    }
    payload
}

fn parse(whole: &[u8]) -> Value {
    if whole.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(whole).unwrap_or_else(|_| json!(String::from_utf8_lossy(whole)))
}
