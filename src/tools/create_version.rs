//! `create-version`: adds a version to a project.

use clap::Args as ClapArgs;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, page, show};
use crate::{
    error::Error,
    fields,
    ids::{Access, Flags, ProjectKey},
    jira::{MANAGE_PROJECT, NewVersion},
    replies::{About, Done, Offer, Outcome, Shape, shorten},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct CreateVersion;

/// Add a version to a project
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// When it is to be released, such as 2026-12-01 or friday
    #[arg(long, value_name = "DAY")]
    pub date: Option<String>,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Its name, such as 2.1
    pub name: String,
}

impl Tool for CreateVersion {
    const NAME: &'static str = "create-version";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST version"];
    const SCOPES: &'static [&'static str] = MANAGE_PROJECT;
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["create-version DEMO 2.1", "create-version DEMO --date 2026-12-01 2.1"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { project, date, description, name } = &call.args;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let today = call.now().to_zoned(TimeZone::UTC).date();
        let date = match date {
            None => None,
            Some(word) => Some(fields::parse_day(word, today).ok_or_else(|| {
                Error::user_hint(
                    format!("`{}` is not a day.", shorten(word)),
                    "Write it as `2026-12-01`, `tomorrow`, `friday` or `+2w`.",
                )
            })?),
        };
        let new = NewVersion { name: &name, description: description.as_deref(), date };
        let made = call.jira.versions().create(project, &new).await.at(&call)?;
        let when = made.date.map(|date| format!(", due {}", page::day(date))).unwrap_or_default();
        let words = format!("{project} has a new version: {}{when}.", made.name);
        let done = Done { text: Text::plain(words), url: Some(call.jira.site().project_url(project).to_string()) };
        let args = serde_json::json!({ "project": project });
        let look = Offer::anyone("Versions", show::deed("versions", args, call.site()));
        let about = About::project(project.clone());
        let made = format!("version {} of {project}", made.name);
        Ok(Outcome::new(Shape::Done(done), about).made(made).offering([look]))
    }
}
