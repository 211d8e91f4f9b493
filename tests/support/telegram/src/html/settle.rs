//! What Telegram makes of entities once they are read: it drops, splits and cuts some.

use super::{Entity, Parsed, units};

/// Entities beyond these are left out, without a word.
const MOST_ENTITIES: usize = 100;

/// Code holds nothing special and is part of nothing special; the outer one stands first.
pub fn settle(entities: Vec<Entity>) -> Vec<Entity> {
    let is_code = |entity: &Entity| matches!(entity.kind, "code" | "pre");
    let codes: Vec<Entity> = entities.iter().filter(|entity| is_code(entity)).cloned().collect();
    let mut settled = Vec::new();
    for entity in entities {
        if is_code(&entity) || matches!(entity.kind, "blockquote" | "expandable_blockquote" | "text_link") {
            settled.push(entity);
            continue;
        }
        let mut parts = vec![entity];
        for code in &codes {
            parts = parts.into_iter().flat_map(|part| without(part, code)).collect();
        }
        settled.extend(parts);
    }
    settled.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    settled
}

fn without(part: Entity, code: &Entity) -> Vec<Entity> {
    if part.end() <= code.offset || code.end() <= part.offset {
        return vec![part];
    }
    let between =
        |from: usize, to: usize| (from < to).then(|| Entity { offset: from, length: to - from, ..part.clone() });
    let before = between(part.offset, code.offset);
    before.into_iter().chain(between(code.end(), part.end())).collect()
}

/// No white space at the ends, nothing special about nothing, and not too much that is special.
pub fn trim(parsed: Parsed) -> Parsed {
    let text = parsed.text.trim();
    let begin = units(&parsed.text[..parsed.text.len() - parsed.text.trim_start().len()]);
    let length = units(text);
    let mut entities: Vec<Entity> = parsed
        .entities
        .into_iter()
        .filter_map(|entity| {
            let from = entity.offset.max(begin) - begin;
            let to = entity.end().saturating_sub(begin).min(length);
            (from < to).then(|| Entity { offset: from, length: to - from, ..entity })
        })
        .collect();
    entities.truncate(MOST_ENTITIES);
    Parsed { text: text.to_owned(), entities }
}
