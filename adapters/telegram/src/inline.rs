//! Inline mode: `@usherbot DEMO-1` in any chat. A query names no chat, so inline mode is a place of its own.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use teloxide::{
    payloads::setters::*,
    requests::Requester,
    types::{
        InlineQuery, InlineQueryId, InlineQueryResult, InlineQueryResultArticle, InlineQueryResultsButton,
        InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText, ParseMode, UserId,
    },
};
use usher_chat::{
    Audience, Card, Completion, Event, Input, Member, MemoryError, Reply, Responder, SendError, Sent, Text,
    tree::Inline,
};

use crate::{
    api::Failure,
    places::{self, person},
    render::{
        html,
        keyboard::{Key, arranged, markup},
        only_words,
    },
    service::{Service, memory, no_preview},
};

/// While somebody types, only what stands after this pause is asked.
const PAUSE: Duration = Duration::from_millis(300);
/// Fewer characters than this find too much.
const SHORTEST: usize = 3;
/// The most answers that Telegram takes.
const MOST: usize = 50;
/// The longest words on the button above the answers, and in a title, in characters.
const WORDS: usize = 60;

/// The newest query of each person.
#[derive(Debug, Default)]
pub(crate) struct Newest(Mutex<HashMap<UserId, u32>>);

impl Newest {
    pub(crate) fn note(&self, person: UserId, update: u32) {
        self.0.lock().insert(person, update);
    }

    /// Whether nothing newer was typed. It is then forgotten.
    fn is_newest(&self, person: UserId, update: u32) -> bool {
        let mut newest = self.0.lock();
        let is = newest.get(&person) == Some(&update);
        if is {
            newest.remove(&person);
        }
        is
    }
}

impl Service {
    pub(crate) async fn query(self: &Arc<Self>, update: u32, query: &InlineQuery) -> Result<(), MemoryError> {
        tokio::time::sleep(PAUSE).await;
        if !self.queries.is_newest(query.from.id, update) {
            return Ok(());
        }
        let back = Arc::new(Answers {
            service: self.clone(),
            query: Mutex::new(Some(query.id.clone())),
            key: key(&query.query),
        });
        if let Some(line) = line(&query.query) {
            let place = places::inline();
            let event = Event {
                id: self.event_id(update),
                person: person(query.from.id),
                names: self.places.names(&query.from.full_name(), &place).await?,
                input: Input::Text(line),
                mentions: Vec::new(),
                files: Vec::new(),
                answers: None,
                message: None,
                private: false,
                member: Some(Member { present: true, ..Member::default() }),
                place,
            };
            self.host.handler.handle(event, back.clone()).await;
        }
        if let Err(error) = back.answer(Vec::new(), None).await {
            tracing::debug!(%error, "an inline query could not be answered");
        }
        Ok(())
    }
}

/// What a query asks: an issue by its key, else a search. Nothing else can be asked here, so nothing can be changed.
fn line(query: &str) -> Option<String> {
    let words = query.trim();
    match key(words) {
        Some(key) => Some(format!("jira view {key}")),
        None if words.chars().count() >= SHORTEST => Some(format!("jira find {words}")),
        None => None,
    }
}

/// An issue's key, if that is all that stands there.
fn key(words: &str) -> Option<String> {
    let (project, number) = words.trim().split_once('-')?;
    let letters = project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let digits = !number.is_empty() && number.len() <= 12 && number.bytes().all(|b| b.is_ascii_digit());
    (letters && digits).then(|| words.trim().to_uppercase())
}

/// The way back to a query: its answers, of which the first ones count.
struct Answers {
    service: Arc<Service>,
    query: Mutex<Option<InlineQueryId>>,
    key: Option<String>,
}

impl Answers {
    async fn answer(&self, cards: Vec<InlineQueryResult>, words: Option<String>) -> Result<(), Failure> {
        let Some(query) = self.query.lock().take() else { return Ok(()) };
        let mut request = self.service.api.bot().answer_inline_query(query, cards).is_personal(true).cache_time(0);
        if let Some(words) = words {
            // The direct chat has room for what does not fit here: a refusal, a link to connect.
            let kind =
                InlineQueryResultsButtonKind::StartParameter(self.key.clone().unwrap_or_else(|| "help".to_owned()));
            request = request.button(InlineQueryResultsButton { text: words, kind });
        }
        self.service.api.call(request).await.map(drop)
    }

    /// A card to choose. Whoever asked sees its title; the chat that it goes to only where the decision lets everyone.
    async fn article(&self, number: usize, card: &Card, title: bool) -> Result<InlineQueryResult, Failure> {
        let status: Vec<String> =
            card.facts.iter().filter(|fact| fact.name == "Status").map(|fact| fact.value.clone()).collect();
        let shown = Card {
            title: if title { card.title.clone() } else { String::new() },
            facts: card.facts.iter().filter(|fact| fact.name == "Status").cloned().collect(),
            body: Text::new(),
            ..card.clone()
        };
        let words = self.words(&shown);
        let content =
            InputMessageContentText::new(words).parse_mode(ParseMode::Html).link_preview_options(no_preview());
        let opens = card.url.as_deref().and_then(|url| Key::opens("Open in Jira", url));
        let keys = arranged(opens.into_iter().chain(self.service.opener(&card.key)));
        let keyboard = markup(&keys, self.service.host.memory.as_ref()).await.map_err(memory)?;
        let name = shortened(&format!("{}  {}", card.key, card.title));
        let article = InlineQueryResultArticle::new(number.to_string(), name, InputMessageContent::Text(content));
        Ok(InlineQueryResult::Article(article.description(status.join(", ")).reply_markup(keyboard)))
    }

    fn words(&self, card: &Card) -> String {
        let mut line = match &card.url {
            Some(url) => vec![Inline::Strong(vec![Inline::link(&card.key, url)])],
            None => vec![Inline::strong(&card.key)],
        };
        if !card.title.is_empty() {
            line.push(Inline::text(format!("  {}", card.title)));
        }
        line.extend(card.facts.iter().map(|fact| Inline::text(format!(" · {}", fact.value))));
        only_words(Text::new().paragraph(line)).messages.into_iter().next().unwrap_or_default()
    }
}

fn shortened(words: &str) -> String {
    let words = html::clean(words, true).replace('\n', " ");
    match words.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

#[async_trait]
impl Responder for Answers {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        let title = reply.audience == Audience::Everyone;
        let mut articles = Vec::new();
        for (number, card) in reply.cards.iter().take(MOST).enumerate() {
            articles.push(self.article(number, card, title).await?);
        }
        let words = reply.text.to_plain();
        let words = (articles.is_empty() && !words.is_empty()).then(|| shortened(&words));
        self.answer(articles, words).await?;
        Ok(Sent::Message(None))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, _ways: Vec<Completion>) -> Result<(), SendError> {
        Err(SendError::Unsupported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_can_only_look() {
        assert_eq!(line("demo-1").as_deref(), Some("jira view DEMO-1"));
        assert_eq!(line("safari login").as_deref(), Some("jira find safari login"));
        assert_eq!(line("delete DEMO-1").as_deref(), Some("jira find delete DEMO-1"));
        assert_eq!(line("ab"), None);
    }

    #[test]
    fn what_was_typed_last_is_asked() {
        let newest = Newest::default();
        newest.note(UserId(7), 1);
        newest.note(UserId(7), 2);
        assert!(!newest.is_newest(UserId(7), 1));
        assert!(newest.is_newest(UserId(7), 2));
    }
}
