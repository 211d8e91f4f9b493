//! The small signs of wiki markup: escapes, entities, emoticons.

/// What a backslash escapes; before anything else it is a backslash.
pub(super) const ESCAPABLE: &str = "-#*_+?^~|%{}[]()!@";

/// Emoticon, short name, character.
const EMOTICONS: [(&str, &str, &str); 21] = [
    (":)", "slight_smile", "🙂"),
    (":(", "slight_frown", "🙁"),
    (":P", "stuck_out_tongue", "😛"),
    (":D", "smiley", "😃"),
    (";)", "wink", "😉"),
    ("(y)", "thumbsup", "👍"),
    ("(n)", "thumbsdown", "👎"),
    ("(i)", "info", "ℹ️"),
    ("(/)", "check_mark", "✅"),
    ("(x)", "cross_mark", "❌"),
    ("(!)", "warning", "⚠️"),
    ("(+)", "plus", "➕"),
    ("(-)", "minus", "➖"),
    ("(?)", "question", "❓"),
    ("(on)", "light_bulb_on", "💡"),
    ("(off)", "light_bulb_off", "🔅"),
    ("(*)", "yellow_star", "⭐"),
    ("(*r)", "red_star", "⭐"),
    ("(*g)", "green_star", "⭐"),
    ("(*b)", "blue_star", "⭐"),
    ("(flag)", "flag_on", "🚩"),
];

/// The emoticon at the start of `text`: its length, short name and character. One that ends in a letter without a
/// bracket, such as `:D`, must stand alone.
pub(super) fn emoticon(text: &str, before: char) -> Option<(usize, &'static str, &'static str)> {
    let (sign, name, character) = EMOTICONS.iter().find(|(sign, _, _)| text.starts_with(sign))?;
    if sign.ends_with(char::is_alphanumeric) {
        let after = text[sign.len()..].chars().next();
        if before.is_alphanumeric() || after.is_some_and(char::is_alphanumeric) {
            return None;
        }
    }
    Some((sign.len(), name, character))
}

/// The emoticon for an emoji, if there is one.
pub(super) fn emoticon_of(name: &str, character: Option<&str>) -> Option<&'static str> {
    let same = |sign: &&(&'static str, &str, &str)| sign.1 == name && character.is_none_or(|text| text == sign.2);
    EMOTICONS.iter().find(same).map(|(sign, _, _)| *sign)
}

/// The HTML entity at the start of `text`: its length and character.
pub(super) fn entity(text: &str) -> Option<(usize, char)> {
    let inner = text.strip_prefix('&')?;
    let end = inner.char_indices().take(10).find(|(_, c)| *c == ';')?.0;
    let name = &inner[..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    };
    Some((end + 2, character))
}

/// Whether text could be taken for an entity by somebody, known or not.
pub(super) fn like_entity(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('&') else { return false };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(inner.len());
    end > 0 && inner[end..].starts_with(';')
}

/// Takes escapes and entities out of text in which nothing else counts.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match (c, after.chars().next(), entity(rest)) {
            ('\\', Some(next), _) if ESCAPABLE.contains(next) => {
                out.push(next);
                rest = &after[next.len_utf8()..];
            }
            (_, _, Some((length, character))) => {
                out.push(character);
                rest = &rest[length..];
            }
            _ => {
                out.push(c);
                rest = after;
            }
        }
    }
    out
}
