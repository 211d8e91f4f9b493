//! Splits Markdown that is too long for one message, without breaking a code block or making markup of plain text.

use super::{escape::UNSEEN, length};

const FENCE: &str = "```";

/// `text` in pieces of at most `limit`, cut between lines where that is possible.
pub(super) fn split(text: &str, limit: usize) -> Vec<String> {
    let mut pieces = Pieces { limit, done: Vec::new(), piece: String::new(), fence: None };
    for line in text.split('\n') {
        pieces.line(line);
    }
    pieces.end();
    pieces.done
}

/// `text` in at most `limit`; what is cut off is told by an ellipsis.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    format!("{}…", head(text, limit.saturating_sub(1), true).trim_end())
}

struct Pieces {
    limit: usize,
    done: Vec<String>,
    piece: String,
    /// The line that opened the code block that we are in.
    fence: Option<String>,
}

impl Pieces {
    fn line(&mut self, line: &str) {
        let marker = line.trim_start_matches([' ', '>']).starts_with(FENCE);
        if marker && self.fence.take().is_some() {
            // Room for the end of a block is always left.
            return self.push(line);
        }
        // A block begins only where its end fits too.
        let end = if marker { FENCE.len() + 1 } else { 0 };
        let mut rest = line;
        loop {
            let room = self.room();
            if length(rest) + end <= room {
                break;
            }
            // A line that fits into a piece of its own is not torn apart.
            let fresh = self.is_fresh();
            if fresh || length(rest) > self.limit / 2 {
                let part = head(rest, room, fresh);
                if !part.is_empty() {
                    self.push(part);
                    rest = rest[part.len()..].trim_start_matches(' ');
                }
            }
            self.turn();
            if self.fence.is_none() && begins_markup(rest) && rest.len() < line.len() {
                self.piece.push(UNSEEN);
            }
        }
        self.push(rest);
        if marker {
            // What opens a block is written again in each piece. A long one would leave no room for what is inside.
            let long = length(line) > self.limit / 4;
            self.fence = Some(if long { FENCE.to_owned() } else { line.to_owned() });
        }
    }

    /// What still fits on a new line of this piece.
    fn room(&self) -> usize {
        let breaks = usize::from(!self.piece.is_empty());
        let closing = self.fence.as_ref().map_or(0, |_| FENCE.len() + 1);
        self.limit.saturating_sub(length(&self.piece) + breaks + closing)
    }

    fn is_fresh(&self) -> bool {
        self.piece.is_empty() || self.fence.as_ref() == Some(&self.piece) || self.piece == UNSEEN.to_string()
    }

    fn push(&mut self, line: &str) {
        if !self.piece.is_empty() && self.piece != UNSEEN.to_string() {
            self.piece.push('\n');
        }
        self.piece.push_str(line);
    }

    /// Ends this piece and begins the next.
    fn turn(&mut self) {
        if self.fence.is_some() {
            self.piece.push('\n');
            self.piece.push_str(FENCE);
        }
        self.end();
        self.piece = self.fence.clone().unwrap_or_default();
    }

    fn end(&mut self) {
        let piece = std::mem::take(&mut self.piece);
        if !piece.trim_matches(['\n', ' ', UNSEEN]).is_empty() {
            self.done.push(piece.trim_matches('\n').to_owned());
        }
    }
}

/// The beginning of a line that fits into `room`, cut at a space if there is one, and never behind a backslash. An address
/// at its start is torn apart only if it `must` be.
fn head(line: &str, room: usize, must: bool) -> &str {
    let mut used = 0;
    let mut end = 0;
    let mut space = None;
    for (at, char) in line.char_indices() {
        used += char.len_utf16();
        if used > room {
            break;
        }
        end = at + char.len_utf8();
        if char == ' ' && at > 0 {
            space = Some(at);
        }
    }
    if end == line.len() {
        return line;
    }
    let fits = end;
    let end = space.unwrap_or(end);
    let address = line[..end].rfind('<').filter(|at| line[*at..].starts_with("<http") && !line[*at..end].contains('>'));
    let end = match address {
        Some(0) if must => end,
        Some(at) => at,
        None => end,
    };
    match line[..end].trim_end_matches('\\') {
        // Nothing but backslashes, which go in pairs. One alone goes with what stands behind it.
        "" if must => in_pairs(line, if end < 2 { fits } else { end }),
        cut => cut,
    }
}

/// The beginning of a line, without a backslash at its end that has no partner.
fn in_pairs(line: &str, end: usize) -> &str {
    let cut = &line[..end];
    let backslashes = end - cut.trim_end_matches('\\').len();
    &line[..end - backslashes % 2]
}

fn begins_markup(line: &str) -> bool {
    line.starts_with(['#', '>', '-', '+', '*']) || line.starts_with(|char: char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_comes_to_an_end() {
        let long = "x".repeat(300);
        let fence = format!("```{long}\ncode {long}\n```");
        for line in [format!("\\ {long}"), format!(" \\ {long}"), "\\".repeat(301), fence, format!("{long} \\ {long}")]
        {
            let parts = split(&line, 100);
            assert!(parts.iter().all(|part| length(part) <= 100), "{parts:?}");
            let bare = |text: &str| text.chars().filter(|c| *c == 'x' || *c == '\\').count();
            assert!(parts.iter().map(|part| bare(part)).sum::<usize>() >= bare(&line), "{parts:?}");
        }
    }
}
