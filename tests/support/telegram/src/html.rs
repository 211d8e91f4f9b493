//! `parse_mode=HTML` as Telegram reads it: a few tags, properly nested, and a few character references. Its offsets count
//! UTF-16 units, and its errors bytes.

mod references;
mod settle;

use serde_json::{Value, json};

pub use references::link;
use references::reference;
use settle::{settle, trim};

const TAGS: [&str; 16] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// Text with what is special about its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The text without tags.
    pub text: String,
    /// What is special where.
    pub entities: Vec<Entity>,
}

/// One part that is special.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// `bold`, `text_link`, …
    pub kind: &'static str,
    /// Where it begins, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// The address, the language.
    pub argument: String,
}

impl Entity {
    fn end(&self) -> usize {
        self.offset + self.length
    }

    /// As it stands in a message.
    pub fn json(&self) -> Value {
        let mut json = json!({ "type": self.kind, "offset": self.offset, "length": self.length });
        match self.kind {
            "text_link" => json["url"] = json!(self.argument),
            "pre" if !self.argument.is_empty() => json["language"] = json!(self.argument),
            "custom_emoji" => json["custom_emoji_id"] = json!(self.argument),
            _ => {}
        }
        json
    }
}

/// How long a text is, as Telegram counts.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Reads HTML. The error is Telegram's sentence after `can't parse entities: `.
pub fn parse(html: &str) -> Result<Parsed, String> {
    let mut reader = Reader { html, at: 0, text: String::new(), offset: 0, open: Vec::new(), entities: Vec::new() };
    reader.read()?;
    if let Some(open) = reader.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag));
    }
    let entities = settle(reader.entities);
    Ok(trim(Parsed { text: reader.text, entities }))
}

struct Open {
    tag: String,
    argument: String,
    offset: usize,
    byte: usize,
}

struct Reader<'a> {
    html: &'a str,
    at: usize,
    text: String,
    offset: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.html[self.at..].chars().next()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let begin = self.at;
        let rest = &self.html[begin..];
        self.at = begin + rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        &self.html[begin..self.at]
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_ascii_whitespace());
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
        self.offset += c.len_utf16();
    }

    fn read(&mut self) -> Result<(), String> {
        while let Some(c) = self.peek() {
            match c {
                '&' => match reference(&self.html[self.at..]) {
                    Some((c, length)) => {
                        self.at += length;
                        self.push(c);
                    }
                    None => {
                        self.at += 1;
                        self.push('&');
                    }
                },
                '<' => {
                    let begin = self.at;
                    self.at += 1;
                    if self.peek() == Some('/') { self.end_tag(begin)? } else { self.start_tag(begin)? }
                }
                c => {
                    self.at += c.len_utf8();
                    self.push(c);
                }
            }
        }
        Ok(())
    }

    fn start_tag(&mut self, begin: usize) -> Result<(), String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let tag = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
        if self.peek().is_none() {
            return Err(unclosed());
        }
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let (mut argument, mut spoiler) = (String::new(), false);
        loop {
            self.skip_spaces();
            match self.peek() {
                None => return Err(unclosed()),
                Some('>') => break,
                Some(_) => {}
            }
            let name = self.take_while(|c| !c.is_ascii_whitespace() && c != '=' && c != '>').to_ascii_lowercase();
            if name.is_empty() {
                return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
            }
            self.skip_spaces();
            if self.peek() != Some('=') {
                if tag == "blockquote" && name == "expandable" {
                    "1".clone_into(&mut argument);
                    continue;
                }
                return Err(format!(
                    "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
                ));
            }
            self.at += 1;
            self.skip_spaces();
            let value = self.value(begin)?;
            match (tag.as_str(), name.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") => argument = value,
                ("code", "class") => argument = value.strip_prefix("language-").unwrap_or_default().to_owned(),
                ("span", "class") => spoiler = value == "tg-spoiler",
                ("blockquote", "expandable") => "1".clone_into(&mut argument),
                _ => {}
            }
        }
        self.at += 1;
        if tag == "span" && !spoiler {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.open.push(Open { tag, argument, offset: self.offset, byte: self.text.len() });
        Ok(())
    }

    fn value(&mut self, begin: usize) -> Result<String, String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let Some(quote @ ('\'' | '"')) = self.peek() else {
            let token = self.at;
            let value = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-').to_ascii_lowercase();
            return match self.peek() {
                None => Err(unclosed()),
                Some(c) if c.is_ascii_whitespace() || c == '>' => Ok(value),
                Some(_) => Err(format!("Unexpected end of name token at byte offset {token}")),
            };
        };
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                None => return Err(unclosed()),
                Some(c) if c == quote => {
                    self.at += 1;
                    break;
                }
                Some('&') => match reference(&self.html[self.at..]) {
                    Some((c, length)) => {
                        self.at += length;
                        value.push(c);
                    }
                    None => {
                        self.at += 1;
                        value.push('&');
                    }
                },
                Some(c) => {
                    self.at += c.len_utf8();
                    value.push(c);
                }
            }
        }
        if self.peek().is_none() { Err(unclosed()) } else { Ok(value) }
    }

    fn end_tag(&mut self, begin: usize) -> Result<(), String> {
        if self.open.is_empty() {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        }
        self.at += 1;
        let tag = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
        self.skip_spaces();
        if self.peek() != Some('>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        let open = self.open.pop().expect("it was looked at");
        if !tag.is_empty() && tag != open.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{tag}>\"",
                open.tag
            ));
        }
        let length = self.offset - open.offset;
        if length > 0 {
            self.close(&open, length);
        }
        Ok(())
    }

    fn close(&mut self, open: &Open, length: usize) {
        let (kind, argument) = match open.tag.as_str() {
            "b" | "strong" => ("bold", String::new()),
            "i" | "em" => ("italic", String::new()),
            "s" | "strike" | "del" => ("strikethrough", String::new()),
            "u" | "ins" => ("underline", String::new()),
            "tg-spoiler" | "span" => ("spoiler", String::new()),
            "tg-emoji" => ("custom_emoji", open.argument.clone()),
            "code" => ("code", open.argument.clone()),
            "pre" => ("pre", String::new()),
            "blockquote" if open.argument.is_empty() => ("blockquote", String::new()),
            "blockquote" => ("expandable_blockquote", String::new()),
            "a" => {
                let written = if open.argument.is_empty() { &self.text[open.byte..] } else { &open.argument };
                // A link that Telegram does not take leaves its words.
                let Some(url) = link(written) else { return };
                ("text_link", url)
            }
            _ => return,
        };
        let entity = Entity { kind, offset: open.offset, length, argument };
        match (kind, self.entities.last_mut()) {
            // `<pre><code class="language-x">` is one block with a language.
            ("pre", Some(code)) if code.kind == "code" && code.offset == open.offset && code.length == length => {
                code.kind = "pre";
            }
            _ => self.entities.push(entity),
        }
    }
}

#[cfg(test)]
mod tests;
