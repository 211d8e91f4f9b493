//! People: what they say and press, and what they see.

use serde_json::{Value, json};

use crate::{
    inline::{InlineAnswer, InlineQuery},
    methods::{field, keep, start_parameter},
    requests::Upload,
    rooms::Room,
    server::TelegramServer,
    shown::{Message, Shown},
    world::{Asked, Press as Pressed, Sender, Standing, World},
};

/// Somebody with an account. Clones are the same person.
#[derive(Debug, Clone)]
pub struct Person {
    pub(crate) server: TelegramServer,
    pub(crate) id: i64,
}

impl Person {
    /// Their id, as bots see it.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Their direct chat with the bot.
    pub fn direct(&self) -> Room {
        Room { server: self.server.clone(), id: self.id, thread: None }
    }

    /// They have no user name from now on, so that others name them by their first name.
    pub fn drops_username(&self) {
        self.server.hub().change(|world| world.people.get_mut(&self.id).expect("a person").username = None);
    }

    /// Their app's language: two letters.
    pub fn speaks(&self, language: &str) {
        let language = language.to_owned();
        self.server.hub().change(|world| world.people.get_mut(&self.id).expect("a person").language = language);
    }

    /// They open the direct chat and press Start.
    pub fn opens(&self) -> Message {
        self.writes("/start")
    }

    /// They follow a deep link with this parameter and press Start.
    pub fn starts(&self, parameter: &str) -> Message {
        assert!(start_parameter(parameter), "Telegram carries no such start parameter: {parameter:?}");
        self.writes(&format!("/start {parameter}"))
    }

    /// They follow a link `https://t.me/<bot>?start=…` and press Start.
    pub fn follows(&self, link: &str) -> Message {
        let own = format!("https://t.me/{}?start=", self.server.username());
        let parameter = link.strip_prefix(&own).unwrap_or_else(|| panic!("{link} does not lead to the bot"));
        self.starts(parameter)
    }

    /// They write in the direct chat, which this opens.
    pub fn writes(&self, text: &str) -> Message {
        self.says(&self.direct(), text)
    }

    /// They say something in a chat.
    pub fn says(&self, room: &Room, text: &str) -> Message {
        self.sends(room, json!({ "text": text }))
    }

    /// They answer a message.
    pub fn replies(&self, to: &Message, text: &str) -> Message {
        let (room, answered) = self.server.hub().look(|world| {
            let mut answered = world.chats[&to.chat].messages[&to.id].clone();
            let topic = answered["is_topic_message"] == true;
            let thread = answered["message_thread_id"].as_i64().filter(|_| topic);
            if let Some(message) = answered.as_object_mut() {
                message.remove("reply_to_message");
            }
            (Room { server: self.server.clone(), id: to.chat, thread }, answered)
        });
        self.sends(&room, json!({ "text": text, "reply_to_message": answered }))
    }

    /// They say something as the group, for they are an anonymous administrator.
    pub fn says_as_group(&self, room: &Room, text: &str) -> Message {
        let id = self.server.hub().change(|world| {
            let standing = world.chat(room.id).standing(self.id);
            assert_eq!(
                standing,
                Standing::Admin { anonymous: true },
                "only anonymous administrators write as the group"
            );
            world.said(room.id, room.thread, Sender::Anonymous, json!({ "text": text }))
        });
        Message::new(&self.server, room.id, id)
    }

    /// They send a document with a caption.
    pub fn sends_document(&self, room: &Room, file: &Upload, caption: &str) -> Message {
        let caption = if caption.is_empty() { json!({}) } else { json!({ "caption": caption }) };
        self.sends_document_with(room, file, caption)
    }

