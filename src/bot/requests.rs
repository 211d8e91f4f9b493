//! A refused call is asked for, an admin answers, and whoever asked hears of it.

use usher_chat::{Audience, ButtonStyle, Destination, Input, Person, Place};

use super::{
    Bot,
    trip::Trip,
    unsaid::{Settled, place_of},
};
use crate::{
    error::Error,
    governance::{Answered, Hears, Profile, RequestRow, Requested},
    replies::{Deed, Draft, Offer, Origin, Refusal, error::marked},
    router::{Named, ToolRequest},
};

impl Bot {
    /// A refusal, with the way to ask for what was refused.
    pub(super) fn refused(&self, trip: &Trip, settled: &Settled, refusal: &Refusal) -> Draft {
        let draft = refusal.draft();
        let request = &settled.request;
        if !refusal.once {
            return draft;
        }
        let origin = origin_of(trip, request);
        let (tool, args, site) = (request.tool.tool_name(), request.args.clone(), settled.site.clone());
        draft.offer(Offer::mine("Ask an admin", Deed::AskAdmin { tool, args, site, origin }))
    }

    /// Asks the admins of the place where something was refused.
    pub(super) async fn ask_admin(&self, trip: &Trip, request: ToolRequest) -> Result<(), Error> {
        let Some(Named::Id(site)) = request.site.clone() else { return Ok(()) };
        let member = self.member_at(trip, place_of(trip, &request)).await;
        let settled = Settled { request, site, guessed: false };
        let asking = self.asking(trip, member, &settled);
        let (tool, args) = (settled.request.tool, settled.request.args.clone());
        let line = tool.line(&args);
        let words = match self.governance.request(&asking, args, line.clone()).await? {
            Requested::Repeated => return Ok(()),
            Requested::Moot(None) => format!("You may use `{}` now. Type the command again.", tool.name),
            Requested::Moot(Some(refusal)) => return self.reply(trip, refusal.draft()).await,
            Requested::Already => {
                format!("You have asked for `{}` already. You hear from me when an admin answers.", tool.name)
            }
            Requested::Nobody(refusal) => nobody(&refusal),
            Requested::Open(id, hears) => {
                let who = &asking.asker.person;
                let place = &asking.asker.names.place;
                match self.tell_admins(&id, who, &line, place, &asking.asker.place, hears).await? {
                    true => "Asked. You hear from me when an admin answers.".to_owned(),
                    false => "There is no admin here whom I could ask. Ask one yourself.".to_owned(),
                }
            }
        };
        self.instead(trip, Draft::private(marked(&words))).await
    }

    /// Whether anybody hears of it.
    async fn tell_admins(
        &self,
        id: &str,
        who: &Person,
        line: &str,
        place_name: &str,
        place: &Place,
        hears: Hears,
    ) -> Result<bool, Error> {
        let mut words = vec![Profile::Person(who.clone()).label()];
        let at = if place_name.is_empty() { String::new() } else { format!(" in {place_name}") };
        words.extend(marked(&format!(" asks to do this once{at}: `{line}`.")));
        let answer = |allow| Deed::Decide { request: id.to_owned(), allow };
        let draft = Draft::private(words)
            .offer(Offer::anyone("Allow once", answer(true)).style(ButtonStyle::Primary))
            .offer(Offer::anyone("Decline", answer(false)));
        self.tell_hearers(place, hears, draft).await
    }

    /// Tells the admins of a place's workspace. Whether anybody hears of it.
    pub(super) async fn tell_hearers(&self, place: &Place, hears: Hears, draft: Draft) -> Result<bool, Error> {
        match hears {
            Hears::Place(to) => self.tell_place(&to, draft).await,
            Hears::People(people) => {
                let mut told = false;
                for person in people {
                    // Whoever is no admin any more has nothing to decide.
                    let member = self.member_of(place, &person).await;
                    if self.governance.commands(&person, &member) {
                        told |= self.tell(&person, draft.clone()).await?;
                    }
                }
                Ok(told)
            }
        }
    }

