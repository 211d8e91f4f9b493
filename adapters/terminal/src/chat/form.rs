//! Asks for a form's fields, one after the other.

use std::collections::BTreeMap;

use usher_chat::{ActionId, Field, FieldKind, Form};

use crate::clean::clean_line;

/// A form that is being filled in.
#[derive(Debug)]
pub(super) struct Filling {
    offered: Offered,
    at: usize,
    values: BTreeMap<String, Vec<String>>,
    /// Lines of the field that is being filled in, if it takes several.
    lines: Vec<String>,
}

/// A form, and the channel in which it was offered; `None` is the direct chat.
#[derive(Debug, Clone)]
pub(super) struct Offered {
    pub(super) channel: Option<String>,
    pub(super) form: Form,
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next field is asked for.
    Next,
    /// The same field takes more lines.
    More,
    /// The answer will not do, for this reason.
    Again(String),
    /// All fields are filled in.
    Done,
}

impl Filling {
    /// Begins with the first field.
    pub(super) fn new(offered: Offered) -> Self {
        Self { offered, at: 0, values: BTreeMap::new(), lines: Vec::new() }
    }

    /// The heading.
    pub(super) fn opening(&self) -> Vec<String> {
        let title = clean_line(&self.offered.form.title);
        vec![format!("{title} (* must be filled in, an empty line leaves a field out, /cancel leaves the form)")]
    }

    fn field(&self) -> Option<&Field> {
        self.offered.form.fields.get(self.at)
    }

    /// What there is to know about the field that is asked for.
    pub(super) fn question(&self) -> Vec<String> {
        let Some(field) = self.field() else { return vec!["Press Enter to send it.".to_owned()] };
        let mut lines = Vec::new();
        let how = match field.kind {
            FieldKind::Choices => Some("some of these, with commas between"),
            FieldKind::Paragraph => Some("several lines; an empty line ends them"),
            FieldKind::Date => Some("a day"),
            FieldKind::DateTime => Some("a day and a time"),
            FieldKind::Number => Some("a number"),
            FieldKind::Person => Some("a person"),
            FieldKind::Line | FieldKind::Choice => None,
        };
        let hint = field.hint.as_deref().map(clean_line);
        let value = field.value.as_deref().map(|value| format!("now {}", clean_line(value)));
        let notes: Vec<String> = [how.map(str::to_owned), hint, value].into_iter().flatten().collect();
        if !notes.is_empty() {
            lines.push(format!("{}: {}", clean_line(&field.label), notes.join("; ")));
        }
        let options = field.options.iter().enumerate();
        lines.extend(options.map(|(index, option)| format!("{:>3}  {}", index + 1, clean_line(option))));
        lines
    }

    /// The prompt for the field that is asked for.
    pub(super) fn prompt(&self) -> String {
        match self.field() {
            None => "send › ".to_owned(),
            Some(field) => format!("{}{} › ", clean_line(&field.label), if field.required { "*" } else { "" }),
        }
    }

    /// Takes an answer.
    pub(super) fn answer(&mut self, line: &str) -> Step {
        let Some(field) = self.field().cloned() else { return Step::Done };
        if field.kind == FieldKind::Paragraph && !line.trim().is_empty() {
            self.lines.push(line.to_owned());
            return Step::More;
        }
        let lines = std::mem::take(&mut self.lines).join("\n");
        let text = if field.kind == FieldKind::Paragraph { lines.as_str() } else { line.trim() };
        let values = match text {
            "" => match &field.value {
                Some(value) if !value.is_empty() => vec![value.clone()],
                _ if field.required => return Step::Again(format!("{} must be filled in.", clean_line(&field.label))),
                _ => Vec::new(),
            },
            text => match values(&field, text) {
                Ok(values) => values,
                Err(reason) => return Step::Again(reason),
            },
        };
        if !values.is_empty() {
            self.values.insert(field.name, values);
        }
        self.at += 1;
        if self.field().is_some() { Step::Next } else { Step::Done }
    }

    /// The form's channel, its id and what was entered.
    pub(super) fn finish(self) -> (Option<String>, ActionId, BTreeMap<String, Vec<String>>) {
        (self.offered.channel, self.offered.form.id, self.values)
    }
}

