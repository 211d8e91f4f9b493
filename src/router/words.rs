//! Splits a line into words.
//!
//! Only `"` and curly quotes at the start of a word quote; an apostrophe is a letter. A quote that never closes is a
//! letter too, so that no message is refused for its punctuation.

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word, without its quotes.
    pub text: String,
    /// Where it starts in the line, in bytes, its opening quote included.
    pub start: usize,
    /// Where it ends, its closing quote included.
    pub end: usize,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

/// The words of a line, from left to right.
pub fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(offset) = line[at..].find(|c: char| !c.is_whitespace()) {
        let start = at + offset;
        let word = quoted(line, start).unwrap_or_else(|| plain(line, start));
        at = word.end;
        words.push(word);
    }
    words
}

fn plain(line: &str, start: usize) -> Word {
    let end = line[start..].find(char::is_whitespace).map_or(line.len(), |length| start + length);
    Word { text: line[start..end].to_owned(), start, end, quoted: false }
}

fn quoted(line: &str, start: usize) -> Option<Word> {
    let open = line[start..].chars().next()?;
    let closes: &[char] = match open {
        '"' => &['"'],
        '“' | '„' => &['”', '“'],
        _ => return None,
    };
    let inside = start + open.len_utf8();
    let mut text = String::new();
    let mut letters = line[inside..].char_indices().peekable();
    while let Some((offset, letter)) = letters.next() {
        // `\"` is a quote within quotes; any other backslash is a letter.
        if letter == '\\' && letters.peek().is_some_and(|(_, next)| closes.contains(next)) {
            text.extend(letters.next().map(|(_, next)| next));
            continue;
        }
        if closes.contains(&letter) {
            let end = inside + offset + letter.len_utf8();
            let at_border = line[end..].chars().next().is_none_or(char::is_whitespace);
            if at_border {
                return Some(Word { text, start, end, quoted: true });
            }
        }
        text.push(letter);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(line: &str) -> Vec<String> {
        words(line).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn only_double_quotes_at_the_start_of_a_word_quote() {
        assert_eq!(texts(r#"create bug "Search box" now"#), ["create", "bug", "Search box", "now"]);
        assert_eq!(texts("say “curly quotes” too"), ["say", "curly quotes", "too"]);
        assert_eq!(texts("it's Ada's"), ["it's", "Ada's"]);
        assert_eq!(texts(r#"a 5" disk"#), ["a", "5\"", "disk"]);
        assert_eq!(texts(r#""never closed here"#), ["\"never", "closed", "here"]);
        assert_eq!(texts(r#""say \"hi\" now""#), [r#"say "hi" now"#]);
        assert_eq!(texts(r#""a"b c"#), ["\"a\"b", "c"]);
        assert_eq!(texts(""), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn words_lie_within_the_line_and_in_order(line in "\\PC{0,60}") {
            let mut last = 0;
            for word in words(&line) {
                prop_assert!(word.start >= last && word.end > word.start && word.end <= line.len());
                prop_assert!(line.is_char_boundary(word.start) && line.is_char_boundary(word.end));
                last = word.end;
            }
        }
    }
}
