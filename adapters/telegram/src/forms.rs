//! A form as a conversation in the direct chat: one question a message, buttons for what can be chosen, back, skip, cancel.
//!
//! Where the conversation stands is kept in the adapter's memory, so it goes on after a restart. What was entered comes out
//! as one [`Input::Submit`](usher_chat::Input::Submit) at its end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usher_chat::{
    ActionId, Field, FieldKind, Form, Place, Text,
    tree::{Block, Inline},
};

use crate::render::{
    Outgoing,
    keyboard::{Data, Key, arranged},
    only_words,
};

/// So many options are shown as buttons; of a longer list the answer is typed.
const OPTIONS: usize = 60;

/// What a form asks, and the place that it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Questions {
    pub id: ActionId,
    pub title: String,
    pub fields: Vec<Field>,
    pub place: Place,
}

/// A form on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Filling {
    pub questions: Questions,
    /// Tells its buttons from those of another form.
    mark: String,
    at: usize,
    values: BTreeMap<String, Vec<String>>,
    /// The message that holds the question.
    pub asked: Option<i32>,
    /// The last update that was an answer. Telegram tells things twice.
    pub seen: u32,
    /// It is filled in and was handed over.
    pub finished: bool,
    /// The person was asked for a code meanwhile: their next message is no answer.
    pub awaits_code: bool,
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Text(String),
    Option(usize),
    Keep,
    Done,
    Back,
    Skip,
    Cancel,
}

/// How it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The next question, or the one before.
    Ask,
    /// The same question with other ticks.
    Ticked,
    /// The same question, as the answer does not fit it.
    Again(&'static str),
    /// All is answered.
    Submit,
    /// The person does not want to.
    Cancelled,
}

impl Questions {
    pub(crate) fn new(form: &Form, place: &Place) -> Self {
        let Form { id, title, fields } = form.clone();
        Self { id, title, fields, place: place.clone() }
    }
}

impl Answer {
    /// A press on one of the question's buttons.
    fn pressed(text: &str) -> Option<Self> {
        Some(match text {
            "keep" => Self::Keep,
            "done" => Self::Done,
            "back" => Self::Back,
            "skip" => Self::Skip,
            "cancel" => Self::Cancel,
            number => Self::Option(number.parse().ok()?),
        })
    }

    /// A message. `/back`, `/skip` and `/cancel` are for those who like to type.
    pub(crate) fn typed(text: &str) -> Self {
        match text.trim().split('@').next().unwrap_or_default() {
            "/back" => Self::Back,
            "/skip" => Self::Skip,
            "/cancel" => Self::Cancel,
            _ => Self::Text(text.trim().to_owned()),
        }
    }
}

impl Filling {
    pub(crate) fn new(questions: Questions) -> Self {
        let mark = format!("{:08x}", rand::random::<u32>());
        let (at, values, asked, seen) = (0, BTreeMap::new(), None, 0);
        Self { questions, mark, at, values, asked, seen, finished: false, awaits_code: false }
    }

    /// What a press on a question's button answers. `None`: the question is past, or of another form.
    pub(crate) fn read(&self, form: &str, pressed: &str) -> Option<Answer> {
        (form == self.name()).then(|| Answer::pressed(pressed)).flatten()
    }

    /// What was entered, by field.
    pub(crate) fn values(&self) -> BTreeMap<String, Vec<String>> {
        self.values.clone()
    }

