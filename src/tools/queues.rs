//! `queues`: the queues of a service project.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, desk, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Queue, READ_REQUESTS},
    replies::{Offer, Outcome, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Queues;

/// List the queues of a service project
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as HELP
    #[schemars(with = "String")]
    pub project: ProjectKey,
}

/// Buttons that open a queue.
const BUTTONS: usize = 5;

impl Tool for Queues {
    const NAME: &'static str = "queues";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET servicedeskapi/servicedesk/{id}/queue"];
    const SCOPES: &'static [&'static str] = READ_REQUESTS;
    const FAMILY: Family = Family::Service;
    const EXAMPLES: &'static [&'static str] = &["queues HELP"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let desk = desk::of(&call, &call.args.project).await?;
        let queues = call.jira.desks().queues(&desk).await.at(&call)?;
        let project = &desk.project;
        // How many there are is only told where everything may be seen: a queue may reach beyond its project.
        let line = |one: &Queue| {
            let count = one.issue_count.filter(|_| call.jira.scope().is_all());
            let count = count.map(|count| format!(" · {count}")).unwrap_or_default();
            vec![Inline::text(format!("{}{count}", one.name))]
        };
        let head = match queues.len() {
            0 => format!("{project} has no queues."),
            some => format!("{project} has {}", page::counted(some, "queue")),
        };
        let text = page::text(head, queues.iter().map(line).collect());
        let open = queues.iter().take(BUTTONS).map(|one| {
            let args = serde_json::json!({ "project": project, "name": one.name });
            Offer::anyone(shorten(&one.name), show::deed("queue", args, call.site()))
        });
        let open: Vec<Offer> = open.collect();
        Ok(page::of_project(project, text, call.jira.site()).offering(open))
    }
}
