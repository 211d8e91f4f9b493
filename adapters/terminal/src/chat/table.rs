//! Lays a table out in columns.

use unicode_width::UnicodeWidthStr;
use usher_chat::{Text, tree::Row};

use super::look::{BOLD, DIM, Look};
use crate::clean::clean_line;

/// What stands between two columns.
const GAP: &str = "  ";
/// No column is made narrower.
const NARROWEST: usize = 6;

/// The table in lines at most `width` columns wide, as far as its columns can be made narrower.
pub(super) fn lines(look: &Look, rows: &[Row], width: usize) -> Vec<String> {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| clean_line(&Text(cell.content.clone()).to_plain())).collect())
        .collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for row in &cells {
        for (column, cell) in row.iter().enumerate() {
            widths[column] = widths[column].max(cell.width());
        }
    }
    let gaps = GAP.len() * columns.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    let mut lines = Vec::new();
    for (number, (row, cells)) in rows.iter().zip(&cells).enumerate() {
        let wrapped: Vec<Vec<String>> = cells.iter().zip(&widths).map(|(cell, width)| broken(cell, *width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for level in 0..height {
            let mut line = String::new();
            for (column, width) in widths.iter().enumerate() {
                let words = wrapped.get(column).and_then(|cell| cell.get(level)).map_or("", String::as_str);
                let header = row.cells.get(column).is_some_and(|cell| cell.header);
                line.push_str(&if header { look.paint(BOLD, words) } else { words.to_owned() });
                if column + 1 < columns {
                    line.push_str(&" ".repeat(width.saturating_sub(words.width())));
                    line.push_str(GAP);
                }
            }
            lines.push(line.trim_end().to_owned());
        }
        if number == 0 && row.cells.iter().all(|cell| cell.header) && rows.len() > 1 {
            lines.push(look.paint(DIM, &"─".repeat(widths.iter().sum::<usize>() + gaps)));
        }
    }
    lines
}

fn broken(cell: &str, width: usize) -> Vec<String> {
    if width == 0 {
        return Vec::new();
    }
    textwrap::wrap(cell, textwrap::Options::new(width)).into_iter().map(|line| line.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use usher_chat::tree::Cell;

    use super::*;

    #[test]
    fn columns_line_up_and_narrow_down() {
        let row = |header, cells: &[&str]| Row {
            cells: cells.iter().map(|cell| Cell { header, content: Text::plain(cell).0 }).collect(),
        };
        let rows = [
            row(true, &["", "everyone", "@oncall"]),
            row(false, &["view find history", "yes", "yes"]),
            row(false, &["comment status assign", "-"]),
        ];
        insta::assert_snapshot!(lines(&Look::PLAIN, &rows, 80).join("\n"), @r"
                               everyone  @oncall
        ────────────────────────────────────────
        view find history      yes       yes
        comment status assign  -
        ");
        insta::assert_snapshot!(lines(&Look::PLAIN, &rows, 30).join("\n"), @r"
                     everyone  @oncall
        ──────────────────────────────
        view find    yes       yes
        history
        comment      -
        status
        assign
        ");
        assert_eq!(lines(&Look::PLAIN, &[], 80), Vec::<String>::new());
    }
}
