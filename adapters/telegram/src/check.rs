//! Looks at the connection for `usher check`: one finding for each thing that can be wrong.

use teloxide::{requests::Requester, types::Me};
use usher_chat::Command;

use crate::{
    TelegramOptions,
    api::{Api, Failure},
    commands::Menu,
};

/// What one look found: what is well, or what fails and what to do.
pub type Finding = Result<String, String>;

pub(crate) async fn check(api: &Api, options: &TelegramOptions, commands: &[Command]) -> Vec<Finding> {
    let me = match api.call(api.bot().get_me()).await {
        Ok(me) => me,
        Err(failure) if failure.is_bad_token() => {
            return vec![Err("Telegram does not know this token. @BotFather shows it: /mybots, API Token".to_owned())];
        }
        Err(failure) => return vec![Err(away(&failure))],
    };
    let mut found = vec![whose(&me)];
    if options.inline {
        found.push(inline(&me));
    }
    found.push(arrives(api, options).await);
    found.push(published(api, commands).await);
    found
}

fn whose(me: &Me) -> Finding {
    let name = me.user.username.as_deref().unwrap_or(&me.user.first_name);
    let privacy = match me.can_read_all_group_messages {
        true => "privacy mode off, so it is sent every message of its groups",
        false => "privacy mode on",
    };
    Ok(format!("@{name}, {privacy}"))
}

fn inline(me: &Me) -> Finding {
    match me.supports_inline_queries {
        true => Ok("inline mode on".to_owned()),
        false => Err("`inline` is on here and off at Telegram. Send /setinline to @BotFather".to_owned()),
    }
}

async fn arrives(api: &Api, options: &TelegramOptions) -> Finding {
    let hook = api.call(api.bot().get_webhook_info()).await.map_err(|failure| away(&failure))?;
    match (options.webhook, hook.url, hook.last_error_message) {
        (true, Some(_), Some(problem)) => Err(format!(
            "Telegram could not call the webhook: {problem}. Look whether `public_url` can be reached from outside"
        )),
        (true, Some(_), None) => Ok("webhook set".to_owned()),
        (true, None, _) => Ok("the webhook will be set at the next start".to_owned()),
        (false, Some(_), _) => Ok("polling; the webhook that is set will be removed at the next start".to_owned()),
        (false, None, _) => Ok("polling".to_owned()),
    }
}

async fn published(api: &Api, commands: &[Command]) -> Finding {
    let menu = Menu::default();
    menu.set(commands);
    match menu.in_sync(api).await.map_err(|failure| away(&failure))? {
        true => Ok("commands published".to_owned()),
        false => Ok("commands will be published at the next start".to_owned()),
    }
}

fn away(failure: &Failure) -> String {
    format!("Telegram cannot be asked: {failure}. Look at the network and at `api_url`")
}
