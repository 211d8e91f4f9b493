//! Looks at the connection for `usher check`: one finding for each thing that can be wrong.

use serde::Deserialize;
use serenity::{
    all::{ApplicationId, Permissions},
    http::Route,
};
use usher_chat::Command;

use crate::{Inner, Mode, commands, rest::RestError};

/// What one look found: what is well, or what fails and what to do.
pub type Finding = Result<String, String>;

/// The flags of an application that is granted the Message Content intent, with and without Discord's verification.
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;

#[derive(Deserialize)]
struct Application {
    id: ApplicationId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    verify_key: String,
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    interactions_endpoint_url: Option<String>,
    #[serde(default)]
    approximate_guild_count: Option<u64>,
}

/// Where an administrator adds the bot to a server, with exactly the permissions that it needs.
pub fn invite_url(application_id: &str) -> String {
    let permissions = permissions().bits();
    format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={permissions}",
        application_id.trim()
    )
}

/// What the bot does in a server: answer in channels and threads with cards, files and a reference to the question, and
/// delete a code that stands where others read it.
fn permissions() -> Permissions {
    Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::SEND_MESSAGES_IN_THREADS
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES
        | Permissions::READ_MESSAGE_HISTORY
        | Permissions::MANAGE_MESSAGES
}

/// Looks at token, application, way of arrival, intents and commands.
pub(crate) async fn check(inner: &Inner, commands: &[Command]) -> Vec<Finding> {
    let application: Application = match inner.rest.get(Route::Oauth2ApplicationCurrent, &[]).await {
        Ok(application) => application,
        Err(error) => return vec![Err(refused(&error))],
    };
    let mut findings = vec![whose(inner, &application), arrives(inner, &application)];
    if inner.options.message_content {
        findings.push(match application.flags & MESSAGE_CONTENT {
            0 => Err("`message_content` is on, and the Message Content intent is off. Turn it on in the developer \
                portal under Bot, or set `message_content = false`."
                .to_owned()),
            _ => Ok("Message Content intent".to_owned()),
        });
    }
    findings.push(match commands::in_sync(inner, commands).await {
        Ok(true) => Ok("commands in sync".to_owned()),
        Ok(false) => Ok("commands have changed; `usher run` publishes them".to_owned()),
        Err(error) => Err(format!("The commands cannot be compared: {error}.")),
    });
    findings.push(Ok(format!("invite: {}", invite_url(&inner.application.to_string()))));
    findings
}

fn refused(error: &RestError) -> String {
    match error.is(401) {
        true => "Discord refuses the bot's token. Copy it again from the developer portal, under Bot.".to_owned(),
        false => format!("{error}."),
    }
}

fn whose(inner: &Inner, application: &Application) -> Finding {
    if application.id != inner.application {
        let (own, other) = (inner.application, application.id);
        return Err(format!("`application_id` is {own}, and the token belongs to {other}. Set it to that."));
    }
    let servers = match application.approximate_guild_count {
        Some(1) => ", in 1 server".to_owned(),
        Some(count) => format!(", in {count} servers"),
        None => String::new(),
    };
    Ok(format!("{}{servers}", application.name))
}

fn arrives(inner: &Inner, application: &Application) -> Finding {
    let address = application.interactions_endpoint_url.as_deref().filter(|url| !url.is_empty());
    let key = inner.options.public_key.as_deref().map(str::trim);
    match (inner.options.mode, address) {
        (Mode::Gateway, None) => Ok("gateway".to_owned()),
        (Mode::Gateway, Some(_)) => {
            Err("The application has an interactions endpoint URL, so no command arrives over \
            the gateway. Remove it in the developer portal, or set `mode = \"http\"`."
                .to_owned())
        }
        (Mode::Http, _) if !key.is_some_and(|key| key.eq_ignore_ascii_case(&application.verify_key)) => {
            Err("`public_key` is not this application's. Copy it from the developer portal.".to_owned())
        }
        (Mode::Http, None) => {
            Err("The application has no interactions endpoint URL. Set it in the developer portal to \
            your `public_url` with /discord/interactions behind it, while Usher runs."
                .to_owned())
        }
        (Mode::Http, Some(url)) => Ok(format!("interactions arrive at {url}")),
    }
}
