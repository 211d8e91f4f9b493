//! `versions`: what a project has released and is going to release.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::tree::Inline;

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{Cursor, Version},
    replies::{Offer, Outcome},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Versions;

/// List the versions of a project, with their dates
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

/// Buttons that release a version.
const BUTTONS: usize = 3;

impl Tool for Versions {
    const NAME: &'static str = "versions";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["GET project/{key}/versions"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["versions DEMO"];
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let project = &call.args.project;
        let mut all = call.jira.versions().list(project).await.at(&call)?;
        // What is still to come stands first, then what is out, the newest first; what is put away is last.
        all.reverse();
        all.sort_by_key(|one| (one.archived, one.released));
        let part = page::part(&all, call.args.page.as_ref());
        let head = match all.len() {
            0 => format!("{project} has no versions."),
            some => format!("{project} has {}", page::counted(some, "version")),
        };
        let text = page::text(head, part.items.iter().map(line).collect());
        let open = part.items.iter().filter(|one| !one.released && !one.archived).take(BUTTONS);
        let release = open.map(|one| {
            let args = serde_json::json!({ "project": project, "version": one.name });
            Offer::anyone(format!("Release {}", one.name), show::deed("release", args, call.site()))
        });
        let more = part.more(&call, Self::NAME, serde_json::json!({ "project": project }));
        let more = more.map(|deed| Offer::anyone("More", deed).instead());
        let offers: Vec<Offer> = release.chain(more).collect();
        Ok(page::of_project(project, text, call.jira.site()).offering(offers))
    }
}

/// `2.1 · due 3 Dec 2026: The winter release`.
fn line(version: &Version) -> Vec<Inline> {
    let date = version.date.map(page::day);
    let state = match (version.released, date) {
        (true, Some(date)) => format!("released {date}"),
        (true, None) => "released".to_owned(),
        (false, Some(date)) if version.overdue => format!("was due {date}"),
        (false, Some(date)) => format!("due {date}"),
        (false, None) => "no date yet".to_owned(),
    };
    let away = if version.archived { " · archived" } else { "" };
    let what = if version.description.is_empty() { String::new() } else { format!(": {}", version.description) };
    vec![format!("{} · {state}{away}{what}", version.name).into()]
}
