//! Words that somebody typed, cut to fit into a sentence of ours.

/// Cuts a word so that it fits into a sentence.
pub fn shorten(word: &str) -> String {
    const LONGEST: usize = 40;
    let clean: String = word.chars().filter(|c| !c.is_control() && *c != '`').take(LONGEST + 1).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}
