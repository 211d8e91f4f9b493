//! Answers to a form's questions, as they come from the direct chat.

use std::sync::Arc;

use teloxide::types::{MessageId, User, UserId};
use usher_chat::MemoryError;

use crate::{
    forms::{Answer, Filling, Step},
    places::Spot,
    render::Outgoing,
    respond::Back,
    service::Service,
    work::Job,
};

impl Service {
    /// Takes a message as an answer, if a form waits for one and the message is no command. True: it was one.
    pub(crate) async fn answers_form(
        self: &Arc<Self>,
        job: &Job,
        from: &User,
        text: &str,
    ) -> Result<bool, MemoryError> {
        let Some(mut filling) = self.form(from.id).await? else { return Ok(false) };
        if filling.seen == job.id {
            self.resume(job, from, filling).await?;
            return Ok(true);
        }
        let answer = Answer::typed(text);
        let word = text.split_whitespace().next().unwrap_or_default();
        let command = word.starts_with('/') || word.eq_ignore_ascii_case("jira");
        if filling.finished || (command && matches!(answer, Answer::Text(_))) {
            return Ok(false);
        }
        if std::mem::take(&mut filling.awaits_code) {
            self.keep_form(from.id, &filling).await?;
            return Ok(false);
        }
        if let Some(words) = self.answered(job, from, filling, answer).await? {
            self.say(from.id, words).await;
        }
        Ok(true)
    }

    /// A press on one of a question's buttons.
    pub(crate) async fn pressed_answer(
        self: &Arc<Self>,
        job: &Job,
        from: &User,
        back: &Back,
        form: &str,
        pressed: &str,
    ) -> Result<(), MemoryError> {
        let filling = self.form(from.id).await?;
        if let Some(filling) = filling.as_ref().filter(|filling| filling.seen == job.id) {
            return self.resume(job, from, filling.clone()).await;
        }
        let answer = filling.as_ref().filter(|filling| !filling.finished).and_then(|f| f.read(form, pressed));
        let words = match filling.zip(answer) {
            Some((filling, answer)) => self.answered(job, from, filling, answer).await?,
            None => Some("This question is past."),
        };
        if let Some(words) = words {
            back.felt(Some(words)).await;
        }
        Ok(())
    }

    /// An answer that an earlier run had taken: it goes on where that one was stopped.
    async fn resume(self: &Arc<Self>, job: &Job, from: &User, mut filling: Filling) -> Result<(), MemoryError> {
        if !filling.finished {
            self.put_question(from.id, &mut filling).await;
            return Ok(());
        }
        self.submit(job, from, &filling).await?;
        self.end_form(from.id).await
    }

    /// Takes an answer. Returns what the person is told about it, if it does not fit.
    async fn answered(
        self: &Arc<Self>,
        job: &Job,
        from: &User,
        mut filling: Filling,
        answer: Answer,
    ) -> Result<Option<&'static str>, MemoryError> {
        let before = filling.at();
        filling.seen = job.id;
        match filling.take(answer) {
            Step::Again(words) => return Ok(Some(words)),
            Step::Ticked => {
                self.keep_form(from.id, &filling).await?;
                self.replace_question(from.id, &filling, &filling.question()).await;
            }
            Step::Ask => {
                self.keep_form(from.id, &filling).await?;
                self.close_question(from.id, &filling, before).await;
                self.put_question(from.id, &mut filling).await;
            }
            Step::Cancelled => {
                self.end_form(from.id).await?;
                let out = crate::render::only_words("Cancelled. Nothing was changed.");
                self.replace_question(from.id, &filling, &out).await;
            }
            Step::Submit => {
                filling.finished = true;
                self.keep_form(from.id, &filling).await?;
                self.close_question(from.id, &filling, before).await;
                self.submit(job, from, &filling).await?;
                // The bot may have asked another form meanwhile.
                let now = self.form(from.id).await?;
                if now.is_some_and(|now| now.finished) {
                    self.end_form(from.id).await?;
                }
            }
        }
        Ok(None)
    }

    async fn put_question(&self, person: UserId, filling: &mut Filling) {
        if let Err(error) = self.ask(person, filling).await {
            tracing::warn!(%error, "a form's question could not be asked");
        }
    }

    /// Leaves the question with its answer, without buttons.
    async fn close_question(&self, person: UserId, filling: &Filling, at: usize) {
        if let Some(out) = filling.answered(at) {
            self.replace_question(person, filling, &out).await;
        }
    }

    async fn replace_question(&self, person: UserId, filling: &Filling, out: &Outgoing) {
        let Some(asked) = filling.asked else { return };
        if let Err(error) = self.change(Spot::direct(person), MessageId(asked), out).await {
            tracing::debug!(%error, "a form's question could not be changed");
        }
    }
}
