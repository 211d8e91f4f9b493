//! `assign`: gives an issue to somebody, or to nobody.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{
    At, Call, Family, On, Source, Tool, Touches, choose,
    people::{self, Meant},
    show,
};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::Candidates,
    replies::{About, Done, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Assign;

/// Give an issue to somebody
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// Who gets it: me, nobody, a person of this chat, or a name
    pub who: String,
}

impl Tool for Assign {
    const NAME: &'static str = "assign";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT issue/{key}/assignee"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["assign DEMO-7 me", "assign DEMO-7 grace", "assign DEMO-7 nobody"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("who", Source::Assignee)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, who } = &call.args;
        let word = who.trim().strip_prefix("to ").unwrap_or(who);
        let (account, name) = match people::meant(&call, word, Candidates::Issue(key)).await? {
            Meant::Nobody => (None, Some("nobody".to_owned())),
            Meant::One(account, name) => (Some(account), name),
            // Others may read the answer, so that "you" would not do.
            Meant::Asker(account) => (Some(account), None),
            Meant::Several(users) => {
                let question = format!("{} people match \"{}\". Which one?", choose::count(users.len()), word.trim());
                let options = users.iter().take(10).map(|user| {
                    let args = serde_json::json!({ "key": key, "who": people::by_id(&user.account) });
                    Offer::mine(&user.name, show::deed(Self::NAME, args, call.site()))
                });
                let pick = PickFrom { question, options: options.collect() };
                return Ok(Outcome::new(Shape::Pick(pick), About::project(key.project().clone())));
            }
        };
        let issues = call.jira.issues();
        issues.assign(key, account.as_ref()).await.at(&call)?;
        // The assignment stands, even where it cannot be read how the issue looks now.
        let issue = issues.get(key).await.ok();
        let key = issue.as_ref().map_or(key, |issue| &issue.key);
        let name = name.or_else(|| Some(issue.as_ref()?.assignee.as_ref()?.name.clone()));
        let words = match name {
            Some(name) => format!("{key} is assigned to {name}."),
            None => format!("{key} is assigned."),
        };
        let url = call.jira.site().browse_url(key).to_string();
        let done = Done { text: Text::plain(words), url: Some(url) };
        Ok(Outcome::new(Shape::Done(done), show::about_changed(key, issue.as_ref())).changed(key))
    }
}
