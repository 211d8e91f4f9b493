//! A person. The caller has already found out who is meant.

use serde_json::{Value, json};

use crate::ids::SiteKind;

pub(super) const HINTS: &str = "Names with commas between";

pub(super) fn value(id: &str, site: SiteKind) -> Value {
    match site {
        SiteKind::Cloud => json!({"accountId": id}),
        SiteKind::DataCenter => json!({"name": id}),
    }
}
