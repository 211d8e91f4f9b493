//! `statuses`: the statuses that issues of a project go through.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Status, TypeStatuses},
    replies::Outcome,
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Statuses;

/// List the statuses that issues of a project go through
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
}

impl Tool for Statuses {
    const NAME: &'static str = "statuses";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/{key}/statuses"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["statuses DEMO"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let project = &call.args.project;
        let types = call.jira.projects().statuses(project).await.at(&call)?;
        // Types with the same statuses share a line.
        let mut kinds: Vec<(Vec<&str>, &[Status])> = Vec::new();
        for TypeStatuses { name, statuses } in &types {
            match kinds.iter_mut().find(|(_, known)| *known == statuses.as_slice()) {
                Some((names, _)) => names.push(name),
                None => kinds.push((vec![name], statuses)),
            }
        }
        let line = |(names, statuses): &(Vec<&str>, &[Status])| {
            let statuses: Vec<&str> = statuses.iter().map(|one| one.name.as_str()).collect();
            vec![Inline::text(format!("{}: {}", names.join(", "), statuses.join(", ")))]
        };
        let text = page::text(format!("Statuses in {project}"), kinds.iter().map(line).collect());
        Ok(page::of_project(project, text, call.jira.site()))
    }
}
