//! What `usher check` says about Telegram.

use teloxide::requests::Requester;
use usher_chat::Command;

use crate::{Telegram, api::Failure, commands::Menu};

impl Telegram {
    /// Looks whether the bot can serve: its token, what it may read, whether its menus say what `commands` say. Changes
    /// nothing.
    ///
    /// # Errors
    /// What keeps it from serving, with the next step.
    pub async fn check(&self, commands: &[Command]) -> Result<String, String> {
        let api = self.api();
        let me = match api.call(api.bot().get_me()).await {
            Ok(me) => me,
            Err(failure) if failure.is_bad_token() => {
                return Err("Telegram does not know this token. Ask @BotFather for it: /mybots, API Token.".to_owned());
            }
            Err(failure) => return Err(away(&failure)),
        };
        let mut found = vec![format!("@{}", me.user.username.as_deref().unwrap_or("?"))];
        found.push(match me.can_read_all_group_messages {
            true => "privacy mode off: it is sent every message of its groups".to_owned(),
            false => "privacy mode on".to_owned(),
        });
        if self.0.options.inline && !me.supports_inline_queries {
            return Err(
                "`inline` is on, but @BotFather has inline mode off for this bot. Send him /setinline.".to_owned()
            );
        }
        let hook = api.call(api.bot().get_webhook_info()).await.map_err(|failure| away(&failure))?;
        match (self.0.options.webhook, &hook.url, &hook.last_error_message) {
            (true, Some(_), Some(problem)) => return Err(format!("Telegram could not call the webhook: {problem}.")),
            (true, Some(_), None) => found.push("webhook set".to_owned()),
            (true, None, _) => found.push("the webhook will be set at the next start".to_owned()),
            (false, Some(_), _) => found.push("polling; the webhook that is set will be removed".to_owned()),
            (false, None, _) => found.push("polling".to_owned()),
        }
        let menu = Menu::default();
        menu.set(commands);
        found.push(match menu.in_sync(api).await.map_err(|failure| away(&failure))? {
            true => "commands published".to_owned(),
            false => "commands will be published at the next start".to_owned(),
        });
        Ok(found.join(", "))
    }
}

fn away(failure: &Failure) -> String {
    format!("Telegram cannot be asked: {failure}.")
}
