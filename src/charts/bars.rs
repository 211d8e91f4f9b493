//! Bars from left to right: labels of any length stand beside them, and any number of rows makes a longer picture.

use super::{
    Bars, NotDrawn, Row,
    canvas::{self, Beside, Canvas, HEAD, INK, MARGIN, PALE, SMALL, WIDTH, WORDS},
    lettering::{fitted, legible, width},
    number,
};

/// The most rows of one picture.
pub const MOST: usize = 30;
/// The widest label.
const LABEL: i32 = 340;
const BAR: i32 = 26;
const BETWEEN: i32 = 4;
const LEGEND: i32 = 40;

pub fn png(bars: &Bars) -> Result<Vec<u8>, NotDrawn> {
    let rows = &bars.rows[..bars.rows.len().min(MOST)];
    let legend = if bars.legend.is_empty() { 0 } else { LEGEND };
    let many = rows.iter().map(|row| row.values.len()).max().unwrap_or(1).max(1) as i32;
    let pitch = many * (BAR + BETWEEN) + 14;
    let height = HEAD + legend + pitch * (rows.len() as i32).max(2) + MARGIN / 2;
    canvas::png(height, |canvas| {
        let mut top = canvas.head(&bars.title, &bars.note)?;
        if legend > 0 {
            explain(canvas, bars, top + 8)?;
            top += LEGEND;
        }
        if rows.is_empty() {
            return canvas.words("There is nothing to count.", (MARGIN, top + 30), Beside::Right, WORDS, PALE);
        }
        let labels = labels(rows);
        let beside = labels.iter().map(|label| width(label, WORDS).ceil() as i32).max().unwrap_or(0);
        let values = rows.iter().flat_map(|row| &row.values).map(|(value, _)| *value);
        let longest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        let said = rows.iter().flat_map(|row| &row.values).map(|(value, _)| width(&number(*value), WORDS).ceil());
        let from = MARGIN + beside + 16;
        let room = (WIDTH - MARGIN - 12 - said.fold(0.0, f32::max) as i32 - from).max(100);
        for (index, (row, label)) in rows.iter().zip(&labels).enumerate() {
            let y = top + pitch * index as i32;
            canvas.words(label, (from - 16, y + pitch / 2 - 7), Beside::Left, WORDS, INK)?;
            for (at, (value, shade)) in row.values.iter().enumerate() {
                let y = y + at as i32 * (BAR + BETWEEN);
                let long = if longest > 0.0 {
                    (f64::from(room) * value.clamp(0.0, longest) / longest).round() as i32
                } else {
                    0
                };
                // Also nothing has a beginning.
                canvas.block((from, y), (from + long.max(2), y + BAR), shade.colour())?;
                canvas.words(&number(*value), (from + long.max(2) + 12, y + BAR / 2), Beside::Right, WORDS, INK)?;
            }
        }
        Ok(())
    })
}

/// The labels as they fit. What cannot be written is named by its number among the rows.
pub fn labels(rows: &[Row]) -> Vec<String> {
    let label = |(index, row): (usize, &Row)| match legible(&row.label) {
        Some(label) => fitted(&label, WORDS, LABEL),
        None => format!("No. {}", index + 1),
    };
    rows.iter().enumerate().map(label).collect()
}

fn explain(canvas: &Canvas<'_>, bars: &Bars, y: i32) -> Result<(), NotDrawn> {
    let mut x = MARGIN;
    for (words, shade) in &bars.legend {
        canvas.block((x, y - 9), (x + 18, y + 9), shade.colour())?;
        canvas.words(words, (x + 28, y), Beside::Right, SMALL, PALE)?;
        x += 28 + width(words, SMALL).ceil() as i32 + 32;
    }
    Ok(())
}
