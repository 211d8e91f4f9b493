//! A web address.

use serde_json::{Value, json};

use super::quoted;

pub(super) const HINT: &str = "An address such as https://example.org";

pub(super) fn value(text: &str) -> Result<Value, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(json!(text)),
        _ => Err(format!("{} is not a web address. It begins with `https://` or `http://`.", quoted(text))),
    }
}
