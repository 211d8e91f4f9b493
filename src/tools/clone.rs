//! `clone`: makes another issue like one that is there.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, form, show, values};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey},
    jira::{Candidates, FieldMeta, NewIssue, OperationId},
    replies::{Done, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct CloneIssue;

/// Make a copy of an issue
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// The copy's title. Without it: CLONE and the original's
    pub title: Option<String>,
    /// What the project asks for besides, by field id.
    #[arg(skip)]
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
}

/// What is settled, or made anew, for every copy.
const LEFT: [&str; 9] =
    ["project", "issuetype", "summary", "reporter", "parent", "attachment", "issuelinks", "comment", "timetracking"];

impl Tool for CloneIssue {
    const NAME: &'static str = "clone";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue", "POST issueLink"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["clone DEMO-7", "clone DEMO-7 The same for phones"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, title, fields: given } = &call.args;
        let issues = call.jira.issues();
        let first = issues.get(key).await.at(&call)?;
        let (key, about) = (&first.key, show::about(&first));
        let Some(kind) = first.kind_id.clone() else {
            return Err(Error::user(format!("Jira does not tell of which type {key} is.")));
        };
        let screen = call.jira.createmeta().fields(&first.project, &kind).await.at(&call)?;
        if screen.is_empty() {
            let may = format!("Your Jira account may not create a {} in {}.", first.kind, first.project);
            return Err(Error::user(may));
        }
        if first.security && !screen.iter().any(|field| field.id == "security") {
            return Err(Error::user_hint(
                format!("{key} is for a few, and a copy of it could be read by everyone in {}.", first.project),
                "Clone this one in Jira itself.",
            ));
        }
        let ids: Vec<&str> = screen.iter().filter(|field| copied(field)).map(|field| field.id.as_str()).collect();
        let original = issues.get_with(key, &ids).await.at(&call)?;
        let mut values: Map<String, Value> = original
            .other
            .iter()
            .filter_map(|(id, value)| {
                let field = screen.iter().find(|field| field.id == *id)?;
                let value = values::of_field(Some(field), value).1;
                form::led_out(&call, field, &value).is_none().then(|| (id.clone(), value))
            })
            .filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()))
            .collect();
        if let Some(parent) = original.parent.as_ref().filter(|_| screen.iter().any(|field| field.id == "parent")) {
            values.insert("parent".to_owned(), serde_json::json!({ "key": parent.key }));
        }
        let asked: Vec<FieldMeta> = screen
            .iter()
            .filter(|field| !LEFT.contains(&field.id.as_str()) && !values.contains_key(&field.id))
            .cloned()
            .collect();
        let again = show::deed(Self::NAME, serde_json::to_value(&call.args).unwrap_or_default(), call.site());
        match form::fill(&call, &asked, given, Candidates::Project(&first.project), again).await? {
            form::Filled::Whole(more) => values.extend(more),
            form::Filled::Asks { mut form, problems } => {
                form.title = format!("Copy of {key}");
                let why = form::why(&problems, &format!("{} asks for", first.project), form.fields.len(), " on a copy");
                return Ok(Outcome::new(Shape::Form { why, form }, about));
            }
        }
        let title = title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
        let summary = title.filter(|title| !title.is_empty()).unwrap_or_else(|| format!("CLONE - {}", first.summary));
        let new = NewIssue {
            project: first.project.clone(),
            kind,
            summary,
            description: None,
            fields: values,
            operation: OperationId::random(),
        };
        let made = match issues.create(&new).await {
            Ok(made) => made.key,
            Err(JiraError::Unknown { detail }) => match issues.find_by_operation(&new).await {
                Ok(Some(found)) => found.key,
                _ => return Err(JiraError::Unknown { detail }.at(call.site())),
            },
            Err(error) => return Err(form::named(error, &screen).at(call.site())),
        };
        let linked = link(&call, &made, key).await;
        let tail = if linked { "" } else { ", but Jira did not link the two" };
        let words = format!("{made} {} is a copy of {key}{tail}.", new.summary);
        let url = Some(call.jira.site().browse_url(&made).to_string());
        let done = Done { text: Text::plain(words), url };
        let offers = show::next_steps(&made, call.site().clone());
        Ok(Outcome::new(Shape::Done(done), about).changed(&made).offering(offers))
    }
}

/// Whether the copy gets what the original has. A sprint is where the original is worked on.
fn copied(field: &FieldMeta) -> bool {
    let sprint =
        field.custom.as_deref().is_some_and(|kind| kind.ends_with(":gh-sprint") || kind.ends_with(":gh-lexo-rank"));
    !sprint && !LEFT.contains(&field.id.as_str())
}

/// Says of the copy whose copy it is, where the site has a kind of link for that. Whether nothing is missing.
async fn link(call: &Call<Args>, copy: &IssueKey, of: &IssueKey) -> bool {
    let Ok(types) = call.jira.links().types().await else { return false };
    let cloners = types.iter().find(|kind| kind.outward.eq_ignore_ascii_case("clones"));
    match cloners {
        Some(kind) => call.jira.links().add(&kind.name, copy, of).await.is_ok(),
        None => true,
    }
}
