//! The part of governance that touches the store: decisions with their audit rows, and the snapshot they rest on.

use std::{collections::BTreeSet, fmt, sync::Arc};

use futures::FutureExt;
use parking_lot::{Mutex, RwLock};
use serde_json::json;
use usher_chat::{ChannelId, Place, Workspace};

use super::{
    AskFor, Asking, Decision, Ended, Permit, Receipt, Recorded, Settings, ToolFacts, Toolset,
    decide::{Denial, Question, Verdict, decide},
    permit::{Facts, Ledger},
    recent::Recent,
    remedy,
    snapshot::{Ground, Snapshot},
    spending::Spending,
    stored,
};
use crate::{
    audit::{Audit, Kind, Row, RowId},
    clock::Clock,
    error::Error,
    ids::{Access, Asker, SiteId},
    replies::{Rated, Refusal, Step},
    store::{Pending, Reader, Store, StoreError, events, meta, requests},
};

/// Who may do what. Clones share it.
#[derive(Clone)]
pub struct Governance {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) audit: Audit,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ground: Arc<Ground>,
    current: RwLock<Arc<Snapshot>>,
    recent: Mutex<Recent>,
    pub(super) begun: Mutex<Recent>,
    /// Where calls are known to have worked.
    pub(super) worked: Mutex<BTreeSet<(Workspace, SiteId)>>,
}

impl fmt::Debug for Governance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Governance").finish_non_exhaustive()
    }
}

impl Governance {
    /// Brings the store in line with the configuration and these tools, and reads what decides.
    ///
    /// # Errors
    /// The settings name a tool or toolset that does not exist, or the store fails.
    pub async fn new(
        store: Store,
        audit: Audit,
        clock: Arc<dyn Clock>,
        tools: Vec<ToolFacts>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let ground = Ground::new(tools, settings);
        check(&ground)?;
        let now = clock.now();
        let (audit_too, ground_too) = (audit.clone(), ground.clone());
        store.write(move |tx| stored::settle(tx, &audit_too, &ground_too, now)).await?;
        Ok(Self::over(store, audit, clock, ground)?)
    }

    /// What decides as it stands in the store.
    pub(super) fn over(
        store: Store,
        audit: Audit,
        clock: Arc<dyn Clock>,
        ground: Arc<Ground>,
    ) -> Result<Self, StoreError> {
        let snapshot = store.read(|reader| stored::load(reader, &ground))?;
        let inner = Inner {
            store,
            audit,
            clock,
            ground,
            current: RwLock::new(Arc::new(snapshot)),
            recent: Mutex::default(),
            begun: Mutex::default(),
            worked: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Everything that decides, as it was when the last event began or the last decision fell.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.current.read().clone()
    }

    /// The snapshot to decide with: what is committed, by this process or by another beside it. The store is asked for
    /// the policy's version alone, unless that has changed.
    pub(super) fn current(&self) -> Result<Arc<Snapshot>, StoreError> {
        let held = self.inner.current.read().clone();
        let load = |reader: &Reader<'_>| match meta::policy_version(reader)? {
            version if version == held.version => Ok(None),
            _ => stored::load(reader, &self.inner.ground).map(Some),
        };
        let Some(fresh) = self.inner.store.read(load)? else { return Ok(held) };
        let fresh = Arc::new(fresh);
        let mut current = self.inner.current.write();
        if current.version < fresh.version {
            *current = fresh.clone();
        }
        Ok(fresh)
    }

    /// Decides about a call and leaves its audit row. The row of a call that only looks is written while Jira works, and
    /// no reply may leave before [`Receipt::durable`]; every other row is durable when this returns.
    ///
    /// # Errors
    /// The row could not be written. Then nothing is allowed.
    pub async fn decide(&self, asking: Asking) -> Result<Decision, Error> {
        let event = (asking.asker.person.platform.clone(), asking.asker.event.clone());
        if !self.inner.recent.lock().first(&event) {
            return Ok(Decision::Repeated);
        }
        let decision = self.decide_once(asking).await;
        if decision.is_err() {
            // Told again, it may be tried again.
            self.inner.recent.lock().forget(&event);
        }
        match decision {
            Err(StoreError::Conflict) => Ok(Decision::Repeated),
            decision => Ok(decision?),
        }
    }

