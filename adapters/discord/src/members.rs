//! Who is in a server and who administers it, asked of Discord anew each time.

use std::collections::HashMap;

use serde::Deserialize;
use serenity::{
    all::{GuildId, Permissions, RoleId, User, UserId},
    http::Route,
};
use usher_chat::{AdapterError, Member, Person, Platform, Workspace};

use crate::{
    ids::{self, snowflake},
    rest::{Rest, RestError, code},
};

/// The largest page of a server's members, and how many are read.
const PAGE: usize = 1_000;
const PAGES: usize = 20;

#[derive(Deserialize)]
struct Told {
    user: Option<TellsId>,
    #[serde(default)]
    roles: Vec<RoleId>,
}

#[derive(Deserialize)]
struct TellsId {
    id: UserId,
    #[serde(default)]
    bot: bool,
}

#[derive(Deserialize)]
struct Server {
    owner_id: UserId,
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    id: RoleId,
    permissions: Permissions,
}

/// What an interaction tells of its member.
pub(crate) fn told(member: &serenity::all::Member) -> Member {
    Member {
        present: true,
        admin: member.permissions.is_some_and(administers),
        roles: member.roles.iter().map(|role| role.to_string().into()).collect(),
    }
}

/// The name that others see.
pub(crate) fn name(user: &User, nick: Option<&str>) -> String {
    nick.or(user.global_name.as_deref()).unwrap_or(&user.name).to_owned()
}

/// What Discord says now about a person's membership. Who is not there, or whose server is closed to the bot, is absent.
pub(crate) async fn member(rest: &Rest, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
    let guild_id = server_id(workspace)?;
    let unknown = || AdapterError::Unknown(person.to_string());
    let id = (person.platform == Platform::DISCORD).then(|| snowflake(person.user.as_str())).flatten();
    let user_id = id.ok_or_else(unknown)?;
    let member = rest.get::<Told>(Route::GuildMember { guild_id, user_id }, &[]);
    let server = rest.get::<Server>(Route::Guild { guild_id }, &[]);
    match futures::try_join!(member, server) {
        Ok((member, server)) => Ok(Member {
            present: true,
            admin: server.administers(guild_id, user_id, &member.roles),
            roles: member.roles.iter().map(|role| role.to_string().into()).collect(),
        }),
        Err(error) if error.is(404) || error.has(&[code::MISSING_ACCESS]) => Ok(Member::default()),
        Err(error) => Err(error.into()),
    }
}

/// The people who administer a server now. Without the Server Members intent Discord lists nobody, and the owner is all
/// that is known.
pub(crate) async fn admins(rest: &Rest, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
    let guild_id = server_id(workspace)?;
    let server = match rest.get::<Server>(Route::Guild { guild_id }, &[]).await {
        Ok(server) => server,
        Err(error) if error.is(404) || error.has(&[code::MISSING_ACCESS]) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut admins = vec![server.owner_id];
    match everyone(rest, guild_id).await {
        Ok(members) => {
            let people = members.iter().filter_map(|member| Some((member.user.as_ref()?, &member.roles)));
            let found = people.filter(|(user, roles)| !user.bot && server.administers(guild_id, user.id, roles));
            admins.extend(found.map(|(user, _)| user.id).filter(|id| *id != server.owner_id));
        }
        Err(error @ RestError::Refused { .. }) => tracing::debug!(%guild_id, %error, "members are not listed"),
        Err(error) => return Err(error.into()),
    }
    Ok(admins.into_iter().map(ids::person).collect())
}

async fn everyone(rest: &Rest, guild_id: GuildId) -> Result<Vec<Told>, RestError> {
    let mut members: Vec<Told> = Vec::new();
    for _ in 0..PAGES {
        let after = members
            .last()
            .and_then(|member| member.user.as_ref())
            .map_or_else(|| "0".to_owned(), |user| user.id.to_string());
        let query = [("limit", PAGE.to_string()), ("after", after)];
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page: Vec<Told> = rest.get(Route::GuildMembers { guild_id }, &query).await?;
        let full = page.len() >= PAGE;
        members.extend(page);
        if !full {
            break;
        }
    }
    Ok(members)
}

impl Server {
    /// Whether somebody with these roles administers the server: its owner, or whoever may manage it.
    fn administers(&self, id: GuildId, user: UserId, roles: &[RoleId]) -> bool {
        let permissions: HashMap<RoleId, Permissions> =
            self.roles.iter().map(|role| (role.id, role.permissions)).collect();
        // Everyone has the role that has the server's own id.
        let everyone = RoleId::new(id.get());
        let mut held = roles.iter().chain([&everyone]).filter_map(|role| permissions.get(role));
        user == self.owner_id || held.any(|permissions| administers(*permissions))
    }
}

fn administers(permissions: Permissions) -> bool {
    permissions.intersects(Permissions::ADMINISTRATOR | Permissions::MANAGE_GUILD)
}

fn server_id(workspace: &Workspace) -> Result<GuildId, AdapterError> {
    let id = (workspace.platform == Platform::DISCORD).then(|| snowflake(workspace.id.as_str())).flatten();
    id.ok_or_else(|| AdapterError::Unknown(workspace.to_string()))
}
