//! `comment`: adds a comment to an issue, written in Markdown.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, mentions, show};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey},
    jira::{Body, Issue, Readers},
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
    /// Only for people with this role, or in this group
    #[arg(long, value_name = "ROLE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// In a service project: for the team, hidden from the customer
    #[arg(long)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
}

impl Tool for Comment {
    const NAME: &'static str = "comment";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags { customer_visible: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/comment"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] =
        &["comment DEMO-7 Fixed, see the new test", "comment DEMO-7 --to Administrators The contract ends in May"];
    const REST: bool = true;
    const RICH: &'static [&'static str] = &["text"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, text, to, internal } = &call.args;
        if text.trim().is_empty() {
            return Err(Error::user_hint("A comment needs words.", format!("Like this: `jira comment {key} Fixed`.")));
        }
        let body = mentions::body(&call, text);
        let to = to.as_deref().map(str::trim).filter(|to| !to.is_empty());
        if to.is_some() || *internal {
            return for_few(&call, &body, to).await;
        }
        let (comments, issues) = (call.jira.comments(), call.jira.issues());
        // Whether everyone may see the answer depends on the issue. The comment waits for no look at it.
        let (added, issue) = futures::join!(comments.add(key, &body), issues.get_with(key, &["project"]));
        added.at(&call)?;
        let issue = issue.ok();
        let key = issue.as_ref().map_or(key, |issue| &issue.key);
        let url = call.jira.site().browse_url(key).to_string();
        let seen = if issue.as_ref().is_some_and(serves) { ", where the customer can read it" } else { "" };
        let done = Done { text: Text::plain(format!("Comment added to {key}{seen}.")), url: Some(url) };
        Ok(Outcome::new(Shape::Done(done), show::about_changed(key, issue.as_ref())).changed(key))
    }
}

/// Whether customers look into the issue's project.
fn serves(issue: &Issue) -> bool {
    let kind = issue.other.get("project").and_then(|project| project.get("projectTypeKey"));
    kind.and_then(serde_json::Value::as_str) == Some("service_desk")
}

/// Adds a comment that not everyone may read. Whether Jira can keep it so is known before it is sent.
async fn for_few(call: &Call<Args>, body: &Body, to: Option<&str>) -> Result<Outcome, Error> {
    let issue = call.jira.issues().get_with(&call.args.key, &["project"]).await.at(call)?;
    let (key, comments) = (&issue.key, call.jira.comments());
    let words = match to {
        None if !serves(&issue) => {
            return Err(Error::user_hint(
                format!("{} is no service project, so Jira keeps no internal comments there.", issue.project),
                "`--to` and a role or a group say who may read it.",
            ));
        }
        None => {
            comments.add_for(key, body, &Readers::Team).await.at(call)?;
            format!("Internal comment added to {key}. The customer cannot read it.")
        }
        Some(_) if call.args.internal => {
            return Err(Error::user("Jira takes either `--internal` or `--to`, not both."));
        }
        Some(to) => {
            let name = restricted(call, key, body, to).await?;
            format!("Comment added to {key}, for {name} only.")
        }
    };
    let about = crate::replies::About { restricted: true, ..show::about(&issue) };
    Ok(show::done(&issue, words, call.jira.site(), about).changed(key))
}

/// Adds a comment for a role or a group, and says which it was. Jira refuses one that it does not know, or to which
/// the writer does not belong.
async fn restricted(call: &Call<Args>, key: &IssueKey, body: &Body, to: &str) -> Result<String, Error> {
    let named = |prefix: &str| {
        to.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix)).map(|_| to[prefix.len()..].trim())
    };
    let (role, group) = (named("role:"), named("group:"));
    let tries = match (role, group) {
        (Some(role), _) => vec![(Readers::Role(role.to_owned()), role)],
        (_, Some(group)) => vec![(Readers::Group(group.to_owned()), group)],
        _ => vec![(Readers::Role(to.to_owned()), to), (Readers::Group(to.to_owned()), to)],
    };
    let mut refused = None;
    for (readers, name) in tries {
        match call.jira.comments().add_for(key, body, &readers).await {
            Ok(_) => return Ok(name.to_owned()),
            // Nothing was added: the next may be what was meant.
            Err(error @ JiraError::Invalid { .. }) => refused = Some(error),
            Err(error) => return Err(error.at(call.site())),
        }
    }
    Err(match refused {
        Some(JiraError::Invalid { messages, fields })
            if messages.is_empty() && fields.iter().all(|(field, _)| field == "commentLevel") =>
        {
            Error::user_hint(
                format!(
                    "Jira knows no role or group `{}` to which you belong, so nothing was added.",
                    crate::replies::shorten(to)
                ),
                "Write its name as Jira has it, such as `--to Developers`.",
            )
        }
        Some(error) => error.at(call.site()),
        None => Error::user("Say who may read it."),
    })
}
