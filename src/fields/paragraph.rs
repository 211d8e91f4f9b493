//! Several lines of rich text: description, environment, text area.

use serde_json::{Value, json};

use crate::{ids::SiteKind, text};

pub(super) const HINT: &str = "Markdown works";

pub(super) fn value(typed: &str, site: SiteKind) -> Value {
    let text = text::from_markdown(typed);
    match site {
        SiteKind::Cloud => text::to_adf(&text),
        SiteKind::DataCenter => json!(text::to_wiki(&text)),
    }
}
