//! `project`: one project, and what it is made of.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{Text, tree::Inline};

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Project;

/// Show a project: what it is for, who leads it, its types
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
}

impl Tool for Project {
    const NAME: &'static str = "project";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/{key}"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["project DEMO"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let found = call.jira.projects().details(&call.args.project).await.at(&call)?;
        let mut text =
            Text::new().paragraph([Inline::strong(found.key.to_string()), format!("  {}", found.name).into()]);
        if !found.description.trim().is_empty() {
            text = text.then(Text::plain(found.description.trim()));
        }
        let mut facts = Vec::new();
        if let Some(lead) = &found.lead {
            facts.push(format!("Lead: {}", lead.name));
        }
        if found.purpose == "service_desk" {
            facts.push("Serves customers".to_owned());
        }
        if !found.types.is_empty() {
            let types: Vec<&str> = found.types.iter().map(|one| one.name.as_str()).collect();
            facts.push(format!("Types: {}", types.join(", ")));
        }
        if !facts.is_empty() {
            text = text.paragraph([facts.join(" · ").into()]);
        }
        let look = |label: &str, tool: &str| {
            Offer::anyone(label, show::deed(tool, serde_json::json!({ "project": found.key }), call.site()))
        };
        let offers = [look("Versions", "versions"), look("Components", "components"), look("Statuses", "statuses")];
        Ok(page::of_project(&found.key, text, call.jira.site()).offering(offers))
    }
}
