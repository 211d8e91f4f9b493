//! How links end: `disconnect`, "this was not me", an owner's hand, and time.

use usher_chat::Person;

use super::{
    Answer, Disconnect, Identity, LinkView, arrive::jira_site, connect::disconnect_offer, counts::Step,
    credential::Credential, oauth2, record, record::Change, words,
};
use crate::{
    audit::Audit,
    clock::Clock,
    error::Error,
    ids::{Asker, SiteId},
    replies::Draft,
    store::{
        Store, attempts, credentials,
        links::{self, LinkId, LinkRow, LinkState},
    },
};

/// Deletes a link for an owner, such as that of somebody who has left. `None`: there is no such link.
///
/// # Errors
/// A database that fails.
pub async fn remove_link(store: &Store, audit: &Audit, clock: &dyn Clock, id: &str) -> Result<Option<LinkView>, Error> {
    let Ok(id) = id.trim().parse::<LinkId>() else { return Ok(None) };
    let Some(link) = store.read(|reader| links::by_id(reader, &id))? else { return Ok(None) };
    let row = record::row(clock, Change::Ended, &link.person, &link.site, "removed by an owner");
    let row = record::about(row, &link);
    let audit = audit.clone();
    let removed = store
        .write(move |tx| {
            let removed = links::delete(tx, &id)?;
            if removed {
                audit.append(tx, row)?;
            }
            Ok(removed)
        })
        .await?;
    store.checkpoint().await?;
    Ok(removed.then(|| link.into()))
}

impl Identity {
    pub(super) async fn disconnect(&self, asker: &Asker, disconnect: Disconnect) -> Result<Answer, Error> {
        let sites = self.sites();
        let site = match &disconnect.site {
            Some(named) => match super::sites::named(sites, named) {
                Some(site) => site,
                None => return Ok(Answer::draft(words::unknown_site(named, sites))),
            },
            None => {
                let linked = self.links(&asker.person)?;
                let linked: Vec<_> =
                    sites.iter().filter(|site| linked.iter().any(|link| link.site == site.id)).collect();
                match linked[..] {
                    [] => return Ok(Answer::draft(words::with_links(Draft::private("You are not linked."), sites))),
                    [only] => only,
                    _ => {
                        let mut draft = Draft::private("Which link do you want to delete?");
                        draft.offers.extend(linked.iter().map(|site| disconnect_offer(&site.id)));
                        return Ok(Answer::draft(draft));
                    }
                }
            }
        };
        let ended = self.delete_links(asker, &asker.person, &site.id).await?;
        if ended.is_empty() {
            let text = format!("You are not linked to {}.", site.host());
            return Ok(Answer::draft(Draft::private(text).offer(words::link_offer(&site.id))));
        }
        failpoint!("disconnect.wiped");
        for (link, credential) in ended {
            self.revoke(&link, credential);
        }
        Ok(Answer::draft(words::disconnected(site)))
    }

    /// Deletes every link of a person on a site at once, with their credentials and whatever is under way. A refresh in
    /// flight finds its row gone and drops what it got.
    async fn delete_links(
        &self,
        asker: &Asker,
        person: &Person,
        site: &SiteId,
    ) -> Result<Vec<(LinkRow, Option<Credential>)>, Error> {
        let mut ended = Vec::new();
        for link in self.inner.store.read(|reader| links::of_person(reader, person))? {
            if link.site == *site {
                let credential = self.credential_of(&link);
                ended.push((link, credential));
            }
        }
        let (audit, clock) = (self.inner.audit.clone(), self.inner.clock.clone());
        let (asker, person, site) = (asker.clone(), person.clone(), site.clone());
        self.inner
            .store
            .write(move |tx| {
                let row = || record::asked(record::row(&*clock, Change::Disconnected, &person, &site, ""), &asker);
                failpoint!("disconnect.deleting");
                for link in links::of_person(tx, &person)?.iter().filter(|link| link.site == site) {
                    links::delete(tx, &link.id)?;
                    audit.append(tx, record::about(row(), link))?;
                }
                for attempt in attempts::by_person(tx, &person)?.iter().filter(|attempt| attempt.site == site) {
                    attempts::delete(tx, &attempt.id)?;
                    audit.append(tx, row())?;
                }
                Ok(())
            })
            .await?;
        failpoint!("disconnect.deleted");
        for (link, _) in &ended {
            self.inner.unsaved.lock().remove(&link.id);
        }
        self.wipe().await;
        Ok(ended)
    }

