//! What a decision hands out. Nothing here can be made outside governance.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, LazyLock},
};

use futures::future::Shared;
use usher_chat::{Audience, Person, Place, Workspace};

use super::commands::AdminCommand;
use crate::{
    audit::RowId,
    error::Error,
    ids::{Access, ArgsHash, Asker, ProjectKey, ProjectScope, Reference, SiteId, ToolName},
    replies::About,
    store::Pending,
};

/// One call is allowed: this person, this tool, these arguments, this site, these projects. It is used up by that call.
///
/// It comes from [`Governance::decide`](super::Governance::decide) and from nowhere else, and can be spent once:
///
/// ```
/// fn once(permit: usher::governance::Permit) -> usher::ids::ProjectScope {
///     permit.spend()
/// }
/// ```
/// ```compile_fail,E0382
/// fn twice(permit: usher::governance::Permit) -> usher::ids::ProjectScope {
///     permit.spend();
///     permit.spend()
/// }
/// ```
/// ```compile_fail,E0277
/// fn is_clone<T: Clone>() {}
/// is_clone::<usher::governance::Permit>();
/// ```
/// ```compile_fail,E0277
/// fn is_default<T: Default>() {}
/// is_default::<usher::governance::Permit>();
/// ```
/// ```compile_fail,E0277
/// fn is_read<T: serde::de::DeserializeOwned>() {}
/// is_read::<usher::governance::Permit>();
/// ```
/// ```compile_fail,E0451
/// fn wider(permit: usher::governance::Permit, scope: usher::ids::ProjectScope) -> usher::governance::Permit {
///     usher::governance::Permit { scope, ..permit }
/// }
/// ```
/// ```compile_fail,E0451
/// fn more_than_a_look(look: usher::governance::Permit) -> usher::governance::Permit {
///     usher::governance::Permit { looks: false, ..look }
/// }
/// ```
#[derive(Debug)]
#[must_use = "a permit is good for one call"]
pub struct Permit {
    args: ArgsHash,
    scope: ProjectScope,
    receipt: Receipt,
    looks: bool,
}

impl Permit {
    /// A permit to look at what a call would do, before the person is asked whether they mean it.
    pub(super) fn looking(args: ArgsHash, scope: ProjectScope, receipt: Receipt) -> Self {
        Self { args, scope, receipt, looks: true }
    }

    /// Whether it is good for a look only: whatever is done with it can change nothing.
    pub fn only_looks(&self) -> bool {
        self.looks
    }

    pub(super) fn new(args: ArgsHash, scope: ProjectScope, receipt: Receipt) -> Self {
        Self { args, scope, receipt, looks: false }
    }

    /// Who may call.
    pub fn person(&self) -> &Person {
        &self.receipt.facts.asker.person
    }

    /// Which tool.
    pub fn tool(&self) -> &ToolName {
        &self.receipt.facts.tool
    }

    /// With which arguments.
    pub fn args(&self) -> &ArgsHash {
        &self.args
    }

    /// On which site.
    pub fn site(&self) -> &SiteId {
        &self.receipt.facts.site
    }

    /// On which projects.
    pub fn scope(&self) -> &ProjectScope {
        &self.scope
    }

    /// What remains of the permit once it is spent.
    pub fn receipt(&self) -> Receipt {
        self.receipt.clone()
    }

    /// Uses it up. Its audit row is on its way to the disk from now on.
    pub fn spend(self) -> ProjectScope {
        self.receipt.queue();
        self.scope
    }
}

/// The decision's audit row, once it is durable.
pub(super) type Durable = Shared<Pending<RowId>>;

/// The decision's audit row on its way. It is queued when the call begins, or at the latest when nobody holds the
/// permit or its receipt any more: a decision without a row does not exist.
pub(super) struct Ledger(LazyLock<Durable, Box<dyn FnOnce() -> Durable + Send>>);

impl Ledger {
    pub(super) fn new(submit: impl FnOnce() -> Durable + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(submit)))
    }

    pub(super) fn queue(&self) -> &Durable {
        &self.0
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.queue();
    }
}

