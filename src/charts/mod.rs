//! Charts as pictures: numbers and labels in, a PNG out.
//!
//! Everything here is pure and takes some tens of milliseconds, so it is called off the threads that wait for others. A
//! picture never says more than the words beside it: whoever cannot see it must be told the numbers as text.
//!
//! Its background is white and opaque, so that it looks the same on light and on dark themes. The colours differ in
//! lightness as well as in hue, and lines in their marks, so that nobody has to tell red from green.

mod bars;
mod canvas;
mod lettering;
mod lines;
#[cfg(test)]
mod tests;

pub use bars::MOST as MOST_BARS;
pub use lettering::legible;

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// Bars from left to right.
    Bars(Bars),
    /// Lines over days.
    Lines(Lines),
}

/// Bars from left to right, one or two beside each label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// What it is.
    pub title: String,
    /// What it is about, below the title.
    pub note: String,
    /// What the colours mean, where they mean something.
    pub legend: Vec<(&'static str, Shade)>,
    /// The rows from top to bottom, at most [`MOST_BARS`].
    pub rows: Vec<Row>,
}

/// A label and its bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What they count.
    pub label: String,
    /// Their lengths.
    pub values: Vec<(f64, Shade)>,
}

/// Lines over days.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lines {
    /// What it is.
    pub title: String,
    /// What it is about, below the title.
    pub note: String,
    /// The days, as they are written.
    pub days: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it counts.
    pub name: &'static str,
    /// A value for each day; none where nothing is known yet.
    pub values: Vec<Option<f64>>,
    /// Its colour.
    pub shade: Shade,
    /// How it is drawn.
    pub stroke: Stroke,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// With a dot for each day.
    Dots,
    /// With a square for each day.
    Squares,
    /// Dashed, without marks.
    Dashes,
}

/// A colour. Any two are told apart by their lightness, whatever colours somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// A light grey: what waits, or what was only planned.
    Quiet,
    /// Blue.
    Main,
    /// A very dark green: what is done.
    Deep,
    /// Orange, beside blue.
    Other,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NotDrawn {
    /// Drawing failed.
    #[error("a chart could not be drawn: {0}")]
    Drawing(String),
    /// Writing it as PNG failed.
    #[error("a chart could not be written as PNG")]
    Png(#[from] png::EncodingError),
}

impl Chart {
    /// The picture.
    ///
    /// # Errors
    /// It could not be drawn or written.
    pub fn png(&self) -> Result<Vec<u8>, NotDrawn> {
        match self {
            Self::Bars(bars) => bars::png(bars),
            Self::Lines(lines) => lines::png(lines),
        }
    }
}

/// A number as people read it: `5`, `2.5`.
pub fn number(number: f64) -> String {
    // A sum of nothing is minus nothing.
    let text = format!("{:.1}", number + 0.0);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
