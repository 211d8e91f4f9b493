//! Ids as the platforms give them. They are opaque: only the adapter that made one may look inside.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An id in a text such as `discord:1234` that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: write platform and id with a colon between, such as `discord:1234`")]
pub struct ParseIdError(pub String);

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the platform's own id as it is.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The platform's own id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    )+};
}

opaque! {
    /// A person's id on their platform.
    UserId,
    /// A Discord server, a Telegram group, the terminal's `home`.
    WorkspaceId,
    /// A channel of a workspace.
    ChannelId,
    /// A thread or topic of a channel. It inherits whatever holds for its channel.
    ThreadId,
    /// A message, unique within its place.
    MessageId,
    /// The platform's id of one thing that happened. An id that comes twice is the same thing told twice.
    EventId,
    /// A platform's role, by id.
    RoleId,
    /// The bot's own id of a button or form on offer. Platforms carry it and read nothing from it.
    ActionId,
}

/// A chat platform: `discord`, `telegram`, `terminal`, or what an embedding program calls its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Platform(Cow<'static, str>);

impl Platform {
    /// Discord.
    pub const DISCORD: Platform = Platform(Cow::Borrowed("discord"));
    /// Telegram.
    pub const TELEGRAM: Platform = Platform(Cow::Borrowed("telegram"));
    /// The chat in the terminal, and JSON Lines.
    pub const TERMINAL: Platform = Platform(Cow::Borrowed("terminal"));

    /// A platform by name. Names have no colon, so that `platform:id` can be read back.
    pub fn new(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into().replace(':', "-")))
    }

    /// The platform's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person: who they are on which platform. Names are for display, this decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The platform they speak on.
    pub platform: Platform,
    /// Their id there.
    pub user: UserId,
}

impl Person {
    /// A person by platform and id.
    pub fn new(platform: Platform, user: impl Into<UserId>) -> Self {
        Self { platform, user: user.into() }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.user)
    }
}

impl FromStr for Person {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (platform, user) = split(text)?;
        Ok(Self { platform, user: user.into() })
    }
}

/// A workspace: which one on which platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Workspace {
    /// The platform it is on.
    pub platform: Platform,
    /// Its id there.
    pub id: WorkspaceId,
}

impl Workspace {
    /// A workspace by platform and id.
    pub fn new(platform: Platform, id: impl Into<WorkspaceId>) -> Self {
        Self { platform, id: id.into() }
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.id)
    }
}

impl FromStr for Workspace {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (platform, id) = split(text)?;
        Ok(Self { platform, id: id.into() })
    }
}

fn split(text: &str) -> Result<(Platform, &str), ParseIdError> {
    match text.split_once(':') {
        Some((platform, id)) if !platform.is_empty() && !id.is_empty() => Ok((Platform::new(platform), id)),
        _ => Err(ParseIdError(text.to_owned())),
    }
}

/// Where something happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// The direct chat between the bot and the person that the event names.
    Direct {
        /// The platform it is on.
        platform: Platform,
    },
    /// A channel that others can read.
    Channel {
        /// The workspace that the channel belongs to.
        workspace: Workspace,
        /// The channel.
        channel: ChannelId,
        /// The thread in it, if any.
        thread: Option<ThreadId>,
    },
}

impl Place {
    /// The direct chat of a platform.
    pub fn direct(platform: Platform) -> Self {
        Self::Direct { platform }
    }

    /// A channel of a workspace, outside any thread.
    pub fn channel(workspace: Workspace, channel: impl Into<ChannelId>) -> Self {
        Self::Channel { workspace, channel: channel.into(), thread: None }
    }

    /// Where queries are asked that name no chat, such as Telegram's inline queries. A workspace of its own.
    pub fn inline(platform: Platform) -> Self {
        Self::channel(Workspace::new(platform, Self::INLINE), Self::INLINE)
    }

    /// The name of that place, as people write it.
    pub const INLINE: &'static str = "inline";

    /// The platform of the place.
    pub fn platform(&self) -> &Platform {
        match self {
            Self::Direct { platform } => platform,
            Self::Channel { workspace, .. } => &workspace.platform,
        }
    }

    /// The workspace, where the place has one.
    pub fn workspace(&self) -> Option<&Workspace> {
        match self {
            Self::Direct { .. } => None,
            Self::Channel { workspace, .. } => Some(workspace),
        }
    }

    /// The channel, where the place has one.
    pub fn channel_id(&self) -> Option<&ChannelId> {
        match self {
            Self::Direct { .. } => None,
            Self::Channel { channel, .. } => Some(channel),
        }
    }

    /// Whether this is a direct chat.
    pub fn is_direct(&self) -> bool {
        matches!(self, Self::Direct { .. })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct { platform } => write!(f, "{platform}/direct"),
            Self::Channel { workspace, channel, thread: None } => write!(f, "{workspace}/{channel}"),
            Self::Channel { workspace, channel, thread: Some(thread) } => write!(f, "{workspace}/{channel}/{thread}"),
        }
    }
}

/// One message in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// Where the message stands.
    pub place: Place,
    /// Which one it is.
    pub id: MessageId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_workspaces_read_back_what_they_print() {
        let ada: Person = "discord:1234".parse().unwrap();
        assert_eq!(ada, Person::new(Platform::DISCORD, "1234"));
        assert_eq!(ada.to_string().parse::<Person>().unwrap(), ada);
        let group: Workspace = "telegram:-1001".parse().unwrap();
        assert_eq!(group.to_string(), "telegram:-1001");
        for bad in ["", "1234", ":1", "discord:"] {
            assert_eq!(bad.parse::<Person>(), Err(ParseIdError(bad.to_owned())));
        }
    }

    #[test]
    fn only_channels_have_a_workspace() {
        let home = Workspace::new(Platform::TERMINAL, "home");
        assert_eq!(Place::channel(home.clone(), "eng").workspace(), Some(&home));
        assert_eq!(Place::direct(Platform::TERMINAL).workspace(), None);
    }
}
