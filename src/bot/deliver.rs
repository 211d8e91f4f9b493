//! A draft becomes a reply: its buttons are filtered, stored and given ids, and then it is sent.

use std::{collections::HashMap, time::Duration};

use usher_chat::{
    Audience, Button, Choice, Choices, Destination, Form, Input, MessageRef, Person, Place, Reply, Sent, Text,
};

use super::{Bot, trip::Trip};
use crate::{
    actions::{NewAction, Uses},
    error::Error,
    governance::Membership,
    ids::{Access, IssueKey, SiteId},
    replies::{
        Deed, Draft, Holder, Origin,
        error::{Doing, error as error_draft, marked},
    },
    router::{Misread, Unavailable},
};

/// How long a button works that leads to nothing irreversible. It is decided anew at the press.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a confirmation and a form work.
const SHORT: Duration = Duration::from_secs(15 * 60);
/// A question with so many answers has a menu instead of buttons.
const MENU: usize = 4;
/// How long an answer to a card may become a comment.
const ANSWERS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Bot {
    /// Answers whoever asked.
    pub(super) async fn reply(&self, trip: &Trip, draft: Draft) -> Result<(), Error> {
        self.deliver(trip, draft).await.map(|_| ())
    }

    /// Answers with an issue's card. Words with which somebody answers the card may become a comment.
    pub(super) async fn reply_with_card(
        &self,
        trip: &Trip,
        draft: Draft,
        key: &IssueKey,
        site: &SiteId,
        origin: Option<Origin>,
    ) -> Result<(), Error> {
        let public = draft.audience == Audience::Everyone;
        let Some(message) = self.deliver(trip, draft).await? else { return Ok(()) };
        let Some(comment) = self.table.get("comment") else { return Ok(()) };
        let args = serde_json::json!({ "key": key });
        let mut deed = Deed::tool(comment.tool_name(), args, Some(site.clone()));
        // A private card may stand in the direct chat. What answers it is decided where it was asked for.
        let asked = &trip.asker;
        let elsewhere = (message.place != asked.place)
            .then(|| Origin { place: asked.place.clone(), name: asked.names.place.clone() });
        if let Deed::Tool { origin: place, .. } = &mut deed {
            *place = origin.or(elsewhere);
        }
        let holder = (!public).then(|| trip.asker.person.clone());
        let action = self.action(&deed, holder, &message.place)?;
        self.actions.offer_answers(&message, NewAction { life: ANSWERS, uses: Uses::Many, ..action });
        Ok(())
    }

    async fn deliver(&self, trip: &Trip, draft: Draft) -> Result<Option<MessageRef>, Error> {
        let draft = self.only_what_they_may(trip, draft).await;
        let instead = draft.instead && matches!(trip.event.input, Input::Press { .. });
        let reply = self.settle(draft, &trip.asker.person, &trip.asker.place).await?;
        let sent = if instead { trip.responder.edit(reply).await } else { trip.responder.reply(reply).await };
        failpoint!("reply.settled");
        failpoint!("reply.sent");
        match sent {
            Ok(Sent::Message(message)) => return Ok(message),
            Ok(Sent::NoPrivateWay) => {
                tracing::warn!("the person has no private chat with us, so the answer was not sent");
            }
            Err(error) => tracing::warn!(%error, "an answer could not be sent"),
        }
        Ok(None)
    }

    /// Tells somebody something that no event of theirs asked for, in private. Whether it reached them.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tell(&self, person: &Person, draft: Draft) -> Result<bool, Error> {
        let place = Place::direct(person.platform.clone());
        let reply = self.settle(draft, person, &place).await?;
        match self.adapters.get(&person.platform) {
            Some(adapter) => match adapter.send(&Destination::Person(person.clone()), reply).await {
                Ok(Sent::Message(_)) => return Ok(true),
                Ok(Sent::NoPrivateWay) => tracing::info!(%person, "no private way to tell them"),
                Err(error) => tracing::warn!(%person, %error, "news could not be sent"),
            },
            None => tracing::info!(%person, "their platform is not served now"),
        }
        Ok(false)
    }

    /// Says what went wrong, and logs it once with all that led to it.
    pub(super) async fn failed(&self, trip: &Trip, error: &Error, doing: &Doing) {
        match error {
            Error::Internal(source) => tracing::error!(error = chain(source.as_ref()), "it broke on our side"),
            Error::Jira { site, error } => tracing::info!(%site, %error, "Jira said no"),
            Error::User { .. } => tracing::debug!("the person was told what to mend"),
        }
        let draft = error_draft(error, doing, &trip.asker.reference);
        if let Err(error) = self.reply(trip, draft).await {
            // Without the database no button can be offered; the words alone still help.
            tracing::error!(%error, "the answer could not be prepared");
            let reply = Reply::private(format!("Something broke on our side (ref {}).", trip.asker.reference));
            if let Err(error) = trip.responder.reply(reply).await {
                tracing::warn!(%error, "an answer could not be sent");
            }
        }
    }

    /// Says what could not be read.
    pub(super) async fn misread(&self, trip: &Trip, misread: Misread) -> Result<(), Error> {
        let mut content = marked(&misread.message);
        if let Some(hint) = &misread.hint {
            content.extend(marked(&format!(" {hint}")));
        }
        let mut draft = Draft::private(content);
        if let Some(meant) = misread.meant {
            draft = draft.offer(crate::replies::Offer::mine("Yes", Deed::Line(meant)));
        }
        self.reply(trip, draft).await
    }

    /// Says why a button does not work.
    pub(super) async fn unavailable(&self, trip: &Trip, why: Unavailable) -> Result<(), Error> {
        let words = match why {
            Unavailable::Gone => "This button has been used or has ended. Type the command again.",
            Unavailable::NotYours => "This button is for somebody else. Type the command yourself.",
            Unavailable::OtherPlace => "This button belongs to another place. Type the command here.",
        };
        self.reply(trip, Draft::private(words)).await
    }

    /// Takes a question away.
    pub(super) async fn dismiss(&self, trip: &Trip) -> Result<(), Error> {
        if let Err(error) = trip.responder.edit(Reply::private("Nothing was changed.")).await {
            tracing::debug!(%error, "the question could not be taken away");
        }
        Ok(())
    }

    /// Takes out what this person could not run here anyway.
    async fn only_what_they_may(&self, trip: &Trip, mut draft: Draft) -> Draft {
        let mut members: HashMap<Place, Membership> = HashMap::new();
        let mut kept = Vec::with_capacity(draft.offers.len());
        for offer in draft.offers {
            let Deed::Tool { tool, args, origin, .. } = &offer.deed else {
                kept.push(offer);
                continue;
            };
            let place = origin.as_ref().map_or(&trip.asker.place, |origin| &origin.place);
            if !members.contains_key(place) {
                members.insert(place.clone(), self.member_at(trip, place).await);
            }
            let scope =
                members.get(place).and_then(|member| self.governance.glance(&trip.asker.person, place, member, tool));
            let projects = self.table.get(tool.as_str()).map(|entry| entry.on(args).projects).unwrap_or_default();
            if scope.is_some_and(|scope| projects.iter().all(|project| scope.allows(project))) {
                kept.push(offer);
            }
        }
        draft.offers = kept;
        draft
    }

    /// Stores the offers of a draft and puts their ids into the reply.
    pub(super) async fn settle(&self, draft: Draft, person: &Person, place: &Place) -> Result<Reply, Error> {
        let mut batch = Vec::new();
        for offer in &draft.offers {
            // What only one person sees is for that person alone, whatever the button says.
            let own = offer.holder == Holder::Asker || draft.audience == Audience::OnlyAsker;
            batch.push(self.action(&offer.deed, own.then(|| person.clone()), place)?);
        }
        if let Some(form) = &draft.form {
            let mut action = self.action(&form.deed, Some(person.clone()), place)?;
            // A code with a slip may be entered again.
            let uses = if form.deed == Deed::Code { Uses::Many } else { Uses::Once };
            (action.uses, action.life) = (uses, SHORT);
            batch.push(action);
        }
        let mut ids = self.actions.offer(batch).ids().await?.into_iter();
        let menu = draft.pick && draft.offers.len() >= MENU;
        let (mut buttons, mut entries) = (Vec::new(), Vec::new());
        for (offer, id) in draft.offers.into_iter().zip(&mut ids) {
            match menu {
                true => entries.push(Choice { action: id, label: offer.label, note: None }),
                false => buttons.push(Button { action: id, label: offer.label, style: offer.style }),
            }
        }
        let form = draft.form.zip(ids.next()).map(|(form, id)| Form { id, title: form.title, fields: form.fields });
        // A menu asks the question itself.
        let choices = menu.then(|| Choices { label: draft.text.to_plain(), entries });
        let text = if menu { Text::new() } else { draft.text };
        let (audience, cards) = (draft.audience, draft.cards);
        Ok(Reply { audience, text, cards, buttons, links: draft.links, choices, form, files: draft.files })
    }

    fn action(&self, deed: &Deed, holder: Option<Person>, place: &Place) -> Result<NewAction, Error> {
        let (life, uses) = match deed {
            Deed::Tool { confirmed: true, .. } => (SHORT, Uses::Once),
            Deed::Tool { tool, .. } => match self.table.get(tool.as_str()).map(|entry| entry.access) {
                Some(Access::Read) | None => (LONG, Uses::Many),
                Some(Access::Write | Access::Destructive) => (LONG, Uses::Once),
            },
            Deed::AskAdmin { .. } | Deed::AskSecond { .. } | Deed::Decide { .. } | Deed::Review { .. } => {
                (LONG, Uses::Many)
            }
            Deed::Line(_) | Deed::Code | Deed::NotMe(_) | Deed::Dismiss => (LONG, Uses::Many),
        };
        // A button for anyone is pressed by many, each as themselves.
        let uses = if holder.is_none() { Uses::Many } else { uses };
        let payload = serde_json::to_value(deed).map_err(Error::internal)?;
        Ok(NewAction { holder, place: place.clone(), payload, life, uses })
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words.push_str(": ");
        words.push_str(&error.to_string());
        source = error.source();
    }
    words
}
