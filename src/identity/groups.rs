//! The Jira groups of somebody, read as that person. Whose groups cannot be read belongs to none.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use usher_chat::Person;

use super::Identity;
use crate::{
    ids::{ProjectScope, SiteId},
    store::links::{self, LinkId, LinkState},
};

/// How long groups hold, in seconds.
const KEPT: i64 = 5 * 60;
/// How long a failure holds, in seconds: a Jira that is away is not asked before every command.
const AWAY: i64 = 30;
/// Links whose groups are kept.
const MOST: usize = 10_000;

/// The groups of links, as they were read.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<HashMap<LinkId, Known>>);

#[derive(Debug, Clone)]
struct Known {
    until: i64,
    groups: Arc<[String]>,
}

impl Identity {
    /// The names of somebody's groups on a site, at most five minutes old. Without a link, or where Jira does not say:
    /// none.
    pub async fn groups(&self, person: &Person, site: &SiteId) -> Arc<[String]> {
        let link = match self.inner.store.read(|reader| links::get(reader, person, site)) {
            Ok(Some(link)) if link.state == LinkState::Active => link.id,
            Ok(_) => return Arc::default(),
            Err(error) => {
                tracing::warn!(%error, "groups could not be looked up");
                return Arc::default();
            }
        };
        let now = self.now();
        let known = self.inner.groups.0.lock().get(&link).filter(|known| now < known.until).cloned();
        if let Some(known) = known {
            return known.groups;
        }
        let read = self.read_groups(person, site).await;
        let until = now + if read.is_some() { KEPT } else { AWAY };
        let groups: Arc<[String]> = read.unwrap_or_default().into();
        let mut all = self.inner.groups.0.lock();
        if all.len() >= MOST {
            all.retain(|_, known| now < known.until);
        }
        if all.len() < MOST {
            all.insert(link, Known { until, groups: groups.clone() });
        }
        groups
    }

    async fn read_groups(&self, person: &Person, site: &SiteId) -> Option<Vec<String>> {
        let session = match self.session(person, site).await {
            Ok(session) => session,
            Err(error) => {
                tracing::info!(?error, %site, "groups could not be read");
                return None;
            }
        };
        // One's own account belongs to no project.
        match session.into_client(ProjectScope::all()).users().groups().await {
            Ok(groups) => Some(groups),
            Err(error) => {
                tracing::info!(%error, %site, "groups could not be read");
                None
            }
        }
    }
}
