//! Who and what there is: people, chats with their messages, and what has happened that the bot is to be told.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::{faults::Faults, limits::Limits, refusal::Refusal, requests::Request, updates::Updates};

/// When the world begins: 22 November 2026, 10:00 UTC.
const BEGINNING: i64 = 1_795_341_600;

/// The account behind which anonymous administrators write.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;

pub struct World {
    pub bot: Bot,
    pub people: BTreeMap<i64, Human>,
    pub chats: BTreeMap<i64, Chat>,
    pub updates: Updates,
    pub requests: Vec<Request>,
    pub violations: Vec<String>,
    pub faults: Faults,
    pub limits: Limits,
    /// By scope and language.
    pub commands: BTreeMap<(String, String), Vec<Value>>,
    pub presses: HashMap<String, Press>,
    pub inline: HashMap<String, Asked>,
    /// Messages sent by way of inline results, by their own id.
    pub inline_messages: HashMap<String, (i64, i64)>,
    pub files: HashMap<String, Stored>,
    pub started: tokio::time::Instant,
    numbers: i64,
}

pub struct Bot {
    pub id: i64,
    pub username: String,
    pub token: String,
    /// It sees only commands, replies to it and service messages in groups that it does not administer.
    pub privacy: bool,
    pub inline: bool,
    /// It is told which inline result was chosen.
    pub inline_feedback: bool,
}

#[derive(Debug, Clone)]
pub struct Human {
    pub first_name: String,
    pub username: Option<String>,
    pub language: String,
    pub opened: bool,
    pub blocked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Private,
    Group,
    Supergroup { forum: bool },
    Channel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Owner,
    Admin { anonymous: bool },
    Member,
    Left,
    Kicked,
}

impl Standing {
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Admin { .. })
    }

    pub fn is_in(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }
}

pub struct Chat {
    pub id: i64,
    pub kind: Kind,
    pub title: String,
    pub members: BTreeMap<i64, Standing>,
    pub topics: BTreeMap<i64, String>,
    pub messages: BTreeMap<i64, Value>,
    pub log: Vec<Change>,
    pub migrated_to: Option<i64>,
    /// How far each person has read in `log`, by person and topic.
    pub cursors: HashMap<(i64, Option<i64>), usize>,
    next: i64,
}

/// Something that the bot did to a chat.
#[derive(Debug, Clone)]
pub struct Change {
    pub message: i64,
    pub what: What,
    /// The message as it was then.
    pub value: Value,
    pub read: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Posted,
    Edited,
    Deleted,
}

/// A press on a button.
#[derive(Debug, Clone, Default)]
pub struct Press {
    pub answers: Vec<Value>,
}

/// An inline query.
#[derive(Debug, Clone)]
pub struct Asked {
    pub person: i64,
    pub query: String,
    pub answer: Option<Value>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct Stored {
    pub path: String,
    pub content: bytes::Bytes,
}

impl World {
    pub fn new(token: String) -> Self {
        let id = token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default();
        let bot =
            Bot { id, username: "usherbot".to_owned(), token, privacy: true, inline: false, inline_feedback: false };
        Self {
            bot,
            people: BTreeMap::new(),
            chats: BTreeMap::new(),
            updates: Updates::default(),
            requests: Vec::new(),
            violations: Vec::new(),
            faults: Faults::default(),
            limits: Limits::default(),
            commands: BTreeMap::new(),
            presses: HashMap::new(),
            inline: HashMap::new(),
            inline_messages: HashMap::new(),
            files: HashMap::new(),
            started: tokio::time::Instant::now(),
            numbers: 0,
        }
    }

    /// A number that no other thing has.
    pub fn number(&mut self) -> i64 {
        self.numbers += 1;
        self.numbers
    }

    pub fn now(&self) -> i64 {
        BEGINNING + i64::try_from(self.started.elapsed().as_secs()).unwrap_or_default()
    }

    pub fn bot_user(&self) -> Value {
        json!({ "id": self.bot.id, "is_bot": true, "first_name": "Usher", "username": self.bot.username })
    }

    pub fn user(&self, id: i64) -> Value {
        if id == self.bot.id {
            return self.bot_user();
        }
        let Some(human) = self.people.get(&id) else {
            return json!({ "id": id, "is_bot": false, "first_name": "Somebody" });
        };
        let mut user = json!({ "id": id, "is_bot": false, "first_name": human.first_name });
        if let Some(username) = &human.username {
            user["username"] = json!(username);
        }
        user["language_code"] = json!(human.language);
        user
    }

