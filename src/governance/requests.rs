//! Asking an admin: what somebody was refused can be allowed once, by whoever administers the workspace at that moment.

use serde_json::{Value, json};
use usher_chat::{Member, Person, Place, Workspace};
use uuid::Uuid;

use super::{
    Asking, Governance,
    decide::{Denial, Question, Verdict, decide},
    govern::{asked, plain_refusal},
};
use crate::{
    audit::{Kind, Row},
    error::Error,
    ids::Asker,
    replies::{Refusal, Step},
    store::{
        StoreError, Tx, events,
        requests::{self, RequestRow, RequestState, Wanted},
    },
};

/// So long a request waits for an admin, in seconds.
const WAITS: i64 = 24 * 60 * 60;
/// So long what was allowed once can be done, in seconds.
const HOLDS: i64 = 60 * 60;

/// What became of asking.
#[derive(Debug)]
pub enum Requested {
    /// It waits for an admin under this id; these hear of it.
    Open(String, Hears),
    /// This person has asked for this tool already.
    Already,
    /// There is nobody who would hear of it. The refusal says what would change it.
    Nobody(Refusal),
    /// No admin can change this, or it is allowed by now.
    Moot(Option<Refusal>),
    /// This event was handled before.
    Repeated,
}

/// Who hears of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hears {
    /// Everyone in this place.
    Place(Place),
    /// Each of these, in private. Whether they are admins now is not known.
    People(Vec<Person>),
}

/// What an admin's answer came to.
#[derive(Debug)]
pub enum Answered {
    /// It is decided: the request, as it was asked.
    Decided(Box<RequestRow>),
    /// Somebody was faster, or its time is over.
    Late,
    /// The presser administers nothing there.
    Refused(Refusal),
    /// This event was handled before.
    Repeated,
}

impl Governance {
    /// Asks the admins of the place's workspace to allow a call once. `args` are its arguments, `line` is how it reads.
    ///
    /// # Errors
    /// The store fails.
    pub async fn request(&self, asking: &Asking, args: Value, line: String) -> Result<Requested, Error> {
        let now = self.inner.clock.seconds();
        let asker = &asking.asker;
        let snapshot = self.current()?;
        let question = asking.question(now);
        let Verdict::Deny(denial) = decide(&snapshot, &question) else { return Ok(Requested::Moot(None)) };
        let refusal = self.refusal(&snapshot, asker, &question, &denial);
        let workspace = asker.place.workspace().filter(|_| askable(&denial, asking)).cloned();
        let Some(workspace) = workspace else { return Ok(Requested::Moot(Some(refusal))) };
        let hears = self.hears(&workspace)?;
        if hears == Hears::People(Vec::new()) {
            return Ok(Requested::Nobody(refusal));
        }
        let name = super::govern::place_name(asker);
        let asked_for =
            Wanted { args, line, place: asker.place.clone(), name, projects: asking.projects.clone(), second: false };
        self.open(asking, workspace, asked_for, WAITS, hears).await
    }

    /// Opens a request of which `hears` will hear.
    pub(super) async fn open(
        &self,
        asking: &Asking,
        workspace: Workspace,
        wanted: Wanted,
        waits: i64,
        hears: Hears,
    ) -> Result<Requested, Error> {
        let now = self.inner.clock.seconds();
        let request = RequestRow {
            id: Uuid::new_v4().simple().to_string(),
            person: asking.asker.person.clone(),
            workspace,
            tool: asking.tool.clone(),
            args: asking.args.0.clone(),
            site: asking.site.clone(),
            asked: wanted,
            state: RequestState::Open,
            by: None,
            expires: now + waits,
        };
        let id = request.id.clone();
        let mut row = asked(&asking.asker, self.inner.clock.now().as_millisecond(), Kind::Policy, "done");
        row.tool = Some(request.tool.clone());
        row.site = Some(request.site.clone());
        row.args = Some(asking.args.clone());
        let change = if request.asked.second { "ask-second" } else { "request" };
        row.detail = json!({"change": change, "request": id, "projects": request.asked.projects});
        let work = move |tx: &Tx<'_>| requests::open(tx, &request, now);
        Ok(match self.record(&asking.asker, row, work).await? {
            None => Requested::Repeated,
            Some(true) => Requested::Open(id, hears),
            Some(false) => Requested::Already,
        })
    }

    /// Who hears of what is for a workspace's admins.
    pub(super) fn hears(&self, workspace: &Workspace) -> Result<Hears, StoreError> {
        self.inner.store.read(|reader| {
            Ok(match requests::notices(reader, workspace)? {
                Some(place) => Hears::Place(place),
                None => Hears::People(requests::commanders(reader, workspace)?),
            })
        })
    }

    /// Where notices to a workspace's admins go, where that was said.
    ///
    /// # Errors
    /// The store fails.
    pub fn notices(&self, workspace: &Workspace) -> Result<Option<Place>, Error> {
        Ok(self.inner.store.read(|reader| requests::notices(reader, workspace))?)
    }

