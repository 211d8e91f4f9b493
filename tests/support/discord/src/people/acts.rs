//! What somebody can do in a channel.

use serde_json::{Value, json};

use super::{
    Seat, Seen,
    asked::{Asked, deliver},
    seen::label,
    sees, typed,
};
use crate::{
    gateway, objects, permissions,
    state::{Id, Interaction, Message, State, StoredFile},
    world::Person,
};

/// A file that somebody sends: name, media type, content.
pub type SentFile<'a> = (&'a str, &'a str, &'a [u8]);

impl Seat {
    /// Uses a slash command as one types it: `/jira view key:DEMO-1`, people as `@name`, channels as `#name`.
    ///
    /// # Panics
    /// Where Discord's own client would not let it go: an unknown command or option, one that is missing, or no permission.
    pub fn slash(&self, line: &str) -> Asked {
        self.slash_with(line, &[])
    }

    /// The same with files, which options name: `/jira attach key:DEMO-1 file:a.txt`.
    pub fn slash_with(&self, line: &str, files: &[SentFile<'_>]) -> Asked {
        let data = self.command(line, files, false);
        self.begin(2, data, None)
    }

    /// Types a slash command up to here; its last option asks how it may go on.
    pub fn complete(&self, line: &str) -> Asked {
        let data = self.command(line, &[], true);
        self.begin(4, data, None)
    }

    fn command(&self, line: &str, files: &[SentFile<'_>], unfinished: bool) -> Value {
        let files = files.iter().map(|file| self.upload(*file)).collect::<Vec<_>>();
        let state = self.person.shared.look();
        let typed =
            typed::Typed { state: &state, who: self.person.id, channel: self.channel.id, files: &files, unfinished };
        typed.read(line).unwrap_or_else(|why| panic!("{line}: {why}"))
    }

    /// Presses the button of that label on a message, as it stands there now.
    ///
    /// # Panics
    /// When this person does not see the message, or it has no such button.
    pub fn press(&self, message: &Seen, words: &str) -> Asked {
        let button =
            self.component(message, |one| one["type"] == 2 && one["custom_id"].is_string() && label(one) == words);
        assert!(button["disabled"] != true, "[{words}] is off");
        self.begin(3, json!({"custom_id": button["custom_id"], "component_type": 2}), Some(message.message))
    }

    /// Chooses the entry of that label from a message's menu.
    ///
    /// # Panics
    /// When this person does not see the message, or no menu of it has such an entry.
    pub fn choose(&self, message: &Seen, words: &str) -> Asked {
        let entries = |one: &Value| one["options"].as_array().cloned().unwrap_or_default();
        let menu = self.component(message, |one| entries(one).iter().any(|entry| label(entry) == words));
        let entry = entries(&menu).into_iter().find(|entry| label(entry) == words).expect("it was just there");
        let data = json!({"custom_id": menu["custom_id"], "component_type": 3, "values": [entry["value"]]});
        self.begin(3, data, Some(message.message))
    }

    fn component(&self, message: &Seen, fits: impl Fn(&Value) -> bool) -> Value {
        let state = self.person.shared.look();
        assert!(sees(&state, self.person.id, message.message), "this person does not see {message}");
        let now = Seen::now(message.message, &state);
        now.components().find(|one| fits(one)).unwrap_or_else(|| panic!("nothing of that label in {now}")).clone()
    }

    /// Uses a command of a message's menu.
    ///
    /// # Panics
    /// When there is no such command, or this person does not see the message.
    pub fn message_menu(&self, command: &str, message: Id) -> Asked {
        let data = {
            let state = self.person.shared.look();
            assert!(sees(&state, self.person.id, message), "this person does not see the message");
            let found =
                typed::find(&state, self.person.id, self.channel.id, 3, command).unwrap_or_else(|why| panic!("{why}"));
            let target = objects::message(&state, &state.messages[&message]);
            let mut data = typed::head(&found);
            data["target_id"] = json!(message.to_string());
            data["resolved"] = json!({"messages": {message.to_string(): target}});
            data
        };
        self.begin(2, data, None)
    }

    /// Uses a command of a person's menu.
    ///
    /// # Panics
    /// When there is no such command.
    pub fn person_menu(&self, command: &str, target: &Person) -> Asked {
        let data = {
            let state = self.person.shared.look();
            let found =
                typed::find(&state, self.person.id, self.channel.id, 2, command).unwrap_or_else(|why| panic!("{why}"));
            let mut data = typed::head(&found);
            data["target_id"] = json!(target.id.to_string());
            data["resolved"] = typed::resolved_user(&state, self.channel.id, target.id);
            data
        };
        self.begin(2, data, None)
    }

    /// Writes a message. `@name` and `#name` name people, roles and channels, as if chosen from Discord's lists.
    pub fn say(&self, text: &str) -> Id {
        self.write(text, &[], None)
    }

    /// Writes a message with files.
    pub fn say_with(&self, text: &str, files: &[SentFile<'_>]) -> Id {
        self.write(text, files, None)
    }

    /// Answers a message, whose author is named by that.
    pub fn answer(&self, message: &Seen, text: &str) -> Id {
        self.write(text, &[], Some(message.message))
    }

    fn write(&self, text: &str, files: &[SentFile<'_>], answers: Option<Id>) -> Id {
        let attachments = files.iter().map(|file| self.upload(*file)).collect();
        self.person.shared.change(|state| {
            let rights = permissions::in_channel(state, self.channel.id, self.person.id);
            assert!(rights & permissions::VIEW_CHANNEL != 0, "this person does not see the channel");
            let id = state.snowflake();
            let message = Message {
                id,
                channel: self.channel.id,
                author: self.person.id,
                content: typed::chosen(state, self.channel.id, text),
                embeds: Vec::new(),
                components: Vec::new(),
                attachments,
                flags: 0,
                only: None,
                edited: None,
                deleted: false,
                interaction: None,
                answers,
            };
            state.messages.insert(id, message);
            gateway::tell_message(state, "MESSAGE_CREATE", id);
            id
        })
    }

    fn upload(&self, (name, media_type, content): SentFile<'_>) -> Value {
        self.person.shared.change(|state| {
            let id = state.snowflake();
            let path = format!("{}/{id}/{name}", self.channel.id);
            let url = format!("{}/attachments/{path}", state.facts.api_url);
            let file = StoredFile { media_type: media_type.to_owned(), content: content.to_vec().into() };
            state.files.insert(path, file);
            json!({
                "id": id.to_string(),
                "filename": name,
                "content_type": media_type,
                "size": content.len(),
                "url": url,
                "proxy_url": url,
            })
        })
    }

    /// Makes an interaction and hands it to the bot.
    pub(super) fn begin(&self, kind: u8, data: Value, message: Option<Id>) -> Asked {
        let shared = self.person.shared.clone();
        let id = shared.change(|state| {
            let id = state.snowflake();
            let token = format!("token-of-{id}-{}", rand::random::<u64>());
            let payload = self.payload(state, id, kind, &token, data, message);
            let interaction = Interaction {
                id,
                kind,
                token: token.clone(),
                user: self.person.id,
                channel: self.channel.id,
                born: state.now,
                sent: Default::default(),
                payload,
                acknowledged: None,
                original: None,
                message,
                choices: None,
                modal: None,
                answered: None,
            };
            state.tokens.insert(token, id);
            state.interactions.insert(id, interaction);
            id
        });
        deliver(&shared, id);
        Asked { shared, seat: self.clone(), id }
    }

    fn payload(&self, state: &State, id: Id, kind: u8, token: &str, data: Value, message: Option<Id>) -> Value {
        let (who, channel) = (self.person.id, self.channel.id);
        let guild = state.guild_of(channel);
        let mut payload = json!({
            "id": id.to_string(),
            "application_id": state.facts.application.to_string(),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel.to_string(),
            "channel": objects::partial_channel(state, channel, who),
            "app_permissions": permissions::in_channel(state, channel, state.facts.bot).to_string(),
            "locale": "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": guild.map_or_else(|| "0".to_owned(), |guild| guild.to_string())},
            "context": u8::from(guild.is_none()),
            "attachment_size_limit": 10 * 1024 * 1024,
        });
        match guild {
            Some(guild) => {
                payload["guild_id"] = json!(guild.to_string());
                payload["guild"] = json!({"id": guild.to_string(), "locale": "en-US", "features": []});
                payload["guild_locale"] = json!("en-US");
                payload["member"] = objects::acting_member(state, guild, channel, who);
            }
            None => payload["user"] = objects::user_of(state, who),
        }
        if let Some(message) = message {
            payload["message"] = objects::message(state, &state.messages[&message]);
        }
        payload
    }
}
