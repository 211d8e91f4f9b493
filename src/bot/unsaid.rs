//! What a call leaves unsaid: the site, the project, and what the person gave the last time.

use serde_json::Value;
use usher_chat::Place;

use super::{Bot, trip::Trip};
use crate::{
    error::Error,
    governance::{Membership, Remembered},
    identity::SiteChoice,
    ids::{ProjectKey, SiteId},
    replies::{Deed, Draft, Effect, Offer, Outcome},
    router::{Named, ToolRequest},
};

/// A call whose site is settled.
pub(super) struct Settled {
    pub(super) request: ToolRequest,
    pub(super) site: SiteId,
    /// The person is linked nowhere, and there are several sites: the site is only a guess.
    pub(super) guessed: bool,
}

impl Bot {
    /// Which site is meant. `None`: the person was asked.
    pub(super) async fn settle_site(
        &self,
        trip: &Trip,
        member: &Membership,
        request: ToolRequest,
    ) -> Result<Option<Settled>, Error> {
        let person = &trip.asker.person;
        let word = match &request.site {
            Some(Named::Id(site)) => {
                let site = site.clone();
                return Ok(Some(Settled { request, site, guessed: false }));
            }
            Some(Named::Word(word)) => Some(word.as_str()),
            None => None,
        };
        let projects = request.tool.on(&request.args).projects;
        match self.identity.site_for(person, projects.first(), word)? {
            SiteChoice::One(site) => Ok(Some(Settled { request, site, guessed: false })),
            SiteChoice::Unknown(word) => {
                let sites: Vec<String> = self.identity.sites().iter().map(|site| format!("`{}`", site.id)).collect();
                let hint = format!("I know {}.", sites.join(" and "));
                Err(Error::user_hint(format!("I don't know the site `{}`.", crate::replies::shorten(&word)), hint))
            }
            SiteChoice::Several(sites) => {
                let meant = self.governance.meant(person, place_of(trip, &request))?.site;
                if let Some(site) = meant.filter(|site| sites.contains(site)) {
                    return Ok(Some(Settled { request, site, guessed: false }));
                }
                let first = sites.first().cloned().ok_or_else(|| Error::user("No Jira site is set up."))?;
                let place = place_of(trip, &request);
                let may = self.governance.may(person, place, member, &request.tool.tool_name());
                if !may || self.identity.links(person)?.is_empty() {
                    return Ok(Some(Settled { request, site: first, guessed: true }));
                }
                let mut draft = Draft::private("On which Jira?");
                for site in sites {
                    let label = self.identity.site(&site).map_or_else(|| site.to_string(), |setup| setup.host());
                    let settled = Settled { request: request.clone(), site, guessed: false };
                    draft = draft.offer(Offer::mine(label, deed(&settled)));
                }
                self.reply(trip, draft).await?;
                Ok(None)
            }
        }
    }

    /// The project that is meant where a tool takes one and none is named.
    fn project_meant(&self, trip: &Trip, request: &ToolRequest) -> Result<Option<ProjectKey>, Error> {
        if !request.tool.takes_default(&request.args)
            || request.args.get("project").is_none_or(|project| !project.is_null())
        {
            return Ok(None);
        }
        Ok(self.governance.meant(&trip.asker.person, place_of(trip, request))?.project)
    }

    /// Fills in what was not said: the project that is meant here, and what the person gave the last time, as far as they
    /// may use it here.
    pub(super) fn fill_in(&self, trip: &Trip, member: &Membership, request: &mut ToolRequest) -> Result<(), Error> {
        if let Some(project) = self.project_meant(trip, request)? {
            request.args["project"] = project.to_string().into();
        }
        let missing = |args: &Value, name: &str| args.get(name).is_some_and(Value::is_null);
        let tool = request.tool;
        if !tool.remembers.iter().any(|name| missing(&request.args, name)) {
            return Ok(());
        }
        let (person, place) = (&trip.asker.person, place_of(trip, request));
        let Some(last) = self.governance.last(person, &tool.tool_name())? else { return Ok(()) };
        let elsewhere = match &request.site {
            // A site that somebody chose for here says more than the one that they used last.
            None => self.governance.meant(person, place)?.site.is_some_and(|site| site != last.site),
            Some(Named::Id(site)) => *site != last.site,
            Some(Named::Word(word)) => !word.eq_ignore_ascii_case(last.site.as_str()),
        };
        let mut args = request.args.clone();
        for name in tool.remembers.iter().filter(|name| missing(&request.args, name)) {
            args[*name] = last.args.get(*name).cloned().unwrap_or_default();
        }
        let scope = self.governance.glance(person, place, member, &tool.tool_name());
        let allowed = scope.is_some_and(|scope| tool.on(&args).projects.iter().all(|project| scope.allows(project)));
        // What was meant for one project says nothing about another.
        if allowed && !elsewhere && args.get("project") == last.args.get("project") {
            request.args = args;
            request.site.get_or_insert(Named::Id(last.site));
        }
        Ok(())
    }

    /// Keeps what was given, for the next time.
    pub(super) fn remember(&self, trip: &Trip, settled: &Settled, outcome: &Outcome) {
        let ToolRequest { tool, args, .. } = &settled.request;
        if tool.remembers.is_empty() || !matches!(outcome.effect, Effect::Changed(_) | Effect::Made(_)) {
            return;
        }
        let given =
            tool.remembers.iter().map(|name| ((*name).to_owned(), args.get(*name).cloned().unwrap_or_default()));
        let last = Remembered { site: settled.site.clone(), args: Value::Object(given.collect()) };
        self.governance.remember(&trip.asker.person, tool.tool_name(), last);
    }
}

pub(super) fn place_of<'a>(trip: &'a Trip, request: &'a ToolRequest) -> &'a Place {
    request.origin.as_ref().map_or(&trip.asker.place, |origin| &origin.place)
}

pub(super) fn deed(settled: &Settled) -> Deed {
    Deed::Tool {
        tool: settled.request.tool.tool_name(),
        args: settled.request.args.clone(),
        site: Some(settled.site.clone()),
        confirmed: settled.request.confirmed,
        show: settled.request.show,
        origin: settled.request.origin.clone(),
        instead: false,
    }
}
