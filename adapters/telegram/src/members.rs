//! Who is in a group, and who administers it. Asked anew every time: nothing here is remembered.

use teloxide::{requests::Requester, types::ChatMemberKind};
use usher_chat::{AdapterError, Member, Person, RoleId, Workspace};

use crate::{
    api::{Api, Failure},
    places::{self, Places},
};

/// The only role that a group has.
const ADMINISTRATORS: &str = "administrators";

/// What Telegram says about a person in a group. Inline mode has no members: whoever asks is there.
pub(crate) async fn member(
    api: &Api,
    places: &Places,
    workspace: &Workspace,
    person: &Person,
) -> Result<Member, AdapterError> {
    let user = places::user(person).ok_or_else(|| AdapterError::Unknown(person.to_string()))?;
    if Some(workspace) == places::inline().workspace() {
        return Ok(Member { present: true, ..Member::default() });
    }
    let unknown = || AdapterError::Unknown(workspace.to_string());
    let chat = places.chat(workspace).await?.ok_or_else(unknown)?;
    let found = match api.call(api.bot().get_chat_member(chat, user)).await {
        Err(Failure::Moved(to)) => {
            places.moved(chat, to).await?;
            api.call(api.bot().get_chat_member(to, user)).await
        }
        found => found,
    };
    match found {
        Ok(found) => Ok(as_member(&found.kind)),
        // Somebody whom Telegram has never seen there is not there.
        Err(Failure::Refused(why)) if why.contains("user not found") || why.contains("PARTICIPANT_ID_INVALID") => {
            Ok(Member::default())
        }
        // The bot was removed, or the group is gone.
        Err(Failure::Refused(_)) => Err(unknown()),
        Err(failure) => Err(failure.into()),
    }
}

/// The people who administer a group. Bots are no people.
pub(crate) async fn admins(api: &Api, places: &Places, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
    let unknown = || AdapterError::Unknown(workspace.to_string());
    let chat = places.chat(workspace).await?.ok_or_else(unknown)?;
    match api.call(api.bot().get_chat_administrators(chat)).await {
        Ok(admins) => Ok(admins.iter().filter(|a| !a.user.is_bot).map(|a| places::person(a.user.id)).collect()),
        Err(Failure::Refused(_)) => Err(unknown()),
        Err(failure) => Err(failure.into()),
    }
}

fn as_member(kind: &ChatMemberKind) -> Member {
    let present = match kind {
        ChatMemberKind::Owner(_) | ChatMemberKind::Administrator(_) | ChatMemberKind::Member(_) => true,
        ChatMemberKind::Restricted(restricted) => restricted.is_member,
        ChatMemberKind::Left | ChatMemberKind::Banned(_) => false,
    };
    let admin = matches!(kind, ChatMemberKind::Owner(_) | ChatMemberKind::Administrator(_));
    let roles = if admin { vec![RoleId::from(ADMINISTRATORS)] } else { Vec::new() };
    Member { present, admin, roles }
}
