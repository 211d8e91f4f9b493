//! The account commands: `connect` begins a link, `whoami` shows what there is. `disconnect` is in `ending`.

use usher_chat::Person;

use super::{
    AccountCommand, Answer, Connect, Identity, NoSession, Protocol, Resume, SiteChoice, SiteSetup,
    attempt::{self, Kept, LIFE, Names, Stage, TRIES},
    codes,
    counts::Step,
    oauth1, record,
    record::Change,
    sites::below,
    words,
};
use crate::{
    error::{Error, JiraError},
    ids::{Asker, ProjectKey, SiteId},
    jira::Signer,
    replies::{Deed, Draft, Offer},
    store::{
        attempts::{self, AttemptRow},
        links, projects,
    },
};

/// The name under which identity keeps what people asked for before they were linked.
pub(super) const MEMORY: &str = "identity";

impl Identity {
    /// Runs an account command. `resume` is what the person asked for before they were sent to link; without one, what
    /// [`Self::unlinked`] remembered for them counts.
    ///
    /// # Errors
    /// A database that fails. What Jira or the person did wrong is an answer.
    pub async fn command(
        &self,
        asker: &Asker,
        command: AccountCommand,
        resume: Option<Resume>,
    ) -> Result<Answer, Error> {
        match command {
            AccountCommand::Connect(connect) => self.connect(asker, connect, resume).await,
            AccountCommand::Disconnect(disconnect) => self.disconnect(asker, disconnect).await,
            AccountCommand::Whoami => self.whoami(&asker.person),
        }
    }

    /// Which site a request means: the named one; the only one; the one where this person reaches the project; the one
    /// where they are linked.
    ///
    /// # Errors
    /// A database that fails.
    pub fn site_for(
        &self,
        person: &Person,
        project: Option<&ProjectKey>,
        wanted: Option<&str>,
    ) -> Result<SiteChoice, Error> {
        let sites = self.sites();
        if let Some(wanted) = wanted {
            return Ok(super::sites::named(sites, wanted)
                .map_or_else(|| SiteChoice::Unknown(wanted.to_owned()), |site| SiteChoice::One(site.id.clone())));
        }
        if let [only] = sites {
            return Ok(SiteChoice::One(only.id.clone()));
        }
        let configured = |found: Vec<SiteId>| -> Vec<SiteId> {
            sites.iter().map(|site| &site.id).filter(|id| found.contains(id)).cloned().collect()
        };
        if let Some(project) = project {
            let found = self.inner.store.read(|reader| projects::sites_with_project(reader, person, project))?;
            match &configured(found)[..] {
                [] => {}
                [only] => return Ok(SiteChoice::One(only.clone())),
                several => return Ok(SiteChoice::Several(several.to_vec())),
            }
        }
        let links = self.links(person)?;
        let active = links.iter().any(|link| link.state == links::LinkState::Active);
        let usable = links.into_iter().filter(|link| !active || link.state == links::LinkState::Active);
        match &configured(usable.map(|link| link.site).collect())[..] {
            [] => Ok(SiteChoice::Several(sites.iter().map(|site| site.id.clone()).collect())),
            [only] => Ok(SiteChoice::One(only.clone())),
            several => Ok(SiteChoice::Several(several.to_vec())),
        }
    }

    /// The reply to somebody whose account is needed and not linked, and the memory of what they asked for: it comes
    /// back in [`Answer::resume`] once they are linked. `site` where it is settled; `then` ends the sentence "Link it
    /// once, then I'll …".
    ///
    /// # Errors
    /// A database that fails.
    pub async fn unlinked(
        &self,
        asker: &Asker,
        why: &NoSession,
        site: Option<&SiteId>,
        then: Option<&str>,
        resume: Option<Resume>,
    ) -> Result<Draft, Error> {
        if let Some(resume) = resume {
            self.remember(&asker.person, &resume).await?;
        }
        Ok(self.unlinked_draft(why, site, then))
    }

