//! `queue`: the issues of a queue, as any other search.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    At, Call, Family, On, Source, Tool, Touches, desk,
    listing::{self, Listing},
    places, show,
};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{self, Cursor, Jql, READ_REQUESTS, jql::Clause},
    replies::{About, Outcome, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Queue;

/// Show the issues of a queue
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as HELP
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// The queue's name, or a part of it
    pub name: String,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Queue {
    const NAME: &'static str = "queue";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] =
        &["GET servicedeskapi/servicedesk/{id}/queue", "POST search/jql", "POST search"];
    const SCOPES: &'static [&'static str] = READ_REQUESTS;
    const FAMILY: Family = Family::Service;
    const EXAMPLES: &'static [&'static str] = &["queue HELP unassigned"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("name", Source::Queue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { project, name, page } = &call.args;
        let desk = desk::of(&call, project).await?;
        let queues = call.jira.desks().queues(&desk).await.at(&call)?;
        let project = &desk.project;
        let again = |one: &jira::Queue, page: Option<&Cursor>| {
            let args = serde_json::json!({ "project": project, "name": one.name, "page": page });
            show::deed(Self::NAME, args, call.site())
        };
        let (what, about) = (format!("queue of {project}"), About::project(project.clone()));
        let queue = match places::one(&queues, name, &what, |one| &one.name, about, |one| again(one, None))? {
            Ok(queue) => queue,
            Err(question) => return Ok(*question),
        };
        let jql = Jql::parse(&queue.jql).map_err(|error| {
            let message = format!("I can't read what `{}` searches. {error}", shorten(&queue.name).replace('`', ""));
            Error::user_hint(message, "Open it in Jira.")
        })?;
        let jql = jql.and(Clause::equals("project", project.as_str()));
        let found = call.jira.search().run(&jql, listing::PAGE, page.as_ref()).await.at(&call)?;
        let listing = Listing {
            what: format!("in {} of {project}", queue.name),
            total: found.total,
            further: page.is_some(),
            more: found.next.as_ref().map(|next| again(queue, Some(next))),
        };
        let mut outcome = listing::listed(&call, &found.items, listing);
        outcome.about.projects.insert(project.clone());
        Ok(outcome)
    }
}
