//! Telegram's HTML. Everything that leaves here was opened and closed by this file, and every word was escaped by it.

use std::sync::Arc;

/// How a run of words looks. Telegram lets fixed-width words carry nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub strike: bool,
    pub code: bool,
    /// Where a click goes.
    pub link: Option<Arc<str>>,
}

/// A run of words that look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub text: String,
    pub style: Style,
}

/// What stands around the lines of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrap {
    Plain,
    Quote,
    /// A quotation that can be folded out.
    Folded,
    /// Preformatted, in a language if one is named.
    Pre(Option<String>),
}

/// A block: what a message is cut between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub wrap: Wrap,
    pub spans: Vec<Span>,
    /// It follows the one before without an empty line.
    pub close: bool,
}

impl Span {
    pub(crate) fn new(text: &str, style: Style) -> Self {
        Self { text: clean(text, style.code), style }
    }
}

impl Chunk {
    /// Its length as Telegram counts: UTF-16 units without any markup.
    pub(crate) fn units(&self) -> usize {
        self.spans.iter().map(|span| units(&span.text)).sum()
    }
}

/// The length of a text as Telegram counts it.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The chunks as HTML.
pub(crate) fn html(chunks: &[Chunk]) -> String {
    let mut html = Html::default();
    for (number, chunk) in chunks.iter().enumerate() {
        if number > 0 {
            html.text(if chunk.close { "\n" } else { "\n\n" });
        }
        html.chunk(chunk);
    }
    html.0
}

/// Escaped HTML. Only its methods write to it.
#[derive(Default)]
struct Html(String);

impl Html {
    fn chunk(&mut self, chunk: &Chunk) {
        match &chunk.wrap {
            Wrap::Plain => self.spans(&chunk.spans),
            Wrap::Quote => self.within("blockquote", None, |html| html.spans(&chunk.spans)),
            Wrap::Folded => self.within("blockquote", Some(("expandable", "")), |html| html.spans(&chunk.spans)),
            Wrap::Pre(language) => self.within("pre", None, |html| match language {
                Some(language) => {
                    let class = format!("language-{language}");
                    html.within("code", Some(("class", &class)), |html| html.words(&chunk.spans));
                }
                None => html.words(&chunk.spans),
            }),
        }
    }

    fn words(&mut self, spans: &[Span]) {
        for span in spans {
            self.text(&span.text);
        }
    }

    fn spans(&mut self, spans: &[Span]) {
        for span in spans.iter().filter(|span| !span.text.is_empty()) {
            self.span(&span.text, &span.style);
        }
    }

    fn span(&mut self, text: &str, style: &Style) {
        if style.code {
            return self.within("code", None, |html| html.text(text));
        }
        let mut tags: Vec<(&str, Option<(&str, &str)>)> = Vec::new();
        tags.extend(style.link.as_deref().map(|url| ("a", Some(("href", url)))));
        let plain = [(style.bold, "b"), (style.italic, "i"), (style.underline, "u"), (style.strike, "s")];
        tags.extend(plain.into_iter().filter(|(on, _)| *on).map(|(_, tag)| (tag, None)));
        for (tag, attribute) in &tags {
            self.open(tag, *attribute);
        }
        self.text(text);
        for (tag, _) in tags.iter().rev() {
            self.close(tag);
        }
    }

    fn within(&mut self, tag: &str, attribute: Option<(&str, &str)>, inside: impl FnOnce(&mut Self)) {
        self.open(tag, attribute);
        inside(self);
        self.close(tag);
    }

    fn open(&mut self, tag: &str, attribute: Option<(&str, &str)>) {
        self.0.push('<');
        self.0.push_str(tag);
        if let Some((name, value)) = attribute {
            self.0.push(' ');
            self.0.push_str(name);
            if !value.is_empty() {
                self.0.push_str("=\"");
                self.text(value);
                self.0.push('"');
            }
        }
        self.0.push('>');
    }

    fn close(&mut self, tag: &str) {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    fn text(&mut self, text: &str) {
        for char in text.chars() {
            match char {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                char => self.0.push(char),
            }
        }
    }
}

/// Takes out what would turn the direction of text or is no text, and keeps `@name` from calling anybody.
pub(crate) fn clean(text: &str, fixed: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if is_hidden(char) {
            continue;
        }
        out.push(char);
        let name = chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        if char == '@' && name && !fixed {
            // No escape keeps Telegram from reading a name after `@`; an unseen character between them does.
            out.push('\u{200b}');
        }
    }
    out
}

fn is_hidden(char: char) -> bool {
    let control = char.is_control() && char != '\n' && char != '\t';
    control || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}
