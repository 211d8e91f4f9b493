//! Switches: a tool, a site, a platform, a workspace or everything, stopped at once and until somebody starts it again.

use std::{fmt, sync::Arc};

use serde_json::json;
use usher_chat::{Person, Platform, Workspace};

use super::{
    change::{Did, shell},
    until,
};
use crate::{
    audit::{Audit, Kind, Row},
    clock::Clock,
    error::Error,
    ids::{SiteId, ToolName},
    replies::Stopped,
    store::{
        Reader, Store, StoreError, Tx, meta,
        switches::{self as table, SwitchRow},
    },
};

/// What can be stopped, everywhere or in one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Every tool.
    Everything,
    /// Everything on a platform.
    Platform(Platform),
    /// Everything on a Jira site.
    Site(SiteId),
    /// One tool.
    Tool(ToolName),
}

impl Target {
    fn kind(&self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Platform(_) => "platform",
            Self::Site(_) => "site",
            Self::Tool(_) => "tool",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Everything => "",
            Self::Platform(platform) => platform.as_str(),
            Self::Site(site) => site.as_str(),
            Self::Tool(tool) => tool.as_str(),
        }
    }

    fn from_row(row: &SwitchRow) -> Option<Self> {
        match row.kind.as_str() {
            "everything" => Some(Self::Everything),
            "platform" => Some(Self::Platform(Platform::new(row.name.as_str()))),
            "site" => row.name.parse().ok().map(Self::Site),
            "tool" => row.name.parse().ok().map(Self::Tool),
            _ => None,
        }
    }
}

/// As `usher stop` takes it: `tool delete`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            target => write!(f, "{} {}", target.kind(), target.name()),
        }
    }
}

/// Something that is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// In this workspace, or everywhere.
    pub workspace: Option<Workspace>,
    /// What is stopped.
    pub target: Target,
    /// Only an owner starts it again.
    pub owner: bool,
    /// Who stopped it.
    pub by: Person,
    /// When, in seconds since 1970.
    pub since: i64,
}

impl Switch {
    /// Whether it stops a tool on a site for people of a platform. Without a tool or a site: whatever it may be.
    pub(super) fn stops(&self, platform: &Platform, tool: Option<&ToolName>, site: Option<&SiteId>) -> bool {
        match &self.target {
            Target::Everything => true,
            Target::Platform(stopped) => stopped == platform,
            Target::Site(stopped) => Some(stopped) == site,
            Target::Tool(stopped) => Some(stopped) == tool,
        }
    }

    /// Whether it stops more than one tool.
    pub(super) fn broad(&self) -> bool {
        !matches!(self.target, Target::Tool(_))
    }

    /// What people are told.
    pub(super) fn told(&self) -> Stopped {
        let what = match (&self.target, &self.workspace) {
            (Target::Everything, None) => "Usher is stopped".to_owned(),
            (Target::Everything, Some(_)) => "Usher is stopped in this workspace".to_owned(),
            (Target::Platform(_), _) => "Usher is stopped on this platform".to_owned(),
            (Target::Site(site), _) => format!("The site {site} is stopped"),
            (Target::Tool(tool), None) => format!("`{tool}` is stopped everywhere"),
            (Target::Tool(tool), Some(_)) => format!("`{tool}` is stopped in this workspace"),
        };
        let by = (self.by != shell()).then(|| self.by.clone());
        Stopped { what, by, since: until::shown_exactly(self.since), owner: self.owner, broad: self.broad() }
    }

    /// The command that starts it again.
    pub(super) fn remedy(&self) -> String {
        match (&self.workspace, &self.target) {
            (None, target) => format!("usher go {target}"),
            (Some(_), Target::Tool(tool)) => format!("jira admin go {tool}"),
            (Some(_), target) => format!("jira admin go {target}"),
        }
    }

    fn from_row(row: SwitchRow) -> Result<Self, StoreError> {
        let target = Target::from_row(&row).ok_or_else(|| StoreError::corrupt("a switch"))?;
        Ok(Self { workspace: row.workspace, target, owner: row.owner, by: row.by, since: row.at })
    }
}

/// Everything that is stopped. What cannot be read is an error: a switch must not go missing.
pub(super) fn load(reader: &Reader<'_>) -> Result<Vec<Switch>, StoreError> {
    table::all(reader)?.into_iter().map(Switch::from_row).collect()
}

/// Stops something, or starts it again. What an owner has stopped, only an owner starts.
pub(super) fn throw(tx: &Tx<'_>, wanted: &Switch, stop: bool) -> Result<Did, StoreError> {
    let Switch { workspace, target, owner, by, since } = wanted;
    let old = load(tx)?.into_iter().find(|old| old.workspace == *workspace && old.target == *target);
    match (stop, old) {
        (true, Some(old)) if old.owner || !owner => return Ok(Did::Nothing),
        (false, None) => return Ok(Did::Nothing),
        (false, Some(old)) if old.owner && !owner => return Ok(Did::Kept),
        (true, _) => {
            let (kind, name) = (target.kind().to_owned(), target.name().to_owned());
            let (workspace, by) = (workspace.clone(), by.clone());
            table::put(tx, &SwitchRow { workspace, kind, name, owner: *owner, by, at: *since })?;
        }
        (false, Some(_)) => drop(table::remove(tx, workspace.as_ref(), target.kind(), target.name())?),
    }
    Ok(Did::Changed)
}

/// Stops something as the owner on the command line, or starts it again. A running bot knows it at its next decision.
/// False: it was so already.
///
/// # Errors
/// The store fails.
pub async fn switch(
    store: &Store,
    audit: &Audit,
    clock: Arc<dyn Clock>,
    workspace: Option<Workspace>,
    target: Target,
    stop: bool,
) -> Result<bool, Error> {
    let (audit, now) = (audit.clone(), clock.now());
    let wanted = Switch { workspace, target, owner: true, by: shell(), since: now.as_second() };
    let did = store.write(move |tx| {
        let did = throw(tx, &wanted, stop)?;
        if did == Did::Changed {
            meta::policy_changed(tx)?;
            let mut row = Row { person: Some(shell()), ..Row::new(now.as_millisecond(), Kind::Policy, "done") };
            row.detail = detail(&wanted.target, stop);
            if let Some(workspace) = &wanted.workspace {
                row.detail["workspace"] = json!(workspace.to_string());
            }
            audit.append(tx, row)?;
        }
        Ok(did)
    });
    Ok(did.await? == Did::Changed)
}

/// What the audit says of it.
pub(super) fn detail(target: &Target, stop: bool) -> serde_json::Value {
    json!({"change": if stop { "stop" } else { "go" }, "target": target.to_string()})
}

/// Everything that is stopped, the oldest first.
///
/// # Errors
/// The store fails.
pub fn stopped(store: &Store) -> Result<Vec<Switch>, Error> {
    Ok(store.read(load)?)
}
