//! How an unfinished line may go on, as far as this person may know.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::timeout;
use usher_chat::Completion;

use super::{Bot, trip::Trip};
use crate::{
    error::Error,
    identity::SiteChoice,
    ids::{IssueKey, ProjectKey},
    router::Wanted,
    tools::{self, Entry, Question, starting},
};

/// After so long, whoever types gets what is known, if anything is.
const SOON: Duration = Duration::from_millis(300);
/// After so long they get nothing. Every platform waits a little longer.
const PATIENCE: Duration = Duration::from_millis(1_500);

const OWN: [&str; 8] = ["connect", "disconnect", "whoami", "activity", "default", "tools", "help", "admin"];

impl Bot {
    /// Answers a completion. What cannot be known is no error: there is nothing to offer then.
    pub(super) async fn complete(&self, trip: &Trip, wanted: Wanted) -> Result<(), Error> {
        let ways =
            if self.governance.admitted(&trip.asker).is_ok() { self.ways(trip, wanted).await } else { Vec::new() };
        if let Err(error) = trip.responder.complete(ways).await {
            tracing::debug!(%error, "completions could not be sent");
        }
        Ok(())
    }

    async fn ways(&self, trip: &Trip, wanted: Wanted) -> Vec<Completion> {
        match wanted {
            Wanted::Nothing => Vec::new(),
            Wanted::Command(partial) => {
                let member = self.member_hint(trip).await;
                let allowed = self.governance.allowed(&trip.asker, &member);
                let administers = self.governance.administers(&trip.asker, &member.member);
                let own = OWN.into_iter().filter(|name| administers || *name != "admin");
                let names = allowed.iter().map(|tool| tool.as_str()).chain(own);
                words(names.filter(|name| name.starts_with(&partial)))
            }
            Wanted::Site(partial) => {
                let sites: Vec<&str> = self.identity.sites().iter().map(|site| site.id.as_str()).collect();
                words(sites.into_iter().filter(|site| site.starts_with(&partial)))
            }
            Wanted::Word(partial, known) => {
                words(known.iter().map(String::as_str).filter(|word| word.starts_with(&partial)))
            }
            Wanted::Argument { tool, argument, partial, given } => {
                self.argument(trip, tool, &argument, &partial, &given).await.unwrap_or_else(|error| {
                    tracing::debug!(%error, "no completions");
                    Vec::new()
                })
            }
        }
    }

    async fn argument(
        &self,
        trip: &Trip,
        tool: &'static Entry,
        argument: &str,
        partial: &str,
        given: &BTreeMap<String, String>,
    ) -> Result<Vec<Completion>, Error> {
        if argument == "site" {
            let sites: Vec<&str> = self.identity.sites().iter().map(|site| site.id.as_str()).collect();
            return Ok(starting(words(sites.into_iter()), partial));
        }
        let member = self.member_hint(trip).await;
        let person = &trip.asker.person;
        let here = self.governance.meant(person, &trip.asker.place)?;
        let Some(scope) = self.governance.glance(person, &trip.asker.place, &member, &tool.tool_name()) else {
            return Ok(Vec::new());
        };
        let typed = given.get("key").map_or(partial, String::as_str);
        let project = given.get("project").and_then(|key| key.parse::<ProjectKey>().ok());
        let project = project.or_else(|| typed.parse::<IssueKey>().ok().map(|key| key.project().clone()));
        let project = project.or_else(|| typed.split_once('-').and_then(|(key, _)| key.parse().ok()));
        let site = match self.identity.site_for(person, project.as_ref(), given.get("site").map(String::as_str))? {
            SiteChoice::One(site) => site,
            SiteChoice::Several(sites) => match sites.into_iter().next() {
                Some(site) => site,
                None => return Ok(Vec::new()),
            },
            SiteChoice::Unknown(_) => return Ok(Vec::new()),
        };
        if self.governance.stops_site(&site) {
            return Ok(Vec::new());
        }
        let Ok(session) = self.identity.session(person, &site).await else { return Ok(Vec::new()) };
        let now = self.clock.now();
        let shelf = self.shelves.of(person, &session.link(), &scope, now);
        let (reached, meant) = (session.reached(), here.project.filter(|project| scope.allows(project)));
        let jira = session.into_client(scope).at_once();
        let question = Question { tool, argument, partial, given, meant: meant.as_ref(), reached: &reached };
        let some = !tools::known(&question, &jira, &shelf, now).is_empty();
        let answer = tools::complete(&question, &jira, &shelf, now);
        // What comes later is kept for the next letter.
        let in_time = timeout(if some { SOON } else { PATIENCE }, answer).await;
        Ok(in_time.unwrap_or_else(|_| tools::known(&question, &jira, &shelf, now)))
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Completion> {
    words.map(|word| Completion { value: word.to_owned(), label: word.to_owned() }).collect()
}
