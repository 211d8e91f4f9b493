//! Admins hear of tools that wait, and answer with a press.

use usher_chat::{ButtonStyle, Place, Workspace};

use super::{Bot, trip::Trip};
use crate::{
    error::Error,
    governance::{Reviewed, Waiting},
    ids::ToolName,
    replies::{Deed, Draft, Offer, error::marked},
};

impl Bot {
    /// Tells the admins of each workspace which tools are new or changed and wait there, once. Whether all were told.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tell_of_waiting_tools(&self) -> Result<bool, Error> {
        let mut all = true;
        for Waiting { workspace, name, tools, hears } in self.governance.waiting()? {
            let place = Place::channel(workspace.clone(), "");
            let deed = |approve| Deed::Review { workspace: workspace.clone(), tools: tools.clone(), approve };
            let names: Vec<String> = tools.iter().map(|tool| format!("`{tool}`")).collect();
            let at = if name.is_empty() { String::new() } else { format!(" in {name}") };
            let words = match names.as_slice() {
                [one] => format!("{one} is new or has changed, and waits for review{at}."),
                _ => format!("These tools are new or have changed, and wait for review{at}: {}.", names.join(", ")),
            };
            let (approve, block) = if names.len() == 1 { ("Approve", "Block") } else { ("Approve all", "Block all") };
            let draft = Draft::private(marked(&words))
                .offer(Offer::anyone(approve, deed(true)).style(ButtonStyle::Primary))
                .offer(Offer::anyone(block, deed(false)));
            match self.tell_hearers(&place, hears, draft).await? {
                true => self.governance.told(&workspace, &tools).await?,
                false => all = false,
            }
        }
        Ok(all)
    }

    /// An admin's answer.
    pub(super) async fn review(
        &self,
        trip: &Trip,
        workspace: &Workspace,
        tools: &[ToolName],
        approve: bool,
    ) -> Result<(), Error> {
        let fresh = self.member_of(&Place::channel(workspace.clone(), ""), &trip.asker.person).await;
        let words = match self.governance.review(&trip.asker, &fresh, workspace, tools, approve).await? {
            Reviewed::Repeated => return Ok(()),
            Reviewed::Refused(refusal) => return self.reply(trip, refusal.draft()).await,
            Reviewed::Done(0) => "They have been reviewed already.".to_owned(),
            Reviewed::Done(count) => {
                let count = if count == 1 { "1 tool".to_owned() } else { format!("{count} tools") };
                match approve {
                    true => format!("Approved: {count}. `jira admin allow` lets people use what no rule names yet."),
                    false => format!("Blocked: {count}. `jira admin approve` changes that."),
                }
            }
        };
        self.instead(trip, Draft::private(marked(&words))).await
    }
}
