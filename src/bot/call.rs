//! A tool is asked for: decision, session, call, outcome, reply.

use std::{pin::pin, sync::Arc, task::Poll, time::Duration};

use futures::poll;
use usher_chat::{Audience, ButtonStyle, Platform};

use super::{
    Bot,
    second::takes_two,
    trip::Trip,
    unsaid::{Settled, deed, place_of},
};
use crate::{
    error::{Error, JiraError},
    governance::{AskFor, Asking, Decision, Ended, Membership, Permit, Receipt, Recorded},
    identity::{NoSession, Resume},
    ids::{Access, ArgsHash, SiteId},
    replies::{Deed, Draft, Effect, FormAsk, Offer, Outcome, Shape, error::Doing, render},
    router::{Ask, Suggestion, ToolRequest},
    tools::Files,
};

/// After this long we say that work goes on.
const PATIENCE: Duration = Duration::from_secs(2);

impl Bot {
    /// The road of one tool.
    pub(super) async fn call(&self, trip: &Trip, mut request: ToolRequest) -> Result<(), Error> {
        let tool = request.tool;
        let member = self.member_at(trip, place_of(trip, &request)).await;
        self.fill_in(trip, &member, &mut request)?;
        request.args = tool.tidy(request.args).ok_or_else(|| {
            Error::user_hint(
                format!("These words do not fit `{}`.", tool.name),
                format!("`jira help {}` tells how.", tool.name),
            )
        })?;
        let Some(settled) = self.settle_site(trip, &member, request).await? else { return Ok(()) };
        failpoint!("call.settled");
        let asking = self.asking(trip, member, &settled);
        match self.governance.decide(asking).await? {
            Decision::Repeated => Ok(()),
            Decision::Deny(refusal) => self.reply(trip, self.refused(trip, &settled, &refusal)).await,
            Decision::Ask(AskFor::Confirm, look) => {
                let what = settled.request.tool.on(&settled.request.args).subject.unwrap_or_default();
                let warning = self.warning(trip, &settled, look).await;
                let what = format!("{} {what}", settled.request.tool.name);
                self.reply(trip, render::confirm(&what, warning.as_deref(), deed(&settled))).await
            }
            Decision::Ask(AskFor::Second, _) => self.reply(trip, takes_two(trip, &settled)).await,
            Decision::Allow(permit) => self.run(trip, settled, permit).await,
        }
    }

    /// Asks whether something was meant.
    pub(super) async fn suggest(&self, trip: &Trip, suggestion: Suggestion) -> Result<(), Error> {
        let mut draft = Draft::private(suggestion.question);
        for (yes, deed) in suggestion.ways {
            draft = draft.offer(Offer::mine(yes, deed).style(ButtonStyle::Primary).instead());
        }
        self.reply(trip, draft.offer(Offer::mine("Not now", Deed::Dismiss))).await
    }

    /// Asks for what a button or a menu could not know.
    pub(super) async fn ask(&self, trip: &Trip, ask: Ask) -> Result<(), Error> {
        let words = if ask.fields.len() == 1 { "One thing is missing." } else { "A few things are missing." };
        let mut draft = Draft::private(words);
        draft.form = Some(FormAsk { title: ask.title, fields: ask.fields, deed: ask.deed });
        self.reply(trip, draft).await
    }

    /// What the question must tell besides. Where it cannot be found out in time, the question is asked without.
    async fn warning(&self, trip: &Trip, settled: &Settled, look: Permit) -> Option<String> {
        let session = self.identity.session(&trip.asker.person, &settled.site).await.ok()?;
        let ToolRequest { tool, args, .. } = &settled.request;
        let looking = tool.warns(look, session, args.clone(), self.clock.now());
        let found = tokio::time::timeout(PATIENCE, looking).await.ok()?;
        found.inspect_err(|error| tracing::info!(%error, tool = tool.name, "a look before a question failed")).ok()?
    }