    async fn decide_once(&self, asking: Asking) -> Result<Decision, StoreError> {
        let inner = &self.inner;
        let asker = &asking.asker;
        // An event that began here was looked up then.
        let begun = inner.begun.lock().knows(&asker.person.platform, &asker.event);
        if !begun && inner.store.read(|reader| events::seen(reader, &asker.event, &asker.person.platform))? {
            return Ok(Decision::Repeated);
        }
        failpoint!("decision.begun");
        let snapshot = self.current()?;
        let mut question = asking.question(inner.clock.seconds());
        let mut verdict = decide(&snapshot, &question);
        let once = match &verdict {
            Verdict::Deny(denial) => self.allowed_once(&asking, denial)?,
            _ => None,
        };
        if once.is_some() {
            question.once = true;
            verdict = decide(&snapshot, &question);
        }
        let second = match &verdict {
            Verdict::Ask(AskFor::Second, _) => self.agreed(&asking)?,
            _ => None,
        };
        if second.is_some() {
            question.second = true;
            verdict = decide(&snapshot, &question);
        }
        match verdict {
            Verdict::Allow(granted) => {
                let Some(access) = inner.ground.tools.get(&asking.tool).map(|facts| facts.access) else {
                    return Err(StoreError::NotFound);
                };
                let spending = Spending::new(self, &asking, access);
                if let Some(rated) = spending.over()? {
                    return self.rated(asking, rated).await;
                }
                let kind = if asking.show { Kind::Show } else { Kind::Decision };
                let (governance, event) = (self.clone(), asker.clone());
                let mut row = self.row(&asking, kind, "allow".to_owned());
                if let Some(once) = &once {
                    row.detail["once"] = json!(once);
                }
                if let Some((_, by)) = &second {
                    row.detail["second"] = json!(by.to_string());
                }
                let spent: Vec<String> = once.into_iter().chain(second.map(|(id, _)| id)).collect();
                let strict = (access != Access::Read || !spent.is_empty()).then(|| (spending.clone(), asking.clone()));
                let row = Ledger::new(move || governance.submit_spending(event, row, spending, spent).shared());
                let facts = Facts {
                    asker: asking.asker,
                    tool: asking.tool,
                    access,
                    site: asking.site,
                    public: granted.public,
                    show: asking.show,
                };
                if let Some((spent, asking)) = strict {
                    let durable = row.queue().clone().await;
                    // Of several calls at once, each knows only here whether it was one too many.
                    if let Some(rated) = spent.refused() {
                        return self.rated(asking, rated).await;
                    }
                    durable?;
                }
                failpoint!("decision.durable");
                Ok(Decision::Allow(Permit::new(asking.args, granted.scope, Receipt::new(facts, row))))
            }
            Verdict::Ask(what, granted) => {
                let row = self.row(&asking, Kind::Decision, format!("ask:{}", what.as_str()));
                let (governance, event) = (self.clone(), asker.clone());
                let row = Ledger::new(move || governance.submit(event, row, false).shared());
                row.queue().clone().await?;
                let facts = Facts {
                    asker: asking.asker,
                    tool: asking.tool,
                    access: Access::Read,
                    site: asking.site,
                    public: granted.public,
                    show: false,
                };
                let look = Permit::looking(asking.args, granted.scope, Receipt::new(facts, row));
                Ok(Decision::Ask(what, look))
            }
            Verdict::Deny(denial) => {
                let refusal = self.refusal(&snapshot, asker, &question, &denial);
                let row = self.row(&asking, Kind::Decision, format!("deny:{}", denial.step.as_str()));
                self.submit(asking.asker, row, true).await?;
                Ok(Decision::Deny(refusal))
            }
        }
    }

    /// Queues a row together with the event's mark. [`StoreError::Conflict`]: the event was handled before.
    pub(super) fn submit(&self, asker: Asker, row: Row, refusal: bool) -> Pending<RowId> {
        let audit = self.inner.audit.clone();
        let now = self.inner.clock.seconds();
        self.inner.store.submit(move |tx| {
            if !events::mark(tx, &asker.event, &asker.person.platform, now)? {
                return Err(StoreError::Conflict);
            }
            if refusal { audit.append_refusal(tx, row) } else { audit.append(tx, row) }
        })
    }

    /// Queues the row of a call that is allowed, and takes the call from what the person has left of the tool.
    /// The requests that made it possible are used up.
    fn submit_spending(&self, asker: Asker, row: Row, spending: Spending, spent: Vec<String>) -> Pending<RowId> {
        let audit = self.inner.audit.clone();
        let now = self.inner.clock.seconds();
        self.inner.store.submit(move |tx| {
            if !events::mark(tx, &asker.event, &asker.person.platform, now)? {
                return Err(StoreError::Conflict);
            }
            failpoint!("decision.marked");
            spending.spend(tx)?;
            for request in &spent {
                if !requests::spend(tx, request, now)? {
                    return Err(StoreError::Conflict);
                }
            }
            audit.append(tx, row)
        })
    }

    /// Refuses a call that was one too many.
    async fn rated(&self, asking: Asking, rated: Rated) -> Result<Decision, StoreError> {
        let row = self.row(&asking, Kind::Decision, format!("deny:{}", Step::RATE));
        let (step, tool) = (Step::Rate(rated), Some(asking.tool));
        let refusal = Refusal { tool, ..plain_refusal(&asking.asker, step) };
        self.submit(asking.asker, row, true).await?;
        Ok(Decision::Deny(refusal))
    }

