//! From the text tree to wiki markup: what stands within a line.

use usher_chat::tree::{Inline, Media, Mentioned, plain_inline};

use super::{
    super::inline::{clean, hex, is_picture, linkable, media_name, url_at},
    signs::{ESCAPABLE, emoticon, emoticon_of, like_entity},
};

/// Writes a line as wiki markup. It may have line breaks in it, and never a blank line.
pub(super) fn write(content: &[Inline]) -> String {
    write_runs(content, false)
}

/// Marks, in the order in which they open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Colour(String),
    Strong,
    Emphasis,
    Underline,
    Strike,
    Sub,
    Sup,
}

impl Mark {
    fn sign(&self) -> char {
        match self {
            Self::Colour(_) => '{',
            Self::Strong => '*',
            Self::Emphasis => '_',
            Self::Underline => '+',
            Self::Strike => '-',
            Self::Sub => '~',
            Self::Sup => '^',
        }
    }
}

enum Piece {
    Text(String),
    Code(String),
    /// Markup that is ready.
    Raw(String),
    Break,
}

struct Run {
    marks: Vec<Mark>,
    piece: Piece,
}

fn write_runs(content: &[Inline], in_link: bool) -> String {
    let mut runs = Vec::new();
    collect(content, &[], in_link, &mut runs);
    let runs = spaces_outside(runs);
    let mut writer = Writer { out: String::new(), open: Vec::new(), in_link, blank: true, after_address: false };
    for (index, run) in runs.iter().enumerate() {
        writer.run(run, runs.get(index + 1));
    }
    writer.marks(&[], None);
    writer.out
}

fn with(marks: &[Mark], mark: Mark) -> Vec<Mark> {
    let colour = matches!(mark, Mark::Colour(_));
    let kept = marks.iter().filter(|old| !(colour && matches!(old, Mark::Colour(_))) && **old != mark);
    let mut marks: Vec<Mark> = kept.cloned().collect();
    marks.push(mark);
    marks.sort();
    marks
}

fn collect(content: &[Inline], marks: &[Mark], in_link: bool, out: &mut Vec<Run>) {
    for inline in content {
        match inline {
            Inline::Text(words) => text(words, marks, in_link, out),
            Inline::Code(code) => {
                for (index, line) in clean(code).split('\n').enumerate() {
                    if index > 0 {
                        add(Piece::Break, marks, in_link, out);
                    }
                    add(Piece::Code(line.to_owned()), marks, in_link, out);
                }
            }
            Inline::Strong(content) => collect(content, &with(marks, Mark::Strong), in_link, out),
            Inline::Emphasis(content) => collect(content, &with(marks, Mark::Emphasis), in_link, out),
            Inline::Underline(content) => collect(content, &with(marks, Mark::Underline), in_link, out),
            Inline::Strike(content) => collect(content, &with(marks, Mark::Strike), in_link, out),
            Inline::Sub(content) => collect(content, &with(marks, Mark::Sub), in_link, out),
            Inline::Sup(content) => collect(content, &with(marks, Mark::Sup), in_link, out),
            Inline::Colour { colour, content } => match hex(colour) {
                Some(colour) => collect(content, &with(marks, Mark::Colour(colour)), in_link, out),
                None => collect(content, marks, in_link, out),
            },
            Inline::Link { url, content } => link(url, content, marks, in_link, out),
            Inline::Mention { who: Mentioned::Account(id), .. } if !in_link && plain_name(id) => {
                add(Piece::Raw(format!("[~{id}]")), marks, in_link, out);
            }
            Inline::Mention { name, .. } => text(&format!("@{name}"), marks, in_link, out),
            Inline::Emoji { name, text: character } => match (emoticon_of(name, character.as_deref()), character) {
                (Some(sign), _) => add(Piece::Raw(sign.to_owned()), marks, in_link, out),
                (None, Some(character)) => text(character, marks, in_link, out),
                (None, None) => text(&format!(":{name}:"), marks, in_link, out),
            },
            Inline::Status { text: words, .. } => text(words, &with(marks, Mark::Strong), in_link, out),
            Inline::Date(day) => text(day, marks, in_link, out),
            Inline::Media(file) => media(file, marks, in_link, out),
            Inline::Break => add(Piece::Break, marks, in_link, out),
        }
    }
}

fn text(words: &str, marks: &[Mark], in_link: bool, out: &mut Vec<Run>) {
    for (index, line) in clean(words).split('\n').enumerate() {
        if index > 0 {
            add(Piece::Break, marks, in_link, out);
        }
        add(Piece::Text(line.to_owned()), marks, in_link, out);
    }
}

