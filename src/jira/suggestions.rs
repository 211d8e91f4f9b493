//! What a field may hold, as Jira suggests it to whoever writes a query.

use serde::Deserialize;

use super::{Client, send::Request};
use crate::error::JiraError;

/// Suggestions.
#[derive(Debug, Clone, Copy)]
pub struct Suggestions<'a>(pub(super) &'a Client);

/// A value that a field may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What names it for Jira.
    pub value: String,
    /// What people call it.
    pub name: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<One>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    value: String,
    #[serde(default)]
    display_name: String,
}

impl Suggestions<'_> {
    /// The values of a custom field whose names hold some letters: `customfield_10001` is asked for as `cf[10001]`.
    /// Source: `GET /jql/autocompletedata/suggestions`, alike on Data Center.
    pub async fn of(&self, field: &str, letters: &str) -> Result<Vec<Suggestion>, JiraError> {
        let clause = match field.strip_prefix("customfield_") {
            Some(number) => format!("cf[{number}]"),
            None => field.to_owned(),
        };
        let request = Request::get(&["jql", "autocompletedata", "suggestions"])
            .query("fieldName", clause)
            .query("fieldValue", letters.trim());
        let answer: Answer = self.0.read(request).await?;
        let read = |one: One| Suggestion { name: plain(&one.display_name), value: one.value };
        Ok(answer.results.into_iter().map(read).collect())
    }
}

/// The name is HTML: what was looked for is bold in it.
fn plain(html: &str) -> String {
    let bare = html.replace("<b>", "").replace("</b>", "");
    bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_out_of_html() {
        assert_eq!(plain("<b>Pla</b>tform &lt;Nord&gt; &amp;amp;"), "Platform <Nord> &amp;");
    }
}
