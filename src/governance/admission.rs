//! Admission from the command line: which workspaces count, since when and by whom.

use usher_chat::Workspace;

use super::{
    Governance,
    change::{Actor, Change, Did, Job},
};
pub use crate::store::workspaces::Admitted;
use crate::{error::Error, store::workspaces};

impl Governance {
    /// The admitted workspaces.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn workspaces(&self) -> Result<Vec<Admitted>, Error> {
        Ok(self.inner.store.read(workspaces::admitted)?)
    }

    /// Admits a workspace as the owner on the command line, or dismisses it. A running bot knows it at its next event.
    /// False: it was so already.
    ///
    /// # Errors
    /// The store fails.
    pub async fn admit(&self, workspace: &Workspace, name: &str, admit: bool) -> Result<bool, Error> {
        let change = if admit { Change::Admit { name: name.to_owned() } } else { Change::Dismiss };
        let job = Job {
            audit: self.inner.audit.clone(),
            ground: self.inner.ground.clone(),
            by: Actor::Shell,
            workspace: workspace.clone(),
            now: self.inner.clock.now(),
        };
        let did = self.inner.store.write(move |tx| job.run(tx, vec![change])).await?;
        Ok(did.is_some_and(|did| did.iter().any(|did| matches!(did, Did::Changed | Did::First))))
    }
}
