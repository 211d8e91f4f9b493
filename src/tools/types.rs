//! `types`: the types that a project's issues may have.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, places, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::ProjectType,
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Types;

/// List the types that issues of a project may have
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key. Without it you are asked
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
}

impl Tool for Types {
    const NAME: &'static str = "types";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/{key}"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["types DEMO", "types"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(args.project.as_ref())
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Some(project) = &call.args.project else {
            let again = |key: &ProjectKey| show::deed(Self::NAME, serde_json::json!({ "project": key }), call.site());
            return places::which_project(&call, places::NO_PROJECT, again).await;
        };
        let found = call.jira.projects().details(project).await.at(&call)?;
        let line = |one: &ProjectType| {
            let part = if one.subtask { " (a part of another issue)" } else { "" };
            let what =
                if one.description.trim().is_empty() { String::new() } else { format!(": {}", one.description.trim()) };
            vec![Inline::text(format!("{}{part}{what}", one.name))]
        };
        let head = format!("{} has {}", found.key, page::counted(found.types.len(), "type"));
        let text = page::text(head, found.types.iter().map(line).collect());
        Ok(page::of_project(&found.key, text, call.jira.site()))
    }
}