fn values(field: &Field, text: &str) -> Result<Vec<String>, String> {
    match field.kind {
        FieldKind::Number => match text.replace(',', ".").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(vec![text.replace(',', ".")]),
            _ => Err(format!("{} is a number.", clean_line(&field.label))),
        },
        FieldKind::Choice => option(field, text).map(|value| vec![value]),
        FieldKind::Choices if option(field, text).is_ok() => option(field, text).map(|value| vec![value]),
        FieldKind::Choices => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| option(field, part)).collect()
        }
        _ => Ok(vec![text.to_owned()]),
    }
}

/// The option that `text` names: by its words, by its number, or by the beginning of its words.
fn option(field: &Field, text: &str) -> Result<String, String> {
    if field.options.is_empty() {
        return Ok(text.to_owned());
    }
    let wanted = text.to_lowercase();
    if let Some(option) = field.options.iter().find(|option| option.to_lowercase() == wanted) {
        return Ok(option.clone());
    }
    let number = text.parse::<usize>().ok().and_then(|number| field.options.get(number.checked_sub(1)?));
    if let Some(option) = number {
        return Ok(option.clone());
    }
    let mut near = field.options.iter().filter(|option| option.to_lowercase().starts_with(&wanted));
    match (near.next(), near.next()) {
        (Some(option), None) => Ok(option.clone()),
        (Some(_), Some(_)) => Err(format!("More than one begins with {}. Give its number.", clean_line(text))),
        (None, _) => Err(format!("{} is not among them. Give a number.", clean_line(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind, required: bool, options: &[&str]) -> Field {
        Field {
            name: name.to_lowercase(),
            label: name.to_owned(),
            kind,
            required,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            value: None,
            hint: None,
        }
    }

    #[test]
    fn fields_are_asked_one_by_one() {
        let browser = field("Browser", FieldKind::Choice, true, &["Chrome", "Firefox", "Safari", "Samsung"]);
        let points = Field { value: Some("3".into()), ..field("Points", FieldKind::Number, false, &[]) };
        let fields = vec![
            browser,
            points,
            field("Labels", FieldKind::Choices, false, &["ui", "api"]),
            field("Why", FieldKind::Paragraph, false, &[]),
            field("Due", FieldKind::Date, false, &[]),
        ];
        let form = Form { id: "f1".into(), title: "One more thing".into(), fields };
        let mut filling = Filling::new(Offered { channel: Some("eng".into()), form });
        assert_eq!(filling.prompt(), "Browser* › ");
        assert_eq!(filling.question(), ["  1  Chrome", "  2  Firefox", "  3  Safari", "  4  Samsung"]);
        assert_eq!(filling.answer(""), Step::Again("Browser must be filled in.".into()));
        assert_eq!(filling.answer("Edge"), Step::Again("Edge is not among them. Give a number.".into()));
        assert_eq!(filling.answer("5"), Step::Again("5 is not among them. Give a number.".into()));
        assert_eq!(filling.answer("sa"), Step::Again("More than one begins with sa. Give its number.".into()));
        assert_eq!(filling.answer("fire"), Step::Next);
        assert_eq!(filling.question(), ["Points: a number; now 3"]);
        assert_eq!(filling.answer("many"), Step::Again("Points is a number.".into()));
        assert_eq!(filling.answer(""), Step::Next);
        assert_eq!(filling.answer("2, ui"), Step::Next);
        assert_eq!(filling.answer("one"), Step::More);
        assert_eq!(filling.answer("two"), Step::More);
        assert_eq!(filling.answer(""), Step::Next);
        assert_eq!(filling.answer(""), Step::Done);
        let (channel, id, values) = filling.finish();
        assert_eq!((channel.as_deref(), id.as_str()), (Some("eng"), "f1"));
        let values: Vec<_> = values.into_iter().map(|(name, values)| format!("{name}={}", values.join("+"))).collect();
        assert_eq!(values, ["browser=Firefox", "labels=api+ui", "points=3", "why=one\ntwo"]);
    }
}
