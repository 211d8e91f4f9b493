//! `batch`: makes several issues of one type, one from each line.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use usher_chat::{
    ButtonStyle, Text,
    tree::{Block, Inline},
};

use super::{At, Call, Family, On, Source, Tool, Touches, choose, form, show};
use crate::{
    error::{Error, JiraError},
    ids::{Access, Flags, IssueKey, ProjectKey},
    jira::{Candidates, FieldMeta, IssueType, NewIssue, OperationId},
    replies::{About, Deed, Done, Effect, Offer, Outcome, Shape},
};

/// See [`Tool`].
#[derive(Debug)]
pub struct Batch;

/// Create several issues, one from each line
#[derive(Debug, Clone, ClapArgs, Serialize, Deserialize, JsonSchema)]
pub struct Args {
    /// The type, such as bug or task
    #[arg(id = "type", value_name = "TYPE")]
    #[serde(rename = "type")]
    pub kind: String,
    /// The titles, one on each line
    pub titles: String,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    #[schemars(with = "Option<String>")]
    pub project: Option<ProjectKey>,
    /// What the project asks for, by field id. It holds for all of them.
    #[arg(skip)]
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// The list was shown and is meant.
    #[arg(skip)]
    #[serde(default)]
    pub sure: bool,
}

/// The most at once.
const MOST: usize = 25;

impl Tool for Batch {
    const NAME: &'static str = "batch";
    const ACCESS: Access = Access::Write;
    const TOUCHES: Touches = Touches::Project;
    const FLAGS: Flags = Flags { bulk: true, ..Flags::NONE };
    const ENDPOINTS: &'static [&'static str] = &["POST issue"];
    const FAMILY: Family = Family::Issues;
    const EXAMPLES: &'static [&'static str] =
        &["batch task in DEMO Order plugs (and one more title on each further line)"];
    const SMALL_WORDS: &'static [(&'static str, &'static str)] = &[("in", "project")];
    const REST: bool = true;
    const COMPLETES: &'static [(&'static str, Source)] = &[("type", Source::IssueType), ("project", Source::Project)];
    type Args = Args;

    fn on(args: &Args) -> On {
        On::project(args.project.as_ref())
    }

    async fn run(call: Call<Args>) -> Result<Outcome, Error> {
        let Some(project) = call.args.project.clone() else {
            return Err(Error::user_hint("Say in which project.", "Like this: `jira batch task in DEMO First title`."));
        };
        let titles = titles(&call.args.titles);
        if titles.is_empty() || titles.len() > MOST {
            let said = if titles.is_empty() {
                "There is no title.".to_owned()
            } else {
                format!("Those are {} titles.", titles.len())
            };
            return Err(Error::user_hint(said, format!("Write 1 to {MOST} of them, each on a line of its own.")));
        }
        let meta = call.jira.createmeta();
        let mut types = meta.types(&project).await.at(&call)?;
        types.retain(|kind| !kind.subtask);
        let kind = match choose::by_name(&types, &call.args.kind, |kind| vec![&kind.name]).as_slice() {
            [kind] => (*kind).clone(),
            _ if types.is_empty() => {
                return Err(Error::user(format!("Your Jira account may not create issues in {project}.")));
            }
            _ => {
                let names: Vec<&str> = types.iter().map(|kind| kind.name.as_str()).collect();
                let word = crate::replies::shorten(call.args.kind.trim());
                let said = format!("\"{word}\" names no type of {project}, or several.");
                return Err(Error::user_hint(said, format!("It has {}.", show::and(&names))));
            }
        };
        let about = About::project(project.clone());
        let screen = meta.fields(&project, &kind.id).await.at(&call)?;
        let asked: Vec<FieldMeta> = screen
            .iter()
            .filter(|field| !matches!(field.id.as_str(), "project" | "issuetype" | "reporter" | "summary"))
            .cloned()
            .collect();
        let again = deed(&call, &call.args);
        let values = match form::fill(&call, &asked, &call.args.fields, Candidates::Project(&project), again).await? {
            form::Filled::Whole(values) => values,
            form::Filled::Asks { mut form, problems } => {
                form.title = format!("{} in {project}", kind.name);
                let why = form::why(&problems, &format!("{project} asks for"), form.fields.len(), " for all of them");
                return Ok(Outcome::new(Shape::Form { why, form }, about));
            }
        };
        if !call.args.sure {
            let what =
                if titles.len() == 1 { "this issue".to_owned() } else { format!("these {} issues", titles.len()) };
            let items = titles.iter().map(|title| vec![Block::Paragraph(vec![title.as_str().into()])]).collect();
            let text = Text::plain(format!("Create {what} in {project}, each a {}?", kind.name))
                .block(Block::List { start: Some(1), items });
            let sure = Args { sure: true, ..call.args.clone() };
            let yes = Offer::mine(format!("Create {}", titles.len()), deed(&call, &sure)).style(ButtonStyle::Primary);
            let no = Offer::mine("Not now", Deed::Dismiss);
            return Ok(Outcome::new(Shape::Text(text), about).offering([yes.instead(), no]));
        }
        Ok(all(&call, &project, &kind, &titles, &values).await)
    }
}