fn add(piece: Piece, marks: &[Mark], in_link: bool, out: &mut Vec<Run>) {
    let piece = match piece {
        Piece::Text(text) | Piece::Code(text) if text.is_empty() => return,
        Piece::Break if in_link => Piece::Text(" ".to_owned()),
        piece => piece,
    };
    match (out.last_mut(), &piece) {
        (Some(Run { marks: old, piece: Piece::Text(last) }), Piece::Text(more)) if old == marks => last.push_str(more),
        _ => out.push(Run { marks: marks.to_vec(), piece }),
    }
}

fn link(url: &str, content: &[Inline], marks: &[Mark], in_link: bool, out: &mut Vec<Run>) {
    if in_link || !linkable(url) {
        collect(content, marks, in_link, out);
        if !in_link && plain_inline(content) != url {
            text(&format!(" ({url})"), marks, in_link, out);
        }
        return;
    }
    let target: String =
        url.chars().map(|c| if "|[]{}\\^\"<>`".contains(c) { encode(c) } else { c.to_string() }).collect();
    let words = plain_inline(content);
    let raw = match words.trim() {
        "" => format!("[{target}]"),
        words if words == target || url.strip_prefix("mailto:") == Some(words) => format!("[{target}]"),
        _ => format!("[{}|{target}]", write_runs(content, true).trim()),
    };
    add(Piece::Raw(raw), marks, in_link, out);
}

fn encode(c: char) -> String {
    c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.trim() == name
        && !name.starts_with("accountid:")
        && !name.chars().any(|c| c.is_control() || "[]|*\\&{}".contains(c))
}

fn media(file: &Media, marks: &[Mark], in_link: bool, out: &mut Vec<Run>) {
    let name = media_name(file);
    if let Some(url) = file.url.as_deref().filter(|url| linkable(url)) {
        return match is_picture(url) && url.starts_with("http") && !in_link && !url.contains(['!', '|', '\\', '&']) {
            true => add(Piece::Raw(format!("!{url}!")), marks, in_link, out),
            false => link(url, &[Inline::text(name)], marks, in_link, out),
        };
    }
    let safe = !in_link && plain_name(name) && !name.contains(['!', '^']);
    match (safe, is_picture(name)) {
        (true, true) => add(Piece::Raw(format!("!{name}!")), marks, in_link, out),
        (true, false) if file.url.is_none() && name != "file" => {
            add(Piece::Raw(format!("[^{name}]")), marks, in_link, out);
        }
        _ => text(name, marks, in_link, out),
    }
}

/// Marks must touch words, so spaces at their edges go outside.
fn spaces_outside(runs: Vec<Run>) -> Vec<Run> {
    let mut pieces = Vec::with_capacity(runs.len());
    for Run { marks, piece } in runs {
        let (words, code) = match piece {
            Piece::Text(text) => (text, false),
            Piece::Code(text) => (text, true),
            piece => {
                pieces.push((Run { marks, piece }, false));
                continue;
            }
        };
        let start = words.len() - words.trim_start().len();
        let end = words.trim_end().len().max(start);
        for (part, space) in [(&words[..start], true), (&words[start..end], false), (&words[end..], true)] {
            if !part.is_empty() {
                let piece = if code && !space { Piece::Code(part.to_owned()) } else { Piece::Text(part.to_owned()) };
                pieces.push((Run { marks: marks.clone(), piece }, space));
            }
        }
    }
    let mut before: Vec<Mark> = Vec::new();
    let mut after = vec![Vec::new(); pieces.len()];
    let mut next: Vec<Mark> = Vec::new();
    for (index, (run, space)) in pieces.iter().enumerate().rev() {
        if !space {
            next = if matches!(run.piece, Piece::Break) { Vec::new() } else { run.marks.clone() };
        }
        after[index] = next.clone();
    }
    let mut out: Vec<Run> = Vec::with_capacity(pieces.len());
    for ((mut run, space), after) in pieces.into_iter().zip(after) {
        if matches!(run.piece, Piece::Break) {
            run.marks.clear();
        } else if space {
            run.marks = before.iter().filter(|mark| after.contains(mark)).cloned().collect();
        }
        if !space {
            before = run.marks.clone();
        }
        match (out.last_mut(), &run.piece) {
            (Some(Run { marks, piece: Piece::Text(last) }), Piece::Text(more)) if *marks == run.marks => {
                last.push_str(more);
            }
            _ => out.push(run),
        }
    }
    out
}

struct Writer {
    out: String,
    open: Vec<Mark>,
    in_link: bool,
    /// Whether the line that is being written has no words so far.
    blank: bool,
    after_address: bool,
}

