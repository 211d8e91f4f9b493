//! `create`: makes an issue, and asks for what the project requires.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::{ButtonStyle, Text};

use super::{
    At, Call, Family, On, Source, Tool, Touches, choose, form, mentions,
    people::{self, Meant},
    places, show,
};
use crate::{
    error::{Error, JiraError},
    fields,
    ids::{Access, Flags, IssueKey, ProjectKey},
    jira::{Candidates, FieldMeta, IssueType, NewIssue, OperationId},
    replies::{About, Effect, IssueCard, IssueLine, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Create;

/// Create an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The type, such as bug or task. Without it, the one of your last issue there
    #[arg(id = "type", value_name = "TYPE")]
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The title
    #[arg(value_name = "TITLE")]
    pub summary: Option<String>,
    /// The project. Without it, the one of your last issue
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// Who gets it: me, nobody, a person of this chat, or a name
    #[arg(long, value_name = "WHO")]
    pub assignee: Option<String>,
    /// The priority
    #[arg(long, value_name = "PRIORITY")]
    pub priority: Option<String>,
    /// What it is about, in Markdown
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// More fields, such as "sprint: Sprint 3; labels: urgent"
    #[arg(long, value_name = "FIELDS")]
    pub set: Option<String>,
    /// What the project asks for, by field id.
    #[arg(skip)]
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Tool for Create {
    const NAME: &'static str = "create";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &[
        "create bug in DEMO Search box loses focus",
        "create task in DEMO for grace --priority high Renew the certificate",
        "create story in DEMO --set \"sprint: Sprint 3; labels: urgent\" Show the oil pressure",
    ];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("in", "project"), ("for", "assignee")];
    const REST: bool = true;
    const REMEMBERS: &'static [&'static str] = &["project", "type"];
    const RICH: &'static [&'static str] = &["description"];
    const COMPLETES: &'static [(&'static str, Source)] = &[
        ("type", Source::IssueType),
        ("project", Source::Project),
        ("assignee", Source::Assignee),
        ("priority", Source::Priority),
    ];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(args.project.as_ref())
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Some(project) = call.args.project.clone() else { return which_project(&call).await };
        let about = About::project(project.clone());
        let meta = call.jira.createmeta();
        let mut types = meta.types(&project).await.at(&call)?;
        // A sub-task needs a parent, which is not asked for here.
        types.retain(|kind| !kind.subtask);
        let kind = match choose::by_name(&types, call.args.kind.as_deref().unwrap_or_default(), |kind| vec![&kind.name])
            .as_slice()
        {
            [kind] => (*kind).clone(),
            found => return which_type(&call, &project, &types, found),
        };
        let screen = meta.fields(&project, &kind.id).await.at(&call)?;
        let mut given = call.args.fields.clone();
        if let Some(summary) = call.args.summary.as_deref().map(str::trim).filter(|summary| !summary.is_empty()) {
            given.entry("summary".to_owned()).or_insert_with(|| vec![one_line(summary)]);
        }
        if let Some(priority) = &call.args.priority {
            given.entry("priority".to_owned()).or_insert_with(|| vec![priority.clone()]);
        }
        for (name, value) in fields_set(call.args.set.as_deref().unwrap_or_default())? {
            let field = set_field(&project, &kind, &screen, name)?;
            given.entry(field.id.clone()).or_insert_with(|| vec![value.to_owned()]);
        }
        if let Some(who) = &call.args.assignee {
            match people::meant(&call, who, Candidates::Project(&project)).await? {
                Meant::Nobody => {}
                Meant::Asker(account) | Meant::One(account, _) => {
                    given.insert("assignee".to_owned(), vec![people::by_id(&account)]);
                }
                Meant::Several(users) => {
                    let options = users.iter().take(10).map(|user| {
                        let args = Args { assignee: Some(people::by_id(&user.account)), ..call.args.clone() };
                        Offer::mine(&user.name, again(&call, &args))
                    });
                    let question = format!("Several people match \"{}\". Which one?", who.trim());
                    return Ok(Outcome::new(Shape::Pick(PickFrom { question, options: options.collect() }), about));
                }
            }
        }
        let screen: Vec<FieldMeta> = screen.into_iter().filter(settable).collect();
        let mut values =
            match form::fill(&call, &screen, &given, Candidates::Project(&project), again(&call, &call.args)).await? {
                form::Filled::Whole(values) => values,
                form::Filled::Asks { mut form, problems } => {
                    form.title = format!("{} in {project}", kind.name);
                    let an = if kind.name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
                    let end = format!(" on {an} {}", kind.name);
                    let why = form::why(&problems, &format!("{project} asks for"), form.fields.len(), &end);
                    return Ok(Outcome::new(Shape::Form { why, form }, about));
                }
            };
        let summary = match values.remove("summary") {
            Some(serde_json::Value::String(summary)) => summary,
            _ => given.get("summary").and_then(|words| words.first()).cloned().unwrap_or_default(),
        };
        let description = call.args.description.as_deref().map(|text| mentions::body(&call, text));
        let operation = OperationId::random();
        let new = NewIssue { project, kind: kind.id.clone(), summary, description, fields: values, operation };
        let key = match call.jira.issues().create(&new).await {
            Ok(made) => made.key,
            Err(JiraError::Unknown { detail }) => match lost(&call, &new).await {
                Some(Found::There(key)) => key,
                Some(Found::NotThere) => return Ok(not_there(&call, &new, &kind)),
                None => return Err(JiraError::Unknown { detail }.at(call.site())),
            },
            Err(error) => return Err(form::named(error, &screen).at(call.site())),
        };
        Ok(created(&call, &key, &new, &kind).await)
    }
}