    pub fn chat_json(&self, id: i64) -> Value {
        let Some(chat) = self.chats.get(&id) else { return Value::Null };
        match chat.kind {
            Kind::Private => {
                let user = self.user(id);
                let mut json = json!({ "id": id, "first_name": user["first_name"], "type": "private" });
                if let Some(username) = user.get("username") {
                    json["username"] = username.clone();
                }
                json
            }
            Kind::Group => json!({ "id": id, "title": chat.title, "type": "group" }),
            Kind::Supergroup { forum: false } => json!({ "id": id, "title": chat.title, "type": "supergroup" }),
            Kind::Supergroup { forum: true } => {
                json!({ "id": id, "title": chat.title, "type": "supergroup", "is_forum": true })
            }
            Kind::Channel => json!({ "id": id, "title": chat.title, "type": "channel" }),
        }
    }

    /// `chat_id` as methods take it, and whether the bot may do something there.
    pub fn reachable(&self, chat_id: &Value) -> Result<i64, Refusal> {
        let id = chat_id.as_i64().ok_or_else(|| Refusal::bad("chat not found"))?;
        let chat = self.chats.get(&id).ok_or_else(|| Refusal::bad("chat not found"))?;
        if let Some(to) = chat.migrated_to {
            return Err(Refusal::migrated(to));
        }
        let kind = match chat.kind {
            Kind::Private => {
                let human = &self.people[&id];
                if human.blocked {
                    return Err(Refusal::forbidden("bot was blocked by the user"));
                }
                return if human.opened {
                    Ok(id)
                } else {
                    Err(Refusal::forbidden("bot can't initiate conversation with a user"))
                };
            }
            Kind::Group => "group",
            Kind::Supergroup { .. } => "supergroup",
            Kind::Channel => "channel",
        };
        match chat.standing(self.bot.id) {
            Standing::Kicked => Err(Refusal::forbidden(format!("bot was kicked from the {kind} chat"))),
            Standing::Left => Err(Refusal::forbidden(format!("bot is not a member of the {kind} chat"))),
            Standing::Member if kind == "channel" => Err(Refusal::bad("need administrator rights in the channel chat")),
            _ => Ok(id),
        }
    }

    pub fn chat(&mut self, id: i64) -> &mut Chat {
        self.chats.get_mut(&id).unwrap_or_else(|| panic!("no chat {id}"))
    }

    pub fn add_chat(&mut self, id: i64, kind: Kind, title: &str) {
        let chat = Chat {
            id,
            kind,
            title: title.to_owned(),
            members: BTreeMap::new(),
            topics: BTreeMap::new(),
            messages: BTreeMap::new(),
            log: Vec::new(),
            migrated_to: None,
            cursors: HashMap::new(),
            next: 1,
        };
        self.chats.insert(id, chat);
    }

    /// A message with id, date and chat; `more` is its content.
    pub fn post(&mut self, chat: i64, from: Sender, more: Value) -> Value {
        let id = self.chat(chat).take_id();
        let mut message = json!({ "message_id": id });
        match from {
            Sender::User(user) => message["from"] = self.user(user),
            Sender::Bot => message["from"] = self.bot_user(),
            Sender::Anonymous => {
                message["from"] = json!({
                    "id": GROUP_ANONYMOUS_BOT, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
                });
                message["sender_chat"] = self.chat_json(chat);
            }
            Sender::Channel => message["sender_chat"] = self.chat_json(chat),
        }
        message["chat"] = self.chat_json(chat);
        message["date"] = json!(self.now());
        for (key, value) in more.as_object().into_iter().flatten() {
            message[key] = value.clone();
        }
        self.chat(chat).messages.insert(id, message.clone());
        if from == Sender::Bot {
            self.chat(chat).note(id, What::Posted, message.clone());
        }
        message
    }
}

/// Who a message is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    User(i64),
    Bot,
    Anonymous,
    Channel,
}

impl Chat {
    pub fn standing(&self, user: i64) -> Standing {
        self.members.get(&user).copied().unwrap_or(Standing::Left)
    }

    pub fn take_id(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    pub fn note(&mut self, message: i64, what: What, value: Value) {
        self.log.push(Change { message, what, value, read: false });
    }
}
