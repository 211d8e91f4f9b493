//! From wiki markup to the text tree: what stands within a line.

use usher_chat::tree::Inline;

use super::{
    super::inline::{push, url_at},
    links::{link, picture},
    macros::tag,
    signs::{ESCAPABLE, emoticon, entity, unescape},
};

/// How deep colours may be nested.
const COLOURS: usize = 8;

/// Stands for "no letter, no space, no sign" where something was read that is not text.
const NEUTRAL: char = '\u{1}';

/// Reads a line, or several that make one paragraph.
pub(super) fn read(text: &str) -> Vec<Inline> {
    Reader::new(text, true).read()
}

/// Reads the words of a link, in which there are no links.
pub(super) fn read_words(text: &str) -> Vec<Inline> {
    Reader::new(text, false).read()
}

/// What a sign does with the words between it and its twin.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Strong,
    Emphasis,
    Cite,
    Strike,
    Underline,
    Sup,
    Sub,
    Colour(String),
}

impl Mark {
    fn at(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [b'*', ..] => Some(Self::Strong),
            [b'_', ..] => Some(Self::Emphasis),
            [b'?', b'?', ..] => Some(Self::Cite),
            [b'-', ..] => Some(Self::Strike),
            [b'+', ..] => Some(Self::Underline),
            [b'^', ..] => Some(Self::Sup),
            [b'~', ..] => Some(Self::Sub),
            _ => None,
        }
    }

    fn sign(&self) -> &'static str {
        match self {
            Self::Strong => "*",
            Self::Emphasis => "_",
            Self::Cite => "??",
            Self::Strike => "-",
            Self::Underline => "+",
            Self::Sup => "^",
            Self::Sub => "~",
            Self::Colour(_) => "",
        }
    }

    fn wrap(self, content: Vec<Inline>) -> Inline {
        match self {
            Self::Strong => Inline::Strong(content),
            Self::Emphasis | Self::Cite => Inline::Emphasis(content),
            Self::Strike => Inline::Strike(content),
            Self::Underline => Inline::Underline(content),
            Self::Sup => Inline::Sup(content),
            Self::Sub => Inline::Sub(content),
            Self::Colour(colour) => Inline::Colour { colour, content },
        }
    }
}

