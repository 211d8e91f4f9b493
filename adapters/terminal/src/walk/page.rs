//! Reads a page: its code, its forms and its words.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::clean::clean_line;

/// A page, as far as it matters here.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) url: Url,
    /// The server said that it failed.
    pub(super) failed: bool,
    /// It asked that its address be kept to itself.
    pub(super) silent: bool,
    code: Option<String>,
    forms: Vec<Form>,
    words: String,
}

/// What is pressed in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Allow,
    Deny,
}

/// A form.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) post: bool,
    fields: Vec<(String, String)>,
    people: Vec<Candidate>,
    buttons: Vec<Button>,
}

/// One way to fill in who approves.
#[derive(Debug)]
struct Candidate {
    name: String,
    value: String,
    label: String,
}

#[derive(Debug)]
struct Button {
    name: String,
    value: String,
    label: String,
}

/// A form as it is sent.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) fields: Vec<(String, String)>,
    /// It says Allow or Deny; otherwise it only leads on.
    pub(super) decides: bool,
}

/// The verification code that an address carries after an OAuth 1.0a approval.
pub(super) fn verifier(url: &Url) -> Option<String> {
    let found = url.query_pairs().find(|(name, _)| name == "oauth_verifier").map(|(_, value)| value.into_owned());
    found.filter(|code| !code.is_empty() && code != "denied")
}

impl Page {
    /// Reads the page at `url`.
    pub(super) fn read(url: Url, html: &str) -> Self {
        let document = Html::parse_document(html);
        let root = document.root_element();
        let code = first(root, "#link-code, #verification-code").map(|element| words_of(element).replace(' ', ""));
        let forms = all(root, "form").map(|element| Form::read(element, &url)).collect();
        let body = first(root, "main").or_else(|| first(root, "body")).unwrap_or(root);
        Self {
            url,
            failed: false,
            silent: false,
            code: code.filter(|code| !code.is_empty()),
            forms,
            words: sentences(body),
        }
    }

    /// A page that was not opened because its address says it all.
    pub(super) fn bare(url: Url, code: String) -> Self {
        Self { url, failed: false, silent: true, code: Some(code), forms: Vec::new(), words: String::new() }
    }

    /// The code that it shows, or has in its address.
    pub(super) fn code(&self) -> Option<String> {
        self.code.clone().or_else(|| verifier(&self.url))
    }

    /// The form that leads to `choice`: one with such a button, or else the first that is sent.
    pub(super) fn form(&self, choice: Choice) -> Option<&Form> {
        let deciding = self.forms.iter().find(|form| form.buttons.iter().any(|button| button.means(choice)));
        deciding.or_else(|| self.forms.iter().find(|form| form.post))
    }

    /// What it says, shortened.
    pub(super) fn words(&self) -> String {
        const LONGEST: usize = 400;
        if self.words.is_empty() {
            return "The page says nothing.".to_owned();
        }
        match self.words.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{} …", self.words[..end].trim_end()),
            None => self.words.clone(),
        }
    }
}

impl Form {
    fn read(form: ElementRef<'_>, url: &Url) -> Self {
        let mut read = Self {
            action: form.attr("action").filter(|action| !action.is_empty()).unwrap_or(url.as_str()).to_owned(),
            post: form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
            fields: Vec::new(),
            people: Vec::new(),
            buttons: Vec::new(),
        };
        for element in all(form, "input, button, select, textarea") {
            let name = element.attr("name").unwrap_or_default().to_owned();
            let value = element.attr("value").unwrap_or_default().to_owned();
            let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
            match (element.value().name(), kind.as_str()) {
                ("select", _) if name == "person" => read.people.extend(options(element, &name)),
                ("select", _) => {
                    let options = all(element, "option").collect::<Vec<_>>();
                    let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
                    if let Some(chosen) = chosen {
                        read.fields.push((name, option_value(*chosen)));
                    }
                }
                ("button", "button" | "reset") | ("input", "button" | "reset" | "file") => {}
                ("button", _) | ("input", "submit" | "image") if name == "person" => {
                    let label = label(form, element, &value);
                    read.people.push(Candidate { name, value, label });
                }
                ("button", _) | ("input", "submit" | "image") => {
                    let words = words_of(element);
                    let label = if words.is_empty() { value.clone() } else { words };
                    read.buttons.push(Button { name, value, label });
                }
                ("input", "radio") if name == "person" => {
                    let label = label(form, element, &value);
                    read.people.push(Candidate { name, value, label });
                }
                ("input", "radio" | "checkbox") => {
                    if element.attr("checked").is_some() {
                        read.fields.push((name, if value.is_empty() { "on".to_owned() } else { value }));
                    }
                }
                ("textarea", _) => read.fields.push((name, element.text().collect())),
                ("input", "hidden") | ("input", _) if name != "person" => read.fields.push((name, value)),
                ("input", "hidden") => read.people.push(Candidate { name, label: value.clone(), value }),
                // A line in which the person's name is typed.
                _ => read.people.push(Candidate { name, value: String::new(), label: String::new() }),
            }
        }
        read.fields.retain(|(name, _)| !name.is_empty());
        read
    }

