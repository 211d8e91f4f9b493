//! Groups, supergroups, their topics, channels, and direct chats.

use serde_json::{Value, json};

use crate::{
    people::Person,
    server::TelegramServer,
    shown::Message,
    world::{Kind, Sender, Standing},
};

/// A chat, or one topic of it. Clones are the same chat.
#[derive(Debug, Clone)]
pub struct Room {
    pub(crate) server: TelegramServer,
    pub(crate) id: i64,
    pub(crate) thread: Option<i64>,
}

impl Room {
    /// Its id, as bots see it.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The topic's id, where this is one.
    pub fn thread(&self) -> Option<i64> {
        self.thread
    }

    /// Somebody is added as a member.
    pub fn adds(&self, person: &Person) {
        self.server.hub().change(|world| {
            world.stands(self.id, person.id, person.id, Standing::Member);
        });
    }

    /// Somebody becomes its owner.
    pub fn owned_by(&self, person: &Person) {
        self.server.hub().change(|world| world.stands(self.id, person.id, person.id, Standing::Owner));
    }

    /// Somebody becomes an administrator under their own name.
    pub fn administered_by(&self, person: &Person) {
        let admin = Standing::Admin { anonymous: false };
        self.server.hub().change(|world| world.stands(self.id, person.id, person.id, admin));
    }

    /// Somebody becomes an administrator who writes as the group.
    pub fn administered_anonymously_by(&self, person: &Person) {
        let admin = Standing::Admin { anonymous: true };
        self.server.hub().change(|world| world.stands(self.id, person.id, person.id, admin));
    }

    /// Somebody is thrown out.
    pub fn bans(&self, person: &Person) {
        self.server.hub().change(|world| {
            world.stands(self.id, person.id, person.id, Standing::Kicked);
        });
    }

    /// Somebody adds the bot.
    pub fn adds_bot(&self, by: &Person) {
        self.bot_stands(by, Standing::Member);
        self.server.hub().change(|world| {
            let bot = world.bot_user();
            world.said(self.id, None, Sender::User(by.id), json!({ "new_chat_members": [bot] }));
        });
    }

    /// Somebody makes the bot an administrator, who may delete messages and sees all of them.
    pub fn promotes_bot(&self, by: &Person) {
        self.bot_stands(by, Standing::Admin { anonymous: false });
    }

    /// Somebody throws the bot out.
    pub fn removes_bot(&self, by: &Person) {
        self.bot_stands(by, Standing::Kicked);
    }

    fn bot_stands(&self, by: &Person, standing: Standing) {
        self.server.hub().change(|world| {
            let bot = world.bot.id;
            world.stands(self.id, bot, by.id, standing);
        });
    }

    /// A topic, made if there is none of that name.
    pub fn topic(&self, name: &str) -> Self {
        let thread = self.server.hub().change(|world| {
            let chat = world.chat(self.id);
            assert_eq!(chat.kind, Kind::Supergroup { forum: true }, "only a forum has topics");
            if let Some((thread, _)) = chat.topics.iter().find(|(_, known)| *known == name) {
                return *thread;
            }
            let thread = chat.take_id();
            chat.topics.insert(thread, name.to_owned());
            thread
        });
        Self { thread: Some(thread), ..self.clone() }
    }

    /// A channel's post.
    pub fn posts(&self, text: &str) -> Message {
        let id = self.server.hub().change(|world| {
            assert_eq!(world.chat(self.id).kind, Kind::Channel, "only a channel posts");
            world.said(self.id, None, Sender::Channel, json!({ "text": text }))
        });
        Message::new(&self.server, self.id, id)
    }

    /// The group becomes a supergroup with another id; both sides say so.
    pub fn becomes_supergroup(&self, by: &Person) -> Self {
        let id = self.server.hub().change(|world| {
            let id = TelegramServer::supergroup_id(world);
            let old = world.chat(self.id);
            assert_eq!(old.kind, Kind::Group, "only a group becomes a supergroup");
            let (title, members) = (old.title.clone(), old.members.clone());
            world.add_chat(id, Kind::Supergroup { forum: false }, &title);
            world.chat(id).members = members;
            world.said(self.id, None, Sender::User(by.id), json!({ "migrate_to_chat_id": id }));
            world.said(id, None, Sender::User(by.id), json!({ "migrate_from_chat_id": self.id }));
            world.chat(self.id).migrated_to = Some(id);
            id
        });
        Self { id, ..self.clone() }
    }

    /// What the chat shows now, oldest first, as `Name: words` with buttons; edits are applied, what was deleted is gone.
    pub fn shows(&self) -> String {
        self.server.hub().look(|world| {
            let here = |message: &&Value| self.thread.is_none() || message["message_thread_id"].as_i64() == self.thread;
            let messages = world.chats[&self.id].messages.values().filter(here);
            let lines: Vec<String> = messages
                .map(|message| {
                    let name = message["from"]["first_name"].as_str().unwrap_or("The channel");
                    format!("{name}: {}", crate::shown::words(message))
                })
                .collect();
            lines.join("\n")
        })
    }
}
