//! `~`: whether a text has the words that were asked for.

/// What a `~` looks for.
#[derive(Debug)]
pub(super) struct Words {
    terms: Vec<Word>,
}

#[derive(Debug)]
enum Word {
    /// The whole word.
    Whole(String),
    /// A word that begins so: `log*`.
    Start(String),
    /// Several words in a row: `"log in"`.
    Phrase(String),
}

impl Words {
    /// Reads the operand of a `~`. None where nothing is left to look for.
    pub fn new(text: &str) -> Option<Self> {
        let mut terms = Vec::new();
        for (n, part) in text.split('"').enumerate() {
            if n % 2 == 1 {
                terms.push(Word::Phrase(normal(part)));
                continue;
            }
            for word in part.split_whitespace() {
                let start = word.ends_with('*') || word.ends_with('?');
                let pieces: Vec<String> = pieces(word).collect();
                let last = pieces.len().saturating_sub(1);
                for (n, piece) in pieces.into_iter().enumerate() {
                    terms.push(if start && n == last { Word::Start(piece) } else { Word::Whole(piece) });
                }
            }
        }
        terms.retain(
            |term| !matches!(term, Word::Whole(text) | Word::Start(text) | Word::Phrase(text) if text.is_empty()),
        );
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// Whether the text has all of them, in any order.
    pub fn are_in(&self, text: &str) -> bool {
        let normal = normal(text);
        self.terms.iter().all(|term| match term {
            Word::Whole(word) => normal.split(' ').any(|one| stem(one) == stem(word)),
            Word::Start(start) => normal.split(' ').any(|one| one.starts_with(start.as_str())),
            Word::Phrase(phrase) => format!(" {normal} ").contains(&format!(" {phrase} ")),
        })
    }
}

fn pieces(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|piece| !piece.is_empty()).map(str::to_lowercase)
}

fn normal(text: &str) -> String {
    pieces(text).collect::<Vec<_>>().join(" ")
}

/// Jira finds `engines` by `engine`.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_as_jira_matches_them() {
        let text = "Login fails on Safari, the engines hum";
        let has = |words: &str| Words::new(words).is_some_and(|words| words.are_in(text));
        for words in ["login", "safari login", "engine", "log*", "\"fails on\"", "SAFARI"] {
            assert!(has(words), "{words}");
        }
        for words in ["logi", "chrome", "login chrome", "\"on fails\"", "", "*", "\"\""] {
            assert!(!has(words), "{words}");
        }
    }
}
