//! `delete`: removes an issue for good.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Issue, duration},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Delete;

/// Delete an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// With its subtasks: Jira refuses to delete an issue without them
    #[arg(long)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subtasks: bool,
}

/// As many subtasks are named.
const NAMED: usize = 5;

impl Tool for Delete {
    const NAME: &'static str = "delete";
    const ACCESS: Access = Access::Destructive;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["DELETE issue/{key}"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["delete DEMO-7", "delete DEMO-7 --subtasks"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, subtasks } = &call.args;
        let issue = call.jira.issues().get_with(key, &["subtasks"]).await.at(&call)?;
        let (key, about) = (&issue.key, show::about(&issue));
        let below = issue.subtasks().len();
        if below > 0 && !subtasks {
            let args = serde_json::json!({ "key": key, "subtasks": true });
            let both = Offer::mine("Delete with subtasks", show::deed(Self::NAME, args, call.site()));
            let them = if below == 1 { "a subtask".to_owned() } else { format!("{below} subtasks") };
            let words = format!("{key} has {them}, and Jira deletes it only together with them. Nothing was deleted.");
            return Ok(Outcome::new(Shape::Text(Text::plain(words)), about).offering([both]));
        }
        call.jira.issues().delete(key, *subtasks).await.at(&call)?;
        let with = match below {
            0 => String::new(),
            1 => " and its subtask".to_owned(),
            below => format!(" and its {below} subtasks"),
        };
        let are = if below == 0 { "is" } else { "are" };
        let done = Done { text: Text::plain(format!("{key} {}{with} {are} deleted.", issue.summary)), url: None };
        Ok(Outcome::new(Shape::Done(done), about).changed(key))
    }

    async fn warns(call: Call<Args>) -> Result<Option<String>, Error> {
        let Args { key, subtasks } = &call.args;
        let (issues, comments) = (call.jira.issues(), call.jira.comments());
        let read = futures::try_join!(issues.get_with(key, &["subtasks", "attachment"]), comments.list(key, 1, None));
        let (issue, said) = read.at(&call)?;
        Ok(Some(warning(&issue, said.total.unwrap_or_default(), *subtasks)))
    }
}

/// `With it go the subtasks DEMO-8 and DEMO-9, 3 comments, 1 file and 2h of logged time.`
fn warning(issue: &Issue, comments: u64, subtasks: bool) -> String {
    let counted = |number: u64, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let keys: Vec<String> = issue.subtasks().iter().map(|subtask| subtask.key.to_string()).collect();
    let named: Vec<&str> = keys.iter().map(String::as_str).take(NAMED).collect();
    let below = match (named.as_slice(), keys.len() - named.len()) {
        ([], _) => None,
        ([one], 0) => Some(format!("the subtask {one}")),
        (named, 0) => Some(format!("the subtasks {}", show::and(named))),
        (named, more) => Some(format!("the subtasks {} and {more} more", named.join(", "))),
    };
    let rest = [
        counted(comments, "comment", "comments"),
        counted(issue.attachments().len() as u64, "file", "files"),
        issue.spent.filter(|spent| *spent > 0).map(|spent| format!("{} of logged time", duration::format(spent))),
    ];
    let mut words = format!("It is called \"{}\".", issue.summary);
    let gone: Vec<String> = below.iter().filter(|_| subtasks).cloned().chain(rest.into_iter().flatten()).collect();
    let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    match gone.as_slice() {
        [] => {}
        [one] if one.starts_with("1 ") || one.starts_with("the subtask ") => {
            words.push_str(&format!(" With it goes {one}."))
        }
        gone => words.push_str(&format!(" With it go {}.", show::and(gone))),
    }
    if let Some(below) = below.filter(|_| !subtasks) {
        words.push_str(&format!(" Jira refuses to delete it without {below}: `--subtasks` takes them along."));
    }
    words
}
