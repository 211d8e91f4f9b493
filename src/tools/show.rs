//! How issues are shown: the card, the line, and the buttons below them.

use jiff::Timestamp;
use usher_chat::{
    Text,
    tree::{Block, Inline, Tint},
};

use super::Call;
use crate::{
    error::{Error, JiraError},
    ids::{IssueKey, SiteId},
    jira::{self, Attachment, Body, Category, Comment, Issue, Page, Related, User},
    replies::{About, Deed, Done, IssueCard, IssueLine, Offer, Outcome, Shape},
    text,
};

/// Longest description on a card, in characters.
const DESCRIPTION: usize = 600;
/// Longest description where more of the issue was asked for.
const WHOLE_DESCRIPTION: usize = 3000;
/// Longest comment, in characters.
const COMMENT: usize = 500;
/// The most issues or files of one kind. Jira shows the rest.
const LISTED: usize = 10;

/// The card of an issue, with what people do next.
pub fn card(issue: &Issue, site: &jira::Site) -> Outcome {
    let card = issue_card(issue, site, DESCRIPTION);
    Outcome::new(Shape::Card(Box::new(card)), about(issue)).offering(next_steps(&issue.key, site.id.clone()))
}

/// The card of an issue with what hangs on it: subtasks, linked issues, files, the last comments.
pub fn whole(issue: &Issue, comments: &Page<Comment>, site: &jira::Site) -> Outcome {
    let mut card = issue_card(issue, site, WHOLE_DESCRIPTION);
    let (subtasks, links, files) = (issue.subtasks(), issue.links(), issue.attachments());
    let mut about = about(issue);
    // Whoever asks for more wants to read on, not to change what everyone sees. And Jira does not tell whether issues
    // that are only referred to have a security level.
    about.personal = true;
    let parts = [
        part("Subtasks", subtasks.iter().map(|related| refers(related, site)).collect()),
        part("Links", links.iter().map(|related| refers(related, site)).collect()),
        part("Files", files.iter().map(|file| vec![file_line(file).into()]).collect()),
    ];
    for part in parts.into_iter().flatten() {
        card.rest = card.rest.then(part);
    }
    card.rest = card.rest.then(said(comments));
    let mut steps = next_steps(&issue.key, site.id.clone());
    steps.retain(|offer| offer.label != MORE);
    Outcome::new(Shape::Card(Box::new(card)), about).offering(steps)
}

fn part(title: &str, lines: Vec<Vec<Inline>>) -> Option<Text> {
    let some = !lines.is_empty();
    some.then(|| Text::new().paragraph([Inline::strong(title)]).block(listed(lines)))
}

/// A list of some lines, with how many more there are.
pub fn listed(mut lines: Vec<Vec<Inline>>) -> Block {
    let hidden = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    if hidden > 0 {
        lines.push(vec![format!("and {hidden} more").into()]);
    }
    Block::List { start: None, items: lines.into_iter().map(|line| vec![Block::Paragraph(line)]).collect() }
}

/// `blocks WEB-3 Search box · To Do`.
fn refers(related: &Related, site: &jira::Site) -> Vec<Inline> {
    let key = Inline::Link {
        url: site.browse_url(&related.key).to_string(),
        content: vec![Inline::text(related.key.to_string())],
    };
    let mut words = Vec::new();
    if !related.relation.is_empty() {
        words.push(format!("{} ", related.relation).into());
    }
    let status = if related.status.name.is_empty() { String::new() } else { format!(" · {}", related.status.name) };
    words.extend([key, format!(" {}{status}", related.summary).into()]);
    words
}

/// `plan.pdf · 120 kB · Ada Byron`.
fn file_line(file: &Attachment) -> String {
    format!("{}{}", file.name, file_facts(file))
}

/// What is said of a file behind its name: ` · 120 kB · Ada Byron`.
pub fn file_facts(file: &Attachment) -> String {
    let author = file.author.as_ref().map(|author| format!(" · {}", author.name)).unwrap_or_default();
    format!(" · {}{author}", size(file.bytes))
}

/// A size as people read it: `840 bytes`, `120 kB`, `2.4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ if bytes % 1_000_000 < 100_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The last comments, the oldest of them first.
fn said(comments: &Page<Comment>) -> Text {
    let mut text = Text::new();
    if comments.items.is_empty() {
        return text;
    }
    let (shown, total) = (comments.items.len() as u64, comments.total.unwrap_or_default());
    let title = if total > shown { format!("Comments, the last {shown} of {total}") } else { "Comments".to_owned() };
    text = text.paragraph([Inline::strong(title)]);
    comments.items.iter().rev().fold(text, |text, said| text.then(comment(None, said)))
}

/// A comment: who, when, and what. The number is the one under which it can be named.
pub fn comment(number: Option<u64>, comment: &Comment) -> Text {
    let number = number.map(|number| format!("{number}. ")).unwrap_or_default();
    let who = name(comment.author.as_ref());
    let when = comment.created.map_or_else(String::new, |at| format!(", {}", day(at)));
    let few = if comment.restricted { ", for a few" } else { "" };
    let body = comment.body.as_ref().map(|body| text::shorten(&tree(body), COMMENT)).unwrap_or_default();
    let lead = format!("{number}{who}{when}{few}");
    Text::new().paragraph([Inline::Emphasis(vec![lead.into()])]).block(Block::Quote(body.0))
}

/// A day as people read it: `18 Nov 2026`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// What to call somebody who may be gone.
pub fn name(user: Option<&User>) -> &str {
    user.map_or("Somebody", |user| user.name.as_str())
}

