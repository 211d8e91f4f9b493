//! News for a workspace's admins: tools that an upgrade brought or changed and that wait, and where calls have worked.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use usher_chat::{Member, Workspace};

use super::{
    Governance, Hears, Receipt,
    change::{Actor, Change, Job},
    govern::{asked, plain_refusal},
    rules::Approval,
};
use crate::{
    audit::Kind,
    error::Error,
    ids::{Asker, SiteId, ToolName},
    replies::Step,
    store::{StoreError, Tx, confirmed, untold, workspaces},
};

/// Tools that wait in a workspace, of which its admins have not been told.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Where.
    pub workspace: Workspace,
    /// What people call it; empty where nobody said.
    pub name: String,
    /// Which.
    pub tools: Vec<ToolName>,
    /// Who is to hear of it.
    pub hears: Hears,
}

impl Governance {
    /// The tools of which admins are still to be told.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let snapshot = self.current()?;
        let mut news = Vec::new();
        let named = self.inner.store.read(workspaces::admitted)?;
        for (workspace, rules) in snapshot.admitted() {
            let untold = self.inner.store.read(|reader| untold::of(reader, workspace))?;
            let ground = &snapshot.ground;
            let open = |tool: &ToolName| {
                let allowed = ground.tools.get(tool).is_some_and(|facts| !ground.settings.forbid.holds(facts));
                allowed && rules.approval(tool) == Approval::Pending
            };
            let tools: Vec<ToolName> = untold.into_iter().filter(open).collect();
            if !tools.is_empty() {
                let name = named.iter().find(|one| one.workspace == *workspace).map(|one| one.name.clone());
                let name = name.unwrap_or_default();
                news.push(Waiting { workspace: workspace.clone(), name, tools, hears: self.hears(workspace)? });
            }
        }
        Ok(news)
    }

    /// Notes that the admins of a workspace have been told of tools.
    ///
    /// # Errors
    /// The store fails.
    pub async fn told(&self, workspace: &Workspace, tools: &[ToolName]) -> Result<(), Error> {
        let (workspace, tools) = (workspace.clone(), tools.to_vec());
        let remove = move |tx: &Tx<'_>| tools.iter().try_for_each(|tool| untold::remove(tx, &workspace, tool));
        Ok(self.inner.store.write(remove).await?)
    }

    /// Approves or blocks such tools for an admin, from wherever the news reached them. `fresh` is what the platform says
    /// now about their membership in the workspace.
    ///
    /// # Errors
    /// The store fails.
    pub async fn review(
        &self,
        asker: &Asker,
        fresh: &Member,
        workspace: &Workspace,
        tools: &[ToolName],
        approve: bool,
    ) -> Result<Reviewed, Error> {
        let snapshot = self.current()?;
        let ours = asker.person.platform == workspace.platform;
        let rules = snapshot.rules(workspace).filter(|_| ours && self.commands(&asker.person, fresh));
        let Some(rules) = rules else {
            let now = self.inner.clock.now().as_millisecond();
            let mut row = asked(asker, now, Kind::Decision, format!("deny:{}", Step::NotAdmin.as_str()));
            row.detail = json!({"change": "review", "workspace": workspace.to_string()});
            return match self.submit(asker.clone(), row, true).await {
                Err(StoreError::Conflict) => Ok(Reviewed::Repeated),
                done => done.map(|_| Reviewed::Refused(plain_refusal(asker, Step::NotAdmin))).map_err(Error::from),
            };
        };
        let state = if approve { Approval::Approved } else { Approval::Blocked };
        // What somebody has reviewed since then stays as they left it.
        let open = tools.iter().filter(|tool| rules.approval(tool) == Approval::Pending);
        let changes: Vec<Change> = open.map(|tool| Change::Review(tool.clone(), state)).collect();
        let count = changes.len();
        let job = Job::new(self, Actor::Chat(Box::new(asker.clone())), workspace);
        let did = self.commit(job, changes).await?;
        Ok(if did.is_some() { Reviewed::Done(count) } else { Reviewed::Repeated })
    }

    /// Notes that a call has worked: only that shows that credentials are good.
    pub fn worked(&self, receipt: &Receipt) {
        let facts = receipt.facts();
        let Some(workspace) = facts.asker.place.workspace() else { return };
        let (workspace, site) = (workspace.clone(), facts.site.clone());
        if self.inner.worked.lock().insert((workspace.clone(), site.clone())) {
            let now = self.inner.clock.seconds();
            self.inner.store.defer(move |tx| confirmed::put(tx, &workspace, &site, now));
        }
    }

    /// On which sites a workspace's calls have worked, as a sentence for each site.
    pub(super) fn confirmed(&self, workspace: &Workspace) -> Result<String, StoreError> {
        let worked = self.inner.store.read(|reader| confirmed::of(reader, workspace))?;
        let when = |site: &SiteId| worked.iter().find(|(known, _)| known == site).map(|(_, at)| *at);
        let sentence = |site: &SiteId| match when(site).and_then(|at| Timestamp::from_second(at).ok()) {
            Some(at) => {
                let at = at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y %H:%M");
                format!("`{site}`: credentials confirmed by a first successful call at {at} UTC.")
            }
            None => format!("`{site}`: no call from here has worked yet."),
        };
        let sentences: Vec<String> = self.inner.ground.settings.sites.iter().map(sentence).collect();
        Ok(sentences.join(" "))
    }
}

/// What became of an admin's answer to such news.
#[derive(Debug)]
pub enum Reviewed {
    /// So many tools were reviewed; the others had been meanwhile.
    Done(usize),
    /// They administer nothing there.
    Refused(crate::replies::Refusal),
    /// This event was handled before.
    Repeated,
}
