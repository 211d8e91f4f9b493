//! Snowflakes and the contract's ids, and what stands in a component's `custom_id`.

use std::num::NonZeroU64;

use serenity::all::{ChannelId, GuildId, MessageId};
use usher_chat::{ActionId, MessageRef, Person, Place, Platform, ThreadId, Workspace};

/// The longest `custom_id`.
const LONGEST: usize = 100;

/// An id of Discord's.
pub(crate) fn snowflake<T: From<NonZeroU64>>(text: &str) -> Option<T> {
    text.parse::<NonZeroU64>().ok().map(T::from)
}

/// A person by their Discord id.
pub(crate) fn person(user: serenity::all::UserId) -> Person {
    Person::new(Platform::DISCORD, user.to_string())
}

/// A channel of a server, or a thread of that channel.
pub(crate) fn channel(guild: GuildId, channel: ChannelId, thread: Option<ChannelId>) -> Place {
    Place::Channel {
        workspace: Workspace::new(Platform::DISCORD, guild.to_string()),
        channel: channel.to_string().into(),
        thread: thread.map(|thread| ThreadId::new(thread.to_string())),
    }
}

/// The channel or thread in which a place's messages stand. `None` for direct chats and for other platforms.
pub(crate) fn stands_in(place: &Place) -> Option<ChannelId> {
    match place {
        Place::Channel { workspace, channel, thread } if workspace.platform == Platform::DISCORD => {
            snowflake(thread.as_ref().map_or(channel.as_str(), ThreadId::as_str))
        }
        _ => None,
    }
}

/// A message. Its id names the channel too: that of a direct chat stands nowhere else.
pub(crate) fn message(place: &Place, channel: ChannelId, message: MessageId) -> MessageRef {
    MessageRef { place: place.clone(), id: format!("{channel}/{message}").into() }
}

/// Channel and id of a message.
pub(crate) fn message_ids(message: &MessageRef) -> Option<(ChannelId, MessageId)> {
    let (channel, id) = message.id.as_str().split_once('/')?;
    Some((snowflake(channel)?, snowflake(id)?))
}

/// Names what the adapter keeps: a form that is being filled in, an answer that waits to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptId(pub(crate) String);

/// What a component stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomId {
    /// The bot's own button. `place` is told where the button stands elsewhere than the reply that it belongs to.
    Action { action: ActionId, place: Option<Place> },
    /// A menu whose entries are the bot's own buttons.
    Menu(usize),
    /// Opens a page of a form, and comes back with it.
    Form { kept: KeptId, page: usize },
    /// A menu that fills in a field of a form.
    Field { kept: KeptId, field: usize },
    /// Opens an answer that only one person may see.
    Show(KeptId),
}

impl CustomId {
    /// Writes it. `None`: it would be too long for Discord.
    pub(crate) fn write(&self) -> Option<String> {
        let text = match self {
            Self::Action { action, place: None } => format!("a:{action}"),
            Self::Action { action, place: Some(place) } => format!("a:{action}@{}", write_place(place)?),
            Self::Menu(number) => format!("m:{number}"),
            Self::Form { kept, page } => format!("f:{}:{page}", kept.0),
            Self::Field { kept, field } => format!("o:{}:{field}", kept.0),
            Self::Show(kept) => format!("s:{}", kept.0),
        };
        (text.chars().count() <= LONGEST).then_some(text)
    }

    /// Reads it. `None`: it is none of ours.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let numbered = || {
            let (kept, number) = rest.rsplit_once(':')?;
            Some((KeptId(kept.to_owned()), number.parse().ok()?))
        };
        match kind {
            "a" => Some(match rest.rsplit_once('@') {
                None => Self::Action { action: rest.into(), place: None },
                Some((action, place)) => Self::Action { action: action.into(), place: Some(read_place(place)?) },
            }),
            "m" => rest.parse().ok().map(Self::Menu),
            "f" => numbered().map(|(kept, page)| Self::Form { kept, page }),
            "o" => numbered().map(|(kept, field)| Self::Field { kept, field }),
            "s" => Some(Self::Show(KeptId(rest.to_owned()))),
            _ => None,
        }
    }
}

fn write_place(place: &Place) -> Option<String> {
    let Place::Channel { workspace, channel, thread } = place else { return None };
    let mut out = Vec::new();
    for id in [Some(workspace.id.as_str()), Some(channel.as_str()), thread.as_ref().map(ThreadId::as_str)] {
        out.extend(id.map(|id| snowflake::<NonZeroU64>(id).map(|id| format!("{id:x}"))));
    }
    out.into_iter().collect::<Option<Vec<_>>>().map(|ids| ids.join("."))
}

fn read_place(text: &str) -> Option<Place> {
    let read = |id: &str| u64::from_str_radix(id, 16).ok().and_then(NonZeroU64::new);
    let ids: Vec<NonZeroU64> = text.split('.').map(read).collect::<Option<_>>()?;
    match ids.as_slice() {
        [guild, parent] => Some(channel((*guild).into(), (*parent).into(), None)),
        [guild, parent, thread] => Some(channel((*guild).into(), (*parent).into(), Some((*thread).into()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_ids_fit_and_longer_ones_are_refused() {
        let far = channel(GuildId::new(u64::MAX), ChannelId::new(u64::MAX), Some(ChannelId::new(u64::MAX)));
        let action = ActionId::new("f".repeat(40));
        let id = CustomId::Action { action, place: Some(far.clone()) };
        let text = id.write().unwrap();
        assert!(text.len() <= LONGEST, "{}", text.len());
        assert_eq!(CustomId::read(&text), Some(id));
        assert_eq!(CustomId::Action { action: ActionId::new("f".repeat(99)), place: None }.write(), None);
    }

    #[test]
    fn what_was_written_reads_back_and_the_rest_is_not_ours() {
        let place = channel(GuildId::new(7), ChannelId::new(8), None);
        for id in [
            CustomId::Action { action: "0a1b".into(), place: None },
            CustomId::Action { action: "0a1b".into(), place: Some(place) },
            CustomId::Menu(3),
            CustomId::Form { kept: KeptId("1f-ab".into()), page: 2 },
            CustomId::Field { kept: KeptId("1f-ab".into()), field: 11 },
            CustomId::Show(KeptId("1f-ab".into())),
        ] {
            assert_eq!(CustomId::read(&id.write().unwrap()), Some(id));
        }
        for odd in ["", "a", "x:1", "m:", "m:-1", "f:1", "o::x", "a:1@", "a:1@0.1", "a:1@g.1", "a:1@1.2.3.4"] {
            assert_eq!(CustomId::read(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,120}") {
            let _ = CustomId::read(&text);
        }
    }
}