    /// What was asked for under an id, for whoever has to be looked up before they may decide.
    ///
    /// # Errors
    /// The store fails.
    pub fn requested(&self, id: &str) -> Result<Option<RequestRow>, Error> {
        Ok(self.inner.store.read(|reader| requests::get(reader, id))?)
    }

    /// Lets somebody decide about a request. `fresh` is what the platform says now about their membership in the
    /// request's workspace.
    ///
    /// # Errors
    /// The store fails.
    pub async fn answer(
        &self,
        asker: &Asker,
        fresh: &Member,
        request: RequestRow,
        allow: bool,
    ) -> Result<Answered, Error> {
        let at = self.inner.clock.now().as_millisecond();
        let ours = asker.person.platform == request.workspace.platform;
        let admits = self.snapshot().rules(&request.workspace).is_some();
        if !(ours && admits && self.commands(&asker.person, fresh)) {
            let mut row = asked(asker, at, Kind::Decision, format!("deny:{}", Step::NotAdmin.as_str()));
            row.detail = json!({"request": request.id});
            return match self.submit(asker.clone(), row, true).await {
                Err(StoreError::Conflict) => Ok(Answered::Repeated),
                done => done.map(|_| Answered::Refused(plain_refusal(asker, Step::NotAdmin))).map_err(Error::from),
            };
        }
        let now = self.inner.clock.seconds();
        let mut row = asked(asker, at, Kind::Policy, "done");
        row.tool = Some(request.tool.clone());
        row.site = Some(request.site.clone());
        let change = if allow { "allow-once" } else { "decline" };
        row.detail = json!({"change": change, "request": request.id, "for": request.person.to_string()});
        let (id, by) = (request.id.clone(), asker.person.clone());
        let work = move |tx: &Tx<'_>| requests::decide(tx, &id, allow, &by, now, now + HOLDS);
        Ok(match self.record(asker, row, work).await? {
            None => Answered::Repeated,
            Some(true) => Answered::Decided(Box::new(request)),
            Some(false) => Answered::Late,
        })
    }

    /// Marks the event and makes a change of a request, which leaves its row where it comes to something. `None`: the
    /// event was handled before.
    pub(super) async fn record(
        &self,
        asker: &Asker,
        row: Row,
        change: impl FnOnce(&Tx<'_>) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<Option<bool>, StoreError> {
        let (audit, event, now) = (self.inner.audit.clone(), asker.clone(), self.inner.clock.seconds());
        let work = move |tx: &Tx<'_>| {
            if !events::mark(tx, &event.event, &event.person.platform, now)? {
                return Ok(None);
            }
            let changed = change(tx)?;
            if changed {
                audit.append(tx, row)?;
            }
            Ok(Some(changed))
        };
        self.inner.store.write(work).await
    }

    /// The request that allows a call once which would be denied otherwise.
    pub(super) fn allowed_once(&self, asking: &Asking, denial: &Denial) -> Result<Option<String>, StoreError> {
        if !askable(denial, asking) {
            return Ok(None);
        }
        Ok(self.granted(asking, false)?.map(|request| request.id))
    }

    /// A request for just this call that somebody said yes to: a second person, or else an admin.
    pub(super) fn granted(&self, asking: &Asking, second: bool) -> Result<Option<RequestRow>, StoreError> {
        let now = self.inner.clock.seconds();
        let (person, tool, args) = (&asking.asker.person, &asking.tool, asking.args.0.clone());
        let found = self.inner.store.read(|reader| requests::allowed(reader, person, tool, &args, now))?;
        let same = |request: &RequestRow| {
            request.site == asking.site
                && request.asked.place == asking.asker.place
                && request.asked.projects == asking.projects
                && request.asked.second == second
        };
        Ok(found.into_iter().find(same))
    }

    /// Notes that somebody uses admin commands in a workspace: they may be asked.
    pub(super) fn commanded(&self, workspace: &Workspace, person: &Person) {
        let (workspace, person, now) = (workspace.clone(), person.clone(), self.inner.clock.seconds());
        drop(self.inner.store.submit(move |tx| requests::commanded(tx, &workspace, &person, now)));
    }
}

/// Only what names its projects can be allowed once: the yes is for these and no others.
fn askable(denial: &Denial, asking: &Asking) -> bool {
    denial.can_be_asked_for() && asking.member.member.present && !asking.projects.is_empty()
}

impl Asking {
    /// What is to be decided.
    pub(super) fn question(&self, now: i64) -> Question<'_> {
        Question {
            person: &self.asker.person,
            place: &self.asker.place,
            member: &self.member,
            tool: &self.tool,
            site: Some(&self.site),
            projects: &self.projects,
            confirmed: self.confirmed,
            once: false,
            second: false,
            now,
        }
    }
}
