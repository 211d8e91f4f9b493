//! How rows hang together: each seal covers its row and the seal before. The end of the chain is kept under a seal of its own.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{AuditKey, Head, RowId};
use crate::{
    keys::{Key, hmac},
    store::{Reader, StoreError, Tx, audit as table, audit::AuditRecord, meta},
};

/// Where the stored end of the chain is kept: `key id:number:seal:seal of these three`.
const HEAD: &str = "audit:head";

/// After so many rows the end of the chain goes into the log.
const LOGGED: i64 = 100;

/// Numbers and seals a row and adds it behind the stored end. Rows that were cut off before leave a gap that shows.
pub(super) fn append(tx: &Tx<'_>, key: &AuditKey, mut record: AuditRecord) -> Result<RowId, StoreError> {
    let head = head(tx, key)?;
    let active = key.get(&key.active).ok_or_else(|| StoreError::corrupt("the audit has no key"))?;
    record.seq = head.seq.checked_add(1).ok_or_else(|| StoreError::corrupt("the audit's end"))?;
    record.key.clone_from(&key.active);
    let mac = seal(active, &head.mac, &record);
    record.mac = mac.to_vec();
    table::append(tx, &record)?;
    let head = Head { seq: record.seq, mac };
    meta::put(tx, HEAD, &format!("{}:{head}:{}", key.active, hex::encode(seal_head(active, &head))))?;
    if head.seq % LOGGED == 0 {
        // Where whoever changes the database does not reach it.
        tx.after(move || tracing::info!(%head, "the audit ends here"));
    }
    Ok(RowId(record.seq))
}

/// The stored end of the chain; the beginning where there is no row yet.
pub(super) fn head(reader: &Reader<'_>, key: &AuditKey) -> Result<Head, StoreError> {
    let Some(text) = meta::get(reader, HEAD)? else {
        return if table::last_seq(reader)? == 0 {
            genesis(reader)
        } else {
            Err(StoreError::corrupt("the stored end of the audit is missing"))
        };
    };
    let bad = || StoreError::corrupt("the stored end of the audit was changed");
    let (id, rest) = text.split_once(':').ok_or_else(bad)?;
    let (head, proof) = rest.rsplit_once(':').ok_or_else(bad)?;
    let head: Head = head.parse().map_err(|_| bad())?;
    let proof = hex::decode(proof).map_err(|_| bad())?;
    let with = key.get(id).ok_or_else(|| StoreError::WrongKey(format!("it lacks `{id}`, which seals the audit")))?;
    if bool::from(seal_head(with, &head).as_slice().ct_eq(&proof)) { Ok(head) } else { Err(bad()) }
}

/// What the first row hangs on: another for each database.
pub(super) fn genesis(reader: &Reader<'_>) -> Result<Head, StoreError> {
    let instance = meta::instance(reader)?.ok_or_else(|| StoreError::corrupt("the database has no id"))?;
    let mut hash = Sha256::new();
    hash.update(b"usher audit 1\0");
    hash.update(instance.as_bytes());
    Ok(Head { seq: 0, mac: hash.finalize().into() })
}

/// The seal of a row behind the seal before it.
pub(super) fn seal(key: &Key, before: &[u8; 32], record: &AuditRecord) -> [u8; 32] {
    hmac(key, &[b"row\0", before, &canonical(record)])
}

fn seal_head(key: &Key, head: &Head) -> [u8; 32] {
    hmac(key, &[b"head\0", &head.seq.to_be_bytes(), &head.mac])
}

/// A row as bytes in which no two rows look alike: every column in order, a text with its length before it, a missing
/// one as a mark of its own.
fn canonical(record: &AuditRecord) -> Vec<u8> {
    // Taken apart by name, so that a new column cannot be left out.
    let AuditRecord {
        seq,
        at,
        kind,
        event,
        reference,
        person,
        place,
        tool,
        access,
        site,
        issue,
        args,
        verdict,
        detail,
        about,
        key,
        mac: _,
    } = record;
    let mut bytes = Vec::with_capacity(256 + detail.len());
    bytes.extend(seq.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    let optional = [event, reference, person, place, tool, access, site, issue, args];
    text(&mut bytes, Some(kind));
    for column in optional {
        text(&mut bytes, column.as_deref());
    }
    text(&mut bytes, Some(verdict));
    text(&mut bytes, Some(detail));
    match about {
        None => bytes.push(0),
        Some(row) => {
            bytes.push(1);
            bytes.extend(row.to_be_bytes());
        }
    }
    text(&mut bytes, Some(key));
    bytes
}

fn text(bytes: &mut Vec<u8>, column: Option<&str>) {
    match column {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    }
}
