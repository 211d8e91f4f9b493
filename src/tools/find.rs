//! `find`: searches issues by plain words or JQL.

use std::collections::BTreeSet;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    At, Call, Family, On, Source, Tool, Touches,
    listing::{self, Listing},
    narrow, show,
};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey, ProjectKey},
    jira::{
        Cursor, Issue, Jql,
        jql::{Clause, Direction, Operand, Operator},
    },
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Find;

/// Find issues
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// Words and filters such as status:done assignee:me updated:-7d, or JQL after jql:
    pub words: Option<String>,
    /// Only in this project. Without it, in the one of `jira default`, if there is one
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Find {
    const NAME: &'static str = "find";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Search;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST search/jql", "POST search"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &[
        "find safari login",
        "find in DEMO status:open assignee:me updated:-7d",
        "find jql: assignee = currentUser() AND statusCategory != Done",
    ];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("in", "project")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("words", Source::Title), ("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On { subject: None, ..On::project(args.project.as_ref()) }
    }

    /// For plain words: a query says itself where it looks, and a key where it belongs.
    fn takes_default(args: &Args) -> bool {
        let words = args.words.as_deref().unwrap_or_default().trim().to_lowercase();
        let elsewhere = words.starts_with("jql:") || words.contains("project:");
        !words.is_empty() && !elsewhere && words.parse::<IssueKey>().is_err()
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { words, project, page } = &call.args;
        let words = words.as_deref().unwrap_or_default().trim();
        if let Ok(key) = words.parse::<IssueKey>() {
            // A whole key is a thing to open, not words to look for.
            if let Ok(issue) = call.jira.issues().get(&key).await {
                return Ok(listed(&call, vec![issue], None, Some(1)));
            }
        }
        let mut jql = match words.is_empty() && project.is_none() {
            true => Jql::new(Clause::call("assignee", "currentUser")).and(Clause::compare(
                "statusCategory",
                Operator::NotEquals,
                Operand::Text("Done".to_owned()),
            )),
            false => narrow::asked(&call, words).await?,
        };
        if let Some(project) = project {
            jql = jql.and(Clause::equals("project", project.as_str()));
        }
        if jql.clause().is_none() {
            return Err(Error::user_hint("There are no words to look for.", "Like this: `jira find safari login`."));
        }
        if !jql.is_ordered() {
            jql = jql.order_by("updated", Direction::Descending);
        }
        let found = call.jira.search().run(&jql, listing::PAGE, page.as_ref()).await.at(&call)?;
        Ok(listed(&call, found.items, found.next, found.total))
    }
}

fn listed(call: &Call<Args>, issues: Vec<Issue>, next: Option<Cursor>, total: Option<u64>) -> Outcome {
    let projects: BTreeSet<&ProjectKey> = issues.iter().map(|issue| &issue.project).collect();
    let what = match (&call.args.project, projects.iter().collect::<Vec<_>>().as_slice()) {
        (Some(project), _) => format!("in {project}"),
        (None, [project]) => format!("in {project}"),
        _ if call.args.words.is_none() => "assigned to you".to_owned(),
        _ => String::new(),
    };
    let more = next.map(|next| {
        let args = serde_json::json!({ "words": call.args.words, "project": call.args.project, "page": next });
        show::deed(Find::NAME, args, call.site())
    });
    listing::listed(call, &issues, Listing { what, total, further: call.args.page.is_some(), more })
}
