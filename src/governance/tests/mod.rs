//! Governance as the rest of the program sees it, on a store of its own.

mod admin;
mod cells;
mod decisions;
mod file;
mod looking;
mod matrix;
mod oracle;
mod rates;
mod remedies;
mod rows;
mod sets;
mod switches;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde_json::json;
use usher_chat::{EventId, Member, Names, Person, Place, Platform, RoleId, ThreadId, Workspace};

use super::*;
use crate::{
    audit::{Audit, AuditKey, Filter, Record},
    clock::ManualClock,
    error::Error,
    ids::{Access, Flags, Reference},
    keys::KeyRing,
    replies::{About, Deed, Draft, Step},
    store::Store,
};

/// Governance with two readers, two writers and one that deletes, in a workspace `home` that is admitted.
pub(super) struct World {
    pub(super) dir: tempfile::TempDir,
    keys: KeyRing,
    pub(super) audit: Audit,
    pub(super) clock: Arc<ManualClock>,
    pub(super) governance: Governance,
    events: AtomicU64,
}

pub(super) fn facts() -> Vec<ToolFacts> {
    let tool = |name: &str, access| ToolFacts {
        name: name.parse().unwrap(),
        access,
        flags: Flags::NONE,
        summary: format!("What {name} does."),
        digest: format!("{name} 1"),
    };
    vec![
        tool("view", Access::Read),
        tool("find", Access::Read),
        tool("create", Access::Write),
        tool("comment", Access::Write),
        tool("delete", Access::Destructive),
    ]
}

pub(super) fn settings() -> Settings {
    Settings {
        owners: vec![person("root")],
        workspaces: vec![home()],
        new_tools: NewTools::All,
        forbid: Forbid::default(),
        direct: "reader".to_owned(),
        rates: Rates::default(),
        sites: vec!["acme".parse().unwrap(), "corp".parse().unwrap()],
    }
}

pub(super) fn home() -> Workspace {
    Workspace::new(Platform::TERMINAL, "home")
}

pub(super) fn person(name: &str) -> Person {
    Person::new(Platform::TERMINAL, name)
}

pub(super) fn place(channel: &str) -> Place {
    Place::channel(home(), channel)
}

pub(super) fn thread(channel: &str) -> Place {
    Place::Channel { workspace: home(), channel: channel.into(), thread: Some(ThreadId::new("t1")) }
}

pub(super) fn direct() -> Place {
    Place::direct(Platform::TERMINAL)
}

pub(super) fn member(roles: &[&str]) -> Membership {
    let roles = roles.iter().map(|role| RoleId::new(*role)).collect();
    Member { present: true, admin: false, roles }.into()
}

