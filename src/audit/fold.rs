//! Equal refusals within a minute: one row at once, and one row with the count when the minute is over.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{AuditKey, Row, RowId, chain};
use crate::store::{
    StoreError, Tx,
    audit::{self as table, AuditRecord, FoldRow},
};

/// Milliseconds within which equal refusals are one.
const WINDOW: i64 = 60_000;

pub(super) fn append(tx: &Tx<'_>, key: &AuditKey, row: Row) -> Result<RowId, StoreError> {
    let now = row.at;
    let record = row.into_record()?;
    let likeness = likeness(&record);
    if let Some(first) = table::count_into_fold(tx, &likeness, now)? {
        return Ok(RowId(first));
    }
    close(tx, key, now)?;
    let id = chain::append(tx, key, record)?;
    let until = now.saturating_add(WINDOW);
    table::put_fold(tx, &FoldRow { likeness, first: id.0, until, last: now, repeats: 0 })?;
    Ok(id)
}

/// Writes the counts whose minute is over.
pub(super) fn close(tx: &Tx<'_>, key: &AuditKey, now: i64) -> Result<usize, StoreError> {
    let mut written = 0;
    for fold in table::take_folds(tx, now)? {
        if fold.repeats == 0 {
            continue;
        }
        // A first row that is missing shows in `verify`; the count is kept all the same.
        let first = table::get(tx, fold.first)?;
        let record = AuditRecord {
            seq: 0,
            at: now,
            kind: "decision".to_owned(),
            event: None,
            reference: None,
            person: first.as_ref().and_then(|row| row.person.clone()),
            place: first.as_ref().and_then(|row| row.place.clone()),
            tool: first.as_ref().and_then(|row| row.tool.clone()),
            access: first.as_ref().and_then(|row| row.access.clone()),
            site: first.as_ref().and_then(|row| row.site.clone()),
            issue: first.as_ref().and_then(|row| row.issue.clone()),
            args: first.as_ref().and_then(|row| row.args.clone()),
            verdict: first.map_or_else(|| "deny".to_owned(), |row| row.verdict),
            detail: json!({"repeated": fold.repeats, "last": fold.last}).to_string(),
            about: Some(fold.first),
            key: String::new(),
            mac: Vec::new(),
        };
        chain::append(tx, key, record)?;
        written += 1;
    }
    Ok(written)
}

fn likeness(record: &AuditRecord) -> String {
    let mut hash = Sha256::new();
    for part in [&record.person, &record.place, &record.tool, &Some(record.verdict.clone()), &record.args] {
        let text = part.as_deref().unwrap_or_default();
        hash.update([u8::from(part.is_some())]);
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hex::encode(hash.finalize())
}
