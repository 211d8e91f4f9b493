//! The audit rows of links. Each change commits together with its row.

use serde_json::json;
use usher_chat::Person;

use crate::{
    audit::{Kind, Row},
    clock::Clock,
    ids::{Asker, SiteId},
    store::links::{LinkId, LinkRow},
};

/// What happened to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Begun,
    Pending,
    Activated,
    Ended,
    Burnt,
    Expired,
    Disconnected,
}

impl Change {
    fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Pending => "pending",
            Self::Activated => "activated",
            Self::Ended => "ended",
            Self::Burnt => "burnt",
            Self::Expired => "expired",
            Self::Disconnected => "disconnected",
        }
    }
}

/// A row about a person's link to a site. `why` is a word of ours, never text from outside.
pub(super) fn row(clock: &dyn Clock, change: Change, person: &Person, site: &SiteId, why: &str) -> Row {
    let mut row = Row::new(clock.now().as_millisecond(), Kind::Link, change.as_str());
    row.person = Some(person.clone());
    row.site = Some(site.clone());
    if !why.is_empty() {
        row.detail = json!({ "why": why });
    }
    row
}

/// Adds the event that led to it, and who caused it if that is somebody else.
pub(super) fn asked(mut row: Row, asker: &Asker) -> Row {
    row.event = Some(asker.event.clone());
    row.reference = Some(asker.reference.clone());
    row.place = Some(asker.place.clone());
    if row.person.as_ref() != Some(&asker.person) {
        add(&mut row, "by", asker.person.to_string().into());
    }
    row
}

/// Adds the link's id and account.
pub(super) fn about(mut row: Row, link: &LinkRow) -> Row {
    add(&mut row, "account", link.account.0.clone().into());
    of(row, &link.id)
}

/// Adds the link's id.
pub(super) fn of(mut row: Row, link: &LinkId) -> Row {
    add(&mut row, "link", link.to_string().into());
    row
}

fn add(row: &mut Row, name: &str, value: serde_json::Value) {
    if !row.detail.is_object() {
        row.detail = json!({});
    }
    row.detail[name] = value;
}
