//! When a call from a workspace first worked on a site.

use usher_chat::Workspace;

use super::{
    Reader, StoreError, Tx,
    text::{parsed, plain},
};
use crate::ids::SiteId;

/// Notes that a call has worked. Only the first counts.
pub fn put(tx: &Tx<'_>, workspace: &Workspace, site: &SiteId, now: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO confirmed (workspace, site, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    tx.run(sql, (workspace.to_string(), site.as_str(), now))?;
    Ok(())
}

/// The sites of a workspace on which a call has worked, and when first, in seconds.
pub fn of(reader: &Reader<'_>, workspace: &Workspace) -> Result<Vec<(SiteId, i64)>, StoreError> {
    let sql = "SELECT site, at FROM confirmed WHERE workspace = ?1 ORDER BY site";
    reader.many(sql, [workspace.to_string()], |row| Ok((parsed(row, "site")?, plain(row, "at")?)))
}