pub(super) fn projects(keys: &[&str]) -> Vec<ProjectKey> {
    keys.iter().map(|key| key.parse().unwrap()).collect()
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(facts(), settings()).await
    }

    pub(super) async fn with(tools: Vec<ToolFacts>, settings: Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyRing::generate().unwrap();
        let clock = Arc::new(ManualClock::at("2026-08-07T10:00:00Z".parse().unwrap()));
        let store = Store::open(&dir.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&keys));
        let governance = Governance::new(store, audit.clone(), clock.clone(), tools, settings).await.unwrap();
        Self { dir, keys, audit, clock, governance, events: AtomicU64::new(0) }
    }

    /// The same database after a restart, perhaps with other tools or settings.
    pub(super) async fn restart(self, tools: Vec<ToolFacts>, settings: Settings) -> Self {
        let Self { dir, keys, audit, clock, governance, events } = self;
        drop((audit, governance));
        let store = Store::open(&dir.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&keys));
        let governance = Governance::new(store, audit.clone(), clock.clone(), tools, settings).await.unwrap();
        Self { dir, keys, audit, clock, governance, events }
    }

    pub(super) fn asker(&self, who: &str, place: &Place) -> Asker {
        let event = self.events.fetch_add(1, Ordering::Relaxed);
        Asker {
            person: person(who),
            place: place.clone(),
            names: Names {
                person: who.to_owned(),
                place: place.channel_id().map_or_else(String::new, |channel| format!("#{channel}")),
                workspace: place.workspace().map(|_| "Home".to_owned()),
            },
            private: false,
            event: EventId::new(format!("e{event}")),
            reference: Reference("TEST".into()),
        }
    }

    pub(super) fn asking(&self, who: &str, roles: &[&str], place: &Place, tool: &str, keys: &[&str]) -> Asking {
        Asking {
            asker: self.asker(who, place),
            member: member(roles),
            tool: tool.parse().unwrap(),
            args: ArgsHash::of(&json!({"tool": tool, "keys": keys})),
            site: "acme".parse().unwrap(),
            projects: projects(keys),
            confirmed: true,
            show: false,
        }
    }

    /// Asks, and tells the verdict: `allow`, `ask` or the step that refused.
    pub(super) async fn ask(&self, who: &str, roles: &[&str], place: &Place, tool: &str, keys: &[&str]) -> String {
        match self.governance.decide(self.asking(who, roles, place, tool, keys)).await.unwrap() {
            Decision::Allow(permit) => {
                permit.receipt().durable().await.unwrap();
                "allow".to_owned()
            }
            Decision::Ask(..) => "ask".to_owned(),
            Decision::Deny(refusal) => refusal.step.as_str().to_owned(),
            Decision::Repeated => "repeated".to_owned(),
        }
    }

    pub(super) async fn permit(&self, asking: Asking) -> Permit {
        match self.governance.decide(asking).await.unwrap() {
            Decision::Allow(permit) => permit,
            other => panic!("not allowed: {other:?}"),
        }
    }

    pub(super) async fn refusal(&self, asking: Asking) -> Refusal {
        match self.governance.decide(asking).await.unwrap() {
            Decision::Deny(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Runs a line such as `jira admin allow view`, as the owner in `#eng`, and shows the reply with its buttons.
    pub(super) async fn run(&self, line: &str) -> String {
        self.run_about(line, None).await
    }

    pub(super) async fn run_about(&self, line: &str, subject: Option<Membership>) -> String {
        match self.command(line, subject).await {
            Ok(drafts) => drafts.iter().map(shown).collect::<Vec<_>>().join("\n"),
            Err(Error::User { message, hint }) => format!("{message} {}", hint.unwrap_or_default()).trim().to_owned(),
            Err(error) => panic!("{line}: {error:?}"),
        }
    }

    /// The same as an admin of the workspace who is no owner.
    pub(super) async fn run_as_admin(&self, line: &str) -> String {
        let words: Vec<String> = line.split_whitespace().skip(1).map(str::to_owned).collect();
        let command = AdminCommand::parse(&words).unwrap();
        let asker = self.asker("grace", &place("eng"));
        let fresh = Member { admin: true, ..member(&[]).member };
        let permit = self.governance.admit_admin(&asker, &fresh, &command).await.unwrap();
        match self.governance.command(permit, command, None).await {
            Ok(drafts) => drafts.iter().map(shown).collect::<Vec<_>>().join("\n"),
            Err(Error::User { message, hint }) => format!("{message} {}", hint.unwrap_or_default()).trim().to_owned(),
            Err(error) => panic!("{line}: {error:?}"),
        }
    }

    async fn command(&self, line: &str, subject: Option<Membership>) -> Result<Vec<Draft>, Error> {
        let line = line.strip_prefix("jira ").unwrap_or(line);
        let words: Vec<String> = line.split_whitespace().skip(1).map(str::to_owned).collect();
        let command = AdminCommand::parse(&words).unwrap_or_else(|error| panic!("{line}: {error}"));
        let asker = self.asker("root", &place("eng"));
        let permit = self.governance.admit_admin(&asker, &Member::default(), &command).await.unwrap();
        self.governance.command(permit, command, subject).await
    }

    pub(super) fn rows(&self) -> Vec<Record> {
        self.audit.list(&Filter::default()).unwrap()
    }
}

fn shown(draft: &Draft) -> String {
    let mut words = draft.text.to_plain();
    for offer in &draft.offers {
        let Deed::Line(line) = &offer.deed else { panic!("{offer:?}") };
        words.push_str(&format!("  [{} = {line}]", offer.label));
    }
    words
}
