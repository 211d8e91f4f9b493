//! `getChat`, `getChatMember`, `getChatMemberCount`, `getChatAdministrators`, `leaveChat`.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::{
    refusal::Refusal,
    world::{Kind, Standing, World},
};

impl Call<'_> {
    pub(super) fn get_chat(&mut self) -> Answer {
        let id = self.known()?;
        let mut chat = self.world.chat_json(id);
        chat["accent_color_id"] = json!(0);
        chat["max_reaction_count"] = json!(11);
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
            "gifts_from_channels": false,
        });
        Ok(chat)
    }

    pub(super) fn get_chat_member(&mut self) -> Answer {
        let id = self.known()?;
        let Some(user) = self.parameters["user_id"].as_i64() else {
            return Err(Refusal::bad("invalid user_id specified"));
        };
        let world = &self.world;
        if user != world.bot.id && !world.people.contains_key(&user) {
            return Err(Refusal::bad("PARTICIPANT_ID_INVALID"));
        }
        let chat = &world.chats[&id];
        if chat.kind == Kind::Channel && !chat.standing(world.bot.id).is_admin() {
            return Err(Refusal::bad("CHAT_ADMIN_REQUIRED"));
        }
        Ok(member(world, id, user))
    }

    pub(super) fn get_chat_member_count(&mut self) -> Answer {
        let id = self.known()?;
        Ok(json!(self.world.chats[&id].members.values().filter(|standing| standing.is_in()).count()))
    }

    pub(super) fn get_chat_administrators(&mut self) -> Answer {
        let id = self.known()?;
        let chat = &self.world.chats[&id];
        if chat.kind == Kind::Private {
            return Err(Refusal::bad("there are no administrators in the private chat"));
        }
        let bot = self.world.bot.id;
        // Other bots than the asking one are left out.
        let admins = chat.members.iter().filter(|(_, standing)| standing.is_admin()).map(|(user, _)| *user);
        let admins = admins.filter(|user| *user == bot || self.world.people.contains_key(user));
        Ok(admins.map(|user| member(self.world, id, user)).collect())
    }

    pub(super) fn leave_chat(&mut self) -> Answer {
        let id = self.reachable()?;
        let bot = self.world.bot.id;
        self.world.chat(id).members.insert(bot, Standing::Left);
        Ok(json!(true))
    }

    /// A chat that the bot may look at: direct chats also unopened ones, groups only those it is in.
    fn known(&mut self) -> Result<i64, Refusal> {
        let id = self.parameters["chat_id"].as_i64().ok_or_else(|| Refusal::bad("chat not found"))?;
        match self.world.chats.get(&id).map(|chat| chat.kind) {
            None => Err(Refusal::bad("chat not found")),
            Some(Kind::Private) => Ok(id),
            Some(_) => self.world.reachable(&json!(id)),
        }
    }
}

/// A member as Telegram tells it.
pub fn member(world: &World, chat: i64, user: i64) -> Value {
    let chat = &world.chats[&chat];
    let kind = chat.kind;
    let person = world.user(user);
    let standing = match kind {
        Kind::Private => Standing::Member,
        _ => chat.standing(user),
    };
    match standing {
        Standing::Owner => json!({ "status": "creator", "user": person, "is_anonymous": false }),
        Standing::Admin { anonymous } => {
            let mut member = json!({ "status": "administrator", "user": person, "can_be_edited": false });
            member["is_anonymous"] = json!(anonymous);
            for right in [
                "can_manage_chat",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_restrict_members",
                "can_promote_members",
                "can_change_info",
                "can_invite_users",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
            ] {
                member[right] = json!(true);
            }
            if kind == Kind::Channel {
                member["can_post_messages"] = json!(true);
                member["can_edit_messages"] = json!(true);
            }
            member
        }
        Standing::Member => json!({ "status": "member", "user": person }),
        Standing::Left => json!({ "status": "left", "user": person }),
        Standing::Kicked => json!({ "status": "kicked", "user": person, "until_date": 0 }),
    }
}
