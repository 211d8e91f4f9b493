//! Looks at what decides that leave no row: for menus, help and completion.

use std::collections::BTreeSet;

use usher_chat::{Member, Person, Place, Workspace};

use super::{
    Governance, Membership,
    decide::{self, Question, Verdict, decide},
    govern::plain_refusal,
    rules::Rules,
};
use crate::{
    error::Error,
    ids::{Asker, ProjectScope, SiteId, ToolName},
    replies::Refusal,
    store::events,
};

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is to be handled.
    New,
    /// It was told before, to this run of the program.
    Now,
    /// An earlier run began with it, and nobody knows how far it came.
    Before,
}

impl Governance {
    /// Whether somebody could run a tool in a place, on some project and once confirmed. For help, menus and offers; it
    /// leaves no row, and the call is decided anew.
    pub fn may(&self, person: &Person, place: &Place, member: &Membership, tool: &ToolName) -> bool {
        self.glance(person, place, member, tool).is_some()
    }

    /// The tools that somebody could run in a place, in the order of the tools' table.
    pub fn allowed(&self, asker: &Asker, member: &Membership) -> Vec<ToolName> {
        let may = |tool: &&ToolName| self.may(&asker.person, &asker.place, member, tool);
        self.inner.ground.tools.iter().map(|facts| &facts.name).filter(may).cloned().collect()
    }

    /// Whether the bot works in a place at all. Where it does not, the refusal is its one sentence, also for help and
    /// account commands.
    ///
    /// # Errors
    /// The refusal to show.
    #[expect(clippy::result_large_err, reason = "a refusal is shown right away; it never travels far")]
    pub fn admitted(&self, asker: &Asker) -> Result<(), Refusal> {
        let snapshot = self.snapshot();
        match decide::admission(&snapshot, &asker.person, &asker.place) {
            Ok(_) => Ok(()),
            Err(step) => Err(plain_refusal(asker, step)),
        }
    }

    /// The sites whose groups some rule of a workspace names: what a person's membership there depends on.
    pub fn group_sites(&self, workspace: &Workspace) -> BTreeSet<SiteId> {
        let snapshot = self.snapshot();
        let rules = snapshot.rules(workspace);
        rules.into_iter().flat_map(Rules::groups).map(|group| group.site.clone()).collect()
    }

    /// Whether admin commands would listen to somebody in a place. For help and completion; a command looks again.
    pub fn administers(&self, asker: &Asker, member: &Member) -> bool {
        asker.place.workspace().is_some() && self.commands(&asker.person, member)
    }

    /// Whether somebody commands in the workspace of which they are this member: as its admin, or as an owner.
    pub fn commands(&self, person: &Person, member: &Member) -> bool {
        self.is_owner(person) || (member.present && member.admin)
    }

    /// Whether the configuration names somebody as an owner.
    pub fn is_owner(&self, person: &Person) -> bool {
        self.inner.ground.owner(person)
    }

    /// The projects on which somebody could run a tool in a place; nothing where they could not. For completion, which
    /// looks with the person's own rights and changes nothing.
    pub fn glance(&self, person: &Person, place: &Place, member: &Membership, tool: &ToolName) -> Option<ProjectScope> {
        let now = self.inner.clock.seconds();
        let question = Question {
            person,
            place,
            member,
            tool,
            site: None,
            projects: &[],
            confirmed: true,
            once: false,
            second: true,
            now,
        };
        match decide(&self.snapshot(), &question) {
            Verdict::Allow(granted) => Some(granted.scope),
            Verdict::Ask(..) | Verdict::Deny(_) => None,
        }
    }

    /// What is known of an event that arrives. Of one that is told twice, even at once, only the first is new; what it
    /// leads to leaves the durable mark.
    ///
    /// # Errors
    /// The marks could not be read.
    pub fn begin(&self, asker: &Asker) -> Result<Begun, Error> {
        let event = (asker.person.platform.clone(), asker.event.clone());
        if !self.inner.begun.lock().first(&event) {
            return Ok(Begun::Now);
        }
        // Once an event; what decides is read anew with each decision.
        self.current()?;
        let seen = self.inner.store.read(|reader| events::seen(reader, &event.1, &event.0))?;
        Ok(if seen { Begun::Before } else { Begun::New })
    }

    /// Marks an event that calls for no decision, so that it is handled once. Whether this is the first time.
    ///
    /// # Errors
    /// The mark could not be written.
    pub async fn first(&self, asker: &Asker) -> Result<bool, Error> {
        let (event, platform) = (asker.event.clone(), asker.person.platform.clone());
        let now = self.inner.clock.seconds();
        Ok(self.inner.store.write(move |tx| events::mark(tx, &event, &platform, now)).await?)
    }
}
