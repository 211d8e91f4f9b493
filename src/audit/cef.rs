//! The audit in the Common Event Format, for programs that gather events (ArcSight, QRadar, Sentinel and others).

use serde_json::Value;

use crate::store::audit::AuditRecord;

/// A row as one line: `CEF:0|Usher|Usher|<version>|<kind>|<name>|<severity>|<fields>`.
pub(super) fn line(record: &AuditRecord) -> String {
    let mut line = format!(
        "CEF:0|Usher|Usher|{}|{}|{}|{}|",
        env!("CARGO_PKG_VERSION"),
        header(&record.kind),
        header(&name(record)),
        severity(record)
    );
    let mut first = true;
    let mut put = |key: &str, value: &str| {
        if !first {
            line.push(' ');
        }
        first = false;
        line.push_str(key);
        line.push('=');
        line.push_str(&field(value));
    };
    put("rt", &record.at.to_string());
    put("externalId", &record.seq.to_string());
    put("outcome", &record.verdict);
    let named = [
        ("suser", &record.person),
        ("act", &record.tool),
        ("requestContext", &record.reference),
        ("fileHash", &record.args),
        ("deviceExternalId", &record.event),
    ];
    for (key, value) in named {
        if let Some(value) = value {
            put(key, value);
        }
    }
    let own = [
        ("cs1", "place", &record.place),
        ("cs2", "site", &record.site),
        ("cs3", "issue", &record.issue),
        ("cs4", "access", &record.access),
    ];
    for (key, label, value) in own {
        if let Some(value) = value {
            put(&format!("{key}Label"), label);
            put(key, value);
        }
    }
    if let Some(of) = record.about {
        put("cn1Label", "of");
        put("cn1", &of.to_string());
    }
    put("cs5Label", "key");
    put("cs5", &record.key);
    put("cs6Label", "seal");
    put("cs6", &hex::encode(&record.mac));
    if serde_json::from_str::<Value>(&record.detail).is_ok_and(|detail| !detail.is_null()) {
        put("msg", &record.detail);
    }
    line
}

fn name(record: &AuditRecord) -> String {
    let what = match (record.kind.as_str(), record.tool.as_deref()) {
        ("policy", _) => "policy change".to_owned(),
        ("admission", _) => "admission".to_owned(),
        ("link", _) => "link".to_owned(),
        (_, Some(tool)) => tool.to_owned(),
        (kind, None) => kind.to_owned(),
    };
    format!("{what}: {}", record.verdict)
}

/// From 0 to 10: what changes who may do what, and what was refused, stands out.
fn severity(record: &AuditRecord) -> u8 {
    match (record.kind.as_str(), record.verdict.as_str()) {
        ("policy" | "admission", _) => 6,
        (_, verdict) if verdict.starts_with("deny") => 5,
        (_, verdict) if verdict.starts_with("failed") || verdict == "unknown" => 4,
        ("link", _) => 4,
        _ => 2,
    }
}

fn header(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn field(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r")
}
