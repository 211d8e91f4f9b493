//! What was looked up and is no list of issues: a heading, a line for each thing, and the rest behind a button.

use jiff::civil::Date;
use usher_chat::{
    Text,
    tree::{Block, Inline},
};

use super::{Call, show};
use crate::{
    ids::ProjectKey,
    jira::{Cursor, Site},
    replies::{About, Deed, Outcome, Page, Shape},
};

/// Lines of one page.
const LINES: usize = 20;

/// A part of a list that is shown at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a, T> {
    /// What is shown.
    pub items: &'a [T],
    /// Where the next part begins, if there is one.
    pub next: Option<Cursor>,
}

/// The part that begins where a button says, or the first.
pub fn part<'a, T>(all: &'a [T], from: Option<&Cursor>) -> Part<'a, T> {
    let start = match from {
        Some(Cursor::Start(start)) => usize::try_from(*start).unwrap_or(usize::MAX).min(all.len()),
        _ => 0,
    };
    let end = start.saturating_add(LINES).min(all.len());
    Part { items: &all[start..end], next: (end < all.len()).then_some(Cursor::Start(end as u64)) }
}

impl<T> Part<'_, T> {
    /// What shows the next part, if there is one: a call of this tool with these arguments and where it begins.
    pub fn more<A>(&self, call: &Call<A>, tool: &str, mut args: serde_json::Value) -> Option<Deed> {
        let next = self.next.as_ref()?;
        args["page"] = serde_json::json!(next);
        Some(show::deed(tool, args, call.site()))
    }
}

/// A heading and a line for each thing.
pub fn text(head: impl Into<String>, lines: Vec<Vec<Inline>>) -> Text {
    let text = Text::new().paragraph([Inline::text(head.into())]);
    if lines.is_empty() { text } else { text.block(list(lines)) }
}

/// A line for each thing.
pub fn list(lines: Vec<Vec<Inline>>) -> Block {
    Block::List { start: None, items: lines.into_iter().map(|line| vec![Block::Paragraph(line)]).collect() }
}

/// Content of one project, with the link to it.
pub fn of_project(project: &ProjectKey, text: Text, site: &Site) -> Outcome {
    let page = Page { text, url: Some(site.project_url(project).to_string()) };
    Outcome::new(Shape::Page(page), About::project(project.clone()))
}

/// How many there are: `1 board`, `3 boards`.
pub fn counted(number: usize, one: &str) -> String {
    match (number, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {one}s"),
    }
}

/// `3 Dec 2026`.
pub fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_shown_part_by_part() {
        let all: Vec<usize> = (0..45).collect();
        let first = part(&all, None);
        assert_eq!((first.items.len(), &first.next), (20, &Some(Cursor::Start(20))));
        let last = part(&all, Some(&Cursor::Start(40)));
        assert_eq!((last.items, last.next), (&all[40..], None));
        let beyond = part(&all, Some(&Cursor::Start(u64::MAX)));
        assert_eq!((beyond.items.len(), beyond.next), (0, None));
        assert_eq!(part(&all[..20], None).next, None);
    }

    #[test]
    fn things_are_counted_as_people_do() {
        assert_eq!(
            [counted(1, "board"), counted(0, "board"), counted(2, "priority")],
            ["1 board", "0 boards", "2 priorities"]
        );
    }
}
