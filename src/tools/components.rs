//! `components`: the parts of what a project makes.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Component, Cursor},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Components;

/// List the components of a project
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// Where the page begins.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub page: Option<Cursor>,
}

impl Tool for Components {
    const NAME: &'static str = "components";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/{key}/components"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["components DEMO"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let project = &call.args.project;
        let all = call.jira.projects().components(project).await.at(&call)?;
        let part = page::part(&all, call.args.page.as_ref());
        let line = |one: &Component| {
            let lead = one.lead.as_ref().map(|lead| format!(" · {}", lead.name)).unwrap_or_default();
            let what = if one.description.is_empty() { String::new() } else { format!(": {}", one.description) };
            vec![Inline::text(format!("{}{lead}{what}", one.name))]
        };
        let head = match all.len() {
            0 => format!("{project} has no components."),
            some => format!("{project} has {}", page::counted(some, "component")),
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let more = part.more(&call, Self::NAME, serde_json::json!({ "project": project }));
        let more = more.map(|deed| Offer::anyone("More", deed).instead());
        Ok(page::of_project(project, text, call.jira.site()).offering(more))
    }
}