/// `Ada, Grace and Linus`.
pub fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The words of a rich text in one line, at most so many characters.
pub fn one_line(body: &Body, longest: usize) -> String {
    let words = tree(body).to_plain().split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// What was looked up about an issue.
pub fn page(issue: &Issue, text: Text, site: &jira::Site, about: About) -> Outcome {
    let url = Some(site.browse_url(&issue.key).to_string());
    Outcome::new(Shape::Page(crate::replies::Page { text, url }), about)
}

/// What was done with an issue, in a sentence.
pub fn done(issue: &Issue, words: String, site: &jira::Site, about: About) -> Outcome {
    let url = Some(site.browse_url(&issue.key).to_string());
    Outcome::new(Shape::Done(Done { text: Text::plain(words), url }), about)
}

/// Another issue than the one that the call is about, so that it is named where it cannot be read.
pub async fn other<A>(call: &Call<A>, key: &IssueKey) -> Result<Issue, Error> {
    call.jira.issues().get(key).await.map_err(|error| match error {
        JiraError::NotFound { .. } => {
            Error::user(format!("{key} does not exist, or your Jira account may not see it."))
        }
        JiraError::OutOfScope { project } if project != *key.project() => {
            Error::user(format!("{key} is in {project} now, and {project} may not be used here."))
        }
        error => error.at(call.site()),
    })
}

/// Why Jira refused something about an issue. It answers "not found" also where the issue is there and the matter is
/// not allowed, and then its own words say why.
pub async fn why_not<A>(call: &Call<A>, key: &IssueKey, error: JiraError) -> Error {
    if let JiraError::NotFound { messages } = &error
        && !messages.is_empty()
        && call.jira.issues().get(key).await.is_ok()
    {
        return Error::user(messages.join(" "));
    }
    error.at(call.site())
}

/// What became of the asker's own matter with an issue, such as watching it.
pub fn own<A>(call: &Call<A>, key: &IssueKey, words: String) -> Outcome {
    let url = call.jira.site().browse_url(key).to_string();
    let about = About { personal: true, ..About::project(key.project().clone()) };
    Outcome::new(Shape::Done(Done { text: Text::plain(words), url: Some(url) }), about).changed(key)
}

fn issue_card(issue: &Issue, site: &jira::Site, longest: usize) -> IssueCard {
    let mut facts = Vec::new();
    if let Some(reporter) = &issue.reporter {
        facts.push(("Reporter".to_owned(), reporter.name.clone()));
    }
    if let Some(due) = &issue.due {
        facts.push(("Due".to_owned(), due.strftime("%-d %b %Y").to_string()));
    }
    if !issue.labels.is_empty() {
        facts.push(("Labels".to_owned(), issue.labels.join(", ")));
    }
    IssueCard {
        lead: None,
        line: line(issue, site),
        description: issue.description.as_ref().map(|body| text::shorten(&tree(body), longest)).unwrap_or_default(),
        facts,
        rest: Text::new(),
        picture: issue.assignee.as_ref().and_then(|user| user.avatar.clone()),
    }
}

/// An issue in one line.
pub fn line(issue: &Issue, site: &jira::Site) -> IssueLine {
    IssueLine {
        key: Some(issue.key.clone()),
        title: issue.summary.clone(),
        kind: Some(issue.kind.clone()),
        status: Some(issue.status.name.clone()),
        tint: tint(issue.status.category),
        priority: issue.priority.clone(),
        assignee: issue.assignee.as_ref().map(|user| user.name.clone()),
        url: Some(site.browse_url(&issue.key).to_string()),
    }
}

/// Whose content an issue is.
pub fn about(issue: &Issue) -> About {
    About { restricted: issue.security, ..About::project(issue.project.clone()) }
}

/// Whose content an issue is that was changed. Not read means not known: then only the asker may see it.
pub fn about_changed(key: &IssueKey, issue: Option<&Issue>) -> About {
    match issue {
        Some(issue) => about(issue),
        None => About { restricted: true, ..About::project(key.project().clone()) },
    }
}

/// A rich text of Jira's as a tree.
pub fn tree(body: &Body) -> usher_chat::Text {
    match body {
        Body::Adf(document) => text::from_adf(document),
        Body::Wiki(markup) => text::from_wiki(markup),
    }
}

/// The button that shows what hangs on an issue.
const MORE: &str = "More";

/// The buttons below an issue.
pub fn next_steps(key: &IssueKey, site: SiteId) -> Vec<Offer> {
    vec![
        Offer::anyone("Status", deed("status", serde_json::json!({ "key": key, "to": null }), &site)),
        Offer::anyone("Assign to me", deed("assign", serde_json::json!({ "key": key, "who": "me" }), &site)),
        Offer::anyone("Comment", deed("comment", serde_json::json!({ "key": key }), &site)),
        Offer::anyone("Watch", deed("watch", serde_json::json!({ "key": key }), &site)),
        Offer::anyone(MORE, deed("view", serde_json::json!({ "key": key, "more": true }), &site)).instead(),
    ]
}

/// A call of another tool, for a button.
pub fn deed(tool: &str, args: serde_json::Value, site: &SiteId) -> Deed {
    Deed::tool(tool.parse().expect("tools name each other by their constants"), args, Some(site.clone()))
}

fn tint(category: Category) -> Tint {
    match category {
        Category::InProgress => Tint::Blue,
        Category::Done => Tint::Green,
        Category::ToDo | Category::Unknown => Tint::Neutral,
    }
}
