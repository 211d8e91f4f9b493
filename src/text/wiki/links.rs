//! Links, people, files and pictures in wiki markup.

use usher_chat::tree::{Inline, Media, Mentioned};

use super::{line::read_words, signs::unescape};

/// What stands between `[` and `]`, if it is a link, a person or a file.
pub(super) fn link(inner: &str) -> Option<Inline> {
    let mut parts = split_bars(inner);
    let first = parts.next()?;
    let target = parts.next().unwrap_or(first).trim();
    let words = (target.as_ptr() != first.trim().as_ptr()).then_some(first);
    if let Some(name) = target.strip_prefix('~') {
        let (id, shown) = match name.strip_prefix("accountid:") {
            Some(id) => (id, ""),
            None => (name, name),
        };
        let name = words.map_or_else(|| unescape(shown), unescape);
        let who = Mentioned::Account(unescape(id));
        return (!id.is_empty() && !id.contains(['\n', '*'])).then_some(Inline::Mention { who, name });
    }
    if let Some(name) = target.strip_prefix('^') {
        let name = unescape(name);
        return (!name.is_empty()).then_some(Inline::Media(Media { name, url: None, id: None }));
    }
    let schemes = ["http://", "https://", "mailto:", "ftp://", "ftps://", "file:", "tel:"];
    let absolute = schemes.iter().any(|scheme| target.len() > scheme.len() && target.starts_with(scheme));
    let relative = words.is_some() && (target.starts_with('/') || target.starts_with('#'));
    if !absolute && !relative || target.contains(char::is_whitespace) {
        return None;
    }
    let content = match words {
        Some(words) => read_words(words.trim()),
        None => Vec::new(),
    };
    let shown = target.strip_prefix("mailto:").unwrap_or(target);
    let content = if content.is_empty() { vec![Inline::text(shown)] } else { content };
    Some(Inline::Link { url: target.to_owned(), content })
}

fn split_bars(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(length) = text[from..].find(['\\', '|']) {
            let found = from + length;
            if text[found..].starts_with('|') {
                rest = Some(&text[found + 1..]);
                return Some(&text[..found]);
            }
            from = found + 1 + text[found + 1..].chars().next().map_or(0, char::len_utf8);
        }
        rest = None;
        Some(text)
    })
}

/// The picture (`!shot.png|thumbnail!`) at the start of `text`: its length and what it shows.
pub(super) fn picture(text: &str, before: char) -> Option<(usize, Media)> {
    let inner = text.strip_prefix('!')?;
    let end = inner.find(['!', '\n'])?;
    let name = inner[..end].split('|').next()?;
    if !inner[end..].starts_with('!') || before.is_alphanumeric() || name.trim() != name {
        return None;
    }
    let url = (name.starts_with("http://") || name.starts_with("https://")).then(|| name.to_owned());
    let (stem, extension) = name.rsplit_once('.').unwrap_or_default();
    let file =
        !stem.is_empty() && (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    (file || url.is_some()).then(|| (end + 2, Media { name: unescape(name), url, id: None }))
}