    /// Fills it in as `person` and presses what `choice` says.
    pub(super) fn fill(&self, person: &str, choice: Choice) -> Result<Filled, String> {
        let mut fields = self.fields.clone();
        let mut pressed = false;
        if !self.people.is_empty() {
            let one = self.person(person)?;
            pressed = self.buttons.is_empty();
            let value = if one.value.is_empty() { person.to_owned() } else { one.value.clone() };
            fields.push((one.name.clone(), value));
        }
        let other = if choice == Choice::Allow { Choice::Deny } else { Choice::Allow };
        let deciding = self.buttons.iter().find(|button| button.means(choice));
        let onward = || self.buttons.iter().find(|button| !button.means(other));
        let Some(button) = deciding.or_else(onward) else {
            let decides = false;
            return if pressed {
                Ok(Filled { fields, decides })
            } else {
                Err("The page has no such button.".to_owned())
            };
        };
        if !button.name.is_empty() {
            fields.push((button.name.clone(), button.value.clone()));
        }
        Ok(Filled { fields, decides: deciding.is_some() })
    }

    fn person(&self, person: &str) -> Result<&Candidate, String> {
        let wanted = person.trim().to_lowercase();
        let exact = |one: &&Candidate| one.value.to_lowercase() == wanted || one.label.to_lowercase() == wanted;
        let typed = |one: &&Candidate| one.value.is_empty() && one.label.is_empty();
        if let Some(one) = self.people.iter().find(exact).or_else(|| self.people.iter().find(typed)) {
            return Ok(one);
        }
        let near: Vec<_> =
            self.people.iter().filter(|one| !wanted.is_empty() && one.label.to_lowercase().contains(&wanted)).collect();
        match near.as_slice() {
            [one] => Ok(one),
            _ => {
                let names: Vec<_> = self.people.iter().map(|one| one.value.as_str()).collect();
                Err(format!("There is no `{}` on the page. Choose one of: {}.", clean_line(person), names.join(", ")))
            }
        }
    }
}

impl Button {
    fn means(&self, choice: Choice) -> bool {
        let words: &[&str] = match choice {
            Choice::Allow => &["allow", "accept", "approve"],
            Choice::Deny => &["deny", "refuse", "reject"],
        };
        let value = self.value.to_lowercase();
        let label = self.label.to_lowercase();
        words.iter().any(|word| value == *word || (value.is_empty() && label.starts_with(word)))
    }
}

fn options(select: ElementRef<'_>, name: &str) -> Vec<Candidate> {
    let options = all(select, "option").filter(|option| !option_value(*option).is_empty());
    options
        .map(|option| Candidate { name: name.to_owned(), value: option_value(option), label: words_of(option) })
        .collect()
}

fn option_value(option: ElementRef<'_>) -> String {
    option.attr("value").map_or_else(|| words_of(option), str::to_owned)
}

/// The words beside a radio button: those of the label around it or for it, or its own.
fn label(form: ElementRef<'_>, element: ElementRef<'_>, value: &str) -> String {
    let around = element.ancestors().filter_map(ElementRef::wrap).find(|parent| parent.value().name() == "label");
    let id = element.attr("id");
    let beside = || all(form, "label").find(|label| id.is_some() && label.attr("for") == id);
    let words = around.or_else(beside).map(words_of).unwrap_or_else(|| words_of(element));
    if words.is_empty() { value.to_owned() } else { words }
}

/// What a page says in its headings and paragraphs, or else anywhere.
fn sentences(body: ElementRef<'_>) -> String {
    let parts: Vec<String> = all(body, "h1, h2, p, li")
        .map(words_of)
        .filter(|words| !words.is_empty())
        .map(|words| if words.ends_with(['.', ':', '?', '!']) { words } else { format!("{words}.") })
        .collect();
    if parts.is_empty() { words_of(body) } else { parts.join(" ") }
}

/// What a reader sees of an element, on one line.
fn words_of(element: ElementRef<'_>) -> String {
    let mut words = String::new();
    for node in element.descendants() {
        let hidden = node
            .ancestors()
            .filter_map(|parent| parent.value().as_element())
            .any(|parent| matches!(parent.name(), "script" | "style" | "head" | "template"));
        if let Some(text) = node.value().as_text().filter(|_| !hidden) {
            words.push(' ');
            words.push_str(text);
        }
    }
    let words = clean_line(&words).split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace(" .", ".").replace(" ,", ",")
}

fn first<'a>(root: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    all(root, selector).next()
}

fn all<'a>(root: ElementRef<'a>, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors of this file are well formed");
    root.select(&selector).collect::<Vec<_>>().into_iter()
}
