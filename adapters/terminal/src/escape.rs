//! Decides which characters of a plain text would be Markdown where they stand, and escapes those only.

/// Where a character of a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The renderer's own markup. It goes out as it is.
    Markup,
    /// Plain text, from Jira or a person.
    Leaf,
    /// Plain text between the brackets of a link.
    LinkLeaf,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// In a paragraph or list.
    Flow,
    /// In a heading.
    Heading,
    /// In a table's cell.
    Cell,
}

/// The characters of a run of text, each with its origin, so that each can be judged together with its neighbours.
#[derive(Debug, Default)]
pub(crate) struct Run(Vec<(char, Origin)>);

impl Run {
    /// Adds `text`.
    pub(crate) fn push(&mut self, text: &str, origin: Origin) {
        self.0.extend(text.chars().map(|char| (char, origin)));
    }

    /// Adds another run.
    pub(crate) fn append(&mut self, mut other: Run) {
        self.0.append(&mut other.0);
    }

    /// Splits the white space off both ends: markup such as `**` must touch the words.
    pub(crate) fn split_ends(mut self) -> (Run, Run, Run) {
        let start = self.0.iter().take_while(|(char, _)| char.is_whitespace()).count();
        let mut middle = self.0.split_off(start);
        let end = middle.iter().rposition(|(char, _)| !char.is_whitespace()).map_or(0, |at| at + 1);
        let after = middle.split_off(end);
        (self, Run(middle), Run(after))
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The run as Markdown.
    pub(crate) fn escaped(&self, setting: Setting) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        for (number, line) in self.0.split(|(char, _)| *char == '\n').enumerate() {
            if number > 0 {
                out.push(if setting == Setting::Flow { '\n' } else { ' ' });
            }
            escape_line(line, setting, &mut out);
        }
        out
    }
}

fn escape_line(line: &[(char, Origin)], setting: Setting, out: &mut String) {
    let blank = line.iter().take_while(|(char, origin)| char.is_whitespace() && *origin != Origin::Markup).count();
    let line = &line[blank..];
    let opening = if setting == Setting::Flow { opening(line) } else { None };
    for (at, &(char, origin)) in line.iter().enumerate() {
        if origin == Origin::Markup {
            out.push(char);
            continue;
        }
        let before = at.checked_sub(1).map(|at| line[at].0);
        let after = line.get(at + 1).copied();
        if opening == Some(at) || is_markup(line, at, before, after, setting) {
            out.push('\\');
        }
        out.push(char);
        if char == '@' && !before.is_some_and(char::is_alphanumeric) && after.is_some_and(|(char, _)| is_name(char)) {
            // No escape keeps a platform from reading a name after `@`; an unseen character between them does.
            out.push('\u{200b}');
        }
    }
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Whether the character at `at` would be markup inside a line.
fn is_markup(
    line: &[(char, Origin)],
    at: usize,
    before: Option<char>,
    after: Option<(char, Origin)>,
    setting: Setting,
) -> bool {
    let (char, origin) = line[at];
    let next = after.map(|(char, _)| char);
    let apart = before.is_some_and(char::is_whitespace) && next.is_some_and(char::is_whitespace);
    let in_link = origin == Origin::LinkLeaf;
    match char {
        '`' => true,
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
        '*' | '~' => !apart,
        '_' => !(apart || (before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric))),
        '[' => in_link || next == Some('^') || after.is_some_and(|(_, origin)| origin == Origin::Markup),
        ']' => {
            in_link
                || matches!(next, Some('(' | '[' | ':'))
                || after.is_some_and(|(_, origin)| origin == Origin::Markup)
        }
        '!' => next == Some('['),
        '<' => next.is_some_and(|next| !next.is_whitespace() && !next.is_ascii_digit() && !matches!(next, '=' | '-')),
        '&' => is_entity(&line[at + 1..]),
        '|' => setting == Setting::Cell || before == Some('|') || next == Some('|'),
        ':' => in_link && next == Some('/') && line.get(at + 2).is_some_and(|(char, _)| *char == '/'),
        '#' => {
            let closing = || line[at..].iter().all(|(char, _)| *char == '#');
            setting == Setting::Heading && before != Some('#') && closing()
        }
        _ => false,
    }
}

/// Whether `&` and what follows it would be read as one character, such as `&lt;`.
fn is_entity(rest: &[(char, Origin)]) -> bool {
    let name = rest.iter().take(40).take_while(|(char, _)| char.is_ascii_alphanumeric() || *char == '#').count();
    name > 0 && rest.get(name).is_some_and(|(char, _)| *char == ';')
}

/// The character that would make the line a heading, list, quotation, rule or table, if there is one.
fn opening(line: &[(char, Origin)]) -> Option<usize> {
    let (first, origin) = *line.first()?;
    if origin == Origin::Markup {
        return None;
    }
    let char = |at: usize| line.get(at).map(|(char, _)| *char);
    let gap = |at: usize| char(at).is_none_or(char::is_whitespace);
    let rule = || {
        line.iter().all(|(char, _)| matches!(char, '-' | '=' | '|' | ':' | ' ' | '\t'))
            && line.iter().any(|(char, _)| matches!(char, '-' | '='))
    };
    let hit = match first {
        '>' => true,
        '#' => gap(line.iter().take_while(|(char, _)| *char == '#').count()),
        '+' => gap(1),
        '-' => gap(1) || char(1) == Some('#') || rule(),
        '=' | '|' | ':' => rule(),
        '[' => char(2) == Some(']') && gap(3),
        '0'..='9' => {
            let digits = line.iter().take_while(|(char, _)| char.is_ascii_digit()).count();
            let ends = matches!(char(digits), Some('.' | ')')) && gap(digits + 1);
            let own = line.get(digits).is_some_and(|(_, origin)| *origin != Origin::Markup);
            return (digits <= 9 && ends && own).then_some(digits);
        }
        _ => false,
    };
    hit.then_some(0)
}
