//! `setWebhook`, `deleteWebhook`, `getWebhookInfo`.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::{refusal::Refusal, updates::Webhook};

impl Call<'_> {
    pub(super) fn set_webhook(&mut self) -> Answer {
        let url = self.text("url").to_owned();
        if url.is_empty() {
            return self.delete_webhook();
        }
        let parsed = url::Url::parse(&url).map_err(|_| Refusal::bad("bad webhook: invalid webhook URL specified"))?;
        // A test has no certificate, so its own machine is let off.
        let here = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost"));
        if parsed.scheme() != "https" && !here {
            return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
        }
        if !here && !matches!(parsed.port_or_known_default(), Some(443 | 80 | 88 | 8443)) {
            return Err(Refusal::bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
        }
        let secret = self.parameters["secret_token"].as_str().map(str::to_owned);
        if let Some(secret) = &secret {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if secret.is_empty() || secret.len() > 256 || !secret.chars().all(fits) {
                return Err(Refusal::bad("secret token contains unallowed characters"));
            }
        }
        if let Some(kinds) = self.parameters["allowed_updates"].as_array() {
            self.world.updates.allowed = kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
        }
        if self.flag("drop_pending_updates") {
            self.world.updates.pending.clear();
        }
        self.world.updates.webhook = Some(Webhook { url, secret, last_error: None });
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self) -> Answer {
        if self.flag("drop_pending_updates") {
            self.world.updates.pending.clear();
        }
        self.world.updates.webhook = None;
        Ok(json!(true))
    }

    pub(super) fn webhook_info(&self) -> Value {
        let updates = &self.world.updates;
        let url = updates.webhook.as_ref().map_or("", |webhook| webhook.url.as_str());
        let mut info =
            json!({ "url": url, "has_custom_certificate": false, "pending_update_count": updates.pending.len() });
        if let Some(error) = updates.webhook.as_ref().and_then(|webhook| webhook.last_error.as_ref()) {
            info["last_error_date"] = json!(self.world.now());
            info["last_error_message"] = json!(error);
        }
        if !updates.allowed.is_empty() {
            info["allowed_updates"] = json!(updates.allowed);
        }
        info
    }
}