    async fn run(&self, trip: &Trip, settled: Settled, permit: Permit) -> Result<(), Error> {
        let receipt = permit.receipt();
        let (tool, args) = (settled.request.tool, settled.request.args.clone());
        let doing = Doing {
            subject: tool.on(&args).subject,
            access: Some(tool.access),
            host: self.identity.site(&settled.site).map(|site| site.host()),
        };
        let mut session = pin!(self.identity.session(&trip.asker.person, &settled.site));
        // A look into the database is over before the row is queued, so that the two don't wait for each other. What
        // takes longer, such as a new token, comes after its row.
        let session = match poll!(&mut session) {
            Poll::Ready(session) => session,
            Poll::Pending => {
                receipt.queue();
                session.await
            }
        };
        let session = match session {
            Ok(session) => session,
            Err(why) => return self.no_session(trip, &settled, &receipt, &doing, why).await,
        };
        failpoint!("call.session");
        let files = self.files(&trip.asker.person.platform);
        let running = tool.run(permit, session, args, self.clock.now(), files);
        let result = self.with_progress(trip, running, &doing).await;
        failpoint!("call.ran");
        // From here on Jira may have changed something. What fails on our side must not be told as if nothing had happened.
        if let Err(error) = self.ran(trip, &settled, &receipt, &doing, result).await {
            self.failed(trip, &error, &doing).await;
        }
        Ok(())
    }

    /// Records what came of a call, and tells it.
    async fn ran(
        &self,
        trip: &Trip,
        settled: &Settled,
        receipt: &Receipt,
        doing: &Doing,
        result: Result<Outcome, Error>,
    ) -> Result<(), Error> {
        if let Ok(outcome) = &result {
            // It is committed with the outcome's row.
            self.remember(trip, settled, outcome);
        }
        if settled.request.tool.access != Access::Read {
            // What was found before the change may be otherwise now.
            self.shelves.forget(&trip.asker.person);
            self.governance.outcome(receipt, recorded(&result)).await?;
        }
        failpoint!("call.recorded");
        receipt.durable().await?;
        if result.is_ok() {
            self.governance.worked(receipt);
        }
        match result {
            Ok(outcome) => self.show(trip, settled, receipt, outcome).await,
            Err(error) => {
                if let Error::Jira { error: JiraError::Unauthorized | JiraError::ScopeMissing { .. }, .. } = &error {
                    self.identity.remember(&trip.asker.person, &resume(trip, settled, Some(&settled.site))).await?;
                }
                self.failed(trip, &error, doing).await;
                Ok(())
            }
        }
    }

    /// Shows an outcome to whom the decision lets see it.
    async fn show(&self, trip: &Trip, settled: &Settled, receipt: &Receipt, outcome: Outcome) -> Result<(), Error> {
        // Questions, and words about what went wrong, are the asker's alone.
        let question = matches!(outcome.shape, Shape::Pick(_) | Shape::Form { .. } | Shape::Text(_));
        let elsewhere = settled.request.origin.is_some();
        // Whoever looks on from what only they see does not want an audience all of a sudden.
        let looks = settled.request.tool.access == Access::Read;
        let aside = looks && trip.pressed_in_private() && !settled.request.show;
        let private = question || elsewhere || aside;
        let audience = if private { Audience::OnlyAsker } else { receipt.audience(&outcome.about) };
        let shown = match &outcome.shape {
            Shape::Card(_) => true,
            Shape::List(list) => !list.issues.is_empty(),
            Shape::Files(_) | Shape::Page(_) => true,
            _ => false,
        };
        let may_show = shown && looks && !elsewhere && receipt.may_be_shown(&outcome.about);
        let card = match &outcome.shape {
            Shape::Card(card) => card.line.key.clone(),
            _ => None,
        };
        let mut draft = render::outcome(outcome);
        draft.audience = audience;
        // What one person sees is no place for what everyone may see, nor the other way round.
        draft.instead = settled.request.instead && (audience == Audience::OnlyAsker) == trip.event.private;
        if audience == Audience::OnlyAsker && may_show && !trip.asker.place.is_direct() {
            draft.offers.extend(render::show_here(&deed(settled)));
        }
        if let Some(origin) = &settled.request.origin {
            for offer in &mut draft.offers {
                if let Deed::Tool { origin: place, .. } = &mut offer.deed {
                    *place = Some(origin.clone());
                }
            }
        }
        match card {
            Some(key) => {
                let origin = settled.request.origin.clone();
                self.reply_with_card(trip, draft, &key, &settled.site, origin).await
            }
            None => self.reply(trip, draft).await,
        }
    }

    pub(super) fn asking(&self, trip: &Trip, member: Membership, settled: &Settled) -> Asking {
        let request = &settled.request;
        let mut asker = trip.asker.clone();
        if let Some(origin) = &request.origin {
            asker.place = origin.place.clone();
            asker.names.place = origin.name.clone();
        }
        Asking {
            asker,
            member,
            tool: request.tool.tool_name(),
            args: ArgsHash::of(&request.args),
            site: settled.site.clone(),
            projects: request.tool.on(&request.args).projects,
            confirmed: request.confirmed,
            show: request.show,
        }
    }