    /// The reply alone.
    pub fn unlinked_draft(&self, why: &NoSession, site: Option<&SiteId>, then: Option<&str>) -> Draft {
        let setup = site.and_then(|id| self.site(id));
        match (why, setup) {
            (NoSession::Pending, Some(site)) => words::pending(site),
            (NoSession::Expired, Some(site)) => words::expired(site, false),
            (NoSession::TooOld, Some(site)) => words::expired(site, true),
            _ if self.sites().is_empty() => words::no_sites(),
            _ => {
                let text = match then {
                    Some(then) => format!("I don't know your Jira account yet. Link it once, then I'll {then}."),
                    None => "I don't know your Jira account yet. Link it once, then ask me again.".to_owned(),
                };
                let sites = setup.map_or(self.sites(), std::slice::from_ref);
                words::with_links(Draft::private(text), sites)
            }
        }
    }

    async fn connect(&self, asker: &Asker, connect: Connect, resume: Option<Resume>) -> Result<Answer, Error> {
        let sites = self.sites();
        let site = match (&connect.site, sites) {
            (Some(named), _) => match super::sites::named(sites, named) {
                Some(site) => site,
                None => return Ok(Answer::draft(words::unknown_site(named, sites))),
            },
            (None, []) => return Ok(Answer::draft(words::no_sites())),
            (None, [only]) => only,
            (None, _) => return Ok(Answer::draft(words::which_site(sites))),
        };
        if connect.no_code
            && let Some(draft) = self.explain_no_code(asker, site)?
        {
            return Ok(Answer::draft(draft));
        }
        let resume = match resume {
            Some(resume) => {
                self.remember(&asker.person, &resume).await?;
                Some(resume)
            }
            None => self.remembered(&asker.person)?,
        };
        let present = self.inner.store.read(|reader| links::get(reader, &asker.person, &site.id))?;
        let present = present.filter(|link| link.state == links::LinkState::Active).map(|link| link.account_name);
        let present = present.as_deref();
        let draft = match &site.protocol {
            Protocol::OAuth1(signer) => match self.begin_oauth1(asker, site, signer, resume).await {
                Ok(url) => words::authorize_in_jira(site, &url, present),
                Err(Begin::Jira(error)) => return Err(error.at(&site.id)),
                Err(Begin::Ours(error)) => return Err(error),
            },
            Protocol::OAuth2Cloud(_) | Protocol::OAuth2DataCenter(_) => {
                let url = self.begin_oauth2(asker, site, resume).await?;
                words::open_page(site, &url, present)
            }
        };
        failpoint!("link.begun");
        self.inner.counts.step(Step::Begun);
        Ok(Answer::draft(draft))
    }

    async fn begin_oauth2(&self, asker: &Asker, site: &SiteSetup, resume: Option<Resume>) -> Result<String, Error> {
        let ticket = codes::fresh_secret::<16>();
        let mut row = self.new_attempt(asker, site, resume.as_ref())?;
        row.stage = Stage::Ticket.as_str().to_owned();
        row.ticket_hash = Some(codes::hash_secret("ticket", &ticket));
        row.sealed = self.seal_attempt(&row, &Kept::Nothing);
        self.put_attempt(asker, row).await?;
        Ok(below(self.public_url(), &format!("connect/{ticket}")).to_string())
    }

    async fn begin_oauth1(
        &self,
        asker: &Asker,
        site: &SiteSetup,
        signer: &Signer,
        resume: Option<Resume>,
    ) -> Result<String, Begin> {
        let token = oauth1::request_token(&self.inner.http, site, signer).await.map_err(|problem| {
            tracing::warn!(site = %site.id, %problem, "no request token");
            Begin::Jira(jira_error(problem))
        })?;
        let url = oauth1::authorize(site, &token).to_string();
        failpoint!("link.request-token");
        let mut row = self.new_attempt(asker, site, resume.as_ref()).map_err(Begin::Ours)?;
        row.stage = Stage::Verifier.as_str().to_owned();
        row.sealed = self.seal_attempt(&row, &Kept::from(token));
        self.put_attempt(asker, row).await.map_err(Begin::Ours)?;
        Ok(url)
    }