impl Writer {
    fn run(&mut self, run: &Run, next: Option<&Run>) {
        let first = match &run.piece {
            Piece::Text(text) => text.chars().next(),
            Piece::Raw(raw) => raw.chars().next(),
            Piece::Code(_) | Piece::Break => None,
        };
        self.marks(&run.marks, first);
        match &run.piece {
            Piece::Break => {
                if self.blank {
                    self.put("\\\\");
                }
                self.put("\n");
            }
            Piece::Raw(raw) => self.put(raw),
            Piece::Code(code) => {
                self.put("{{");
                self.escape(code, false, true);
                self.put("}}");
            }
            Piece::Text(text) => {
                let last = next.is_none_or(|next| matches!(next.piece, Piece::Break)) && !self.in_link;
                self.after_address = false;
                return self.escape(text, last, false);
            }
        }
        self.after_address = false;
    }

    fn put(&mut self, text: &str) {
        self.blank = match text.rfind('\n') {
            Some(at) => text[at..].trim().is_empty(),
            None => self.blank && text.trim().is_empty(),
        };
        self.out.push_str(text);
    }

    fn put_sign(&mut self, sign: char, tight: bool) {
        self.blank = false;
        match tight {
            true => self.out.extend(['{', sign, '}']),
            false => self.out.push(sign),
        }
    }

    /// Closes and opens marks until just the wanted ones are open. `first` is what follows.
    fn marks(&mut self, wanted: &[Mark], first: Option<char>) {
        let kept = self.open.iter().take_while(|mark| wanted.contains(mark)).count();
        for mark in self.open.split_off(kept).into_iter().rev() {
            let sign = mark.sign();
            let tight = first.is_some_and(char::is_alphanumeric) || self.out.ends_with(sign) || self.after_address;
            match mark {
                Mark::Colour(_) => self.put("{color}"),
                _ => self.put_sign(sign, tight),
            }
            self.after_address = false;
        }
        for mark in wanted {
            if self.open.contains(mark) {
                continue;
            }
            let sign = mark.sign();
            let before = self.out.chars().next_back();
            let tight = before.is_some_and(|c| c.is_alphanumeric() || c == '\\' || c == sign) || self.after_address;
            match mark {
                Mark::Colour(colour) => self.put(&format!("{{color:{colour}}}")),
                _ => self.put_sign(sign, tight),
            }
            self.after_address = false;
            self.open.push(mark.clone());
        }
    }

    /// Writes plain text so that none of it is markup. `last` says that the line ends with it.
    fn escape(&mut self, text: &str, last: bool, code: bool) {
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let before = self.out.chars().next_back().unwrap_or('\n');
            let inner = text[..at].chars().next_back();
            let after = rest[c.len_utf8()..].chars().next();
            let line_start = !code && self.blank;
            self.after_address = false;
            let address = if c == 'h' && !self.in_link && !code { url_at(rest, Some(before)) } else { None };
            if let Some(length) = address {
                self.put(&rest[..length]);
                self.after_address = true;
                at += length;
                continue;
            }
            if line_start && line_start_markup(rest) {
                let dot = rest.find('.').unwrap_or(0);
                self.put(&rest[..dot]);
                self.put("&#46;");
                at += dot + 1;
                continue;
            }
            at += c.len_utf8();
            let alone = match (inner, after) {
                (Some(inner), Some(after)) => {
                    inner.is_alphanumeric() && after.is_alphanumeric() || inner == ' ' && after == ' ' && !line_start
                }
                (Some(' '), None) => last && !line_start,
                _ => false,
            };
            let escaped = match c {
                '[' | '{' | '|' => true,
                ']' => self.in_link,
                '}' => code,
                '#' => line_start,
                '*' | '_' | '-' | '+' | '^' | '~' => !alone,
                '?' => inner == Some('?') || after == Some('?') || after.is_none() && !last,
                '!' => {
                    let ends = after.map_or(last, char::is_whitespace);
                    !ends && !inner.is_some_and(char::is_alphanumeric)
                }
                '(' => emoticon(rest, ' ').is_some() || matches!(before, ':' | ';') || after.is_none() && !last,
                ')' => matches!(before, ':' | ';'),
                _ => false,
            };
            match c {
                '\\' => {
                    let plain = after.is_some_and(|after| after != '\\' && !ESCAPABLE.contains(after));
                    self.put(if plain && before != '\\' { "\\" } else { "&#92;" });
                }
                '&' if like_entity(rest) => self.put("&amp;"),
                'D' | 'P' if before == ':' && !after.is_some_and(char::is_alphanumeric) => {
                    self.put(if c == 'D' { "&#68;" } else { "&#80;" });
                }
                _ => {
                    if escaped {
                        self.put("\\");
                    }
                    self.put(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }
}

/// Whether a line that starts so would be a heading or quotation.
fn line_start_markup(text: &str) -> bool {
    matches!(text.as_bytes(), [b'h', b'1'..=b'6', b'.', ..] | [b'b', b'q', b'.', ..])
}
