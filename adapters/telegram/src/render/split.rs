//! Cuts what is too long for one message: between blocks, else between lines, else between words.

use super::html::{Chunk, Span, units};

/// The longest message, in UTF-16 units after the markup is read.
pub(crate) const LONGEST: usize = 4_096;
/// So many markings may stand in one message; Telegram shows no more of them.
const MARKINGS: usize = 90;

/// The messages that hold these chunks, each at most `longest` units.
pub(crate) fn split(chunks: Vec<Chunk>, longest: usize) -> Vec<Vec<Chunk>> {
    let mut messages: Vec<Vec<Chunk>> = Vec::new();
    let mut room = 0;
    let mut marks = 0;
    for chunk in chunks.into_iter().flat_map(|chunk| cut(chunk, longest)) {
        // An empty line between two blocks counts too.
        let (length, more) = (chunk.units() + 2, markings(&chunk));
        match messages.last_mut() {
            Some(message) if length <= room && marks + more <= MARKINGS => {
                message.push(chunk);
                (room, marks) = (room - length, marks + more);
            }
            _ => {
                messages.push(vec![chunk]);
                (room, marks) = ((longest + 2).saturating_sub(length), more);
            }
        }
    }
    messages.retain(|message| message.iter().any(|chunk| chunk.spans.iter().any(|s| !s.text.trim().is_empty())));
    messages
}

fn markings(chunk: &Chunk) -> usize {
    1 + chunk.spans.iter().filter(|span| span.style != Default::default()).count()
}

/// A chunk in pieces that fit.
fn cut(mut chunk: Chunk, longest: usize) -> Vec<Chunk> {
    let mut pieces = Vec::new();
    while chunk.units() > longest {
        let text: String = chunk.spans.iter().map(|span| span.text.as_str()).collect();
        let at = place(&text, longest);
        let (before, after) = divide(chunk.spans, at);
        pieces.push(Chunk { spans: before, wrap: chunk.wrap.clone(), close: chunk.close });
        chunk = Chunk { spans: after, wrap: chunk.wrap, close: true };
    }
    pieces.push(chunk);
    pieces
}

/// Where to cut, in bytes: behind the last line break that fits, else behind the last space, else where it is full.
fn place(text: &str, longest: usize) -> usize {
    let mut used = 0;
    let full = text.char_indices().find(|(_, char)| {
        used += char.len_utf16();
        used > longest
    });
    let full = full.map_or(text.len(), |(at, _)| at);
    let head = &text[..full];
    // A cut near the start would make a message of next to nothing.
    let behind = |char| head.rfind(char).map(|at| at + 1).filter(|at| units(&head[..*at]) * 4 > longest);
    let at = behind('\n').or_else(|| behind(' ')).unwrap_or(full);
    // One character is taken in any case, so that this comes to an end.
    at.max(text.chars().next().map_or(0, char::len_utf8))
}

fn divide(spans: Vec<Span>, at: usize) -> (Vec<Span>, Vec<Span>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut start = 0;
    for mut span in spans {
        let end = start + span.text.len();
        if end <= at {
            before.push(span);
        } else if start >= at {
            after.push(span);
        } else {
            let rest = span.text.split_off(at - start);
            after.push(Span { text: rest, style: span.style.clone() });
            before.push(span);
        }
        start = end;
    }
    if let Some(first) = after.first_mut() {
        let trimmed = first.text.trim_start_matches('\n').len();
        first.text.drain(..first.text.len() - trimmed);
    }
    (before, after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use usher_chat::Text;

    use super::*;
    use crate::render::{blocks::chunks, html::Wrap};

    fn lengths(text: &Text, longest: usize) -> Vec<usize> {
        split(chunks(text), longest).iter().map(|message| message.iter().map(Chunk::units).sum()).collect()
    }

    #[test]
    fn a_cut_falls_between_blocks_where_it_can() {
        let text = Text::plain("a".repeat(30)).then(Text::plain("b".repeat(30))).then(Text::plain("c".repeat(30)));
        assert_eq!(lengths(&text, 64), [60, 30]);
    }

    #[test]
    fn a_block_too_long_is_cut_between_lines_or_words() {
        assert_eq!(lengths(&Text::plain("12345678\n12345678\n1234"), 20), [18, 4]);
        assert_eq!(lengths(&Text::plain("1234567 1234567 1234"), 18), [16, 4]);
        assert_eq!(lengths(&Text::plain("x".repeat(50)), 20), [20, 20, 10]);
    }

    #[test]
    fn preformatted_pieces_stay_preformatted() {
        let text = Text(vec![usher_chat::tree::Block::Code { language: None, text: "line\n".repeat(20) }]);
        let messages = split(chunks(&text), 30);
        assert!(messages.len() > 3);
        assert!(messages.iter().flatten().all(|chunk| chunk.wrap == Wrap::Pre(None)));
    }

    proptest! {
        #[test]
        fn every_message_fits_and_no_word_is_lost(words in prop::collection::vec("[a-z😀é]{0,40}", 0..30), longest in 2_usize..60) {
            let text = words.iter().fold(Text::new(), |text, word| text.then(Text::plain(word)));
            let messages = split(chunks(&text), longest);
            let joined: String = messages.iter().flatten().flat_map(|c| &c.spans).map(|s| s.text.as_str()).collect();
            prop_assert_eq!(joined, words.concat());
            for message in &messages {
                let gaps = message.iter().skip(1).map(|chunk| if chunk.close { 1 } else { 2 }).sum::<usize>();
                prop_assert!(message.iter().map(Chunk::units).sum::<usize>() + gaps <= longest);
            }
        }
    }
}
