//! Rows of the audit chain and of the folds of equal refusals. What they mean, and their seals, are in `audit`.

use rusqlite::Row;

pub use super::text::{parse_place, place_text, workspace_text};
use super::{Reader, StoreError, Tx, text::plain};

/// One row of the chain as it is stored: ids as text, times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are described where they are made, in `audit::Row`")]
pub struct AuditRecord {
    pub seq: i64,
    pub at: i64,
    pub kind: String,
    pub event: Option<String>,
    pub reference: Option<String>,
    pub person: Option<String>,
    pub place: Option<String>,
    pub tool: Option<String>,
    pub access: Option<String>,
    pub site: Option<String>,
    pub issue: Option<String>,
    pub args: Option<String>,
    pub verdict: String,
    pub detail: String,
    pub about: Option<i64>,
    /// The id of the key that seals it.
    pub key: String,
    /// The seal.
    pub mac: Vec<u8>,
}

/// Which rows to list. Everything absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this person, as `platform:id`.
    pub person: Option<String>,
    /// In this place or below it: a workspace, a channel.
    pub place: Option<String>,
    /// Of this workspace, as [`workspace_text`] writes it: in one of its places, or about it.
    pub workspace: Option<String>,
    /// On this site.
    pub site: Option<String>,
    /// Of this tool.
    pub tool: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// On this issue.
    pub issue: Option<String>,
    /// With this reference.
    pub reference: Option<String>,
    /// Whose verdict begins so: `deny`.
    pub verdict: Option<String>,
    /// From this millisecond on.
    pub since: Option<i64>,
    /// Before this millisecond.
    pub until: Option<i64>,
    /// The last so many.
    pub last: Option<u32>,
}

/// Adds a row at the end.
pub fn append(tx: &Tx<'_>, record: &AuditRecord) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO audit (seq, at, kind, event, reference, person, place, tool, access, site, issue, args, verdict,
         detail, about, key, mac)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        rusqlite::params![
            record.seq,
            record.at,
            record.kind,
            record.event,
            record.reference,
            record.person,
            record.place,
            record.tool,
            record.access,
            record.site,
            record.issue,
            record.args,
            record.verdict,
            record.detail,
            record.about,
            record.key,
            record.mac,
        ],
    )?;
    Ok(())
}

/// One row.
pub fn get(reader: &Reader<'_>, seq: i64) -> Result<Option<AuditRecord>, StoreError> {
    reader.one("SELECT * FROM audit WHERE seq = ?1", [seq], from_row)
}

/// The number of the last row; 0 where there is none.
pub fn last_seq(reader: &Reader<'_>) -> Result<i64, StoreError> {
    let last = reader.one("SELECT max(seq) AS seq FROM audit", [], |row| plain::<Option<i64>>(row, "seq"))?;
    Ok(last.flatten().unwrap_or(0))
}

/// Walks all rows in order.
pub fn each<E: From<StoreError>>(
    reader: &Reader<'_>,
    mut visit: impl FnMut(AuditRecord) -> Result<(), E>,
) -> Result<(), E> {
    reader.each("SELECT * FROM audit ORDER BY seq", [], |row| visit(from_row(row)?))
}

/// The rows that a filter leaves, oldest first.
pub fn list(reader: &Reader<'_>, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
    let last = filter.last.map_or(-1, i64::from);
    let mut rows = reader.many(
        "SELECT * FROM audit
         WHERE (?1 IS NULL OR person = ?1)
           AND (?2 IS NULL OR place = ?2 OR substr(place, 1, length(?2) + 1) = ?2 || '/')
           AND (?3 IS NULL OR tool = ?3) AND (?4 IS NULL OR kind = ?4) AND (?5 IS NULL OR issue = ?5)
           AND (?6 IS NULL OR reference = ?6) AND (?7 IS NULL OR substr(verdict, 1, length(?7)) = ?7)
           AND (?8 IS NULL OR at >= ?8) AND (?9 IS NULL OR at < ?9)
           AND (?11 IS NULL OR substr(place, 1, length(?11) + 1) = ?11 || '/'
             OR place IS NULL AND json_valid(detail) AND json_extract(detail, '$.workspace') = ?11)
           AND (?12 IS NULL OR site = ?12)
         ORDER BY seq DESC LIMIT ?10",
        rusqlite::params![
            filter.person,
            filter.place,
            filter.tool,
            filter.kind,
            filter.issue,
            filter.reference,
            filter.verdict,
            filter.since,
            filter.until,
            last,
            filter.workspace,
            filter.site,
        ],
        from_row,
    )?;
    rows.reverse();
    Ok(rows)
}

/// Equal refusals within a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldRow {
    /// What makes them equal, hashed.
    pub likeness: String,
    /// The row of the first.
    pub first: i64,
    /// When the minute is over, in milliseconds.
    pub until: i64,
    /// When the last one came, in milliseconds.
    pub last: i64,
    /// How many came after the first.
    pub repeats: i64,
}

/// Begins a fold in place of one that is over.
pub fn put_fold(tx: &Tx<'_>, fold: &FoldRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO refusal_folds (likeness, first, until, last, repeats) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&fold.likeness, fold.first, fold.until, fold.last, fold.repeats),
    )?;
    Ok(())
}

/// Counts one more at `now` (milliseconds) into a fold whose minute is not over. Returns the row of the first.
pub fn count_into_fold(tx: &Tx<'_>, likeness: &str, now: i64) -> Result<Option<i64>, StoreError> {
    tx.one(
        "UPDATE refusal_folds SET repeats = repeats + 1, last = ?2 WHERE likeness = ?1 AND until > ?2 RETURNING first",
        (likeness, now),
        |row| plain(row, "first"),
    )
}

/// Removes the folds whose minute is over at `now` (milliseconds) and returns them.
pub fn take_folds(tx: &Tx<'_>, now: i64) -> Result<Vec<FoldRow>, StoreError> {
    tx.many("DELETE FROM refusal_folds WHERE until <= ?1 RETURNING *", [now], |row| {
        Ok(FoldRow {
            likeness: plain(row, "likeness")?,
            first: plain(row, "first")?,
            until: plain(row, "until")?,
            last: plain(row, "last")?,
            repeats: plain(row, "repeats")?,
        })
    })
}

fn from_row(row: &Row<'_>) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        seq: plain(row, "seq")?,
        at: plain(row, "at")?,
        kind: plain(row, "kind")?,
        event: plain(row, "event")?,
        reference: plain(row, "reference")?,
        person: plain(row, "person")?,
        place: plain(row, "place")?,
        tool: plain(row, "tool")?,
        access: plain(row, "access")?,
        site: plain(row, "site")?,
        issue: plain(row, "issue")?,
        args: plain(row, "args")?,
        verdict: plain(row, "verdict")?,
        detail: plain(row, "detail")?,
        about: plain(row, "about")?,
        key: plain(row, "key")?,
        mac: plain(row, "mac")?,
    })
}
