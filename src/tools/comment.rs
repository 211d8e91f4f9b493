//! `comment`: adds a comment to an issue, written in Markdown.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    replies::{Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Comment;

/// Add a comment to an issue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// What to say. Markdown works, line breaks stay
    pub text: String,
}

impl Tool for Comment {
    const NAME: &'static str = "comment";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { customer_visible: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/comment"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["comment DEMO-7 Fixed, see the new test"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, text } = &call.args;
        if text.trim().is_empty() {
            return Err(Error::user_hint("A comment needs words.", format!("Like this: `jira comment {key} Fixed`.")));
        }
        let body = show::body(text, call.jira.site());
        let (comments, issues) = (call.jira.comments(), call.jira.issues());
        // Whether everyone may see the answer depends on the issue. The comment waits for no look at it.
        let (added, issue) = futures::join!(comments.add(key, &body), issues.get(key));
        added.at(&call)?;
        let issue = issue.ok();
        let key = issue.as_ref().map_or(key, |issue| &issue.key);
        let url = call.jira.site().browse_url(key).to_string();
        let done = Done { text: Text::plain(format!("Comment added to {key}.")), url: Some(url) };
        Ok(Outcome::new(Shape::Done(done), show::about_changed(key, issue.as_ref())).changed(key))
    }
}