    /// Takes an answer to the question that stands.
    pub(crate) fn take(&mut self, answer: Answer) -> Step {
        let Some(field) = self.questions.fields.get(self.at).cloned() else { return Step::Submit };
        match answer {
            Answer::Cancel => return Step::Cancelled,
            Answer::Back if self.at == 0 => return Step::Again("This is the first question."),
            Answer::Back => {
                self.at -= 1;
                return Step::Ask;
            }
            Answer::Skip if field.required => return Step::Again("This one is needed. Answer it, or cancel."),
            Answer::Skip => drop(self.values.remove(&field.name)),
            Answer::Keep => match &field.value {
                Some(value) => drop(self.values.insert(field.name.clone(), vec![value.clone()])),
                None => return Step::Again("There is nothing to keep. Type an answer."),
            },
            Answer::Done if field.required && self.chosen(&field).is_empty() => {
                return Step::Again("Choose at least one.");
            }
            Answer::Done => {}
            Answer::Option(number) => {
                let Some(option) = field.options.get(number).cloned() else {
                    return Step::Again("That is none of the options.");
                };
                if field.kind == FieldKind::Choices {
                    self.tick(&field, option);
                    return Step::Ticked;
                }
                self.values.insert(field.name.clone(), vec![option]);
            }
            Answer::Text(text) => match entered(&field, &text) {
                Ok(values) => drop(self.values.insert(field.name.clone(), values)),
                Err(why) => return Step::Again(why),
            },
        }
        self.at += 1;
        if self.at < self.questions.fields.len() { Step::Ask } else { Step::Submit }
    }

    /// The question that stands.
    pub(crate) fn question(&self) -> Outgoing {
        let Some(field) = self.questions.fields.get(self.at) else { return Outgoing::default() };
        let count = format!(" · {} of {}", self.at + 1, self.questions.fields.len());
        let mut text = Text::new()
            .paragraph([Inline::strong(&self.questions.title), Inline::text(count)])
            .paragraph([Inline::text(label(field))]);
        let mut more = |words: String| text.0.push(Block::Paragraph(vec![Inline::Emphasis(vec![Inline::text(words)])]));
        field.hint.iter().for_each(|hint| more(hint.clone()));
        if field.options.len() > OPTIONS {
            more(format!("Type one of: {}, …", field.options[..OPTIONS].join(", ")));
        }
        field.value.iter().for_each(|value| more(format!("Now: {value}")));
        Outgoing { keyboard: self.keyboard(field), ..only_words(text) }
    }

    /// The question with its answer, for when it is past.
    pub(crate) fn answered(&self, at: usize) -> Option<Outgoing> {
        let field = self.questions.fields.get(at)?;
        let values = self.chosen(field);
        let answer = if values.is_empty() { "—".to_owned() } else { values.join(", ") };
        let words = [Inline::text(format!("{}: ", field.label)), Inline::strong(answer)];
        Some(only_words(Text::new().paragraph(words)))
    }

    /// Which question stands.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn name(&self) -> String {
        format!("{}.{}", self.mark, self.at)
    }

    fn chosen(&self, field: &Field) -> &[String] {
        self.values.get(&field.name).map(Vec::as_slice).unwrap_or_default()
    }

    fn tick(&mut self, field: &Field, option: String) {
        let chosen = self.values.entry(field.name.clone()).or_default();
        match chosen.iter().position(|known| *known == option) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(option),
        }
    }

    fn keyboard(&self, field: &Field) -> Vec<Vec<Key>> {
        let key = |label: &str, pressed: &str| Key::Press {
            label: label.to_owned(),
            data: Data::Answer { form: self.name(), pressed: pressed.to_owned() },
        };
        let several = field.kind == FieldKind::Choices;
        let options = if field.options.len() > OPTIONS { &[] } else { field.options.as_slice() };
        let options = options.iter().enumerate().map(|(number, option)| match several {
            true if self.chosen(field).contains(option) => key(&format!("✓ {option}"), &number.to_string()),
            _ => key(option, &number.to_string()),
        });
        let mut rows = arranged(options);
        let mut last = Vec::new();
        if several {
            last.push(key("Done", "done"));
        }
        if field.value.is_some() {
            last.push(key("Keep", "keep"));
        }
        if self.at > 0 {
            last.push(key("Back", "back"));
        }
        if !field.required {
            last.push(key("Skip", "skip"));
        }
        last.push(key("Cancel", "cancel"));
        rows.extend(arranged(last));
        rows
    }
}

fn label(field: &Field) -> String {
    match field.required {
        true => field.label.clone(),
        false => format!("{} (optional)", field.label),
    }
}