    async fn no_session(
        &self,
        trip: &Trip,
        settled: &Settled,
        receipt: &Receipt,
        doing: &Doing,
        why: NoSession,
    ) -> Result<(), Error> {
        if settled.request.tool.access != Access::Read {
            let ended = Ended::Failed("not-linked".to_owned());
            let nothing = Recorded { ended, issue: None, detail: serde_json::Value::Null };
            self.governance.outcome(receipt, nothing).await?;
        }
        receipt.durable().await?;
        match why {
            NoSession::Jira(error) => {
                self.failed(trip, &error.at(&settled.site), doing).await;
                Ok(())
            }
            NoSession::Internal(error) => Err(error),
            why => {
                let site = (!settled.guessed).then_some(&settled.site);
                let resume = resume(trip, settled, site);
                let then = then(settled, doing);
                let draft = self.identity.unlinked(&trip.asker, &why, site, Some(&then), Some(resume)).await?;
                self.reply(trip, draft).await
            }
        }
    }

    /// Opens files at a platform.
    fn files(&self, platform: &Platform) -> Files {
        let Some(adapter) = self.adapters.get(platform).cloned() else { return Files::none() };
        Files::new(move |file| {
            let adapter = Arc::clone(&adapter);
            Box::pin(async move { adapter.open(&file).await })
        })
    }

    async fn with_progress(
        &self,
        trip: &Trip,
        mut running: crate::tools::Running,
        doing: &Doing,
    ) -> Result<Outcome, Error> {
        tokio::select! {
            result = &mut running => return result,
            () = tokio::time::sleep(PATIENCE) => {}
        }
        let host = doing.host.as_deref().unwrap_or("Jira");
        if let Err(error) = trip.responder.progress(&format!("Waiting for {host}")).await {
            tracing::debug!(%error, "progress could not be shown");
        }
        running.await
    }
}

/// What was asked for, to be taken up once the person is linked.
fn resume(trip: &Trip, settled: &Settled, site: Option<&SiteId>) -> Resume {
    Resume {
        place: place_of(trip, &settled.request).clone(),
        names: trip.asker.names.clone(),
        tool: settled.request.tool.tool_name(),
        args: settled.request.args.clone(),
        site: site.cloned(),
    }
}

/// What the bot will do once the person is linked: `show you WEB-12`.
fn then(settled: &Settled, doing: &Doing) -> String {
    match (settled.request.tool.access, &doing.subject) {
        (Access::Read, Some(subject)) => format!("show you {subject}"),
        (Access::Read, None) => "show you what you asked for".to_owned(),
        (_, Some(subject)) => format!("get back to {subject}"),
        (_, None) => "get back to this".to_owned(),
    }
}

fn recorded(result: &Result<Outcome, Error>) -> Recorded {
    let mut detail = serde_json::Value::Null;
    let (ended, issue) = match result {
        Ok(outcome) => match &outcome.effect {
            Effect::Changed(issue) => (Ended::Done, Some(issue.clone())),
            Effect::Made(what) => {
                detail = serde_json::json!({ "changed": what });
                (Ended::Done, None)
            }
            Effect::None => (Ended::Failed("asked".to_owned()), None),
            Effect::Unknown => (Ended::Unknown, None),
        },
        Err(Error::Jira { error: JiraError::Unknown { .. } | JiraError::Malformed { .. }, .. }) => {
            (Ended::Unknown, None)
        }
        Err(Error::Jira { error, .. }) => (Ended::Failed(kind(error).to_owned()), None),
        Err(Error::User { .. }) => (Ended::Failed("input".to_owned()), None),
        Err(Error::Internal(_)) => (Ended::Unknown, None),
    };
    Recorded { ended, issue, detail }
}

fn kind(error: &JiraError) -> &'static str {
    match error {
        JiraError::NotFound { .. } => "not-found",
        JiraError::Forbidden { .. } => "forbidden",
        JiraError::Invalid { .. } => "invalid",
        JiraError::Conflict { .. } => "conflict",
        JiraError::Unauthorized => "unauthorized",
        JiraError::ScopeMissing { .. } => "scope-missing",
        JiraError::OutOfScope { .. } => "out-of-scope",
        JiraError::RateLimited { .. } => "rate-limited",
        JiraError::Away { .. } => "away",
        JiraError::Unknown { .. } => "unknown",
        JiraError::Doubted => "doubted",
        JiraError::TooLarge => "too-large",
        JiraError::Malformed { .. } => "malformed",
        JiraError::ClockSkew => "clock-skew",
        JiraError::AppRejected { .. } => "app-rejected",
    }
}