    /// They send a document with other fields of a message, such as `media_group_id`.
    pub fn sends_document_with(&self, room: &Room, file: &Upload, more: Value) -> Message {
        let mut content = self.server.hub().change(|world| {
            let id = keep(world, "document", &file.name, file.content.clone());
            field("document", &id, &file.name, file.media_type.as_deref(), &file.content)
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            content[key] = value.clone();
        }
        self.sends(room, content)
    }

    /// They send a photo with a caption, in a small and a large form.
    pub fn sends_photo(&self, room: &Room, photo: &[u8], caption: &str) -> Message {
        let mut content = self.server.hub().change(|world| {
            let size = |world: &mut World, bytes: &[u8], width: u64| {
                let id = keep(world, "photo", "photo.jpg", bytes::Bytes::copy_from_slice(bytes));
                json!({
                    "file_id": id, "file_unique_id": format!("u-{id}"), "width": width, "height": width, "file_size": bytes.len(),
                })
            };
            let small = size(world, &photo[..photo.len() / 2], 90);
            let large = size(world, photo, 800);
            json!({ "photo": [small, large] })
        });
        if !caption.is_empty() {
            content["caption"] = json!(caption);
        }
        self.sends(room, content)
    }

    /// They send a message made of these fields (`text`, `caption`, `entities`, `document`, `media_group_id`, …).
    pub fn sends(&self, room: &Room, content: Value) -> Message {
        let id = self.server.hub().change(|world| {
            if room.id == self.id {
                let human = world.people.get_mut(&self.id).expect("a person");
                assert!(!human.blocked, "who blocks the bot does not write to it");
                human.opened = true;
            } else {
                assert!(world.chat(room.id).standing(self.id).is_in(), "they are not in that chat");
            }
            world.said(room.id, room.thread, Sender::User(self.id), content)
        });
        Message::new(&self.server, room.id, id)
    }

    /// They change what they said.
    pub fn edits(&self, message: &Message, text: &str) {
        self.server.hub().change(|world| {
            let now = world.now();
            let edited = world.chat(message.chat).messages.get_mut(&message.id).expect("the message is there");
            edited["text"] = json!(text);
            edited["edit_date"] = json!(now);
            if let Some(fields) = edited.as_object_mut() {
                fields.remove("entities");
            }
            let edited = edited.clone();
            if world.sees(message.chat, &edited) {
                world.tell("edited_message", edited);
            }
        });
    }

    /// They press the button of that label on a message as it stands now.
    pub fn presses(&self, message: &Message, label: &str) -> Press {
        let button = message.button(label);
        let data = button["callback_data"].as_str().unwrap_or_else(|| panic!("{label} is a link: {button}"));
        self.presses_data(message, data)
    }

    /// They send what a button carries, also one that is no more, or never was.
    pub fn presses_data(&self, message: &Message, data: &str) -> Press {
        let id = self.server.hub().change(|world| {
            let id = format!("press-{}", world.number());
            world.presses.insert(id.clone(), Pressed::default());
            let mut query = json!({ "id": id, "from": world.user(self.id) });
            let inline = world.inline_messages.iter().find(|(_, place)| **place == (message.chat, message.id));
            if let Some((inline, _)) = inline {
                query["inline_message_id"] = json!(inline);
            } else if let Some(message) = world.chats[&message.chat].messages.get(&message.id) {
                query["message"] = message.clone();
            } else {
                query["message"] =
                    json!({ "chat": world.chat_json(message.chat), "message_id": message.id, "date": 0 });
            }
            query["chat_instance"] = json!(format!("{}", message.chat.unsigned_abs()));
            query["data"] = json!(data);
            world.tell("callback_query", query);
            id
        });
        Press { server: self.server.clone(), id }
    }

    /// They type `@bot query` somewhere.
    pub fn asks_inline(&self, query: &str) -> InlineQuery {
        let id = self.server.hub().change(|world| {
            assert!(world.bot.inline, "the bot's owner has not turned inline queries on");
            let id = format!("inline-{}", world.number());
            world.inline.insert(id.clone(), Asked { person: self.id, query: query.to_owned(), answer: None });
            let told =
                json!({ "id": id, "from": world.user(self.id), "query": query, "offset": "", "chat_type": "group" });
            world.tell("inline_query", told);
            id
        });
        InlineQuery { server: self.server.clone(), id }
    }

    /// They choose a result of an inline query by its title; it is posted in that chat, where the bot need not be.
    pub fn chooses(&self, query: &InlineQuery, answer: &InlineAnswer, title: &str, room: &Room) -> Message {
        let result = answer.result(title);
        let id = self.server.hub().change(|world| {
            let mut content = result["message"].clone();
            content["via_bot"] = world.bot_user();
            let has_buttons = content.get("reply_markup").is_some();
            let inline = format!("sent-inline-{}", world.number());
            let id = world.said(room.id, room.thread, Sender::User(self.id), content);
            if has_buttons {
                world.inline_messages.insert(inline.clone(), (room.id, id));
            }
            if world.bot.inline_feedback {
                let asked = world.inline[&query.id].query.clone();
                let mut told = json!({ "result_id": result["id"], "from": world.user(self.id), "query": asked });
                if has_buttons {
                    told["inline_message_id"] = json!(inline);
                }
                world.tell("chosen_inline_result", told);
            }
            id
        });
        Message::new(&self.server, room.id, id)
    }

    /// They leave a chat.
    pub fn leaves(&self, room: &Room) {
        self.server.hub().change(|world| {
            world.stands(room.id, self.id, self.id, Standing::Left);
            let me = world.user(self.id);
            world.said(room.id, None, Sender::User(self.id), json!({ "left_chat_member": me }));
        });
    }

    /// They block the bot.
    pub fn blocks(&self) {
        self.server.hub().change(|world| {
            let bot = world.bot.id;
            world.stands(self.id, bot, self.id, Standing::Kicked);
        });
    }

    /// They unblock it.
    pub fn unblocks(&self) {
        self.server.hub().change(|world| {
            let bot = world.bot.id;
            world.stands(self.id, bot, self.id, Standing::Member);
        });
    }

    /// The next thing that the bot shows them in the direct chat: a message, or a message changed or deleted.
    pub async fn reads(&self) -> Shown {
        self.reads_in(&self.direct()).await
    }

    /// The next thing that the bot shows in a chat or topic and that they have not read.
    pub async fn reads_in(&self, room: &Room) -> Shown {
        let name = self.server.hub().look(|world| world.people[&self.id].first_name.clone());
        let what = || format!("{name} sees nothing new in {}. It shows:\n{}", room.id, room.shows());
        let change = self.server.hub().until(what, |world| {
            let chat = world.chat(room.id);
            let from = chat.cursors.get(&(self.id, room.thread)).copied().unwrap_or_default();
            let here = |value: &Value| room.thread.is_none() || value["message_thread_id"].as_i64() == room.thread;
            let at = (from..chat.log.len()).find(|at| here(&chat.log[*at].value))?;
            chat.cursors.insert((self.id, room.thread), at + 1);
            chat.log[at].read = true;
            Some(chat.log[at].clone())
        });
        let change = change.await;
        Shown::new(&self.server, Message::new(&self.server, room.id, change.message), &change)
    }
}

/// A press on a button.
#[derive(Debug, Clone)]
pub struct Press {
    server: TelegramServer,
    id: String,
}

/// What the bot said to a press: nothing, a line that passes, or an alert to close. Only who pressed sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PressAnswer {
    /// The words.
    pub text: String,
    /// They stand in a window to close.
    pub alert: bool,
    /// A deep link that opens.
    pub url: Option<String>,
}

impl Press {
    /// Waits for the bot's answer to the press.
    pub async fn answered(&self) -> PressAnswer {
        let what = || "the press was not answered, and its button keeps turning".to_owned();
        let answer = |world: &mut World| world.presses[&self.id].answers.first().cloned();
        let answer = self.server.hub().until(what, answer).await;
        PressAnswer {
            text: answer["text"].as_str().unwrap_or_default().to_owned(),
            alert: answer["show_alert"] == true,
            url: answer["url"].as_str().map(str::to_owned),
        }
    }
}