    fn new_attempt(&self, asker: &Asker, site: &SiteSetup, resume: Option<&Resume>) -> Result<AttemptRow, Error> {
        let now = self.now();
        Ok(AttemptRow {
            id: uuid::Uuid::new_v4().to_string(),
            person: asker.person.clone(),
            site: site.id.clone(),
            kind: if site.oauth2().is_some() { "oauth2" } else { "oauth1" }.to_owned(),
            stage: String::new(),
            ticket_hash: None,
            state_hash: None,
            cookie_hash: None,
            code_hash: None,
            tries: TRIES,
            sealed: Vec::new(),
            names: Names::of(asker).value(),
            resume: attempt::resume_value(resume)?,
            link: None,
            created: now,
            expires: now.saturating_add(LIFE),
        })
    }

    async fn put_attempt(&self, asker: &Asker, row: AttemptRow) -> Result<(), Error> {
        let audit = self.inner.audit.clone();
        let begun = record::row(&*self.inner.clock, Change::Begun, &row.person, &row.site, "");
        let begun = record::asked(begun, asker);
        self.inner
            .store
            .write(move |tx| {
                attempts::put(tx, &row)?;
                audit.append(tx, begun)
            })
            .await?;
        Ok(())
    }

    fn explain_no_code(&self, asker: &Asker, site: &SiteSetup) -> Result<Option<Draft>, Error> {
        let now = self.now();
        let waiting = self.inner.store.read(|reader| attempts::by_person(reader, &asker.person))?;
        let waiting = waiting.iter().find(|row| row.site == site.id && Stage::Verifier.is(row) && row.expires > now);
        let Some(row) = waiting else { return Ok(None) };
        let Kept::Request { token, secret, session } = self.open_attempt(row)? else { return Ok(None) };
        let url = oauth1::authorize(site, &oauth1::Token { token, secret, session });
        Ok(Some(words::no_code(url.as_str())))
    }

    /// Remembers what a person asked for, until a link works: a second try leads there too.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn remember(&self, person: &Person, resume: &Resume) -> Result<(), Error> {
        let kept = serde_json::json!({ "at": self.now(), "resume": resume }).to_string().into_bytes();
        self.memory(MEMORY).write(&person.to_string(), &kept).await
    }

    fn remembered(&self, person: &Person) -> Result<Option<Resume>, Error> {
        let Some(kept) = self.memory(MEMORY).read(&person.to_string())? else { return Ok(None) };
        let Ok(mut kept) = serde_json::from_slice::<serde_json::Value>(&kept) else { return Ok(None) };
        let fresh = kept["at"].as_i64().is_some_and(|at| self.now() <= at.saturating_add(LIFE));
        Ok(fresh.then(|| serde_json::from_value(kept["resume"].take()).ok()).flatten())
    }

    fn whoami(&self, person: &Person) -> Result<Answer, Error> {
        if self.sites().is_empty() {
            return Ok(Answer::draft(words::no_sites()));
        }
        let rows = self.inner.store.read(|reader| {
            self.sites().iter().map(|site| links::get(reader, person, &site.id)).collect::<Result<Vec<_>, _>>()
        })?;
        let lines = self.sites().iter().zip(rows.into_iter().map(|row| row.map(Into::into))).collect();
        Ok(Answer::draft(words::whoami(lines, self.now())))
    }
}

enum Begin {
    Jira(JiraError),
    Ours(Error),
}

/// What a problem of OAuth 1.0a means outside the exchange of a code.
pub(super) fn jira_error(problem: oauth1::Problem) -> JiraError {
    use oauth1::Problem;
    match problem {
        Problem::NotApproved | Problem::Denied | Problem::Rejected(_) | Problem::Expired => JiraError::Unauthorized,
        Problem::App(problem) => JiraError::AppRejected { problem },
        Problem::Clock => JiraError::ClockSkew,
        Problem::Away(detail) => JiraError::Away { detail },
    }
}

/// [Disconnect acme].
pub(super) fn disconnect_offer(site: &SiteId) -> Offer {
    Offer::mine(format!("Disconnect {site}"), Deed::Line(format!("disconnect {site}")))
}
