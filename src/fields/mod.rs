//! The fields of a Jira issue, as Jira describes them for creating and editing: what to ask for in chat, and what to
//! send. One file per type; a type that is not here cannot be asked for in chat.
//! Source: `schema` of `GET /rest/api/3/issue/createmeta/{project}/issuetypes/{type}`, alike on Data Center.

mod cascade;
mod choice;
mod choices;
mod date;
mod date_time;
mod estimate;
mod group;
mod issue;
mod labels;
mod line;
mod number;
mod paragraph;
mod sprint;
mod team;
mod url;
mod user;

use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use usher_chat::{Field, FieldKind};

use crate::{ids::SiteKind, jira::FieldMeta};

pub use date::parse_day;
pub use date_time::parse_moment;

/// What a value depends on besides the field.
#[derive(Debug, Clone)]
pub struct Context {
    /// Which Jira it is for: the two write rich text and people differently.
    pub site: SiteKind,
    /// The day on which `today` was said.
    pub today: Date,
    /// Where a time without an offset is meant.
    pub time_zone: TimeZone,
}

/// What somebody entered does not fit a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// What people call the field.
    pub field: String,
    /// What is wrong and what would fit: one or two sentences.
    pub message: String,
}

/// The types that can be asked for in chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Line,
    Url,
    Paragraph,
    Number,
    Date,
    DateTime,
    Choice,
    /// A choice within a choice.
    Cascade,
    Choices,
    Labels,
    User,
    Users,
    /// An issue under its key: `{"key": "DEMO-1"}`.
    Issue,
    /// An issue as just its key.
    IssueKey,
    /// How long the work will take.
    Estimate,
    Group,
    Groups,
    Sprint,
    Team,
}

/// What names something that Jira has to be asked for: the caller looks it up, and enters what names it for Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A person: the account's id, on Data Center the user name.
    Person,
    /// A group: its name as Jira writes it.
    Group,
    /// A sprint: its number.
    Sprint,
    /// A team: its id.
    Team,
}

/// How to ask for a field in chat. `None`: this type cannot be asked for there.
pub fn form_field(field: &FieldMeta) -> Option<Field> {
    let asked = Type::of(field)?;
    let (kind, hint) = match asked {
        Type::Line => (FieldKind::Line, None),
        Type::Url => (FieldKind::Line, Some(url::HINT)),
        Type::Paragraph => (FieldKind::Paragraph, Some(paragraph::HINT)),
        Type::Number => (FieldKind::Number, None),
        Type::Date => (FieldKind::Date, Some(date::HINT)),
        Type::DateTime => (FieldKind::DateTime, Some(date_time::HINT)),
        Type::Choice | Type::Cascade => (FieldKind::Choice, None),
        Type::Choices => (FieldKind::Choices, None),
        Type::Labels => (FieldKind::Line, Some(labels::HINT)),
        Type::User => (FieldKind::Person, None),
        Type::Users => (FieldKind::Person, Some(user::HINTS)),
        Type::Issue | Type::IssueKey => (FieldKind::Line, Some(issue::HINT)),
        Type::Estimate => (FieldKind::Line, Some(estimate::HINT)),
        Type::Group => (FieldKind::Line, Some(group::HINT)),
        Type::Groups => (FieldKind::Line, Some(group::HINTS)),
        Type::Sprint => (FieldKind::Line, Some(sprint::HINT)),
        Type::Team => (FieldKind::Line, Some(team::HINT)),
    };
    Some(Field {
        name: field.id.clone(),
        label: field.name.clone(),
        kind,
        required: field.required && !field.has_default,
        options: match asked {
            Type::Choice | Type::Choices => field.allowed.iter().map(|allowed| allowed.name.clone()).collect(),
            Type::Cascade => cascade::options(&field.allowed).into_iter().map(|allowed| allowed.name).collect(),
            _ => Vec::new(),
        },
        value: None,
        hint: hint.map(str::to_owned),
    })
}

/// What a field's words name, where Jira has to be asked for it.
pub fn named(field: &FieldMeta) -> Option<Named> {
    Some(match Type::of(field)? {
        Type::User | Type::Users => Named::Person,
        Type::Group | Type::Groups => Named::Group,
        Type::Sprint => Named::Sprint,
        Type::Team => Named::Team,
        _ => return None,
    })
}

