//! A call that takes two people: a second one is asked, sees all of it, and agrees or not.

use serde_json::Value;
use usher_chat::{
    Audience, ButtonStyle, Person, Text,
    tree::{Block, Inline},
};

use super::{
    Bot,
    requests::{now, origin_of},
    trip::Trip,
    unsaid::{Settled, place_of},
};
use crate::{
    error::Error,
    governance::{Agreed, Hears, Profile, RequestRow, Requested},
    identity::LinkState,
    ids::{AccountId, SiteId},
    replies::{Deed, Draft, Offer, error::marked},
    router::{Named, ToolRequest},
};

/// What the asker reads before anybody else does.
pub(super) fn takes_two(trip: &Trip, settled: &Settled) -> Draft {
    let request = &settled.request;
    let origin = origin_of(trip, request);
    let (tool, args, site) = (request.tool.tool_name(), request.args.clone(), settled.site.clone());
    let words = format!(
        "`{tool}` takes two people here. Somebody of the profile `approver` has to agree within 15 minutes; everyone in \
         the channel will see what you ask for."
    );
    let deed = Deed::AskSecond { tool, args, site, origin };
    Draft::private(marked(&words))
        .offer(Offer::mine("Ask a second person", deed).style(ButtonStyle::Primary))
        .offer(Offer::mine("Not now", Deed::Dismiss))
}

impl Bot {
    /// Asks a second person, where the call was asked for.
    pub(super) async fn ask_second(&self, trip: &Trip, request: ToolRequest) -> Result<(), Error> {
        let Some(Named::Id(site)) = request.site.clone() else { return Ok(()) };
        let member = self.member_at(trip, place_of(trip, &request)).await;
        let settled = Settled { request, site, guessed: false };
        let asking = self.asking(trip, member, &settled);
        let (tool, args) = (settled.request.tool, settled.request.args.clone());
        let line = tool.line(&args);
        let words = match self.governance.ask_second(&asking, args.clone(), line.clone()).await? {
            Requested::Repeated => return Ok(()),
            Requested::Moot(Some(refusal)) => return self.reply(trip, refusal.draft()).await,
            Requested::Moot(None) => format!("You may use `{}` by yourself now. Type the command again.", tool.name),
            Requested::Already => format!("You have asked about `{}` already, and it is not decided.", tool.name),
            Requested::Open(id, Hears::Place(place)) => {
                let mut words = vec![Profile::Person(asking.asker.person.clone()).label()];
                words.extend(marked(&format!(
                    " asks for a second person on `{}`: `{line}`. Somebody of the profile `approver` can agree within \
                     15 minutes.",
                    settled.site
                )));
                let deed = |allow| Deed::Decide { request: id.clone(), allow };
                let text = Text::new().paragraph(words).block(all(&args));
                let draft = Draft { audience: Audience::Everyone, ..Draft::private(text) }
                    .offer(Offer::anyone("Agree", deed(true)).style(ButtonStyle::Danger))
                    .offer(Offer::anyone("Decline", deed(false)));
                match self.tell_place(&place, draft).await? {
                    true => "Asked. You hear from me when somebody answers.".to_owned(),
                    false => "I could not ask in the channel. Try again in a moment.".to_owned(),
                }
            }
            Requested::Open(..) | Requested::Nobody(_) => return Ok(()),
        };
        self.instead(trip, Draft::private(marked(&words))).await
    }

    /// A second person's answer.
    pub(super) async fn agree(&self, trip: &Trip, request: RequestRow, yes: bool) -> Result<(), Error> {
        let member = self.member_at(trip, &request.asked.place).await;
        let theirs = self.account_at(&trip.asker.person, &request.site)?;
        let other = theirs.is_some() && theirs != self.account_at(&request.person, &request.site)?;
        match self.governance.agree(&trip.asker, &member, other, request, yes).await? {
            Agreed::Repeated => Ok(()),
            Agreed::Late => self.late(trip).await,
            Agreed::Unfit(words) => self.reply(trip, Draft::private(marked(&words))).await,
            Agreed::Decided(request) => {
                let mut words = vec![Profile::Person(trip.asker.person.clone()).label()];
                words.push(Inline::text(if yes { " agreed: " } else { " declined: " }));
                words.push(Profile::Person(request.person.clone()).label());
                words.extend(marked(&format!(", `{}`.", request.asked.line)));
                self.instead(trip, Draft::private(words)).await?;
                let line = &request.asked.line;
                let draft = match yes {
                    true => now(
                        &request,
                        &format!("A second person agreed to `{line}`. It can be done within 15 minutes."),
                        true,
                    ),
                    false => Draft::private(marked(&format!("A second person declined `{line}`."))),
                };
                self.tell(&request.person, draft).await.map(drop)
            }
        }
    }

    /// Who somebody is on a site, if they are linked there now.
    fn account_at(&self, person: &Person, site: &SiteId) -> Result<Option<AccountId>, Error> {
        let links = self.identity.links(person)?.into_iter();
        Ok(links.filter(|link| link.site == *site && link.state == LinkState::Active).map(|link| link.account).next())
    }
}

/// Every argument, whole.
fn all(args: &Value) -> Block {
    let given = args.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let items = given.map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        vec![Block::Paragraph(vec![Inline::strong(name), Inline::text(format!(": {value}"))])]
    });
    Block::List { start: None, items: items.collect() }
}
