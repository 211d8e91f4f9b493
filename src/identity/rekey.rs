//! After a new key: what older keys have sealed is sealed anew, so that nothing rests on a key that may have leaked.

use super::Identity;
use crate::{
    error::Error,
    keys,
    store::{credentials, links},
};

impl Identity {
    /// Seals with the active key the credentials that older keys have sealed. Says how many there were. One that cannot be
    /// opened stays as it is, and so does linking under way, which ends by itself within minutes.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn seal_anew(&self) -> Result<usize, Error> {
        let active = self.inner.keys.active();
        let rows = self.inner.store.read(credentials::all)?;
        let mut done = 0;
        for row in rows.into_iter().filter(|row| keys::key_of(&row.sealed) != Some(active)) {
            let Some(link) = self.inner.store.read(|reader| links::by_id(reader, &row.link))? else { continue };
            match self.open_credential(&link, row.generation, &row.sealed) {
                Ok(credential) => {
                    let sealed = self.seal_credential(&link, row.generation, &credential);
                    let (link, generation) = (row.link, row.generation);
                    failpoint!("keys.sealing-anew");
                    let resealed =
                        self.inner.store.write(move |tx| credentials::reseal(tx, &link, generation, &sealed)).await?;
                    failpoint!("keys.sealed-anew");
                    done += usize::from(resealed);
                }
                Err(error) => tracing::error!(link = %link.id, %error, "a credential cannot be opened"),
            }
        }
        Ok(done)
    }
}