/// What is known of a permit that was given: for the audit, and for who may see the reply. It grants nothing.
#[derive(Clone)]
pub struct Receipt {
    facts: Arc<Facts>,
    row: Arc<Ledger>,
}

/// What a receipt knows.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) asker: Asker,
    pub(super) tool: ToolName,
    pub(super) access: Access,
    pub(super) site: SiteId,
    pub(super) public: BTreeSet<ProjectKey>,
    pub(super) show: bool,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Receipt {
    pub(super) fn new(facts: Facts, row: Ledger) -> Self {
        Self { facts: Arc::new(facts), row: Arc::new(row) }
    }

    /// Who called.
    pub fn person(&self) -> &Person {
        &self.facts.asker.person
    }

    /// Where.
    pub fn place(&self) -> &Place {
        &self.facts.asker.place
    }

    /// The mark of the event.
    pub fn reference(&self) -> &Reference {
        &self.facts.asker.reference
    }

    /// Which tool.
    pub fn tool(&self) -> &ToolName {
        &self.facts.tool
    }

    /// What it may do to Jira.
    pub fn access(&self) -> Access {
        self.facts.access
    }

    /// On which site.
    pub fn site(&self) -> &SiteId {
        &self.facts.site
    }

    /// Sends the decision's audit row on its way to the disk, where it is not already.
    pub fn queue(&self) {
        self.row.queue();
    }

    /// Resolves once the decision's audit row is durable. No reply may leave before.
    ///
    /// # Errors
    /// The row could not be written. The reply must not leave.
    pub async fn durable(&self) -> Result<(), Error> {
        self.row().await.map(|_| ())
    }

    pub(super) async fn row(&self) -> Result<RowId, Error> {
        Ok(self.row.queue().clone().await?)
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Who may see the reply. Everyone in the channel only where the grants used name every project that it shows, or
    /// where the person asked to show it; never what is meant for a few, nor the person's own matter.
    pub fn audience(&self, about: &About) -> Audience {
        let named = !about.projects.is_empty() && about.projects.is_subset(&self.facts.public);
        if self.may_be_shown(about) && (named || self.facts.show) { Audience::Everyone } else { Audience::OnlyAsker }
    }

    /// Whether the person may show this to everyone in the place, though it is private at first.
    pub fn may_be_shown(&self, about: &About) -> bool {
        !self.facts.asker.place.is_direct() && !about.restricted && !about.personal
    }
}

/// One admin or owner command is allowed: this person, this workspace, this command. It comes from a fresh look at the
/// platform's membership, through [`Governance::admit_admin`](super::Governance::admit_admin) and from nowhere else.
///
/// ```compile_fail,E0277
/// fn is_clone<T: Clone>() {}
/// is_clone::<usher::governance::AdminPermit>();
/// ```
/// ```compile_fail,E0277
/// fn is_default<T: Default>() {}
/// is_default::<usher::governance::AdminPermit>();
/// ```
/// ```compile_fail,E0451
/// fn other(
///     permit: usher::governance::AdminPermit,
///     command: usher::governance::AdminCommand,
/// ) -> usher::governance::AdminPermit {
///     usher::governance::AdminPermit { command, ..permit }
/// }
/// ```
/// ```compile_fail,E0382
/// fn twice(permit: usher::governance::AdminPermit) {
///     drop(permit);
///     drop(permit);
/// }
/// ```
#[derive(Debug)]
#[must_use = "a permit is good for one command"]
pub struct AdminPermit {
    asker: Asker,
    workspace: Workspace,
    command: AdminCommand,
}

impl AdminPermit {
    pub(super) fn new(asker: Asker, workspace: Workspace, command: AdminCommand) -> Self {
        Self { asker, workspace, command }
    }

    /// Who commands.
    pub fn person(&self) -> &Person {
        &self.asker.person
    }

    pub(super) fn into_parts(self) -> (Asker, Workspace, AdminCommand) {
        (self.asker, self.workspace, self.command)
    }
}
