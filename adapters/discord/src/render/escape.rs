//! Keeps plain text plain in Discord's Markdown: decides which characters would be markup where they stand, and
//! escapes those.

/// Discord reads no name and no id across it, and nobody sees it.
pub(crate) const UNSEEN: char = '\u{200b}';

/// Where a character of a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The renderer's own markup. It goes out as it is.
    Markup,
    /// Plain text, from Jira or a person.
    Leaf,
    /// Plain text between the brackets of a link.
    LinkLeaf,
}

/// The characters of a run of text, each with its origin, so that each is judged together with its neighbours.
#[derive(Debug, Default)]
pub(super) struct Run(Vec<(char, Origin)>);

impl Run {
    /// Adds `text`.
    pub(super) fn push(&mut self, text: &str, origin: Origin) {
        self.0.extend(text.chars().map(|char| (char, origin)));
    }

    /// Adds another run.
    pub(super) fn append(&mut self, mut other: Run) {
        self.0.append(&mut other.0);
    }

    /// Splits the white space off both ends: markup such as `**` must touch the words.
    pub(super) fn split_ends(mut self) -> (Run, Run, Run) {
        let start = self.0.iter().take_while(|(char, _)| char.is_whitespace()).count();
        let mut middle = self.0.split_off(start);
        let end = middle.iter().rposition(|(char, _)| !char.is_whitespace()).map_or(0, |at| at + 1);
        let after = middle.split_off(end);
        (self, Run(middle), Run(after))
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The run as Markdown, line by line.
    pub(super) fn escaped(&self) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        for (number, line) in self.0.split(|(char, _)| *char == '\n').enumerate() {
            if number > 0 {
                out.push('\n');
            }
            escape_line(line, &mut out);
        }
        out
    }
}

/// `text` without control characters, marks that reverse the reading order and invisible ones that break words apart.
/// Line breaks and tabs stay.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(char),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            _ if char.is_control() => {}
            _ => out.push(char),
        }
    }
    out
}

/// [`clean`], on one line.
pub(crate) fn clean_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// One line of plain text as Markdown, where Discord makes no links.
pub(super) fn line(text: &str) -> String {
    let mut run = Run::default();
    run.push(&clean_line(text), Origin::Leaf);
    run.escaped()
}

fn escape_line(line: &[(char, Origin)], out: &mut String) {
    let blank = line.iter().take_while(|(char, origin)| char.is_whitespace() && *origin != Origin::Markup).count();
    let line = &line[blank..];
    let opening = opening(line);
    for (at, &(char, origin)) in line.iter().enumerate() {
        if origin == Origin::Markup {
            out.push(char);
            continue;
        }
        let before = at.checked_sub(1).map(|at| line[at].0);
        let after = line.get(at + 1).map(|(char, _)| *char);
        let char = match (char, origin) {
            // Discord gives a link up where its words hold a bracket without its partner.
            ('[', Origin::LinkLeaf) => '［',
            (']', Origin::LinkLeaf) => '］',
            _ => char,
        };
        if opening == Some(at) || is_markup(char, before, after) {
            out.push('\\');
        }
        out.push(char);
        if char == '@' && (before == Some('<') || names_everyone(&line[at + 1..])) {
            out.push(UNSEEN);
        }
    }
}

fn names_everyone(rest: &[(char, Origin)]) -> bool {
    ["everyone", "here"].iter().any(|name| {
        rest.len() >= name.len() && name.chars().zip(rest).all(|(own, (char, _))| own.eq_ignore_ascii_case(char))
    })
}

/// Whether a character would be markup between its neighbours.
fn is_markup(char: char, before: Option<char>, after: Option<char>) -> bool {
    let apart = before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_whitespace);
    let doubled = before == Some(char) || after == Some(char);
    match char {
        '`' | '[' => true,
        '\\' => after.is_none_or(|after| after.is_ascii_punctuation()),
        '*' => !apart,
        '~' | '|' => doubled || before.is_none() || after.is_none(),
        '_' => {
            let inside = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
            doubled || !(apart || inside)
        }
        '<' => {
            after.is_none_or(|after| !after.is_whitespace() && !after.is_ascii_digit() && !matches!(after, '=' | '-'))
        }
        _ => false,
    }
}

/// The character that would make the line a heading, small print, list or quotation, if there is one.
fn opening(line: &[(char, Origin)]) -> Option<usize> {
    let (first, origin) = *line.first()?;
    if origin == Origin::Markup {
        return None;
    }
    let char = |at: usize| line.get(at).map(|(char, _)| *char);
    let gap = |at: usize| char(at).is_none_or(char::is_whitespace);
    let hit = match first {
        '>' => true,
        '#' => gap(line.iter().take_while(|(char, _)| *char == '#').count()),
        '+' => gap(1),
        '-' => gap(1) || char(1) == Some('#'),
        '0'..='9' => {
            let digits = line.iter().take_while(|(char, _)| char.is_ascii_digit()).count();
            return (char(digits) == Some('.') && gap(digits + 1)).then_some(digits);
        }
        _ => false,
    };
    hit.then_some(0)
}
