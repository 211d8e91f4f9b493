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
        let did = self.commit(Job::new(self, Actor::Shell, workspace), vec![change]).await?;
        Ok(did.is_some_and(|did| did.iter().any(|did| matches!(did, Did::Changed | Did::First))))
    }
}
