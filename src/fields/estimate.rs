//! How long the work will take.

use serde_json::{Value, json};

use crate::jira::duration;

pub(super) const HINT: &str = "2h 30m, 90m or 1d (8 hours)";

/// In minutes, which mean the same whatever a day is on the site.
pub(super) fn value(text: &str) -> Result<Value, String> {
    let seconds = duration::parse(text).map_err(|error| error.to_string())?;
    Ok(json!({"originalEstimate": format!("{}m", seconds / 60)}))
}
