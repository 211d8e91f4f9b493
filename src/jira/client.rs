//! One person on one site, held to the projects of one call.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use parking_lot::Mutex;

use super::{
    Attachments, Boards, Changelog, Comments, CreateMeta, Credential, Desks, Epics, Filters, Http, Issues, Links,
    Moves, Pasts, Projects, Search, Site, Sprints, Suggestions, Transitions, Users, Versions, Votes, Watchers,
    Worklogs, scope,
};
use crate::ids::{AccountId, IssueKey, ProjectKey, ProjectScope};

/// Acts as one person on one site.
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
    scope: Arc<ProjectScope>,
    /// Projects whose present key has been read, for the life of this client.
    known: Arc<Mutex<BTreeSet<ProjectKey>>>,
    /// What issues are called now, by the key that was typed, for the life of this client.
    placed: Arc<Mutex<BTreeMap<IssueKey, IssueKey>>>,
    /// It may only look.
    looks: bool,
    /// It asks where something is while it asks for it.
    at_once: bool,
}

pub(super) struct Shared {
    pub(super) http: Http,
    pub(super) site: Arc<Site>,
    pub(super) credential: Arc<dyn Credential>,
    account: AccountId,
}

impl Client {
    /// A client that may touch every project that the account may.
    pub fn new(http: Http, site: Arc<Site>, credential: Arc<dyn Credential>, account: AccountId) -> Self {
        Self {
            shared: Arc::new(Shared { http, site, credential, account }),
            scope: Arc::new(ProjectScope::all()),
            known: Arc::default(),
            placed: Arc::default(),
            looks: false,
            at_once: false,
        }
    }

    /// The same, able to look and to change nothing. There is no way back.
    pub fn looking(&self) -> Self {
        Self { looks: true, ..self.clone() }
    }

    /// The same for whoever types and cannot wait: able to look only, and asking for something while it asks where that is.
    /// Nothing outside the scope is handed out all the same.
    pub fn at_once(&self) -> Self {
        Self { looks: true, at_once: true, ..self.clone() }
    }

    /// Whether it does not wait to know where something is.
    pub(super) fn asks_at_once(&self) -> bool {
        self.at_once
    }

    /// Whether it can only look.
    pub(super) fn only_looks(&self) -> bool {
        self.looks
    }

    /// The same person, held to what both this client and `scope` allow. A client can be narrowed, never widened.
    pub fn scoped(&self, scope: ProjectScope) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            scope: Arc::new(scope::narrow(&self.scope, &scope)),
            known: Arc::default(),
            placed: Arc::default(),
            looks: self.looks,
            at_once: self.at_once,
        }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.shared.site
    }

    /// The account that acts.
    pub fn account(&self) -> &AccountId {
        &self.shared.account
    }

    /// The projects that it may touch.
    pub fn scope(&self) -> &ProjectScope {
        &self.scope
    }

    /// Issues.
    pub fn issues(&self) -> Issues<'_> {
        Issues(self)
    }

    /// Searches.
    pub fn search(&self) -> Search<'_> {
        Search(self)
    }

    /// Comments.
    pub fn comments(&self) -> Comments<'_> {
        Comments(self)
    }

    /// Files.
    pub fn attachments(&self) -> Attachments<'_> {
        Attachments(self)
    }

    /// Ways from status to status.
    pub fn transitions(&self) -> Transitions<'_> {
        Transitions(self)
    }

    /// Logged work.
    pub fn worklogs(&self) -> Worklogs<'_> {
        Worklogs(self)
    }

    /// People.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Watchers.
    pub fn watchers(&self) -> Watchers<'_> {
        Watchers(self)
    }

    /// Votes.
    pub fn votes(&self) -> Votes<'_> {
        Votes(self)
    }

    /// The past of issues.
    pub fn changelog(&self) -> Changelog<'_> {
        Changelog(self)
    }

    /// What became of issues over time.
    pub fn pasts(&self) -> Pasts<'_> {
        Pasts(self)
    }

    /// Links between issues, and to pages elsewhere.
    pub fn links(&self) -> Links<'_> {
        Links(self)
    }

    /// Moves to other types and projects.
    pub fn moves(&self) -> Moves<'_> {
        Moves(self)
    }

    /// Epics and parents.
    pub fn epics(&self) -> Epics<'_> {
        Epics(self)
    }

    /// Projects.
    pub fn projects(&self) -> Projects<'_> {
        Projects(self)
    }

    /// Versions.
    pub fn versions(&self) -> Versions<'_> {
        Versions(self)
    }

    /// Boards.
    pub fn boards(&self) -> Boards<'_> {
        Boards(self)
    }

    /// Sprints.
    pub fn sprints(&self) -> Sprints<'_> {
        Sprints(self)
    }

    /// What a field may hold.
    pub fn suggestions(&self) -> Suggestions<'_> {
        Suggestions(self)
    }

    /// Service projects.
    pub fn desks(&self) -> Desks<'_> {
        Desks(self)
    }

    /// Saved filters.
    pub fn filters(&self) -> Filters<'_> {
        Filters(self)
    }

    /// What can be created, and with which fields.
    pub fn createmeta(&self) -> CreateMeta<'_> {
        CreateMeta(self)
    }

    pub(super) fn placed(&self, typed: &IssueKey) -> Option<IssueKey> {
        self.placed.lock().get(typed).cloned()
    }

    pub(super) fn set_placed(&self, typed: IssueKey, now: IssueKey) {
        self.placed.lock().insert(typed, now);
    }

    pub(super) fn known(&self, project: &ProjectKey) -> bool {
        self.known.lock().contains(project)
    }

    pub(super) fn learn(&self, project: ProjectKey) {
        self.known.lock().insert(project);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("site", &self.shared.site.id)
            .field("account", &self.shared.account)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
