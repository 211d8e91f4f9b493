//! `request-types`: what customers of a service project can ask for.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, desk, page};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Cursor, READ_REQUESTS, RequestType},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct RequestTypes;

/// List what customers of a service project can ask for
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as HELP
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for RequestTypes {
    const NAME: &'static str = "request-types";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET servicedeskapi/servicedesk/{id}/requesttype"];
    const SCOPES: &'static [&'static str] = READ_REQUESTS;
    const FAMILY: Family = Family::Service;
    const EXAMPLES: &'static [&'static str] = &["request-types HELP"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let desk = desk::of(&call, &call.args.project).await?;
        let all = call.jira.desks().request_types(&desk).await.at(&call)?;
        let part = page::part(&all, call.args.page.as_ref());
        let project = &desk.project;
        let line = |one: &RequestType| {
            let what = one.description.trim();
            let what = if what.is_empty() { String::new() } else { format!(": {what}") };
            vec![Inline::text(format!("{}{what}", one.name))]
        };
        let head = match all.len() {
            0 => format!("Nothing can be asked for in {project}."),
            _ => format!("In {project} customers can ask for"),
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let more = part.more(&call, Self::NAME, serde_json::json!({ "project": project }));
        let more = more.map(|deed| Offer::anyone("More", deed).instead());
        Ok(page::of_project(project, text, call.jira.site()).offering(more))
    }
}
