//! `edit`: changes fields of an issue.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{At, Call, Family, On, Source, Tool, Touches, choose, form, show, values};
use crate::{
    error::Error,
    fields::{self, Context},
    ids::{Access, Flags, IssueKey},
    jira::{self, Candidates, FieldMeta, Issue, duration},
    replies::{FormAsk, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Edit;

/// Change a field of an issue, or several with a form
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// Which field. Without it a form asks
    pub field: Option<String>,
    /// What it shall hold; `nothing` empties it
    pub value: Option<String>,
    /// What a form has brought, by field id.
    #[arg(skip)]
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// What was there before, as Jira gave it, by field id: the way back.
    #[arg(skip)]
    #[serde(default)]
    pub back: Map<String, Value>,
}

/// Words that empty a field.
const NOTHING: [&str; 4] = ["nothing", "none", "nobody", "empty"];
/// The fields that come first in a form.
const FIRST: [&str; 6] = ["summary", "priority", "labels", "duedate", "assignee", "description"];
/// So many words of a value may belong to the field's name.
const LONGEST: usize = 5;
/// As many fields stand in one form.
const ASKED: usize = 10;

impl Tool for Edit {
    const NAME: &'static str = "edit";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["PUT issue/{key}"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] =
        &["edit DEMO-7 priority high", "edit DEMO-7 labels +urgent -later", "edit DEMO-7 due friday", "edit DEMO-7"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] =
        &[("key", Source::Issue), ("field", Source::Field), ("value", Source::Value)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, field, value, fields: entered, back } = &call.args;
        let issues = call.jira.issues();
        if !back.is_empty() {
            return restore(&call).await;
        }
        let (issue, screen) = futures::try_join!(issues.get(key), issues.editable(key)).at(&call)?;
        let (key, about) = (&issue.key, show::about(&issue));
        if screen.is_empty() {
            return Err(Error::user(format!("Your Jira account may not change {key}.")));
        }
        let mut given = entered.clone();
        given.retain(|_, words| words.iter().any(|word| !word.trim().is_empty()));
        let mut edit = jira::Edit::default();
        let word = field.as_deref().map(str::trim).filter(|word| !word.is_empty());
        if let Some(word) = word {
            let (found, value) = meant(&screen, word, value.as_deref().unwrap_or_default());
            let one = match found.as_slice() {
                [one] => *one,
                found => return which(&call, &issue, &screen, word, found),
            };
            let value = Some(value.trim()).filter(|value| !value.is_empty());
            match value {
                None if given.is_empty() => return ask(&call, &issue, std::slice::from_ref(one), key),
                None => {}
                Some(value) if one.id == "timetracking" => estimate(&mut edit, word, value)?,
                Some(value) if NOTHING.contains(&value.to_lowercase().as_str()) => {
                    let empty = fields::value(one, &context(&call), &[]);
                    let empty = empty.map_err(|_| Error::user(format!("{} cannot be empty on {key}.", one.name)))?;
                    edit.fields.insert(one.id.clone(), empty);
                }
                Some(value) => match signed(value).filter(|_| one.operations.iter().any(|known| known == "add")) {
                    Some(signed) => operations(&call, one, &signed, &mut edit)?,
                    None => {
                        given.entry(one.id.clone()).or_insert_with(|| vec![value.to_owned()]);
                    }
                },
            }
        } else if given.is_empty() && entered.is_empty() {
            let asked: Vec<FieldMeta> = screen.iter().filter(|field| form_takes(field)).cloned().collect();
            return ask(&call, &issue, &asked, key);
        }
        let wanted: Vec<FieldMeta> = screen.iter().filter(|field| given.contains_key(&field.id)).cloned().collect();
        let again = show::deed(Self::NAME, serde_json::to_value(&call.args).unwrap_or_default(), call.site());
        match form::fill(&call, &wanted, &given, Candidates::Issue(key), again).await? {
            form::Filled::Whole(values) => edit.fields.extend(values),
            form::Filled::Asks { mut form, problems } => {
                form.title = format!("Edit {key}");
                let why = form::why(&problems, &format!("{key} needs"), form.fields.len(), "");
                return Ok(Outcome::new(Shape::Form { why, form }, about));
            }
        }
        let ids: Vec<String> = edit.fields.keys().chain(edit.update.keys()).cloned().collect();
        if ids.is_empty() {
            return Ok(show::done(&issue, format!("Nothing was changed on {key}."), call.jira.site(), about));
        }
        change(&call, &issue, &screen, &edit, &ids).await
    }
}