/// A mark that has begun, with what stands in it so far.
struct Frame {
    mark: Mark,
    content: Vec<Inline>,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    before: char,
    words: String,
    base: Vec<Inline>,
    frames: Vec<Frame>,
    links: bool,
    /// Up to here it is known that no `}}` comes before the end of the line.
    no_code_before: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, links: bool) -> Self {
        let (words, base, frames) = (String::new(), Vec::new(), Vec::new());
        Self { text, at: 0, before: '\n', words, base, frames, links, no_code_before: 0 }
    }

    fn read(mut self) -> Vec<Inline> {
        while let Some(c) = self.rest().chars().next() {
            let taken = match c {
                '\n' => {
                    self.end_line();
                    self.add(Inline::Break, 1);
                    self.before = '\n';
                    true
                }
                '\\' => self.backslash(),
                '&' => self.entity(),
                '{' => self.code() || self.braced_mark() || self.colour(),
                '[' if self.links => self.link(),
                '!' => self.picture(),
                'h' if self.links => self.address(),
                '(' | ':' | ';' => self.emoticon(),
                '-' => self.dash() || self.mark(),
                '*' | '_' | '?' | '+' | '^' | '~' => self.mark(),
                _ => false,
            };
            if !taken {
                self.words.push(c);
                self.before = c;
                self.at += c.len_utf8();
            }
        }
        self.end_line();
        self.flush();
        self.base
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn content(&mut self) -> &mut Vec<Inline> {
        match self.frames.last_mut() {
            Some(frame) => &mut frame.content,
            None => &mut self.base,
        }
    }

    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        push(self.content(), Inline::Text(words));
    }

    fn add(&mut self, inline: Inline, length: usize) -> bool {
        self.flush();
        push(self.content(), inline);
        self.skip(length)
    }

    fn skip(&mut self, length: usize) -> bool {
        self.at += length;
        self.before = NEUTRAL;
        true
    }

    fn backslash(&mut self) -> bool {
        let after = &self.rest()[1..];
        match after.chars().next() {
            Some('\\') => {
                // `\\server\share` is a path; `\\` alone ends the line.
                let after = &after[1..];
                let stop = after.find(|c: char| c == '\\' || c.is_whitespace()).unwrap_or(after.len());
                if after[stop..].starts_with('\\') {
                    let length = self.rest().len() - self.rest().trim_start_matches('\\').len();
                    self.words.push_str(&self.rest()[..length]);
                    return self.skip(length);
                }
                let rest = after.trim_start_matches([' ', '\t']);
                let newline = if rest.starts_with('\n') { after.len() - rest.len() + 1 } else { 0 };
                self.end_line();
                self.add(Inline::Break, 2 + newline);
                self.before = '\n';
                true
            }
            Some(next) if ESCAPABLE.contains(next) => {
                self.words.push(next);
                self.skip(2)
            }
            _ => false,
        }
    }

    fn entity(&mut self) -> bool {
        let Some((length, character)) = entity(self.rest()) else { return false };
        self.words.push(character);
        self.skip(length)
    }

    fn emoticon(&mut self) -> bool {
        let Some((length, name, text)) = emoticon(self.rest(), self.before) else { return false };
        self.add(Inline::Emoji { name: name.to_owned(), text: Some(text.to_owned()) }, length)
    }

    fn address(&mut self) -> bool {
        let Some(length) = url_at(self.rest(), Some(self.before)) else { return false };
        let url = &self.rest()[..length];
        self.add(Inline::link(url, url), length)
    }

    /// `--` and `---` between spaces.
    fn dash(&mut self) -> bool {
        let length = self.rest().len().min(4);
        let (count, sign) = match self.rest().as_bytes()[..length] {
            [b'-', b'-', b'-', b'-'] => return false,
            [b'-', b'-', b'-', ..] => (3, '—'),
            [b'-', b'-', ..] => (2, '–'),
            _ => return false,
        };
        let after = self.rest()[count..].chars().next();
        if !self.before.is_whitespace() || after.is_some_and(|c| !c.is_whitespace()) {
            return false;
        }
        self.words.push(sign);
        self.skip(count)
    }

    /// A mark opens after what is no letter, before a word, and closes the other way round.
    fn mark(&mut self) -> bool {
        let Some(mark) = Mark::at(self.rest()) else { return false };
        let sign = mark.sign();
        let own = sign.chars().next();
        let after = self.rest()[sign.len()..].chars().next();
        let open = self.is_open(&mark);
        if open && !self.before.is_whitespace() && Some(self.before) != own && !after.is_some_and(char::is_alphanumeric)
        {
            self.close(&mark);
            return self.skip_sign(sign);
        }
        let inside = after.is_some_and(|c| !c.is_whitespace()) && after != own;
        if !open && inside && !self.before.is_alphanumeric() && self.before != '\\' {
            self.open(mark);
            return self.skip_sign(sign);
        }
        if sign.len() > 1 {
            self.words.push_str(sign);
            return self.skip_sign(sign);
        }
        false
    }

    fn skip_sign(&mut self, sign: &str) -> bool {
        self.skip(sign.len());
        self.before = sign.chars().next().unwrap_or(NEUTRAL);
        true
    }

    /// `{*}` opens and closes anywhere.
    fn braced_mark(&mut self) -> bool {
        let Some(mark) = Mark::at(&self.rest()[1..]) else { return false };
        let sign = mark.sign();
        if !self.rest()[1 + sign.len()..].starts_with('}') {
            return false;
        }
        if self.is_open(&mark) {
            self.close(&mark);
        } else {
            self.open(mark);
        }
        self.skip(sign.len() + 2)
    }

    fn colour(&mut self) -> bool {
        let Some((name, value, length)) = tag(self.rest()) else { return false };
        match (name, value) {
            ("color", Some(colour)) => {
                let open = self.frames.iter().filter(|frame| matches!(frame.mark, Mark::Colour(_))).count();
                if open < COLOURS {
                    self.open(Mark::Colour(colour.trim().to_owned()));
                }
            }
            ("color", None) => {
                let open = self.frames.iter().rev().find(|frame| matches!(frame.mark, Mark::Colour(_)));
                if let Some(mark) = open.map(|frame| frame.mark.clone()) {
                    self.close(&mark);
                }
            }
            ("anchor", Some(_)) => {}
            _ => return false,
        }
        self.skip(length)
    }

    fn code(&mut self) -> bool {
        if !self.rest().starts_with("{{") || self.at < self.no_code_before {
            return false;
        }
        let inner = &self.rest()[2..];
        let mut from = 0;
        while let Some(length) = inner[from..].find(['\\', '}', '\n']) {
            let found = from + length;
            let rest = &inner[found..];
            if rest.starts_with("}}") && found > 0 {
                return self.add(Inline::Code(unescape(&inner[..found])), found + 4);
            }
            from = found + 1;
            if let Some(rest) = rest.strip_prefix('\\') {
                from += rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
            }
            if rest.starts_with('\n') {
                break;
            }
        }
        self.no_code_before = self.at + 2 + inner.find('\n').unwrap_or(inner.len());
        false
    }

    fn link(&mut self) -> bool {
        let inner = &self.rest()[1..];
        let mut from = 0;
        let end = loop {
            let Some(length) = inner[from..].find(['\\', '[', ']', '\n']) else { return false };
            from += length;
            match inner.as_bytes()[from] {
                b']' => break from,
                b'\\' => from += 1 + inner[from + 1..].chars().next().map_or(0, char::len_utf8),
                _ => return false,
            }
        };
        match link(&inner[..end]) {
            Some(inline) => self.add(inline, end + 2),
            None => false,
        }
    }

    fn picture(&mut self) -> bool {
        match picture(self.rest(), self.before) {
            Some((length, media)) => self.add(Inline::Media(media), length),
            None => false,
        }
    }

    fn is_open(&self, mark: &Mark) -> bool {
        self.frames.iter().any(|frame| frame.mark == *mark)
    }

    fn open(&mut self, mark: Mark) {
        self.flush();
        self.frames.push(Frame { mark, content: Vec::new() });
    }

    /// Ends a mark. Signs within it that have no twin become text.
    fn close(&mut self, mark: &Mark) {
        self.flush();
        while let Some(frame) = self.frames.pop() {
            if frame.mark == *mark {
                if !frame.content.is_empty() {
                    push(self.content(), frame.mark.wrap(frame.content));
                }
                return;
            }
            self.give_up(frame);
        }
    }

    /// Marks end with their line, colours with their paragraph.
    fn end_line(&mut self) {
        self.flush();
        let last = self.at >= self.text.len();
        while last && !self.frames.is_empty() || self.frames.iter().any(|frame| !matches!(frame.mark, Mark::Colour(_)))
        {
            if let Some(frame) = self.frames.pop() {
                self.give_up(frame);
            }
        }
    }

    fn give_up(&mut self, frame: Frame) {
        let content = self.content();
        match frame.mark {
            Mark::Colour(_) if frame.content.is_empty() => {}
            Mark::Colour(_) => push(content, frame.mark.wrap(frame.content)),
            mark => {
                push(content, Inline::text(mark.sign()));
                frame.content.into_iter().for_each(|inline| push(content, inline));
            }
        }
    }
}
