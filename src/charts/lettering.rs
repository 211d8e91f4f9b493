//! Words in pictures: which of them the font can write, how wide they are, and what stands in for the rest.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, ScaleFont};
use plotters::style::{FontStyle, register_font};

use super::NotDrawn;

/// The name under which the font is known while drawing.
pub const FONT: &str = "usher";

const BYTES: &[u8] = include_bytes!("font/DejaVuSans.ttf");

static READ: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| {
    register_font(FONT, FontStyle::Normal, BYTES).ok()?;
    FontRef::try_from_slice(BYTES).ok()
});

/// Makes the font known.
///
/// # Errors
/// It cannot be read.
pub fn ready() -> Result<&'static FontRef<'static>, NotDrawn> {
    READ.as_ref().ok_or_else(|| NotDrawn::Drawing("the font cannot be read".to_owned()))
}

/// A label as it can be drawn. Nothing where a letter of it is missing in the font or is written from right to left: a
/// box in place of a letter helps nobody. Signs that are missing, such as emoji, are left out.
pub fn legible(label: &str) -> Option<String> {
    let font = READ.as_ref()?;
    let known = |c: char| font.glyph_id(c).0 != 0;
    let mut kept = String::new();
    for c in label.chars() {
        match c {
            c if c.is_whitespace() || c.is_control() => kept.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {}
            c if known(c) => kept.push(c),
            c if c.is_alphanumeric() => return None,
            _ => {}
        }
    }
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    (!kept.is_empty()).then_some(kept)
}

/// How wide some words are.
pub fn width(words: &str, size: i32) -> f32 {
    let Some(font) = READ.as_ref() else { return 0.0 };
    let font = font.as_scaled(size as f32);
    words.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
}

/// The words, cut with an ellipsis where they are wider than `most`.
pub fn fitted(words: &str, size: i32, most: i32) -> String {
    if width(words, size) <= most as f32 {
        return words.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", size);
    for c in words.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > most as f32 {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}
