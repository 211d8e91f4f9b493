//! `release`: releases a version, and asks what becomes of what is still open.

use clap::Args as ClapArgs;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, page, places, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::{MANAGE_PROJECT, Version, VersionId},
    replies::{About, Done, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Release;

/// Release a version
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as DEMO
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// The version's name
    pub version: String,
    /// What becomes of its issues that are still open.
    #[arg(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub open: Option<Open>,
}

/// What becomes of the open issues of a version that is released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// They stay with it.
    Stay,
    /// They move to this version.
    Move(VersionId),
}

/// The versions that are offered to take the open issues.
const OFFERED: usize = 3;

impl Tool for Release {
    const NAME: &'static str = "release";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags { bulk: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["PUT version/{id}"];
    const SCOPES: &'static [&'static str] = MANAGE_PROJECT;
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["release DEMO 2.1"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("version", Source::Version)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let project = &call.args.project;
        let again = |version: &Version, open: Option<Open>| {
            let args = Args { version: version.name.clone(), open, ..call.args.clone() };
            show::deed(Self::NAME, serde_json::to_value(args).unwrap_or_default(), call.site())
        };
        let fits = |one: &Version| !one.released && !one.archived;
        let found = places::version(&call, project, &call.args.version, fits, |one| again(one, None)).await?;
        let (version, all) = match found {
            Ok(found) => found,
            Err(question) => return Ok(*question),
        };
        let about = About::project(project.clone());
        if version.released {
            return Err(Error::user(format!("{} of {project} is released already.", version.name)));
        }
        let versions = call.jira.versions();
        let left = versions.unresolved(project, &version.id).await.at(&call)?;
        if left > 0 && call.args.open.is_none() {
            let are = if left == 1 { "1 issue of it is".to_owned() } else { format!("{left} issues of it are") };
            let question = format!("{} in {project}: {are} still open. Release it?", version.name);
            let mut options = vec![Offer::mine("Release, and leave them", again(&version, Some(Open::Stay)))];
            let others = all.iter().filter(|one| fits(one) && one.id != version.id).take(OFFERED);
            options.extend(others.map(|other| {
                let open = Some(Open::Move(other.id.clone()));
                Offer::mine(format!("Move them to {}, then release", other.name), again(&version, open))
            }));
            return Ok(Outcome::new(Shape::Pick(PickFrom { question, options }), about));
        }
        let to = match &call.args.open {
            Some(Open::Move(id)) => all.iter().find(|one| one.id == *id),
            _ => None,
        };
        let today = call.now().to_zoned(TimeZone::UTC).date();
        versions.release(project, &version.id, today, to.map(|one| &one.id)).await.at(&call)?;
        let moved = match (to, left) {
            (Some(to), 1..) => format!(" {} moved to {}.", page::counted(issues(left), "open issue"), to.name),
            _ => String::new(),
        };
        let words = format!("{} of {project} is released.{moved}", version.name);
        let done = Done { text: Text::plain(words), url: Some(call.jira.site().project_url(project).to_string()) };
        let args = serde_json::json!({ "project": project, "version": version.name, "date": version.date });
        let undo = Offer::mine("Undo", show::deed("unrelease", args, call.site()));
        let made = format!("version {} of {project}: released", version.name);
        // What has moved to another version stays there, so the way back is only whole where nothing has.
        let undo = moved.is_empty().then_some(undo);
        Ok(Outcome::new(Shape::Done(done), about).made(made).offering(undo))
    }
}

fn issues(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
