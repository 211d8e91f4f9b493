//! Finding the macros of a wiki text (`{code}`, `{quote}`, …) in one pass, before anything else is read.

use std::ops::Range;

/// What a macro does with its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Noformat,
    Quote,
    Panel,
    Info,
    Note,
    Tip,
    Warning,
}

const KINDS: [(&str, Kind); 8] = [
    ("code", Kind::Code),
    ("noformat", Kind::Noformat),
    ("quote", Kind::Quote),
    ("panel", Kind::Panel),
    ("info", Kind::Info),
    ("note", Kind::Note),
    ("tip", Kind::Tip),
    ("warning", Kind::Warning),
];

/// A macro with its body, all as places in the source.
#[derive(Debug, Clone)]
pub(super) struct Macro<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) body: Range<usize>,
    pub(super) kind: Kind,
    params: &'a str,
}

impl<'a> Macro<'a> {
    /// A parameter with a name, such as the `x` of `{panel:title=x}`.
    pub(super) fn param(&self, name: &str) -> Option<&'a str> {
        let mut named = self.params.split('|').filter_map(|param| param.split_once('='));
        let (_, value) = named.find(|(key, _)| key.trim() == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The first parameter without a name, such as the `java` of `{code:java}`.
    pub(super) fn unnamed(&self) -> Option<&'a str> {
        let mut unnamed = self.params.split('|').filter(|param| !param.contains('='));
        unnamed.next().map(str::trim).filter(|param| !param.is_empty())
    }
}

/// A tag such as `{panel:title=x}` at the start of `text`: its name, its parameters and its length.
pub(super) fn tag(text: &str) -> Option<(&str, Option<&str>, usize)> {
    let inner = text.strip_prefix('{')?;
    let name_end = inner.find(|c: char| !c.is_ascii_alphabetic())?;
    let (name, rest) = inner.split_at(name_end);
    if let Some(params) = rest.strip_prefix(':') {
        let end = params.find(['}', '{', '\n'])?;
        return params[end..].starts_with('}').then(|| (name, Some(&params[..end]), name.len() + end + 3));
    }
    rest.starts_with('}').then_some((name, None, name.len() + 2))
}

/// All macros of a text that have an end, by where they start. They nest and never overlap.
#[derive(Debug)]
pub(super) struct Macros<'a>(Vec<Macro<'a>>);

impl<'a> Macros<'a> {
    /// Finds them, in time that grows with the text's length.
    pub(super) fn find(source: &'a str) -> Self {
        let mut found: Vec<Macro<'a>> = Vec::new();
        let mut open: Vec<Macro<'a>> = Vec::new();
        let mut endless = [false; 2];
        let mut at = 0;
        while let Some(next) = source[at..].find(['{', '\\']) {
            at += next;
            let rest = &source[at..];
            if let Some(rest) = rest.strip_prefix('\\') {
                at += 1 + rest.chars().next().map_or(0, char::len_utf8);
                continue;
            }
            if rest.starts_with("{{") {
                at += 2;
                continue;
            }
            let known = tag(rest).and_then(|(name, params, length)| {
                let (_, kind) = KINDS.iter().find(|(known, _)| *known == name)?;
                Some((name, *kind, params, length))
            });
            let Some((name, kind, params, length)) = known else {
                at += 1;
                continue;
            };
            let (start, body) = (at, at + length);
            at = body;
            let starting = Macro { start, end: body, body: body..body, kind, params: params.unwrap_or_default() };
            if matches!(kind, Kind::Code | Kind::Noformat) {
                let end = format!("{{{name}}}");
                let endless = &mut endless[usize::from(kind == Kind::Noformat)];
                if *endless {
                    continue;
                }
                match source[body..].find(&end) {
                    Some(length) => {
                        at = body + length + end.len();
                        found.push(Macro { end: at, body: body..body + length, ..starting });
                    }
                    None => *endless = true,
                }
                continue;
            }
            match open.iter().rposition(|opened| opened.kind == kind) {
                Some(index) if params.is_none() => {
                    let opened = open.swap_remove(index);
                    open.truncate(index);
                    found.push(Macro { end: body, body: opened.end..start, ..opened });
                }
                Some(_) => {}
                None => open.push(starting),
            }
        }
        found.sort_by_key(|found| found.start);
        Self(found)
    }

    /// The first macro that starts within a range and does not reach out of it.
    pub(super) fn first_in(&self, range: Range<usize>) -> Option<&Macro<'a>> {
        let index = self.0.partition_point(|found| found.start < range.start);
        self.0.get(index).filter(|found| found.end <= range.end)
    }
}
