//! `move`: gives an issue another project, or another type.

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Call, Family, On, Source, Tool, Touches, choose, show};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey, ProjectKey, SiteKind},
    jira::{Issue, TypeId},
    replies::{Done, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Move;

/// Move an issue to another project or type
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// To this project
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// As this type, such as bug
    #[arg(id = "type", long = "type", value_name = "TYPE")]
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl Tool for Move {
    const NAME: &'static str = "move";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT issue/{key}", "POST bulk/issues/move"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] =
        &["move DEMO-7 to WEB", "move DEMO-7 as bug", "move DEMO-7 to WEB as task"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("to", "project"), ("as", "type")];
    const COMPLETES: &'static [(&'static str, Source)] =
        &[("key", Source::Issue), ("project", Source::Project), ("type", Source::IssueType)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On {
            projects: std::iter::once(args.key.project()).chain(&args.project).cloned().collect(),
            ..On::issue(&args.key)
        }
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, project, kind } = &call.args;
        let kind = kind.as_deref().map(str::trim).filter(|kind| !kind.is_empty());
        let issue = call.jira.issues().get(key).await.at(&call)?;
        match (project.as_ref().filter(|project| **project != issue.project), kind) {
            (Some(project), kind) => elsewhere(&call, &issue, project, kind).await,
            (None, Some(kind)) => as_type(&call, &issue, kind).await,
            (None, None) => Err(match project {
                Some(project) => Error::user(format!("{} is in {project} already.", issue.key)),
                None => Error::user_hint(
                    "Say where it goes.",
                    format!("Like this: `jira move {key} to WEB` or `jira move {key} as bug`."),
                ),
            }),
        }
    }
}

/// Another type of the same project.
async fn as_type(call: &Call<Args>, issue: &Issue, word: &str) -> Result<Outcome, Error> {
    let key = &issue.key;
    let screen = call.jira.issues().editable(key).await.at(call)?;
    let allowed =
        screen.into_iter().find(|field| field.id == "issuetype").map(|field| field.allowed).unwrap_or_default();
    if allowed.is_empty() {
        return Ok(by_hand(
            call,
            issue,
            &format!("Jira does not let your account change the type of {key} from here."),
        ));
    }
    let found = choose::by_name(&allowed, word, |kind| vec![&kind.name]);
    let kind = match found.as_slice() {
        [kind] => *kind,
        _ => return Err(which(key, word, &allowed.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>())),
    };
    if kind.name == issue.kind {
        return Err(Error::user(format!("{key} is a {} already.", kind.name)));
    }
    let id: TypeId = kind.id.parse().map_err(Error::internal)?;
    call.jira.moves().to_type(key, &id).await.at(call)?;
    let args = serde_json::json!({ "key": key, "type": issue.kind });
    let undo = Offer::mine("Undo", show::deed(Move::NAME, args, call.site()));
    let words = format!("{key}: {} -> {}.", issue.kind, kind.name);
    Ok(show::done(issue, words, call.jira.site(), show::about(issue)).changed(key).offering([undo]))
}

/// Another project. Data Center has no interface for that.
async fn elsewhere(
    call: &Call<Args>,
    issue: &Issue,
    project: &ProjectKey,
    kind: Option<&str>,
) -> Result<Outcome, Error> {
    let key = &issue.key;
    if call.jira.site().kind == SiteKind::DataCenter {
        let words = "This Jira lets nobody move an issue to another project from outside. Its own page does it.";
        return Ok(by_hand(call, issue, words));
    }
    let mut types = call.jira.createmeta().types(project).await.at(call)?;
    types.retain(|kind| !kind.subtask);
    if types.is_empty() {
        return Err(Error::user(format!("Your Jira account may not create issues in {project}.")));
    }
    let word = kind.unwrap_or(&issue.kind);
    let found = choose::by_name(&types, word, |kind| vec![&kind.name]);
    let kind = match found.as_slice() {
        [kind] => *kind,
        _ => {
            let names: Vec<&str> = types.iter().map(|kind| kind.name.as_str()).collect();
            let short = crate::replies::shorten(word);
            return Err(Error::user_hint(
                format!("\"{short}\" names no type of {project}, or several."),
                format!("Add `as` and one of {}.", show::and(&names)),
            ));
        }
    };
    match call.jira.moves().to_project(key, project, &kind.id).await {
        Ok(()) => {}
        Err(JiraError::Forbidden { .. }) => {
            let words = format!("Your Jira account may not move {key} from here. Jira's own page may let you.");
            return Ok(by_hand(call, issue, &words));
        }
        Err(error) => return Err(error.at(call.site())),
    }
    // The old key leads to the issue, wherever it is.
    let after = call.jira.issues().get(key).await.ok();
    let now = after.as_ref().map_or(key, |after| &after.key);
    let words = match &after {
        Some(after) => format!("{key} is {} now: {} · {}.", after.key, after.kind, after.status.name),
        None => format!("{key} is in {project} now."),
    };
    let mut about = show::about_changed(now, after.as_ref());
    about.projects.insert(issue.project.clone());
    let args = serde_json::json!({ "key": now, "project": issue.project, "type": issue.kind });
    let undo = Offer::mine("Undo", show::deed(Move::NAME, args, call.site()));
    let shown = after.as_ref().unwrap_or(issue);
    Ok(show::done(shown, words, call.jira.site(), about).changed(now).offering([undo]))
}

fn which(key: &IssueKey, word: &str, names: &[&str]) -> Error {
    let word = crate::replies::shorten(word);
    Error::user_hint(format!("{key} cannot become a \"{word}\"."), format!("It can become {}.", show::and(names)))
}

/// What Jira does on its own page only.
fn by_hand(call: &Call<Args>, issue: &Issue, words: &str) -> Outcome {
    let url = Some(call.jira.site().move_url(&issue.key).to_string());
    let text = format!("{words} Nothing was moved.").into();
    Outcome::new(Shape::Done(Done { text, url }), show::about(issue))
}