/// What a field holds, in words and as Jira takes it back, where the one does not follow from the other.
pub fn kept(field: &FieldMeta, value: &Value) -> Option<(String, Value)> {
    match Type::of(field)? {
        Type::Sprint => Some(sprint::kept(value)),
        Type::Team => Some(team::kept(value)),
        _ => None,
    }
}

/// What to send to Jira for what somebody entered. What [`named`] tells must have been looked up.
///
/// Nothing entered is `null`, or `[]` for a field of many values: leave the field out when creating; when editing,
/// this empties it.
///
/// # Errors
/// Tells what would fit when the input does not, when a needed value is missing, or when the type has no place in chat.
pub fn value(field: &FieldMeta, context: &Context, input: &[String]) -> Result<Value, FieldError> {
    let fail = |message: String| FieldError { field: field.name.clone(), message };
    let Some(kind) = Type::of(field) else {
        return Err(fail("This field can only be set in Jira itself.".to_owned()));
    };
    let entered: Vec<&str> = input.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if entered.is_empty() {
        return match field.required && !field.has_default {
            true => Err(fail("A value is needed.".to_owned())),
            false if kind.many() => Ok(json!([])),
            false => Ok(Value::Null),
        };
    }
    let one = match entered.as_slice() {
        [one] => Ok(*one),
        _ => Err(format!("Only one value fits, and {} were given.", entered.len())),
    };
    match kind {
        Type::Line => one.and_then(line::value),
        Type::Url => one.and_then(url::value),
        Type::Paragraph => Ok(paragraph::value(&entered.join("\n"), context.site)),
        Type::Number => one.and_then(number::value),
        Type::Date => one.and_then(|text| date::value(text, context.today)),
        Type::DateTime => one.and_then(|text| date_time::value(text, context)),
        Type::Choice => one.and_then(|text| choice::value(text, &field.allowed)),
        Type::Cascade => one.and_then(|text| cascade::value(text, &field.allowed)),
        Type::Choices => choices::value(&entered, &field.allowed),
        Type::Labels => labels::value(&entered),
        Type::User => one.map(|id| user::value(id, context.site)),
        Type::Users => Ok(entered.iter().map(|id| user::value(id, context.site)).collect()),
        Type::Issue => one.and_then(issue::value),
        Type::IssueKey => one.and_then(issue::key),
        Type::Estimate => one.and_then(estimate::value),
        Type::Group => one.map(group::value),
        Type::Groups => Ok(entered.iter().map(|name| group::value(name)).collect()),
        Type::Sprint => one.and_then(sprint::value),
        Type::Team => one.map(Value::from),
    }
    .map_err(fail)
}

impl Type {
    fn of(field: &FieldMeta) -> Option<Self> {
        let custom = field.custom.as_deref().map(|key| key.rsplit(':').next().unwrap_or(key)).unwrap_or_default();
        let system = field.system.as_deref().unwrap_or_default();
        let choices = !field.allowed.is_empty();
        Some(match (field.kind.as_str(), field.items.as_deref().unwrap_or_default(), custom) {
            (_, _, "readonlyfield") => return None,
            ("string", _, "textarea") => Self::Paragraph,
            ("string", _, "url") => Self::Url,
            ("string", _, _) if matches!(system, "description" | "environment") => Self::Paragraph,
            ("string", _, _) => Self::Line,
            ("number", _, _) => Self::Number,
            ("date", _, _) => Self::Date,
            ("datetime", _, _) => Self::DateTime,
            ("option" | "priority" | "resolution" | "securitylevel" | "version" | "component", _, _) if choices => {
                Self::Choice
            }
            ("option-with-child", _, _) if choices => Self::Cascade,
            ("array", "option" | "priority" | "version" | "component", _) if choices => Self::Choices,
            ("array", "string", "labels") => Self::Labels,
            ("array", "string", _) if system == "labels" => Self::Labels,
            ("user", _, _) => Self::User,
            ("array", "user", _) => Self::Users,
            ("issuelink", _, _) => Self::Issue,
            ("any", _, "gh-epic-link") => Self::IssueKey,
            ("timetracking", _, _) => Self::Estimate,
            ("group", _, _) => Self::Group,
            ("array", "group", _) => Self::Groups,
            // Cloud says that its items are of `json`, Data Center of `string`.
            ("array", _, "gh-sprint") => Self::Sprint,
            ("team", _, _) => Self::Team,
            _ => return None,
        })
    }

    fn many(self) -> bool {
        matches!(self, Self::Choices | Self::Labels | Self::Users | Self::Groups)
    }
}

/// What somebody entered, short enough to be shown to them.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests;
