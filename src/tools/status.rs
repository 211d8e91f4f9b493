//! `status`: moves an issue to another status, with what the transition's screen asks for.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use usher_chat::Text;

use super::{At, Call, Family, On, Source, Tool, Touches, choose, form, show};
use crate::{
    error::Error,
    ids::{Access, Flags, IssueKey},
    jira::{Candidates, Transition},
    replies::{Done, Offer, Outcome, PickFrom, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Status;

/// Move an issue to another status
#[derive(Debug, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The issue's key, such as DEMO-7
    #[schemars(with = "String")]
    pub key: IssueKey,
    /// Where it goes, by name or the beginning of one. Without it you are asked
    #[arg(value_name = "STATUS")]
    pub to: Option<String>,
    /// What the transition's screen asks for, by field id.
    #[arg(skip)]
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Tool for Status {
    const NAME: &'static str = "status";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Issue;
    const FLAGS: Flags = Flags::NONE;
    const ENDPOINTS: &'static [&'static str] = &["POST issue/{key}/transitions"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] = &["status DEMO-7 in progress", "status DEMO-7 done"];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("key", Source::Issue), ("to", Source::Transition)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::issue(&args.key)
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Args { key, to, fields } = &call.args;
        let (ways, issues) = (call.jira.transitions(), call.jira.issues());
        let (ways_now, before) = futures::try_join!(ways.list(key), issues.get(key)).at(&call)?;
        let from = &before.status.name;
        let about = show::about(&before);
        if ways_now.is_empty() {
            return Err(Error::user(format!("{key} is {from}, and your Jira account cannot move it from there.")));
        }
        let way = match chosen(&ways_now, from, to.as_deref()) {
            Ok(way) => way,
            Err((some, found)) => {
                let question = match (some, to.as_deref()) {
                    (true, Some(word)) => {
                        let word = crate::replies::shorten(word.trim());
                        format!("{} statuses match \"{word}\":", choose::count(found.len()))
                    }
                    (false, Some(word)) if from.to_lowercase() == word.trim().to_lowercase() => {
                        format!("{key} is {from} already. It can go to:")
                    }
                    (false, Some(word)) => {
                        format!(
                            "{key} is {from} and cannot go to \"{}\". It can go to:",
                            crate::replies::shorten(bare(word.trim()))
                        )
                    }
                    (_, None) => format!("{key} is {from}. Where does it go?"),
                };
                let options = found.into_iter().map(|way| {
                    let args = serde_json::json!({ "key": key, "to": way.name });
                    Offer::mine(label(way), show::deed(Self::NAME, args, call.site()))
                });
                let pick = PickFrom { question, options: options.collect() };
                return Ok(Outcome::new(Shape::Pick(pick), about));
            }
        };
        let again = serde_json::json!({ "key": key, "to": way.name, "fields": fields });
        let again = show::deed(Self::NAME, again, call.site());
        let filled = match form::fill(&call, &way.fields, fields, Candidates::Issue(key), again).await? {
            form::Filled::Whole(values) => values,
            form::Filled::Asks { mut form, problems } => {
                form.title = format!("{key}: {}", way.to.name);
                let why = form::why(&problems, &format!("{} needs", way.to.name), form.fields.len(), "");
                return Ok(Outcome::new(Shape::Form { why, form }, about));
            }
        };
        ways.apply(key, &way.id, &filled).await.map_err(|error| form::named(error, &way.fields).at(call.site()))?;
        let text = Text::plain(format!("{}: {from} -> {}.", before.key, way.to.name));
        let url = call.jira.site().browse_url(&before.key).to_string();
        let outcome = Outcome::new(Shape::Done(Done { text, url: Some(url) }), about).changed(&before.key);
        Ok(outcome.offering(undo(&call, key, from).await))
    }
}

/// The way back, if Jira has one that asks nothing. Not knowing it does not matter: the move stands.
async fn undo(call: &Call<Args>, key: &IssueKey, from: &str) -> Option<Offer> {
    let back = call.jira.transitions().list(key).await.ok()?;
    let way = back.iter().find(|way| way.to.name == from && !way.fields.iter().any(|field| field.required))?;
    let args = serde_json::json!({ "key": key, "to": way.name });
    Some(Offer::mine("Undo", show::deed(Status::NAME, args, call.site())))
}

/// The one way that is meant, or the ways to ask about and whether the word matched them.
fn chosen<'a>(
    ways: &'a [Transition],
    from: &str,
    word: Option<&str>,
) -> Result<&'a Transition, (bool, Vec<&'a Transition>)> {
    let Some(word) = word.map(str::trim).filter(|word| !word.is_empty()) else {
        return Err((false, ways.iter().collect()));
    };
    let found = |word| choose::by_name(ways, word, |way| vec![&way.to.name, &way.name]);
    let mut best = found(word);
    // `to done` means Done. `to do` names To Do, also where that is no way because the issue is there already.
    if best.is_empty() && !word.eq_ignore_ascii_case(from) {
        best = found(bare(word));
    }
    match best.as_slice() {
        [way] => Ok(way),
        [] => Err((false, ways.iter().collect())),
        several => Err((true, several.to_vec())),
    }
}

/// The word without the `to` that people put in front.
fn bare(word: &str) -> &str {
    match word.get(..3) {
        Some(to) if to.eq_ignore_ascii_case("to ") => word[3..].trim_start(),
        _ => word,
    }
}

fn label(way: &Transition) -> String {
    if way.name.eq_ignore_ascii_case(&way.to.name) {
        way.to.name.clone()
    } else {
        format!("{} ({})", way.to.name, way.name)
    }
}
