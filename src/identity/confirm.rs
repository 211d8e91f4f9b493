//! A code in chat: what it activates, what it ends, and when it is none.

use std::time::Duration;

use secrecy::ExposeSecret;
use usher_chat::Person;

use super::{
    Answer, Candidate, Identity, Notice, Protocol, SiteSetup,
    arrive::YEAR,
    attempt::{self, Kept, Names, Stage},
    connect::{MEMORY, jira_error},
    counts::Step,
    credential::Credential,
    oauth1::{self, Problem},
    record,
    record::Change,
    words,
};
use crate::{
    error::Error,
    ids::{AccountId, Asker, SiteId},
    jira::Signer,
    replies::Draft,
    store::{
        StoreError, Tx,
        attempts::{self, AttemptRow},
        credentials,
        links::{self, LinkId, LinkKind, LinkRow, LinkState},
        memory,
    },
};

/// How long an answer waits for the list of projects.
const PROJECTS: Duration = Duration::from_secs(2);

impl Identity {
    /// The reply to a code that this person does not wait for, or waits for no more.
    pub fn not_waiting(&self) -> Draft {
        words::not_waiting(self.sites())
    }

    /// Takes what may be a code. `None`: this person waits for no such code, so it is ordinary talk.
    ///
    /// Commands come first: a word that the router knows is never handed in here.
    ///
    /// # Errors
    /// A database that fails, or a Data Center that does not answer; then the code can be sent again.
    pub async fn code(&self, asker: &Asker, candidate: Candidate) -> Result<Option<Answer>, Error> {
        let now = self.now();
        if let Some(code) = candidate.link_code() {
            let found = self.by_code(code)?;
            let live = |row: &AttemptRow| row.expires > now;
            if let Some(row) = found.iter().find(|row| live(row) || row.person == asker.person) {
                return Ok(Some(match (asker.private, row.person == asker.person) {
                    (false, _) => self.burn(asker, row).await?,
                    (true, false) => self.foreign(asker, row).await?,
                    (true, true) if !live(row) => {
                        self.end(asker, row, Change::Expired, "").await?;
                        Answer::draft(words::too_old(&row.site))
                    }
                    (true, true) => self.activate(asker, row).await?,
                }));
            }
        }
        let mut waiting = self.inner.store.read(|reader| attempts::by_person(reader, &asker.person))?;
        waiting.retain(|row| row.expires > now && (Stage::Code.is(row) || Stage::Verifier.is(row)));
        if !asker.private {
            // In passing, only what is surely a verification code is taken for one.
            let row = waiting.iter().find(|row| Stage::Verifier.is(row) && candidate.is_surely_verifier());
            return match row {
                Some(row) => self.burn(asker, row).await.map(Some),
                None => Ok(None),
            };
        }
        if candidate.is_issue_key() {
            return Ok(None);
        }
        let verifier = candidate.verifier();
        let fits = |row: &&AttemptRow| {
            if Stage::Verifier.is(row) { verifier.is_some() } else { candidate.link_code().is_some() }
        };
        match waiting.iter().rev().find(fits) {
            Some(row) if Stage::Verifier.is(row) => {
                let (code, token) = verifier.unwrap_or_default();
                self.verify(asker, row, code, token).await.map(Some)
            }
            Some(row) => self.count_wrong(asker, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Activates the pending link that a right code belongs to.
    async fn activate(&self, asker: &Asker, row: &AttemptRow) -> Result<Answer, Error> {
        let site = self.known_site(&row.site)?;
        failpoint!("link.code-found");
        let Some(link) = row.link.clone() else { return Ok(Answer::draft(words::too_old(&row.site))) };
        let activation = self.activation(asker, &row.person, &row.site);
        let (id, now) = (row.id.clone(), self.now());
        let done = self
            .inner
            .store
            .write(move |tx| {
                // Of equal codes that come at once, one finds the attempt.
                if !attempts::delete(tx, &id)? {
                    return Ok(None);
                }
                activation.commit(tx, &link, now).map(Some)
            })
            .await?;
        failpoint!("link.activated");
        match done {
            Some(activated) => Ok(self.welcome_link(site, row, activated)),
            None => Ok(Answer::draft(words::too_old(&row.site))),
        }
    }

    fn welcome_link(&self, site: &SiteSetup, row: &AttemptRow, activated: Activated) -> Answer {
        self.inner.counts.step(Step::Activated);
        let names = Names::read(row);
        let Activated { link, others, waiting } = activated;
        let newer = link.id.to_string();
        let tell = |other: LinkRow| -> Notice {
            (other.person, words::also_linked(&other.account_name, site, &names, &newer))
        };
        Answer {
            drafts: vec![words::linked(site, &link.account_name)],
            notices: others.into_iter().map(tell).collect(),
            burn: false,
            resume: attempt::resume_of(row).filter(|_| waiting),
        }
    }

    /// A code that others could read is no proof any more.
    async fn burn(&self, asker: &Asker, row: &AttemptRow) -> Result<Answer, Error> {
        self.end(asker, row, Change::Burnt, "seen by others").await?;
        self.inner.counts.step(Step::Burnt);
        let mine = row.person == asker.person;
        let draft = if mine {
            words::burnt(&row.site)
        } else {
            Draft::private("That code was visible to others, so I cancelled it.")
        };
        let notices = if mine { Vec::new() } else { vec![(row.person.clone(), words::burnt(&row.site))] };
        Ok(Answer { drafts: vec![draft], notices, burn: true, resume: None })
    }

    /// A right code from somebody else shows that whoever approved is not whoever asked.
    async fn foreign(&self, asker: &Asker, row: &AttemptRow) -> Result<Answer, Error> {
        let site = self.known_site(&row.site)?;
        self.end(asker, row, Change::Ended, "code from another person").await?;
        self.inner.counts.step(Step::Ended);
        Ok(Answer {
            drafts: vec![words::not_yours(&Names::read(row), &row.site)],
            notices: vec![(row.person.clone(), words::somebody_else_had_it(site))],
            burn: false,
            resume: None,
        })
    }

    async fn count_wrong(&self, asker: &Asker, row: &AttemptRow) -> Result<Answer, Error> {
        self.inner.counts.step(Step::WrongCode);
        let audit = self.inner.audit.clone();
        let ended = record::row(&*self.inner.clock, Change::Ended, &row.person, &row.site, "five wrong codes");
        let ended = record::asked(ended, asker);
        let (id, link) = (row.id.clone(), row.link.clone());
        let left = self
            .inner
            .store
            .write(move |tx| {
                let left = match attempts::count_try(tx, &id) {
                    Err(StoreError::NotFound) => return Ok(0),
                    other => other?,
                };
                if left == 0 {
                    delete_attempt(tx, &id, link.as_ref())?;
                    audit.append(tx, ended)?;
                }
                Ok(left)
            })
            .await?;
        Ok(Answer::draft(if left > 0 { words::wrong_code(left) } else { words::too_many(&row.site) }))
    }

    /// Hands a verification code to Data Center.
    async fn verify(&self, asker: &Asker, row: &AttemptRow, code: &str, token: Option<&str>) -> Result<Answer, Error> {
        let site = self.known_site(&row.site)?;
        let Protocol::OAuth1(signer) = &site.protocol else { return Ok(Answer::draft(words::too_old(&row.site))) };
        let Kept::Request { token: request, secret, session } = self.open_attempt(row)? else {
            return Ok(Answer::draft(words::too_old(&row.site)));
        };
        if token.is_some_and(|token| token != request.expose_secret()) {
            return Ok(Answer::draft(words::older_address(site)));
        }
        if code == "denied" {
            return self.refused(asker, row, site).await;
        }
        let request = oauth1::Token { token: request, secret, session };
        match oauth1::access_token(&self.inner.http, site, signer, &request, code).await {
            Ok(access) => self.link_oauth1(asker, row, site, signer, access).await,
            Err(Problem::NotApproved) => Ok(Answer::draft(words::not_approved(site))),
            Err(Problem::Denied) => self.refused(asker, row, site).await,
            Err(Problem::Expired) => {
                self.end(asker, row, Change::Expired, "").await?;
                Ok(Answer::draft(words::too_old(&row.site)))
            }
            Err(Problem::Rejected(_)) => self.count_wrong(asker, row).await,
            Err(problem) => {
                tracing::warn!(site = %site.id, %problem, "a verification code could not be exchanged");
                Err(jira_error(problem).at(&site.id))
            }
        }
    }

    async fn refused(&self, asker: &Asker, row: &AttemptRow, site: &SiteSetup) -> Result<Answer, Error> {
        self.end(asker, row, Change::Ended, "denied").await?;
        self.inner.counts.step(Step::Denied);
        Ok(Answer::draft(words::denied(site)))
    }

    async fn link_oauth1(
        &self,
        asker: &Asker,
        row: &AttemptRow,
        site: &SiteSetup,
        signer: &Signer,
        access: oauth1::Token,
    ) -> Result<Answer, Error> {
        tracing::debug!(site = %site.id, consumer = signer.consumer_key(), "a verification code was right");
        let credential = Credential::OAuth1 {
            url: site.url.to_string(),
            token: access.token,
            secret: access.secret,
            session: access.session,
        };
        failpoint!("link.verified");
        let Some(client) = self.unlinked_client(site, &credential) else {
            return Ok(Answer::draft(words::too_old(&row.site)));
        };
        let user = match client.users().myself().await {
            Ok(user) => user,
            Err(error) => {
                // The request token is used up: only a new start helps.
                self.end(asker, row, Change::Ended, "account not readable").await?;
                return Err(error.at(&site.id));
            }
        };
        let now = self.now();
        let link = LinkRow {
            id: LinkId::fresh(),
            person: row.person.clone(),
            site: site.id.clone(),
            kind: LinkKind::OAuth1,
            account: user.account.clone(),
            account_name: user.name.clone(),
            state: LinkState::Pending,
            created: now,
            activated: None,
            expires: now.saturating_add(YEAR),
            scopes: String::new(),
        };
        let sealed = self.seal_credential(&link, 1, &credential);
        let activation = self.activation(asker, &row.person, &row.site);
        let (attempt, id) = (row.id.clone(), link.id.clone());
        let done = self
            .inner
            .store
            .write(move |tx| {
                if !attempts::delete(tx, &attempt)? {
                    return Ok(None);
                }
                links::insert(tx, &link)?;
                credentials::put(tx, &link.id, &sealed)?;
                activation.commit(tx, &link.id, now).map(Some)
            })
            .await?;
        match done {
            Some(activated) => {
                failpoint!("link.verified-activated");
                self.learn_projects(id, site, &credential, &user.account).await;
                Ok(self.welcome_link(site, row, activated))
            }
            None => Ok(Answer::draft(words::too_old(&row.site))),
        }
    }

    /// Ends an attempt and the pending link it has led to.
    async fn end(&self, asker: &Asker, row: &AttemptRow, change: Change, why: &str) -> Result<(), Error> {
        let audit = self.inner.audit.clone();
        let mut ended = record::asked(record::row(&*self.inner.clock, change, &row.person, &row.site, why), asker);
        if let Some(link) = &row.link {
            ended = record::of(ended, link);
        }
        let (id, link) = (row.id.clone(), row.link.clone());
        self.inner
            .store
            .write(move |tx| {
                delete_attempt(tx, &id, link.as_ref())?;
                audit.append(tx, ended)
            })
            .await?;
        Ok(())
    }

    fn activation(&self, asker: &Asker, person: &Person, site: &SiteId) -> Activation {
        let row = |change, why| record::asked(record::row(&*self.inner.clock, change, person, site, why), asker);
        Activation {
            audit: self.inner.audit.clone(),
            activated: row(Change::Activated, ""),
            replaced: row(Change::Ended, "linked again"),
        }
    }

    /// Remembers which projects an account reaches, so that a key alone leads to its site. A slow site is not waited
    /// for: what it says is remembered when it comes.
    pub(super) async fn learn_projects(
        &self,
        link: LinkId,
        site: &SiteSetup,
        credential: &Credential,
        account: &AccountId,
    ) {
        let Some(client) = self.unlinked_client(site, credential) else { return };
        let (identity, account) = (self.clone(), account.clone());
        let learning = tokio::spawn(async move {
            let keys: Vec<_> = match client.projects().list().await {
                Ok(projects) => projects.into_iter().map(|project| project.key).collect(),
                Err(error) => {
                    tracing::info!(site = %client.site().id, account = %account, %error, "projects could not be listed");
                    return;
                }
            };
            let now = identity.now();
            let stored = identity.inner.store.write(move |tx| {
                // The link may have ended meanwhile.
                match links::by_id(tx, &link)? {
                    Some(_) => crate::store::projects::set_projects(tx, &link, &keys, now),
                    None => Ok(()),
                }
            });
            if let Err(error) = stored.await {
                tracing::warn!(%error, "projects could not be remembered");
            }
        });
        if tokio::time::timeout(PROJECTS, learning).await.is_err() {
            tracing::info!(site = %site.id, "projects are still being listed");
        }
    }
}

/// The rows of an activation, made before the commit that they belong to.
struct Activation {
    audit: crate::audit::Audit,
    activated: crate::audit::Row,
    replaced: crate::audit::Row,
}

struct Activated {
    link: LinkRow,
    /// Working links of other people to the same account.
    others: Vec<LinkRow>,
    /// Something that was asked before waits to be taken up.
    waiting: bool,
}

impl Activation {
    fn commit(self, tx: &Tx<'_>, id: &LinkId, now: i64) -> Result<Activated, StoreError> {
        let older = links::activate(tx, id, now)?;
        failpoint!("link.activating");
        let link = links::by_id(tx, id)?.ok_or(StoreError::NotFound)?;
        // What was asked before is taken up once, by the first link that works.
        let waiting = memory::take(tx, MEMORY, &link.person.to_string())?.is_some();
        self.audit.append(tx, record::about(self.activated, &link))?;
        if let Some(older) = older {
            self.audit.append(tx, record::about(self.replaced, &older))?;
        }
        let mut others = links::of_account(tx, &link.site, &link.account)?;
        others.retain(|other| other.person != link.person && other.state == LinkState::Active);
        Ok(Activated { link, others, waiting })
    }
}

fn delete_attempt(tx: &Tx<'_>, id: &str, link: Option<&LinkId>) -> Result<(), StoreError> {
    attempts::delete(tx, id)?;
    if let Some(link) = link {
        links::delete(tx, link)?;
    }
    Ok(())
}