enum Found {
    There(IssueKey),
    NotThere,
}

/// The answer to a create got lost: looks whether the issue is there.
async fn lost(call: &Call<Args>, new: &NewIssue) -> Option<Found> {
    match call.jira.issues().find_by_operation(new).await {
        Ok(Some(found)) => Some(Found::There(found.key)),
        Ok(None) => Some(Found::NotThere),
        Err(_) => None,
    }
}

fn not_there(call: &Call<Args>, new: &NewIssue, kind: &IssueType) -> Outcome {
    let words = format!(
        "Jira did not confirm that {} has your {}. I looked: it is not there.",
        new.project,
        kind.name.to_lowercase()
    );
    let retry = Offer::mine("Try again", again(call, &call.args)).style(ButtonStyle::Primary);
    let mut outcome = Outcome::new(Shape::Text(Text::plain(words)), About::project(new.project.clone()));
    outcome.effect = Effect::Unknown;
    outcome.offering([retry])
}

/// The issue exists from here on: whatever fails now must not look as if it did not.
async fn created(call: &Call<Args>, key: &IssueKey, new: &NewIssue, kind: &IssueType) -> Outcome {
    let site = call.jira.site();
    let (card, about) = match call.jira.issues().get(key).await {
        Ok(issue) => {
            let who = issue.reporter.as_ref().map(|user| user.name.clone());
            let lead = who.map_or_else(|| "Created".to_owned(), |name| format!("{name} created"));
            let line = IssueLine { status: None, ..show::line(&issue, site) };
            (IssueCard { lead: Some(lead), line, ..IssueCard::default() }, show::about(&issue))
        }
        Err(_) => {
            let line = IssueLine {
                key: Some(key.clone()),
                title: new.summary.clone(),
                kind: Some(kind.name.clone()),
                url: Some(site.browse_url(key).to_string()),
                ..IssueLine::default()
            };
            let card = IssueCard { lead: Some("Created".to_owned()), line, ..IssueCard::default() };
            // Unread means unknown: who may see it was not told, so only the asker does.
            (card, About { restricted: true, ..About::project(key.project().clone()) })
        }
    };
    Outcome::new(Shape::Card(Box::new(card)), about).changed(key).offering(show::next_steps(key, site.id.clone()))
}

