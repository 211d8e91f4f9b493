//! Character references, and addresses that Telegram takes for links.

/// The character that a reference at the beginning of `text` stands for, and how many bytes it takes.
pub fn reference(text: &str) -> Option<(char, usize)> {
    let body = &text[1..];
    let (c, end) = if let Some(number) = body.strip_prefix('#') {
        let (digits, radix, lead) = match number.strip_prefix('x') {
            Some(hex) => (hex, 16, 3),
            None => (number, 10, 2),
        };
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        if length == 0 || length > 7 {
            return None;
        }
        let code = u32::from_str_radix(&digits[..length], radix).ok()?;
        (char::from_u32(code).filter(|c| *c != '\0')?, lead + length)
    } else {
        let length = body.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len());
        let c = match &body[..length] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => return None,
        };
        (c, 1 + length)
    };
    Some((c, if text[end..].starts_with(';') { end + 1 } else { end }))
}

/// A link as Telegram keeps it, if it keeps it: a host needs a dot.
pub fn link(written: &str) -> Option<String> {
    let written = written.trim();
    if written.starts_with("tg://") || written.starts_with("mailto:") {
        return Some(written.to_owned());
    }
    let whole = if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
    let url = url::Url::parse(&whole).ok()?;
    let host = url.host_str()?;
    (matches!(url.scheme(), "http" | "https") && host.contains('.')).then(|| url.to_string())
}