    /// Says something in a channel that no event there asked for. Whether it could be said.
    pub(super) async fn tell_place(&self, to: &Place, mut draft: Draft) -> Result<bool, Error> {
        draft.audience = Audience::Everyone;
        let Some(adapter) = self.adapters.get(to.platform()) else { return Ok(false) };
        let reply = self.settle(draft, &Person::new(to.platform().clone(), ""), to).await?;
        match adapter.send(&Destination::Place(to.clone()), reply).await {
            Ok(_) => Ok(true),
            Err(error) => {
                tracing::warn!(%to, %error, "a notice could not be sent");
                Ok(false)
            }
        }
    }

    /// An admin's answer.
    pub(super) async fn decide(&self, trip: &Trip, id: &str, allow: bool) -> Result<(), Error> {
        let Some(request) = self.governance.requested(id)? else { return self.late(trip).await };
        if request.asked.second {
            return self.agree(trip, request, allow).await;
        }
        let fresh = self.member_of(&request.asked.place, &trip.asker.person).await;
        match self.governance.answer(&trip.asker, &fresh, request, allow).await? {
            Answered::Repeated => Ok(()),
            Answered::Late => self.late(trip).await,
            Answered::Refused(refusal) => self.reply(trip, refusal.draft()).await,
            Answered::Decided(request) => {
                let mut words = vec![(if allow { "Allowed once: " } else { "Declined: " }).into()];
                words.push(Profile::Person(request.person.clone()).label());
                words.extend(marked(&format!(", `{}`.", request.asked.line)));
                self.instead(trip, Draft::private(words)).await?;
                self.tell(&request.person, outcome(&request, allow)).await.map(drop)
            }
        }
    }

    pub(super) async fn late(&self, trip: &Trip) -> Result<(), Error> {
        self.instead(trip, Draft::private("This has been answered, or has ended.")).await
    }

    /// Puts an answer in place of the message whose button was pressed, for the eyes that it was for.
    pub(super) async fn instead(&self, trip: &Trip, mut draft: Draft) -> Result<(), Error> {
        draft.instead = matches!(trip.event.input, Input::Press { .. });
        if draft.instead && !trip.event.private && !trip.asker.place.is_direct() {
            draft.audience = Audience::Everyone;
        }
        self.reply(trip, draft).await
    }
}

/// Where a call was asked for, to be decided there.
pub(super) fn origin_of(trip: &Trip, request: &ToolRequest) -> Origin {
    let here = || Origin { place: trip.asker.place.clone(), name: trip.asker.names.place.clone() };
    request.origin.clone().unwrap_or_else(here)
}

fn nobody(refusal: &Refusal) -> String {
    let remedy = refusal.remedy.as_deref().map(|remedy| format!(" with `{remedy}`")).unwrap_or_default();
    format!("There is nobody I could ask: no admin has used `jira admin` here yet. Any admin can change it{remedy}.")
}

/// What whoever asked hears.
fn outcome(request: &RequestRow, allow: bool) -> Draft {
    let line = &request.asked.line;
    if !allow {
        return Draft::private(marked(&format!("An admin declined `{line}`.")));
    }
    now(request, &format!("An admin allowed `{line}`, once and within the hour."), false)
}

/// The button that does what somebody has said yes to.
pub(super) fn now(request: &RequestRow, words: &str, confirmed: bool) -> Draft {
    let origin = Origin { place: request.asked.place.clone(), name: request.asked.name.clone() };
    let deed = Deed::Tool {
        tool: request.tool.clone(),
        args: request.asked.args.clone(),
        site: Some(request.site.clone()),
        confirmed,
        show: false,
        origin: Some(origin),
        instead: true,
    };
    Draft::private(marked(words))
        .offer(Offer::mine("Do it now", deed).style(ButtonStyle::Primary))
        .offer(Offer::mine("Not now", Deed::Dismiss))
}
