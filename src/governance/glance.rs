//! Looks at the decision that leave no row: for menus, help and completion.

use clap::Subcommand;
use usher_chat::{Member, Person, Place};

use super::{
    AdminCommand, Governance,
    decide::{Question, Verdict, decide},
};
use crate::{
    error::Error,
    ids::{Asker, ProjectScope, ToolName},
    store::events,
};

impl Governance {
    /// The projects on which somebody could run a tool in a place; nothing where they could not. For completion, which
    /// looks with the person's own rights and changes nothing.
    pub fn glance(&self, person: &Person, place: &Place, member: &Member, tool: &ToolName) -> Option<ProjectScope> {
        let now = self.inner.clock.seconds();
        let question = Question { person, place, member, tool, projects: &[], confirmed: true, now };
        match decide(&self.snapshot(), &question) {
            Verdict::Allow(granted) => Some(granted.scope),
            Verdict::Ask(_) | Verdict::Deny(_) => None,
        }
    }

    /// Whether an event is new. Of one that is told twice, even at once, only the first is; what it leads to leaves the
    /// durable mark.
    ///
    /// # Errors
    /// The marks could not be read.
    pub fn begin(&self, asker: &Asker) -> Result<bool, Error> {
        let event = (asker.person.platform.clone(), asker.event.clone());
        if !self.inner.begun.lock().first(&event) {
            return Ok(false);
        }
        Ok(!self.inner.store.read(|reader| events::seen(reader, &event.1, &event.0))?)
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

/// The admin commands, each with its usage and what it does, from the grammar that reads them.
pub fn admin_commands() -> Vec<(String, String)> {
    AdminCommand::augment_subcommands(clap::Command::new("admin"))
        .get_subcommands()
        .map(|command| {
            let mut usage = format!("admin {}", command.get_name());
            let named = command.get_arguments().filter(|argument| !argument.is_hide_set());
            for argument in named {
                let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
                match argument.get_long() {
                    Some(word) => usage.push_str(&format!(" [{word} {value}]")),
                    None if argument.is_required_set() => usage.push_str(&format!(" {value}")),
                    None => usage.push_str(&format!(" [{value}]")),
                }
            }
            (usage, command.get_about().map(ToString::to_string).unwrap_or_default())
        })
        .collect()
}
