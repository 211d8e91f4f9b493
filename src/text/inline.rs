//! What the three languages share: joining pieces of a line, finding addresses in plain text, colours, clean text.

use std::borrow::Cow;

use usher_chat::tree::{Block, Inline, Media};

/// Adds a piece to a line and joins it with the piece before it where both have the same shape.
pub(super) fn push(content: &mut Vec<Inline>, inline: Inline) {
    let rest = match content.last_mut() {
        Some(last) => merge(last, inline),
        None => Some(inline),
    };
    match rest {
        None => {}
        Some(Inline::Text(text)) if text.is_empty() => {}
        Some(inline) => content.push(inline),
    }
}

/// Adds plain text to a line; line breaks in it stay line breaks.
pub(super) fn push_lines(content: &mut Vec<Inline>, text: &str) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            content.push(Inline::Break);
        }
        push(content, Inline::text(line.strip_suffix('\r').unwrap_or(line)));
    }
}

fn merge(last: &mut Inline, next: Inline) -> Option<Inline> {
    match (last, next) {
        (Inline::Text(last), Inline::Text(next)) => last.push_str(&next),
        (Inline::Code(last), Inline::Code(next)) => last.push_str(&next),
        (Inline::Strong(last), Inline::Strong(next))
        | (Inline::Emphasis(last), Inline::Emphasis(next))
        | (Inline::Underline(last), Inline::Underline(next))
        | (Inline::Strike(last), Inline::Strike(next))
        | (Inline::Sub(last), Inline::Sub(next))
        | (Inline::Sup(last), Inline::Sup(next)) => next.into_iter().for_each(|inline| push(last, inline)),
        (Inline::Colour { colour: old, content: last }, Inline::Colour { colour, content: next }) if *old == colour => {
            next.into_iter().for_each(|inline| push(last, inline));
        }
        (Inline::Link { url: old, content: last }, Inline::Link { url, content: next }) if *old == url => {
            next.into_iter().for_each(|inline| push(last, inline));
        }
        (_, next) => return Some(next),
    }
    None
}

/// A paragraph, or the picture that stands alone in it; nothing when the line is empty.
pub(super) fn paragraph(mut content: Vec<Inline>) -> Option<Block> {
    match content.as_mut_slice() {
        [] => None,
        [Inline::Media(media)] => Some(Block::Media(std::mem::take(media))),
        _ => Some(Block::Paragraph(content)),
    }
}

/// Turns the addresses that stand in plain text into links. Existing links stay as they are.
pub(super) fn autolink(content: Vec<Inline>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(content.len());
    for inline in content {
        let Inline::Text(text) = inline else {
            push(&mut out, inline);
            continue;
        };
        let (mut done, mut from) = (0, 0);
        while let Some(at) = find_scheme(&text, from) {
            let before = text[..at].chars().next_back();
            match url_at(&text[at..], before) {
                Some(length) => {
                    let url = &text[at..at + length];
                    push(&mut out, Inline::text(&text[done..at]));
                    push(&mut out, Inline::link(url, url));
                    done = at + length;
                    from = done;
                }
                None => from = at + 1,
            }
        }
        push(&mut out, Inline::text(&text[done..]));
    }
    out
}

fn find_scheme(text: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find("http").map(|at| from + at)
}

/// The length in bytes of the web address at the start of `text`, if one stands there on its own.
pub(super) fn url_at(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let end =
        text.find(|c: char| c.is_whitespace() || c.is_control() || "[]{}|<>\"\\!^`".contains(c)).unwrap_or(text.len());
    let mut url = &text[..end];
    let mut unclosed = url.matches(')').count().saturating_sub(url.matches('(').count());
    loop {
        url = url.trim_end_matches(|c| ".,;:?'*_-+~&".contains(c));
        match url.strip_suffix(')') {
            Some(shorter) if unclosed > 0 => url = shorter,
            _ => break,
        }
        unclosed -= 1;
    }
    (url.len() > scheme.len()).then_some(url.len())
}

/// Whether an address may be written as a link: `http`, `https` or `mailto`, and no spaces.
pub(super) fn linkable(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let known = ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    known && !rest.is_empty() && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Whether a file name or address ends like a picture.
pub(super) fn is_picture(name: &str) -> bool {
    let path = name.split(['?', '#']).next().unwrap_or(name);
    let Some((_, extension)) = path.rsplit_once('.') else { return false };
    ["png", "jpg", "jpeg", "gif", "webp", "bmp", "svg"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// What to call a file of which only some things are known.
pub(super) fn media_name(media: &Media) -> &str {
    if !media.name.trim().is_empty() {
        return media.name.trim();
    }
    media.url.as_deref().filter(|url| !url.is_empty()).unwrap_or("file")
}

/// Takes out the characters that Jira's database and XML refuse. Line breaks and tabs stay.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let refused = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{fffe}' || c == '\u{ffff}';
    match text.contains(refused) {
        true => Cow::Owned(text.replace(refused, "")),
        false => Cow::Borrowed(text),
    }
}

/// A colour as lower-case `#rrggbb`. Knows `#rgb` and the usual names.
pub(super) fn hex(colour: &str) -> Option<String> {
    let colour = colour.trim();
    if let Some(digits) = colour.strip_prefix('#') {
        let digits = digits.to_ascii_lowercase();
        return match (digits.chars().all(|c| c.is_ascii_hexdigit()), digits.len()) {
            (true, 6) => Some(format!("#{digits}")),
            (true, 3) => Some(digits.chars().fold("#".to_owned(), |hex, c| hex + &c.to_string().repeat(2))),
            _ => None,
        };
    }
    let name = colour.to_ascii_lowercase();
    COLOURS.iter().find(|(known, _)| *known == name).map(|(_, hex)| (*hex).to_owned())
}

/// CSS colour names that people use in wiki markup, <https://www.w3.org/TR/css-color-4/#named-colors>.
const COLOURS: [(&str, &str); 24] = [
    ("black", "#000000"),
    ("blue", "#0000ff"),
    ("brown", "#a52a2a"),
    ("crimson", "#dc143c"),
    ("cyan", "#00ffff"),
    ("darkblue", "#00008b"),
    ("darkgreen", "#006400"),
    ("darkred", "#8b0000"),
    ("fuchsia", "#ff00ff"),
    ("gold", "#ffd700"),
    ("gray", "#808080"),
    ("green", "#008000"),
    ("grey", "#808080"),
    ("lime", "#00ff00"),
    ("magenta", "#ff00ff"),
    ("maroon", "#800000"),
    ("navy", "#000080"),
    ("olive", "#808000"),
    ("orange", "#ffa500"),
    ("pink", "#ffc0cb"),
    ("purple", "#800080"),
    ("red", "#ff0000"),
    ("teal", "#008080"),
    ("yellow", "#ffff00"),
];
