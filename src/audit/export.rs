//! The audit for other programs, a line a row. Absent columns are left out.

use std::{
    io::{BufWriter, Write},
    sync::Arc,
};

use serde::Serialize;
use serde_json::Value;

use super::{AuditError, Head, cef, chain};
use crate::store::{
    Reader, StoreError,
    audit::{self as table, AuditRecord},
};

/// One line.
#[derive(Serialize)]
struct Line<'r> {
    seq: i64,
    at: String,
    kind: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: &'r Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: &'r Option<String>,
    verdict: &'r str,
    #[serde(skip_serializing_if = "Value::is_null")]
    detail: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<i64>,
    key: &'r str,
    mac: String,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// The Common Event Format.
    Cef,
}

pub(super) fn export(reader: &Reader<'_>, format: Format, out: &mut dyn Write) -> Result<Head, AuditError> {
    let failed = |error| AuditError::Io(Arc::new(error));
    let mut out = BufWriter::new(out);
    let mut head = chain::genesis(reader)?;
    table::each(reader, |record| {
        let text = match format {
            Format::Jsonl => line(&record)?,
            Format::Cef => cef::line(&record),
        };
        writeln!(out, "{text}").map_err(failed)?;
        let mac = record.mac.as_slice().try_into().map_err(|_| StoreError::corrupt("an audit row's seal"))?;
        head = Head { seq: record.seq, mac };
        Ok::<_, AuditError>(())
    })?;
    out.flush().map_err(failed)?;
    Ok(head)
}

/// A row as one line of JSON. What is stored as JSON but is none comes as a text.
pub(super) fn line(record: &AuditRecord) -> Result<String, StoreError> {
    let at = jiff::Timestamp::from_millisecond(record.at).map_err(|_| StoreError::corrupt("an audit row's time"))?;
    let detail = serde_json::from_str(&record.detail).unwrap_or_else(|_| Value::from(record.detail.as_str()));
    let line = Line {
        seq: record.seq,
        at: format!("{at:.3}"),
        kind: &record.kind,
        event: &record.event,
        reference: &record.reference,
        person: &record.person,
        place: &record.place,
        tool: &record.tool,
        access: &record.access,
        site: &record.site,
        issue: &record.issue,
        args: &record.args,
        verdict: &record.verdict,
        detail,
        of: record.about,
        key: &record.key,
        mac: hex::encode(&record.mac),
    };
    serde_json::to_string(&line).map_err(|_| StoreError::corrupt("an audit row"))
}