fn deed(call: &Call<Args>, args: &Args) -> Deed {
    show::deed(Batch::NAME, serde_json::to_value(args).unwrap_or_default(), call.site())
}

/// The titles: one from each line, without what makes a list of them.
fn titles(text: &str) -> Vec<String> {
    let bare = |line: &str| {
        let line = line.trim().trim_start_matches(['-', '*', '•', '·']).trim_start();
        let number = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let rest = line.get(number..).unwrap_or_default();
        let item = rest.strip_prefix(['.', ')']).filter(|rest| number > 0 && rest.starts_with(char::is_whitespace));
        let line = item.map_or(line, str::trim_start);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    text.lines().map(bare).filter(|title| !title.is_empty()).collect()
}

/// Makes them one after the other, and tells of each what became of it.
async fn all(
    call: &Call<Args>,
    project: &ProjectKey,
    kind: &IssueType,
    titles: &[String],
    values: &Map<String, Value>,
) -> Outcome {
    let (mut lines, mut made, mut unknown) = (Vec::new(), Vec::new(), false);
    let mut stopped = false;
    for title in titles {
        if stopped {
            lines.push(vec![format!("{title}: not tried").into()]);
            continue;
        }
        match one(call, project, kind, title, values).await {
            Ok(key) => {
                let url = call.jira.site().browse_url(&key).to_string();
                lines.push(vec![Inline::link(key.to_string(), url), format!(" {title}").into()]);
                made.push(key);
            }
            Err(error) => {
                // What Jira refuses of one may be right of the next. Everything else will not change that fast.
                stopped = !matches!(error, JiraError::Invalid { .. } | JiraError::Unknown { .. });
                unknown |= matches!(error, JiraError::Unknown { .. });
                lines.push(vec![format!("{title}: {}", told(&error)).into()]);
            }
        }
    }
    let head = match made.len() {
        0 => format!("No issue was created in {project}."),
        all if all == titles.len() => format!("{all} created in {project}"),
        some => format!("{some} of {} created in {project}", titles.len()),
    };
    let items = lines.into_iter().map(|line| vec![Block::Paragraph(line)]).collect();
    let text = Text::plain(head).block(Block::List { start: Some(1), items });
    let outcome = Outcome::new(Shape::Done(Done { text, url: None }), About::project(project.clone()));
    let keys: Vec<String> = made.iter().map(ToString::to_string).collect();
    match (keys.is_empty(), unknown) {
        (_, true) => Outcome { effect: Effect::Unknown, ..outcome },
        (true, false) => outcome,
        (false, false) => outcome.made(format!("{} created", keys.join(", "))),
    }
}

async fn one(
    call: &Call<Args>,
    project: &ProjectKey,
    kind: &IssueType,
    title: &str,
    values: &Map<String, Value>,
) -> Result<IssueKey, JiraError> {
    let new = NewIssue {
        project: project.clone(),
        kind: kind.id.clone(),
        summary: title.to_owned(),
        description: None,
        fields: values.clone(),
        operation: OperationId::random(),
    };
    let issues = call.jira.issues();
    match issues.create(&new).await {
        Err(JiraError::Unknown { detail }) => match issues.find_by_operation(&new).await {
            Ok(Some(found)) => Ok(found.key),
            _ => Err(JiraError::Unknown { detail }),
        },
        made => made.map(|made| made.key),
    }
}

fn told(error: &JiraError) -> String {
    match error {
        JiraError::Invalid { messages, fields } => {
            let fields = fields.iter().map(|(_, said)| said.clone());
            let said: Vec<String> = messages.iter().cloned().chain(fields).collect();
            if said.is_empty() { "Jira did not accept this".to_owned() } else { said.join(" ") }
        }
        JiraError::Unknown { .. } => "Jira did not confirm it, so it may or may not be there".to_owned(),
        JiraError::Forbidden { .. } => "your Jira account may not create it".to_owned(),
        JiraError::RateLimited { .. } => "Jira asks for a pause, and took no more".to_owned(),
        _ => "Jira is not answering, and took no more".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_its_titles() {
        let found = titles("- one\n\n* two  words\n3. three\n4) four\n  5 apples\n2.0 is out\n•six");
        assert_eq!(found, ["one", "two words", "three", "four", "5 apples", "2.0 is out", "six"]);
    }
}
