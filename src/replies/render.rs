//! An outcome becomes words, cards and buttons.

use usher_chat::{ButtonStyle, Card, Fact, Link, tree::Inline};

use super::{Deed, Done, Draft, FileList, IssueCard, IssueLine, IssueList, Offer, Outcome, Page, Shape, error::marked};

/// The draft that shows an outcome. Who may see it is not decided here: it starts private.
pub fn outcome(outcome: Outcome) -> Draft {
    let Outcome { shape, offers, .. } = outcome;
    let mut draft = match shape {
        Shape::Card(card) => issue_card(*card),
        Shape::List(list) => issue_list(&list),
        Shape::Done(Done { text, url }) | Shape::Page(Page { text, url }) => {
            let mut draft = Draft::private(text);
            draft.links.extend(url.map(open));
            draft
        }
        Shape::Pick(pick) => {
            let mut draft = Draft { pick: true, ..Draft::private(pick.question) };
            draft.offers = pick.options.into_iter().map(Offer::instead).collect();
            draft
        }
        Shape::Form { why, form } => {
            let mut draft = Draft::private(marked(&why));
            draft.form = Some(*form);
            draft
        }
        Shape::Text(text) => Draft::private(text),
        Shape::Files(FileList { text, url, files }) => {
            let mut draft = Draft { files, ..Draft::private(text) };
            draft.links.extend(url.map(open));
            draft
        }
    };
    draft.offers.extend(offers);
    draft
}

fn issue_card(issue: IssueCard) -> Draft {
    if let Some(lead) = &issue.lead {
        return sentence(lead, &issue.line);
    }
    let mut draft = Draft::default();
    draft.links.extend(issue.line.url.clone().map(open));
    let mut card = card(&issue.line);
    card.body = issue.description;
    card.picture = issue.picture;
    if !issue.facts.is_empty() {
        let facts: Vec<String> = issue.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        card.body = card.body.paragraph([facts.join(" · ").into()]);
    }
    card.body = card.body.then(issue.rest);
    draft.cards.push(card);
    draft
}

/// `Ada Byron created WEB-57 Search box loses focus · Bug · High`: what became of an issue, in one line.
fn sentence(lead: &str, line: &IssueLine) -> Draft {
    let mut content = vec![Inline::text(lead), " ".into()];
    if let Some(key) = &line.key {
        content.extend([Inline::strong(key.to_string()), " ".into()]);
    }
    let mut rest = line.title.clone();
    for fact in [&line.kind, &line.status, &line.priority, &line.assignee].into_iter().flatten() {
        rest.push_str(" · ");
        rest.push_str(fact);
    }
    content.push(rest.into());
    let mut draft = Draft::private(content);
    draft.links.extend(line.url.clone().map(open));
    draft
}

fn issue_list(list: &IssueList) -> Draft {
    let shown = list.issues.len() as u64;
    let place = if list.what.is_empty() { String::new() } else { format!(" {}", list.what) };
    let head = match (shown, list.total, list.more) {
        (0, ..) => format!("Nothing found{place}."),
        (_, None, more) if list.further => match more {
            true => format!("The next {shown}{place}, there are more"),
            false => format!("The last {shown}{place}"),
        },
        (_, Some(total), _) => format!("{shown} of {total}{place}"),
        (_, None, false) => format!("{shown} of {shown}{place}"),
        (_, None, true) => format!("The first {shown}{place}, there are more"),
    };
    let mut draft = Draft::private(head);
    for line in &list.issues {
        let mut card = card(line);
        // In a list the type and the priority are left out: one line holds key, title, status and person.
        card.facts.retain(|fact| matches!(fact.name.as_str(), "Status" | "Assignee"));
        draft.cards.push(card);
    }
    draft
}

fn card(line: &IssueLine) -> Card {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<&String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact { name: name.to_owned(), value: value.clone() });
        }
    };
    fact("Type", line.kind.as_ref());
    fact("Status", line.status.as_ref());
    fact("Priority", line.priority.as_ref());
    fact("Assignee", line.assignee.as_ref().or(Some(&"nobody".to_owned())));
    Card {
        key: line.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        title: line.title.clone(),
        url: line.url.clone(),
        facts,
        tint: line.tint,
        ..Card::default()
    }
}

fn open(url: String) -> Link {
    Link { label: "Open in Jira".to_owned(), url }
}

/// The button that shows to everyone in the place what only the asker has seen.
pub fn show_here(deed: &Deed) -> Option<Offer> {
    let mut deed = deed.clone();
    match &mut deed {
        Deed::Tool { show, instead, .. } => (*show, *instead) = (true, false),
        _ => return None,
    }
    Some(Offer::mine("Show here", deed))
}

/// The question before something that cannot be taken back.
pub fn confirm(what: &str, warning: Option<&str>, mut deed: Deed) -> Draft {
    if let Deed::Tool { confirmed, instead, .. } = &mut deed {
        (*confirmed, *instead) = (true, true);
    }
    let warning = warning.map(|warning| format!(" {warning}")).unwrap_or_default();
    Draft::private(marked(&format!("This cannot be taken back: {what}.{warning} Go on?")))
        .offer(Offer::mine("Yes, go on", deed).style(ButtonStyle::Danger))
        .offer(Offer::mine("Not now", Deed::Dismiss))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replies::About;

    fn line(key: &str, title: &str) -> IssueLine {
        IssueLine {
            key: Some(key.parse().unwrap()),
            title: title.into(),
            kind: Some("Bug".into()),
            status: Some("To Do".into()),
            url: Some(format!("https://acme.example/browse/{key}")),
            ..IssueLine::default()
        }
    }

    #[test]
    fn a_card_names_its_facts_in_one_order_and_links_to_jira() {
        let shape = Shape::Card(Box::new(IssueCard { line: line("WEB-1", "Search"), ..IssueCard::default() }));
        let draft = outcome(Outcome::new(shape, About::default()));
        let facts: Vec<_> = draft.cards[0].facts.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(facts, ["Bug", "To Do", "nobody"]);
        assert_eq!(draft.links[0].url, "https://acme.example/browse/WEB-1");
    }

    #[test]
    fn who_did_what_is_said_in_one_line() {
        let card =
            IssueCard { lead: Some("Ada created".into()), line: line("WEB-1", "Search"), ..IssueCard::default() };
        let draft = outcome(Outcome::new(Shape::Card(Box::new(card)), About::default()));
        assert_eq!(draft.text.to_plain(), "Ada created WEB-1 Search · Bug · To Do");
        assert!(draft.cards.is_empty() && draft.links.len() == 1);
    }

    #[test]
    fn a_list_says_how_many_there_are() {
        let mut list = IssueList { what: "in WEB".into(), ..IssueList::default() };
        let head = |list: &IssueList| issue_list(list).text.to_plain();
        assert_eq!(head(&list), "Nothing found in WEB.");
        list.issues.push(line("WEB-1", "Search"));
        assert_eq!(head(&list), "1 of 1 in WEB");
        list.more = true;
        assert_eq!(head(&list), "The first 1 in WEB, there are more");
        list.total = Some(40);
        assert_eq!(head(&list), "1 of 40 in WEB");
        (list.total, list.further) = (None, true);
        assert_eq!(head(&list), "The next 1 in WEB, there are more");
        list.more = false;
        assert_eq!(head(&list), "The last 1 in WEB");
    }
}
