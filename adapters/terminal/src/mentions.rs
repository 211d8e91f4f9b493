//! Finds the people named in a text, as `@ada`.

use usher_chat::{Mention, Person, Platform};

/// Everyone named as `@name`, where the sign stands at the start of a word.
pub(crate) fn find(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    for (start, char) in text.char_indices() {
        if char == '@' && !before.is_some_and(|before| before.is_alphanumeric() || before == '@') {
            let rest = &text[start + 1..];
            let end = rest.find(|char: char| !is_name(char)).unwrap_or(rest.len());
            let name = rest[..end].trim_end_matches(['.', '-']);
            if !name.is_empty() {
                found.push(Mention {
                    person: Person::new(Platform::TERMINAL, name),
                    name: name.to_owned(),
                    range: start..start + 1 + name.len(),
                });
            }
        }
        before = Some(char);
    }
    found
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_at_the_start_of_a_word() {
        let text = "jira assign DEMO-1 @grace, not a@b.example; (@édith.p.) @ @@x";
        let found: Vec<_> = find(text).into_iter().map(|one| (one.person.to_string(), &text[one.range])).collect();
        assert_eq!(found, [("terminal:grace".to_owned(), "@grace"), ("terminal:édith.p".to_owned(), "@édith.p")]);
    }
}
