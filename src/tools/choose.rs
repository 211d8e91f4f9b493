//! Choosing by name: exactly, then by its beginning, then by any part. Two matches are a question back.

/// The entries whose name matches a word best. More than one means that the word does not decide.
pub fn by_name<'a, T>(entries: &'a [T], word: &str, names: impl Fn(&T) -> Vec<&str>) -> Vec<&'a T> {
    let wanted = fold(word);
    let tests: [fn(&str, &str) -> bool; 3] =
        [|name, wanted| name == wanted, |name, wanted| name.starts_with(wanted), |name, wanted| name.contains(wanted)];
    if wanted.is_empty() {
        return Vec::new();
    }
    for test in tests {
        let found: Vec<&T> =
            entries.iter().filter(|entry| names(entry).iter().any(|name| test(&fold(name), &wanted))).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// How many match, as a sentence begins: `Two`, `Three`, `12`.
pub fn count(number: usize) -> String {
    match number {
        2 => "Two".to_owned(),
        3 => "Three".to_owned(),
        more => more.to_string(),
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_wins_and_equals_are_all_returned() {
        let names = ["In Progress", "Ready for review", "Released", "Done"];
        let found = |word| by_name(&names, word, |name| vec![*name]);
        assert_eq!(found("done"), [&"Done"]);
        assert_eq!(found("in-progress"), [&"In Progress"]);
        assert_eq!(found("prog"), [&"In Progress"]);
        assert_eq!(found("re"), [&"Ready for review", &"Released"]);
        assert!(found("x").is_empty() && found("  ").is_empty());
    }
}
