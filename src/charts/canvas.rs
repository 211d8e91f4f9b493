//! What charts are drawn on: twice as large as they are shown, so that slanted lines become smooth, then written as PNG.

use plotters::{
    coord::Shift,
    prelude::{BitMapBackend, Circle, DrawingArea, IntoDrawingArea, PathElement, RGBColor, Rectangle, Text},
    style::{
        Color, IntoFont, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{NotDrawn, Shade, lettering};

/// How much larger it is drawn.
const SCALE: i32 = 2;

pub const WIDTH: i32 = 1000;
/// Free around everything.
pub const MARGIN: i32 = 32;
/// Sizes of letters.
pub const TITLE: i32 = 34;
pub const WORDS: i32 = 24;
pub const SMALL: i32 = 21;

/// Dark on white: 16 to 1.
pub const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// Quieter words: 6 to 1.
pub const PALE: RGBColor = RGBColor(0x57, 0x60, 0x6a);
/// Lines behind the data.
pub const GRID: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// Where words stand.
#[derive(Debug, Clone, Copy)]
pub enum Beside {
    /// They begin there.
    Right,
    /// They end there.
    Left,
    /// Their middle is there.
    Middle,
}

/// A sheet in the size in which it is shown.
pub struct Canvas<'p> {
    area: DrawingArea<BitMapBackend<'p>, Shift>,
}

impl Shade {
    pub(super) fn colour(self) -> RGBColor {
        match self {
            Self::Quiet => RGBColor(0x8a, 0x94, 0xa0),
            Self::Main => RGBColor(0x00, 0x68, 0xb4),
            Self::Deep => RGBColor(0x00, 0x45, 0x36),
            Self::Other => RGBColor(0xe6, 0x8a, 0x00),
        }
    }
}

/// Draws, and writes what was drawn.
///
/// # Errors
/// Drawing or writing failed.
pub fn png(height: i32, draw: impl FnOnce(&Canvas<'_>) -> Result<(), NotDrawn>) -> Result<Vec<u8>, NotDrawn> {
    lettering::ready()?;
    let (wide, high) = (WIDTH * SCALE, height.max(1) * SCALE);
    let size = (wide.unsigned_abs(), high.unsigned_abs());
    let mut pixels = vec![0xff; size.0 as usize * size.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        area.fill(&PAPER).map_err(failed)?;
        draw(&Canvas { area })?;
    }
    let small = halved(&pixels, size.0 as usize);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size.0 / SCALE.unsigned_abs(), size.1 / SCALE.unsigned_abs());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&small)?;
    writer.finish()?;
    Ok(out)
}

/// Each pixel the mean of four.
fn halved(pixels: &[u8], wide: usize) -> Vec<u8> {
    let mut small = Vec::with_capacity(pixels.len() / 4);
    for rows in pixels.chunks_exact(wide * 6) {
        let (upper, lower) = rows.split_at(wide * 3);
        for (up, low) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for at in 0..3 {
                let sum = u16::from(up[at]) + u16::from(up[at + 3]) + u16::from(low[at]) + u16::from(low[at + 3]);
                small.push((sum / 4) as u8);
            }
        }
    }
    small
}

fn failed(error: impl std::fmt::Display) -> NotDrawn {
    NotDrawn::Drawing(error.to_string())
}

fn scaled((x, y): (i32, i32)) -> (i32, i32) {
    (x * SCALE, y * SCALE)
}

impl Canvas<'_> {
    pub fn words(
        &self,
        words: &str,
        (x, y): (i32, i32),
        beside: Beside,
        size: i32,
        ink: RGBColor,
    ) -> Result<(), NotDrawn> {
        let across = match beside {
            Beside::Right => HPos::Left,
            Beside::Left => HPos::Right,
            Beside::Middle => HPos::Center,
        };
        let font = (lettering::FONT, size * SCALE).into_font();
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(across, VPos::Center));
        // The middle of the letters is a little lower than that of their box.
        self.area.draw(&Text::new(words.to_owned(), scaled((x, y + 2)), style)).map_err(failed)
    }

    pub fn block(&self, from: (i32, i32), to: (i32, i32), ink: RGBColor) -> Result<(), NotDrawn> {
        let (from, to) = (scaled(from), scaled(to));
        self.area.draw(&Rectangle::new([from, (to.0 - 1, to.1 - 1)], ink.filled())).map_err(failed)
    }

    pub fn dot(&self, at: (i32, i32), radius: i32, ink: RGBColor) -> Result<(), NotDrawn> {
        self.area.draw(&Circle::new(scaled(at), radius * SCALE, ink.filled())).map_err(failed)
    }

    pub fn line(&self, points: &[(i32, i32)], thick: u32, ink: RGBColor) -> Result<(), NotDrawn> {
        let points: Vec<(i32, i32)> = points.iter().copied().map(scaled).collect();
        let style = ink.stroke_width(thick * SCALE.unsigned_abs());
        self.area.draw(&PathElement::new(points, style)).map_err(failed)
    }

    /// A straight dashed line.
    pub fn dashes(&self, from: (i32, i32), to: (i32, i32), ink: RGBColor) -> Result<(), NotDrawn> {
        const DASH: f64 = 9.0;
        let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = dx.hypot(dy);
        let at = |far: f64| {
            let share = if length > 0.0 { (far / length).min(1.0) } else { 0.0 };
            (from.0 + (dx * share).round() as i32, from.1 + (dy * share).round() as i32)
        };
        let mut far = 0.0;
        while far < length {
            self.line(&[at(far), at(far + DASH)], 2, ink)?;
            far += 2.0 * DASH;
        }
        Ok(())
    }

    /// Title and note, and where what follows begins.
    pub fn head(&self, title: &str, note: &str) -> Result<i32, NotDrawn> {
        let most = WIDTH - 2 * MARGIN;
        self.words(&lettering::fitted(title, TITLE, most), (MARGIN, 40), Beside::Right, TITLE, INK)?;
        match lettering::legible(note) {
            Some(note) => {
                self.words(&lettering::fitted(&note, SMALL, most), (MARGIN, 82), Beside::Right, SMALL, PALE)?;
                Ok(HEAD)
            }
            None => Ok(HEAD),
        }
    }
}

/// Where what follows a title and a note begins.
pub const HEAD: i32 = 112;