    /// Ends a link that somebody else made to the asker's own account.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn not_me(&self, asker: &Asker, id: &str) -> Result<Answer, Error> {
        let over = || Answer::draft(Draft::private("That link has ended already."));
        let Ok(id) = id.parse::<LinkId>() else { return Ok(over()) };
        let Some(link) = self.inner.store.read(|reader| links::by_id(reader, &id))? else { return Ok(over()) };
        let mine = self.inner.store.read(|reader| links::of_person(reader, &asker.person))?;
        let earlier = mine.iter().any(|own| {
            own.id != link.id
                && own.site == link.site
                && own.account == link.account
                && own.state != LinkState::Pending
                && own.created <= link.created
        });
        if !earlier || link.person == asker.person {
            return Ok(Answer::draft(Draft::private(
                "Only the person to whom that account was linked before can end this link.",
            )));
        }
        let credential = self.credential_of(&link);
        let audit = self.inner.audit.clone();
        let row = record::row(&*self.inner.clock, Change::Ended, &link.person, &link.site, "not me");
        let row = record::about(record::asked(row, asker), &link);
        let gone = link.id.clone();
        let ended = self
            .inner
            .store
            .write(move |tx| {
                let ended = links::delete(tx, &gone)?;
                if ended {
                    audit.append(tx, row)?;
                }
                Ok(ended)
            })
            .await?;
        if !ended {
            return Ok(over());
        }
        self.inner.counts.step(Step::Ended);
        self.wipe().await;
        self.revoke(&link, credential);
        let site = self.known_site(&link.site)?;
        Ok(Answer {
            drafts: vec![Draft::private(format!(
                "That link is ended. If you did not approve it yourself, change your password for {} as well.",
                site.host()
            ))],
            notices: vec![(link.person.clone(), words::ended_by_owner(site, &link.account_name))],
            burn: false,
            resume: None,
        })
    }

    /// Ends what time has ended: attempts, pending links with their tokens, links of more than a year. To be called
    /// every minute or so; nothing that is over works in between either.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.now();
        let (audit, clock) = (self.inner.audit.clone(), self.inner.clock.clone());
        let (attempts, expired) = self
            .inner
            .store
            .write(move |tx| {
                let ended = attempts::sweep(tx, now)?;
                for attempt in &ended {
                    let row = record::row(&*clock, Change::Expired, &attempt.person, &attempt.site, "no code came");
                    let row = attempt.link.iter().fold(row, record::of);
                    audit.append(tx, row)?;
                }
                let mut expired = links::all(tx)?;
                expired.retain(|link| link.state == LinkState::Active && link.expires <= now);
                for link in &expired {
                    links::set_state(tx, &link.id, LinkState::Expired)?;
                    let row = record::row(&*clock, Change::Expired, &link.person, &link.site, "a year is over");
                    audit.append(tx, record::about(row, link))?;
                }
                Ok((ended.len(), expired))
            })
            .await?;
        for link in &expired {
            if let Some(site) = self.site(&link.site) {
                self.tell((link.person.clone(), words::expired(site, true)));
            }
        }
        if attempts > 0 || !expired.is_empty() {
            self.wipe().await;
        }
        Ok(())
    }

    /// What a link acts with, if it can still be opened.
    fn credential_of(&self, link: &LinkRow) -> Option<Credential> {
        let row = self.inner.store.read(|reader| credentials::get(reader, &link.id)).ok().flatten()?;
        self.open_credential(link, row.generation, &row.sealed).ok()
    }

    /// Tries to have the provider forget a credential. Nobody waits for it, and nothing depends on it.
    pub(super) fn revoke(&self, link: &LinkRow, credential: Option<Credential>) {
        let Some(site) = self.site(&link.site).cloned() else { return };
        let Some(credential) = credential.filter(|credential| jira_site(&site, credential).is_some()) else { return };
        let Some(refresh) = credential.pair().and_then(|pair| pair.refresh.clone()) else { return };
        let http = self.inner.http.clone();
        tokio::spawn(async move { oauth2::revoke(&http, &site, &refresh).await });
    }

    /// Empties the database's log, so that what was deleted is nowhere on the disk.
    async fn wipe(&self) {
        if let Err(error) = self.inner.store.checkpoint().await {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
    }
}
