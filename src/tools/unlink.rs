//! `unlink`: takes a link away, to an issue or to a page.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Issue, Related},
    replies::{Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unlink;

/// Remove a link between two issues, or from an issue to a page
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The other issue's key, or the page's address
    pub other: String,
    /// Which of several links between the two.
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

impl Tool for Unlink {
    const NAME: &'static str = "unlink";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issueLink/{id}", "DELETE issue/{key}/remotelink/{id}"];
    const FAMILY: Family = Family::More;
    const EXAMPLES: &'static [&'static str] = &["unlink DEMO-7 DEMO-9", "unlink DEMO-7 https://example.org/plan"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("other", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        let other = args.other.trim().parse::<IssueKey>().ok();
        On::issues(std::iter::once(&args.key).chain(&other))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, other, relation } = &call.args;
        let issue = call.jira.issues().get_with(key, &["issuelinks"]).await.at(&call)?;
        let (key, about) = (&issue.key, show::about(&issue));
        let Ok(named) = other.trim().parse::<IssueKey>() else { return page(&call, &issue).await };
        // The other issue may have another key by now, and Jira names it so.
        let two = show::other(&call, &named).await?;
        let other = &two.key;
        let links = issue.links();
        let between: Vec<&Related> = links
            .iter()
            .filter(|link| link.key == *other && link.link.is_some())
            .filter(|link| relation.as_ref().is_none_or(|relation| *relation == link.relation))
            .collect();
        let (link, id) = match between.as_slice() {
            [] => return Err(Error::user(format!("{key} and {other} are not linked."))),
            [link] => match &link.link {
                Some(id) => (*link, id),
                None => return Err(Error::user(format!("{key} and {other} are not linked."))),
            },
            several => {
                let options = several.iter().map(|link| {
                    let args = serde_json::json!({ "key": key, "other": other, "relation": link.relation });
                    Offer::mine(format!("{} {other}", link.relation), show::deed(Self::NAME, args, call.site()))
                });
                let question = format!("{key} and {other} are linked more than once. Which link goes?");
                let pick = PickFrom { question, options: options.collect() };
                return Ok(Outcome::new(Shape::Pick(pick), about));
            }
        };
        if let Err(error) = call.jira.links().remove(id).await {
            return Err(show::why_not(&call, key, error).await);
        }
        let args = serde_json::json!({ "key": key, "how": format!("{} {other}", link.relation) });
        let undo = Offer::mine("Undo", show::deed("link", args, call.site()));
        let mut about = about;
        about.projects.insert(two.project.clone());
        about.restricted |= two.security;
        let words = format!("{key} no longer {} {other}.", link.relation);
        Ok(show::done(&issue, words, call.jira.site(), about).changed(key).offering([undo]))
    }
}

/// Takes the link to a page away.
async fn page(call: &Call<Args>, issue: &Issue) -> Result<Outcome, Error> {
    let (links, key, wanted) = (call.jira.links(), &issue.key, call.args.other.trim());
    let all = links.web(key).await.at(call)?;
    let same = |url: &str| url.trim_end_matches('/') == wanted.trim_end_matches('/');
    let Some(found) = all.iter().find(|link| same(&link.url)).or_else(|| all.iter().find(|link| link.title == wanted))
    else {
        return Err(Error::user_hint(
            format!("{key} has no link to `{}`.", crate::replies::shorten(wanted)),
            "Write the other issue's key, or the whole address of the page.",
        ));
    };
    links.remove_web(key, &found.id).await.at(call)?;
    let args = serde_json::json!({ "key": key, "url": found.url, "title": found.title });
    let undo = Offer::mine("Undo", show::deed("weblink", args, call.site()));
    let words = format!("{key} no longer links to {}.", found.title);
    Ok(show::done(issue, words, call.jira.site(), show::about(issue)).changed(key).offering([undo]))
}
