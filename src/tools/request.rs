//! `request`: asks for something in a service project, as a customer does.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, desk, form, places, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey, ProjectKey},
    jira::{Candidates, FieldMeta, RequestType},
    replies::{About, IssueCard, IssueLine, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Request;

/// Ask for something in a service project
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key, such as HELP
    #[schemars(with = "String")]
    pub project: ProjectKey,
    /// What kind of request, or a part of its name; in quotes where it has several words
    #[arg(value_name = "TYPE")]
    pub kind: String,
    /// What it is about, in Markdown
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The title
    #[arg(value_name = "TITLE")]
    pub summary: Option<String>,
    /// What the kind of request asks for, by field id.
    #[arg(skip)]
    #[serde(default)]
    #[schemars(skip)]
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Tool for Request {
    const NAME: &'static str = "request";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags { customer_visible: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST servicedeskapi/request"];
    const SCOPES: &'static [&'static str] = &["read:servicedesk-request", "write:servicedesk-request"];
    const FAMILY: Family = Family::Service;
    const EXAMPLES: &'static [&'static str] =
        &["request HELP \"new laptop\" A laptop for Grace", "request HELP access"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("kind", Source::RequestType)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(Some(&args.project))
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let desk = desk::of(&call, &call.args.project).await?;
        let (desks, project) = (call.jira.desks(), &desk.project);
        let about = About::project(project.clone());
        let again = |kind: &str| {
            let args = Args { kind: kind.to_owned(), ..call.args.clone() };
            show::deed(Self::NAME, serde_json::to_value(args).unwrap_or_default(), call.site())
        };
        let kinds = desks.request_types(&desk).await.at(&call)?;
        let what = format!("kind of request in {project}");
        let found =
            places::one(&kinds, &call.args.kind, &what, |one| &one.name, about.clone(), |one| again(&one.name))?;
        let kind = match found {
            Ok(kind) => kind,
            Err(question) => return Ok(*question),
        };
        let screen = desks.fields(&desk, &kind.id).await.at(&call)?;
        let given = given(&call.args, &screen);
        let filled = form::fill(&call, &screen, &given, Candidates::Project(project), again(&kind.name)).await?;
        let values = match filled {
            form::Filled::Whole(values) => values,
            form::Filled::Asks { mut form, problems } => {
                form.title = format!("{} in {project}", kind.name);
                let why = form::why(&problems, &format!("{} asks for", kind.name), form.fields.len(), "");
                return Ok(Outcome::new(Shape::Form { why, form }, about));
            }
        };
        let made = desks.create(&desk, &kind.id, &values).await;
        let key = made.map_err(|error| form::named(error, &screen).at(call.site()))?;
        Ok(said(&call, &key, kind).await)
    }
}

/// What was given, as far as the kind of request asks for it.
fn given(args: &Args, screen: &[FieldMeta]) -> BTreeMap<String, Vec<String>> {
    let mut given = args.fields.clone();
    let typed = [("summary", &args.summary), ("description", &args.description)];
    for (id, words) in typed {
        let words = words.as_deref().map(str::trim).filter(|words| !words.is_empty());
        if let Some(words) = words.filter(|_| screen.iter().any(|field| field.id == id)) {
            given.entry(id.to_owned()).or_insert_with(|| vec![words.to_owned()]);
        }
    }
    given
}

/// The request exists from here on: whatever fails now must not look as if it did not.
async fn said(call: &Call<Args>, key: &IssueKey, kind: &RequestType) -> Outcome {
    let site = call.jira.site();
    let issue = call.jira.issues().get(key).await.ok();
    let who = issue.as_ref().and_then(|issue| Some(issue.reporter.as_ref()?.name.clone()));
    let line = match &issue {
        Some(issue) => show::line(issue, site),
        None => IssueLine {
            key: Some(key.clone()),
            title: call.args.summary.clone().unwrap_or_default(),
            url: Some(site.browse_url(key).to_string()),
            ..IssueLine::default()
        },
    };
    let lead = who.map_or_else(|| "Asked for".to_owned(), |name| format!("{name} asked for"));
    // What was asked for says more than the type of issue that Jira made of it.
    let line = IssueLine { kind: Some(kind.name.clone()), status: None, ..line };
    let card = IssueCard { lead: Some(lead), line, ..IssueCard::default() };
    Outcome::new(Shape::Card(Box::new(card)), show::about_changed(key, issue.as_ref()))
        .changed(key)
        .offering(show::next_steps(key, call.site().clone()))
}
