//! Colours, links and line breaks of a terminal.

use anstyle::{AnsiColor, Effects, Style};
use usher_chat::tree::Tint;

/// The widest text that is still easy to read.
const WIDEST: usize = 100;

/// How things look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Columns.
    pub(super) width: usize,
    /// Whether there are colours and bold letters.
    pub(super) colour: bool,
    /// Whether links can be clicked.
    pub(super) links: bool,
}

pub(super) const BOLD: Style = Style::new().effects(Effects::BOLD);
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
pub(super) const BOT: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
pub(super) const BUTTON: Style = AnsiColor::Cyan.on_default();
pub(super) const LINK: Style = AnsiColor::Blue.on_default().effects(Effects::UNDERLINE);

impl Look {
    /// A file, a pipe or a test.
    pub(super) const PLAIN: Look = Look { width: 80, colour: false, links: false };

    /// The terminal that this program runs in. `NO_COLOR` turns colours off (<https://no-color.org>).
    pub(super) fn of_terminal() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let able = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self { width: columns().unwrap_or(80).clamp(20, WIDEST), colour: wanted && able, links: able }
    }

    /// `text` in a style.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// An address that can be clicked, as `markdown::address` makes it.
    pub(super) fn link(&self, address: &str) -> String {
        self.linked(address, &self.paint(LINK, address))
    }

    /// `words` that can be clicked where the terminal knows how.
    pub(super) fn linked(&self, address: &str, words: &str) -> String {
        if self.links { format!("\u{1b}]8;;{address}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\") } else { words.to_owned() }
    }

    /// Breaks `text` into lines that fit; words stay whole.
    pub(super) fn wrap(&self, text: &str, width: usize) -> Vec<String> {
        let options = textwrap::Options::new(width.max(10))
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let text = text.replace('\t', "    ");
        let lines = text.split('\n').flat_map(|line| textwrap::wrap(line, &options)).map(|line| line.into_owned());
        carry(lines.collect())
    }
}

/// The colour of a state.
pub(super) fn tint(tint: Tint) -> Style {
    match tint {
        Tint::Neutral => Style::new(),
        Tint::Purple => AnsiColor::Magenta.on_default(),
        Tint::Blue => AnsiColor::Blue.on_default(),
        Tint::Red => AnsiColor::Red.on_default(),
        Tint::Yellow => AnsiColor::Yellow.on_default(),
        Tint::Green => AnsiColor::Green.on_default(),
    }
}

/// Ends each line's style at its end and takes it up again on the next, so that indents and bars stay plain.
fn carry(lines: Vec<String>) -> Vec<String> {
    let mut open = String::new();
    let carry = |line: String| {
        let start = open.clone();
        for (at, _) in line.match_indices("\u{1b}[") {
            let sequence = &line[at..];
            let Some(end) = sequence.find('m') else { continue };
            match &sequence[..=end] {
                "\u{1b}[0m" => open.clear(),
                sequence => open.push_str(sequence),
            }
        }
        let end = if open.is_empty() { "" } else { "\u{1b}[0m" };
        format!("{start}{line}{end}")
    };
    lines.into_iter().map(carry).collect()
}

#[cfg(unix)]
fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_does_not_reach_into_the_next_lines_indent() {
        let look = Look { width: 12, colour: true, links: false };
        let text = format!("plain {}", look.paint(BOLD, "bold words that go on"));
        assert_eq!(
            look.wrap(&text, 12),
            ["plain \u{1b}[1mbold\u{1b}[0m", "\u{1b}[1mwords that\u{1b}[0m", "\u{1b}[1mgo on\u{1b}[0m"]
        );
        assert_eq!(Look::PLAIN.wrap("a\n\nb", 12), ["a", "", "b"]);
    }
}