fn context(call: &Call<Args>) -> Context {
    let zone = TimeZone::UTC;
    Context { site: call.jira.site().kind, today: call.now().to_zoned(zone.clone()).date(), time_zone: zone }
}

/// What a form can ask for.
fn form_takes(field: &FieldMeta) -> bool {
    field.id != "issuetype" && fields::form_field(field).is_some()
}

/// The fields that a word names: by what people call them, or by id.
fn named<'a>(screen: &'a [FieldMeta], word: &str) -> Vec<&'a FieldMeta> {
    if matches!(word.to_lowercase().as_str(), "estimate" | "remaining" | "original") {
        return screen.iter().filter(|field| field.id == "timetracking").collect();
    }
    let settable = |field: &&FieldMeta| field.id != "issuetype";
    let found = choose::by_name(screen, word, |field| vec![&field.name]);
    let found: Vec<&FieldMeta> = found.into_iter().filter(settable).collect();
    match found.is_empty() {
        true => screen.iter().filter(settable).filter(|field| field.id.eq_ignore_ascii_case(word)).collect(),
        false => found,
    }
}

/// The fields that are meant, and what is left of the value: a name may have several words, as in `due date friday`.
fn meant<'a, 'v>(screen: &'a [FieldMeta], word: &str, value: &'v str) -> (Vec<&'a FieldMeta>, &'v str) {
    let ends = value.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).chain([value.len()]);
    let longer = ends.take(LONGEST).filter_map(|end| {
        let name = format!("{word} {}", &value[..end]);
        let same = |field: &&FieldMeta| field.name.eq_ignore_ascii_case(name.trim()) && field.id != "issuetype";
        screen.iter().find(same).map(|field| (vec![field], &value[end..]))
    });
    longer.last().unwrap_or_else(|| (named(screen, word), value))
}

fn which(
    call: &Call<Args>,
    issue: &Issue,
    screen: &[FieldMeta],
    word: &str,
    found: &[&FieldMeta],
) -> Result<Outcome, Error> {
    let short = crate::replies::shorten(word);
    if found.is_empty() {
        let names: Vec<&str> =
            screen.iter().filter(|field| form_takes(field)).map(|field| field.name.as_str()).collect();
        return Err(Error::user_hint(
            format!("{} has no field \"{short}\" that you can change.", issue.key),
            format!("It has {}.", show::and(&names)),
        ));
    }
    let options = found.iter().take(20).map(|field| {
        let args = serde_json::json!({ "key": issue.key, "field": field.id, "value": call.args.value });
        Offer::mine(&field.name, show::deed(Edit::NAME, args, call.site()))
    });
    let question = format!("{} fields match \"{short}\". Which one?", choose::count(found.len()));
    Ok(Outcome::new(Shape::Pick(PickFrom { question, options: options.collect() }), show::about(issue)))
}

/// Asks for some fields. What stays empty stays as it is.
fn ask(call: &Call<Args>, issue: &Issue, screen: &[FieldMeta], key: &IssueKey) -> Result<Outcome, Error> {
    let mut asked: Vec<&FieldMeta> = screen.iter().collect();
    asked.sort_by_key(|field| FIRST.iter().position(|first| *first == field.id).unwrap_or(FIRST.len()));
    let fields: Vec<usher_chat::Field> = asked
        .into_iter()
        .filter_map(fields::form_field)
        .take(ASKED)
        .map(|field| usher_chat::Field { required: false, ..field })
        .collect();
    if fields.is_empty() {
        return Err(Error::user_hint("That cannot be filled in from here.", "Do this one in Jira itself."));
    }
    let why = match fields.as_slice() {
        [one] => format!("What shall {} of {key} be?", one.label),
        _ => format!("What shall change on {key}? What stays empty stays as it is."),
    };
    let deed = show::deed(Edit::NAME, serde_json::json!({ "key": key, "fields": {} }), call.site());
    let form = Box::new(FormAsk { title: format!("Edit {key}"), fields, deed });
    Ok(Outcome::new(Shape::Form { why, form }, show::about(issue)))
}

