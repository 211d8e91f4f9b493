//! `unrelease`: takes the release of a version back.

use clap::Args as ClapArgs;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, places, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{MANAGE_PROJECT, Version},
    replies::{About, Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Unrelease;

/// Take the release of a version back
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// The version's name
    pub version: String,
    /// The date that it had before it was released.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub date: Option<Date>,
}

impl Tool for Unrelease {
    const NAME: &'static str = "unrelease";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT version/{id}"];
    const SCOPES: &'static [&'static str] = MANAGE_PROJECT;
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["unrelease DEMO 2.1"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("version", Source::Version)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { project, version, date } = &call.args;
        let again = |one: &Version| {
            let args = serde_json::json!({ "project": project, "version": one.name, "date": date });
            show::deed(Self::NAME, args, call.site())
        };
        let found = places::version(&call, project, version, |one| one.released, again).await?;
        let version = match found {
            Ok((version, _)) => version,
            Err(question) => return Ok(*question),
        };
        if !version.released {
            return Err(Error::user(format!("{} of {project} is not released.", version.name)));
        }
        call.jira.versions().unrelease(project, &version.id, *date).await.at(&call)?;
        let words = format!("{} of {project} is no longer released.", version.name);
        let done = Done { text: Text::plain(words), url: Some(call.jira.site().project_url(project).to_string()) };
        let made = format!("version {} of {project}: release taken back", version.name);
        Ok(Outcome::new(Shape::Done(done), About::project(project.clone())).made(made))
    }
}