async fn which_project(call: &Call<Args>) -> Result<Outcome, Error> {
    let none = "There is no project here in which you could create an issue.";
    places::which_project(call, none, |project| {
        again(call, &Args { project: Some(project.clone()), ..call.args.clone() })
    })
    .await
}

fn which_type(
    call: &Call<Args>,
    project: &ProjectKey,
    types: &[IssueType],
    found: &[&IssueType],
) -> Result<Outcome, Error> {
    let word = crate::replies::shorten(call.args.kind.as_deref().unwrap_or_default().trim());
    // A word that is like no type is where the title begins.
    let slip = |kind: &&IssueType| strsim::damerau_levenshtein(&kind.name.to_lowercase(), &word.to_lowercase()) <= 2;
    let title = match (&call.args.summary, found.is_empty() && !word.is_empty() && !types.iter().any(|one| slip(&one)))
    {
        (Some(rest), true) => Some(format!("{word} {rest}")),
        (rest, _) => rest.clone(),
    };
    let (question, offered): (String, Vec<&IssueType>) = match (types.is_empty(), found.is_empty()) {
        (true, _) => {
            return Err(Error::user(format!("Your Jira account may not create issues in {project}.")));
        }
        (_, true) if word.is_empty() => ("Of which type?".to_owned(), types.iter().collect()),
        (_, true) => (format!("{project} has no type \"{word}\". It has:"), types.iter().collect()),
        (_, false) => (format!("Several types match \"{word}\". Which one?"), found.to_vec()),
    };
    let options = offered.into_iter().filter(|kind| !kind.subtask).take(10).map(|kind| {
        let args = Args { kind: Some(kind.name.clone()), summary: title.clone(), ..call.args.clone() };
        Offer::mine(&kind.name, again(call, &args))
    });
    let pick = PickFrom { question, options: options.collect() };
    Ok(Outcome::new(Shape::Pick(pick), About::project(project.clone())))
}

fn again(call: &Call<Args>, args: &Args) -> crate::replies::Deed {
    let args = serde_json::to_value(args).unwrap_or_default();
    show::deed(Create::NAME, args, call.site())
}

/// Whether a field can be filled in: the project and the type are settled, the reporter is whoever asks.
fn settable(field: &FieldMeta) -> bool {
    !matches!(field.id.as_str(), "project" | "issuetype" | "reporter")
}

/// `sprint: Sprint 3; labels: urgent`, as names and values. A value may hold a colon.
fn fields_set(words: &str) -> Result<Vec<(&str, &str)>, Error> {
    let parts = words.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once([':', '=']) {
            Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                Ok((name.trim(), value.trim()))
            }
            _ => Err(Error::user_hint(
                format!("\"{}\" does not say which field and what it shall hold.", crate::replies::shorten(part)),
                "Like this: `--set \"sprint: Sprint 3; labels: urgent\"`.",
            )),
        })
        .collect()
}

/// The field of a screen that a name means.
fn set_field<'a>(
    project: &ProjectKey,
    kind: &IssueType,
    screen: &'a [FieldMeta],
    name: &str,
) -> Result<&'a FieldMeta, Error> {
    let all: Vec<&FieldMeta> =
        screen.iter().filter(|field| settable(field) && fields::form_field(field).is_some()).collect();
    let short = crate::replies::shorten(name);
    let found = choose::by_name(&all, name, |field| vec![&field.name]);
    match found.as_slice() {
        [field] => Ok(field),
        [] => {
            let names: Vec<&str> = all.iter().map(|field| field.name.as_str()).collect();
            let message = format!("A {} in {project} has no field \"{short}\".", kind.name);
            Err(Error::user_hint(message, format!("It has {}.", show::and(&names))))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|field| field.name.as_str()).collect();
            Err(Error::user(format!("\"{short}\" could be {}. Write more of it.", show::and(&names))))
        }
    }
}

fn one_line(summary: &str) -> String {
    summary.split_whitespace().collect::<Vec<_>>().join(" ")
}