    fn row(&self, asking: &Asking, kind: Kind, verdict: String) -> Row {
        let mut row = asked(&asking.asker, self.inner.clock.now().as_millisecond(), kind, verdict);
        row.tool = Some(asking.tool.clone());
        row.access = self.inner.ground.tools.get(&asking.tool).map(|facts| facts.access);
        row.site = Some(asking.site.clone());
        row.args = Some(asking.args.clone());
        let mut detail = serde_json::Map::new();
        if !asking.projects.is_empty() {
            detail.insert("projects".into(), json!(asking.projects));
        }
        for (name, set) in [("confirmed", asking.confirmed), ("show", asking.show)] {
            if set {
                detail.insert(name.into(), json!(true));
            }
        }
        if !detail.is_empty() {
            row.detail = detail.into();
        }
        row
    }

    pub(super) fn refusal(
        &self,
        snapshot: &Snapshot,
        asker: &Asker,
        question: &Question<'_>,
        denial: &Denial,
    ) -> Refusal {
        Refusal {
            step: denial.step.clone(),
            tool: Some(question.tool.clone()),
            place: place_name(asker),
            allowed: self.allowed(asker, question.member),
            remedy: remedy::fix(snapshot, question, denial).map(|fix| here(question.place, fix.to_string())),
            once: question.member.member.present
                && !question.projects.is_empty()
                && !question.place.is_direct()
                && denial.can_be_asked_for(),
        }
    }

    /// Records what became of a call. Durable when it returns: no reply about a change may leave before.
    ///
    /// # Errors
    /// The row could not be written.
    pub async fn outcome(&self, receipt: &Receipt, recorded: Recorded) -> Result<(), Error> {
        failpoint!("outcome.begun");
        let of = receipt.row().await?;
        let facts = receipt.facts();
        let verdict = match recorded.ended {
            Ended::Done => "done".to_owned(),
            Ended::Failed(reason) => format!("failed:{reason}"),
            Ended::Unknown => "unknown".to_owned(),
        };
        let mut row = asked(&facts.asker, self.inner.clock.now().as_millisecond(), Kind::Outcome, verdict);
        row.tool = Some(facts.tool.clone());
        row.access = Some(facts.access);
        row.site = Some(facts.site.clone());
        row.issue = recorded.issue.map(|issue| issue.to_string());
        row.detail = recorded.detail;
        row.of = Some(of);
        let audit = self.inner.audit.clone();
        self.inner.store.write(move |tx| audit.append(tx, row)).await?;
        failpoint!("outcome.durable");
        Ok(())
    }
}

/// A command about the place where it is shown, without a channel's number, which says nothing to people.
fn here(place: &Place, command: String) -> String {
    let number = |id: &&ChannelId| id.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match place.channel_id().filter(number) {
        Some(channel) => command.replace(&format!(" in #{channel} "), " in here "),
        None => command,
    }
}

/// A refusal that is about no tool.
pub(super) fn plain_refusal(asker: &Asker, step: Step) -> Refusal {
    let remedy = (step == Step::Admission).then(|| remedy::Fix::Admit.to_string());
    Refusal { step, tool: None, place: place_name(asker), allowed: Vec::new(), remedy, once: false }
}

/// The name of the place where somebody asks.
pub(super) fn place_name(asker: &Asker) -> String {
    match &asker.place {
        Place::Direct { .. } => "direct messages".to_owned(),
        Place::Channel { channel, .. } if asker.names.place.is_empty() => format!("#{channel}"),
        Place::Channel { .. } => asker.names.place.clone(),
    }
}

/// A row about something that somebody asked for.
pub(super) fn asked(asker: &Asker, at: i64, kind: Kind, verdict: impl Into<String>) -> Row {
    let mut row = Row::new(at, kind, verdict);
    row.event = Some(asker.event.clone());
    row.reference = Some(asker.reference.clone());
    row.person = Some(asker.person.clone());
    row.place = Some(asker.place.clone());
    row
}

fn check(ground: &Ground) -> Result<(), Error> {
    let direct = ground.settings.direct.as_str();
    if !matches!(direct, "" | "none") && ground.tools.named(direct).is_none() {
        return Err(unknown(ground, "direct", direct));
    }
    for tool in &ground.settings.forbid.tools {
        if ground.tools.get(tool).is_none() {
            return Err(unknown(ground, "forbid", tool.as_str()));
        }
    }
    for facts in ground.tools.iter() {
        let name = facts.name.as_str();
        if name.parse::<Toolset>().is_ok() || matches!(name, "all" | "none") {
            return Err(Error::internal(format!("a tool may not be called `{name}`")));
        }
    }
    Ok(())
}

fn unknown(ground: &Ground, setting: &str, word: &str) -> Error {
    let message = format!("`{setting}` in `[governance]` names `{word}`, which is no tool and no toolset.");
    match ground.tools.nearest(word, &[]) {
        Some(near) => Error::user_hint(message, format!("Did you mean `{near}`?")),
        None => Error::user_hint(message, "`usher tools` lists the tools."),
    }
}
