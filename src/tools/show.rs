//! How issues are shown: the card, the line, and the buttons below them.

use usher_chat::tree::Tint;

use crate::{
    ids::{IssueKey, SiteId},
    jira::{self, Body, Category, Issue},
    replies::{About, Deed, IssueCard, IssueLine, Offer, Outcome, Shape},
    text,
};

/// Longest description on a card, in characters.
const DESCRIPTION: usize = 600;

/// The card of an issue, with what people do next.
pub fn card(issue: &Issue, site: &jira::Site) -> Outcome {
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
    let card = IssueCard {
        lead: None,
        line: line(issue, site),
        description: issue.description.as_ref().map(|body| text::shorten(&tree(body), DESCRIPTION)).unwrap_or_default(),
        facts,
        picture: issue.assignee.as_ref().and_then(|user| user.avatar.clone()),
    };
    Outcome::new(Shape::Card(Box::new(card)), about(issue)).offering(next_steps(&issue.key, site.id.clone()))
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

/// What a person typed, as this site's rich text.
pub fn body(markdown: &str, site: &jira::Site) -> Body {
    let tree = text::from_markdown(markdown);
    match site.kind {
        crate::ids::SiteKind::Cloud => Body::Adf(text::to_adf(&tree)),
        crate::ids::SiteKind::DataCenter => Body::Wiki(text::to_wiki(&tree)),
    }
}

/// The buttons below an issue.
pub fn next_steps(key: &IssueKey, site: SiteId) -> Vec<Offer> {
    vec![
        Offer::anyone("Status", deed("status", serde_json::json!({ "key": key, "to": null }), &site)),
        Offer::anyone("Assign to me", deed("assign", serde_json::json!({ "key": key, "who": "me" }), &site)),
        Offer::anyone("Comment", deed("comment", serde_json::json!({ "key": key }), &site)),
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
