//! The road: chat event -> router -> governance -> identity -> tool -> reply.

mod account;
mod call;
mod complete;
mod deliver;
mod news;
mod requests;
mod second;
mod trip;
mod unsaid;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use tracing::Instrument;
use usher_chat::{ChatAdapter, ChatHandler, Event, Platform, Responder};

use self::trip::Trip;
use crate::{
    actions::Actions,
    clock::Clock,
    error::Error,
    governance::{Begun, Governance},
    identity::{AccountCommand, Identity},
    ids::Access,
    router::{Request, Router},
    tools::{Shelves, Table},
};

/// The bot. Clones share its parts.
#[derive(Clone)]
pub struct Bot {
    /// Reads events.
    pub router: Router,
    /// Decides.
    pub governance: Governance,
    /// Knows who people are in Jira.
    pub identity: Identity,
    /// Keeps what is on offer.
    pub actions: Actions,
    /// The tools.
    pub table: &'static Table,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What completions have found out lately.
    pub shelves: Shelves,
    /// The platforms, for news that no event asked for and for looks at memberships.
    pub adapters: HashMap<Platform, Arc<dyn ChatAdapter>>,
}

impl Bot {
    async fn answer(&self, trip: &Trip) -> Result<(), Error> {
        match self.router.route(&trip.event).await? {
            Request::Nothing => Ok(()),
            Request::Complete(wanted) => self.complete(trip, wanted).await,
            Request::Code(candidate, otherwise) => self.code(trip, candidate, *otherwise).await,
            request => self.act(trip, request).await,
        }
    }

    /// Answers an event with which an earlier run began. What only looks is looked at again, under a name of its own; what
    /// changes something may have happened, and who tells the event again says so.
    async fn answer_again(&self, trip: &mut Trip) -> Result<(), Error> {
        let request = self.router.route(&trip.event).await?;
        let looks = match &request {
            Request::Tool(call) => call.tool.access == Access::Read,
            Request::Account(command) => !matches!(command, AccountCommand::Disconnect(_)),
            Request::Help(_) | Request::Tools => true,
            _ => false,
        };
        if !looks {
            return Ok(());
        }
        trip.asker.event = format!("{} again", trip.asker.event).into();
        self.act(trip, request).await
    }

    async fn act(&self, trip: &Trip, request: Request) -> Result<(), Error> {
        if let Some(refusal) = self.not_admitted(trip, &request) {
            return self.reply(trip, refusal.draft()).await;
        }
        match request {
            Request::Tool(call) => self.call(trip, call).await,
            Request::Account(command) => self.account(trip, command).await,
            Request::Activity => self.activity(trip).await,
            Request::Default(words) => self.default(trip, &words).await,
            Request::Admin(command) => self.admin(trip, command).await,
            Request::NotMe(link) => self.not_me(trip, &link).await,
            Request::Help(topic) => self.help(trip, topic.as_deref()).await,
            Request::Tools => self.tools(trip).await,
            Request::AskAdmin(call) => self.ask_admin(trip, call).await,
            Request::AskSecond(call) => self.ask_second(trip, call).await,
            Request::Review { workspace, tools, approve } => self.review(trip, &workspace, &tools, approve).await,
            Request::Decide { request, allow } => self.decide(trip, &request, allow).await,
            Request::Ask(ask) => self.ask(trip, ask).await,
            Request::Suggest(suggestion) => self.suggest(trip, suggestion).await,
            Request::Misread(misread) => self.misread(trip, misread).await,
            Request::Unavailable(why) => self.unavailable(trip, why).await,
            Request::Dismiss => self.dismiss(trip).await,
            Request::Nothing | Request::Complete(_) | Request::Code(..) => Ok(()),
        }
    }
}

#[async_trait]
impl ChatHandler for Bot {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        let mut trip = Trip::new(event, responder);
        let span = trip.span();
        async {
            let answered = match self.governance.begin(&trip.asker) {
                Ok(Begun::New) => self.answer(&trip).await,
                Ok(Begun::Before) => self.answer_again(&mut trip).await,
                Ok(Begun::Now) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = answered {
                self.failed(&trip, &error, &Default::default()).await;
            }
        }
        .instrument(span)
        .await;
    }
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bot").finish_non_exhaustive()
    }
}