/// The values that a typed answer stands for.
fn entered(field: &Field, text: &str) -> Result<Vec<String>, &'static str> {
    if text.is_empty() {
        return Err("Type an answer.");
    }
    match field.kind {
        FieldKind::Choice => Ok(vec![option(field, text)?]),
        FieldKind::Choices => {
            text.split(',').map(str::trim).filter(|w| !w.is_empty()).map(|w| option(field, w)).collect()
        }
        _ => Ok(vec![text.to_owned()]),
    }
}

/// The option that is meant: the same words in any case, or the only one that begins so.
fn option(field: &Field, text: &str) -> Result<String, &'static str> {
    let text = text.to_lowercase();
    let named = |option: &&String| option.to_lowercase() == text;
    let mut begun = field.options.iter().filter(|option| option.to_lowercase().starts_with(&text));
    let found = field.options.iter().find(named).or_else(|| match (begun.next(), begun.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    });
    found.cloned().ok_or("That is none of the options. Press one of them, or type it as it is written.")
}

#[cfg(test)]
mod tests {
    use usher_chat::Platform;

    use super::*;

    fn field(name: &str, kind: FieldKind, required: bool, options: &[&str]) -> Field {
        Field {
            name: name.to_owned(),
            label: name.to_uppercase(),
            kind,
            required,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            value: None,
            hint: None,
        }
    }

    fn filling(fields: Vec<Field>) -> Filling {
        let place = Place::direct(Platform::TELEGRAM);
        Filling::new(Questions { id: "f1".into(), title: "Create a bug".to_owned(), fields, place })
    }

    fn text(words: &str) -> Answer {
        Answer::typed(words)
    }

    #[test]
    fn answers_lead_from_question_to_question() {
        let browsers = ["Chrome", "Firefox", "Safari"];
        let mut filling = filling(vec![
            field("summary", FieldKind::Line, true, &[]),
            field("browser", FieldKind::Choice, true, &browsers),
            field("labels", FieldKind::Choices, false, &["ui", "api"]),
        ]);
        assert_eq!(filling.take(Answer::Back), Step::Again("This is the first question."));
        assert!(matches!(filling.take(Answer::Skip), Step::Again(_)), "it is required");
        assert_eq!(filling.take(text("Search jumps")), Step::Ask);
        assert!(matches!(filling.take(text("Opera")), Step::Again(_)));
        assert_eq!(filling.take(text("/back")), Step::Ask);
        assert_eq!(filling.take(text("Search box jumps")), Step::Ask);
        assert_eq!(filling.take(text("fire")), Step::Ask);
        assert_eq!(filling.take(Answer::Option(1)), Step::Ticked);
        assert_eq!(filling.take(Answer::Option(0)), Step::Ticked);
        assert_eq!(filling.take(Answer::Option(1)), Step::Ticked);
        assert_eq!(filling.take(Answer::Done), Step::Submit);
        let values: Vec<_> = filling.values().into_iter().map(|(name, values)| (name, values.join("+"))).collect();
        let expected = [("browser", "Firefox"), ("labels", "ui"), ("summary", "Search box jumps")];
        assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_button_of_another_question_answers_nothing() {
        let mut filling =
            filling(vec![field("a", FieldKind::Line, false, &[]), field("b", FieldKind::Line, false, &[])]);
        let first = filling.name();
        assert_eq!(filling.read(&first, "skip"), Some(Answer::Skip));
        filling.take(Answer::Skip);
        assert_eq!(filling.read(&first, "skip"), None);
        assert_eq!(filling.read(&filling.name(), "back"), Some(Answer::Back));
        assert_eq!(filling.take(Answer::Cancel), Step::Cancelled);
    }

    #[test]
    fn what_stands_already_can_be_kept() {
        let known = Field { value: Some("High".to_owned()), ..field("priority", FieldKind::Line, true, &[]) };
        let mut filling = filling(vec![known]);
        assert_eq!(filling.take(Answer::Keep), Step::Submit);
        assert_eq!(filling.values()["priority"], ["High"]);
    }
}
