//! `weblink`: links an issue to a page elsewhere.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Weblink;

/// Link an issue to a web page
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The page's address
    pub url: String,
    /// What to call it
    pub title: Option<String>,
}

impl Tool for Weblink {
    const NAME: &'static str = "weblink";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/remotelink"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["weblink DEMO-7 https://example.org/plan The plan"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, url, title } = &call.args;
        let Some(url) = address(url) else {
            return Err(Error::user_hint(
                format!("`{}` is not an address.", crate::replies::shorten(url)),
                "It begins with `https://` or `http://`.",
            ));
        };
        let issue = call.jira.issues().get(key).await.at(&call)?;
        let (key, about) = (&issue.key, show::about(&issue));
        let title = title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
        let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| url.to_string());
        call.jira.links().add_web(key, &url, &title).await.at(&call)?;
        let args = serde_json::json!({ "key": key, "other": url.as_str() });
        let undo = Offer::mine("Undo", show::deed("unlink", args, call.site()));
        let words = format!("{key} links to {title} now.");
        Ok(show::done(&issue, words, call.jira.site(), about).changed(key).offering([undo]))
    }
}

/// The longest address that a link can be named by.
const LONGEST: usize = 255;

/// An address of a page that a browser opens.
fn address(text: &str) -> Option<Url> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let url: Url = text.parse().ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= LONGEST).then_some(url)
}
