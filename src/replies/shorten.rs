//! Words, cut or capitalised to fit into a sentence of ours.

/// The same words with a capital letter in front.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Cuts a word so that it fits into a sentence.
pub fn shorten(word: &str) -> String {
    const LONGEST: usize = 40;
    let clean: String = word.chars().filter(|c| !c.is_control() && *c != '`').take(LONGEST + 1).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}
