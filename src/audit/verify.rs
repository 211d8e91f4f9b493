//! Looking for rows that were altered, added, taken out or cut off.

use std::{fmt, str::FromStr, sync::Arc};

use subtle::ConstantTimeEq;

use super::{AuditKey, chain};
use crate::store::{
    Reader, StoreError,
    audit::{self as table, AuditRecord},
};

/// The end of a chain: `12:` and the seal of row 12 in hexadecimal. Kept elsewhere, it shows later whether rows were cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last row.
    pub seq: i64,
    /// Its seal.
    pub mac: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex::encode(self.mac))
    }
}

/// A text that is no end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the head as `usher audit verify` prints it: a number, a colon and 64 hexadecimal digits")]
pub struct HeadError;

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (seq, seal) = text.trim().split_once(':').ok_or(HeadError)?;
        let mut mac = [0; 32];
        hex::decode_to_slice(seal, &mut mac).map_err(|_| HeadError)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or(HeadError)?;
        Ok(Self { seq, mac })
    }
}

/// A chain without fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many rows.
    pub rows: i64,
    /// Its end.
    pub head: Head,
}

/// Why a chain could not be found without fault.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuditError {
    /// It has a fault.
    #[error("the audit is broken at row {seq}: {reason}")]
    Broken {
        /// The first bad row.
        seq: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The rest cannot be checked without a key.
    #[error("from row {seq} on the audit is sealed with `{key}`, which the key file lacks")]
    UnknownKey {
        /// The first such row.
        seq: i64,
        /// The key's id.
        key: String,
    },
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written out.
    #[error("the export could not be written: {0}")]
    Io(Arc<std::io::Error>),
}

/// A walk along a chain.
#[derive(Debug)]
pub(super) struct Walk<'k> {
    key: &'k AuditKey,
    end: Head,
}

impl<'k> Walk<'k> {
    pub(super) fn from(key: &'k AuditKey, start: Head) -> Self {
        Self { key, end: start }
    }

    /// The next row.
    pub(super) fn step(&mut self, record: &AuditRecord) -> Result<(), AuditError> {
        let seq = self.end.seq.saturating_add(1);
        if record.seq != seq {
            return Err(AuditError::Broken { seq, reason: "it is missing" });
        }
        let Some(key) = self.key.get(&record.key) else {
            return Err(AuditError::UnknownKey { seq, key: record.key.clone() });
        };
        let mac = chain::seal(key, &self.end.mac, record);
        if !bool::from(mac.as_slice().ct_eq(&record.mac)) {
            return Err(AuditError::Broken { seq, reason: "it, or the row before, was changed" });
        }
        self.end = Head { seq, mac };
        Ok(())
    }

    pub(super) fn end(&self) -> Head {
        self.end
    }
}

pub(super) fn verify(reader: &Reader<'_>, key: &AuditKey, kept: Option<&Head>) -> Result<Verified, AuditError> {
    let mut walk = Walk::from(key, chain::genesis(reader)?);
    let other = |seq| AuditError::Broken { seq, reason: "it is not the row that the kept head names" };
    if let Some(kept) = kept.filter(|kept| kept.seq == 0 && **kept != walk.end()) {
        return Err(other(kept.seq));
    }
    table::each(reader, |record| {
        walk.step(&record)?;
        match kept {
            Some(kept) if kept.seq == record.seq && *kept != walk.end() => Err(other(record.seq)),
            _ => Ok(()),
        }
    })?;
    let end = walk.end();
    let cut = || AuditError::Broken { seq: end.seq.saturating_add(1), reason: "it and all after it were cut off" };
    if kept.is_some_and(|kept| kept.seq > end.seq) {
        return Err(cut());
    }
    let stored = chain::head(reader, key).map_err(|error| match error {
        StoreError::Corrupt(_) => {
            AuditError::Broken { seq: end.seq, reason: "the stored end of the audit was changed" }
        }
        other => other.into(),
    })?;
    if stored.seq > end.seq {
        return Err(cut());
    }
    if stored != end {
        return Err(AuditError::Broken { seq: stored.seq.saturating_add(1), reason: "it is beyond the stored end" });
    }
    Ok(Verified { rows: end.seq, head: end })
}