/// `+a -b`, as what is added and what is taken out.
fn signed(value: &str) -> Option<Vec<(&'static str, &str)>> {
    let mut found = Vec::new();
    for word in value.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        match (word.strip_prefix('+'), word.strip_prefix('-')) {
            (Some(name), _) if !name.is_empty() => found.push(("add", name)),
            (_, Some(name)) if !name.is_empty() => found.push(("remove", name)),
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

fn operations(
    call: &Call<Args>,
    field: &FieldMeta,
    signed: &[(&str, &str)],
    edit: &mut jira::Edit,
) -> Result<(), Error> {
    let mut all = Vec::new();
    for (verb, name) in signed {
        let value = fields::value(field, &context(call), &[(*name).to_owned()]);
        let value = value.map_err(|error| Error::user(error.to_string()))?;
        let items = value.as_array().cloned().unwrap_or_else(|| vec![value]);
        all.extend(items.into_iter().map(|item| serde_json::json!({ *verb: item })));
    }
    edit.update.insert(field.id.clone(), all.into());
    Ok(())
}

/// Minutes mean the same whatever a day is on the site.
fn estimate(edit: &mut jira::Edit, word: &str, value: &str) -> Result<(), Error> {
    let name = if word.to_lowercase().starts_with("rem") { "remainingEstimate" } else { "originalEstimate" };
    let minutes = format!("{}m", duration::parse(value)? / 60);
    edit.fields.insert("timetracking".to_owned(), serde_json::json!({ name: minutes }));
    Ok(())
}

async fn change(
    call: &Call<Args>,
    issue: &Issue,
    screen: &[FieldMeta],
    edit: &jira::Edit,
    ids: &[String],
) -> Result<Outcome, Error> {
    let (issues, key) = (call.jira.issues(), &issue.key);
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    let before = issues.get_with(key, &names).await.at(call)?;
    issues.edit(key, edit).await.map_err(|error| form::named(error, screen).at(call.site()))?;
    // The change stands from here on, whatever fails now.
    let after = issues.get_with(key, &names).await.ok();
    let value = |issue: &Issue, id: &str| issue.other.get(id).cloned().unwrap_or_default();
    let field = |id: &str| screen.iter().find(|field| field.id == id);
    let told = |id: &str| {
        let name = field(id).map_or(id, |field| field.name.as_str());
        let held = |issue: &Issue| values::of_field(field(id), &value(issue, id)).0;
        let (old, new) = (held(&before), after.as_ref().and_then(held));
        match (old, new) {
            (Some(old), Some(new)) => format!("{name} {old} -> {new}"),
            _ => format!("{name} changed"),
        }
    };
    let words = format!("{key}: {}.", names.iter().map(|id| told(id)).collect::<Vec<_>>().join(", "));
    let back: Map<String, Value> =
        names.iter().map(|id| ((*id).to_owned(), values::of_field(field(id), &value(&before, id)).1)).collect();
    let args = serde_json::json!({ "key": key, "back": back });
    let undo = Offer::mine("Undo", show::deed(Edit::NAME, args, call.site()));
    let about = show::about_changed(key, after.as_ref());
    Ok(show::done(issue, words, call.jira.site(), about).changed(key).offering([undo]))
}

/// Sets what was there before.
async fn restore(call: &Call<Args>) -> Result<Outcome, Error> {
    let (issues, key) = (call.jira.issues(), &call.args.key);
    let (issue, screen) = futures::try_join!(issues.get(key), issues.editable(key)).at(call)?;
    let edit = jira::Edit { fields: call.args.back.clone(), update: Map::new() };
    let ids: Vec<String> = edit.fields.keys().cloned().collect();
    change(call, &issue, &screen, &edit, &ids).await
}
