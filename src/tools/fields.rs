//! `fields`: what creating an issue of a type asks for, what must be filled in first.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{Text, tree::Inline};

use super::{At, Call, Family, On, Source, Tool, Touches, page, places, show};
use crate::{
    error::Error,
    ids::{Access, Flags, ProjectKey},
    jira::FieldMeta,
    replies::{About, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Fields;

/// List what creating an issue asks for
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The project's key. Without it you are asked
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// The type, such as bug or task. Without it you are asked
    #[arg(value_name = "TYPE")]
    pub kind: Option<String>,
}

/// The most values of a field that are named.
const VALUES: usize = 8;

impl Tool for Fields {
    const NAME: &'static str = "fields";
    const ACCESS: Access = Access::Read;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] =
        &["GET issue/createmeta/{project}/issuetypes", "GET issue/createmeta/{project}/issuetypes/{type}"];
    const FAMILY: Family = Family::Projects;
    const EXAMPLES: &'static [&'static str] = &["fields DEMO bug", "fields DEMO"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("project", Source::Project), ("kind", Source::IssueType)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(args.project.as_ref())
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let again = |project: &ProjectKey, kind: Option<&str>| {
            show::deed(Self::NAME, serde_json::json!({ "project": project, "kind": kind }), call.site())
        };
        let Some(project) = &call.args.project else {
            return places::which_project(&call, places::NO_PROJECT, |key| again(key, call.args.kind.as_deref())).await;
        };
        let types = call.jira.createmeta().types(project).await.at(&call)?;
        let about = About::project(project.clone());
        let Some(word) = call.args.kind.as_deref().filter(|word| !word.trim().is_empty()) else {
            let options = types.iter().take(10).map(|one| Offer::mine(&one.name, again(project, Some(&one.name))));
            let pick = PickFrom { question: format!("Of which type in {project}?"), options: options.collect() };
            return match types.is_empty() {
                true => Err(Error::user(format!("Your Jira account may not create issues in {project}."))),
                false => Ok(Outcome::new(Shape::Pick(pick), about)),
            };
        };
        let what = format!("type in {project}");
        let found = places::one(&types, word, &what, |one| &one.name, about, |one| again(project, Some(&one.name)))?;
        let kind = match found {
            Ok(kind) => kind,
            Err(question) => return Ok(*question),
        };
        let mut screen = call.jira.createmeta().fields(project, &kind.id).await.at(&call)?;
        screen.retain(|field| !matches!(field.id.as_str(), "project" | "issuetype"));
        let (needed, rest): (Vec<FieldMeta>, Vec<FieldMeta>) =
            screen.into_iter().partition(|field| field.required && !field.has_default);
        let mut text =
            Text::new().paragraph([format!("Creating {} {} in {project} asks for", an(&kind.name), kind.name).into()]);
        text = text.block(page::list(needed.iter().map(line).collect()));
        if !rest.is_empty() {
            text = text.paragraph([Inline::text("and may have")]);
            text = text.block(page::list(rest.iter().map(line).collect()));
        }
        Ok(page::of_project(project, text, call.jira.site()))
    }
}

fn an(word: &str) -> &'static str {
    if word.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

/// `Browser: Chrome, Firefox, Safari`.
fn line(field: &FieldMeta) -> Vec<Inline> {
    let mut names: Vec<&str> = field.allowed.iter().map(|one| one.name.as_str()).collect();
    let hidden = names.len().saturating_sub(VALUES);
    names.truncate(VALUES);
    let more = if hidden > 0 { format!(" and {hidden} more") } else { String::new() };
    let values = if names.is_empty() { String::new() } else { format!(": {}{more}", names.join(", ")) };
    vec![format!("{}{values}", field.name).into()]
}
