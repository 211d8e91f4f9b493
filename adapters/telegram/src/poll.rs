//! Long polling: no inbound HTTP. The next updates are asked for only when those before are kept.

use std::{sync::Arc, time::Duration};

use teloxide::{payloads::setters::*, requests::Requester};
use usher_chat::AdapterError;

use crate::{api::Failure, service::Service};

/// How long Telegram may wait for something to happen.
const WAIT: Duration = Duration::from_secs(25);
/// The pause after a failure, the first time and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));
/// While too much is in hand, it is looked again after this long.
const FULL: Duration = Duration::from_millis(100);

/// Serves until `host.stopping()` resolves.
///
/// # Errors
/// A token that Telegram does not know any more.
pub(crate) async fn run(service: &Arc<Service>) -> Result<(), AdapterError> {
    let mut stopping = service.host.stopping();
    let ended = tokio::select! {
        biased;
        () = &mut stopping => Ok(()),
        ended = fetch(service) => ended,
    };
    service.stop().await;
    ended
}

async fn fetch(service: &Arc<Service>) -> Result<(), AdapterError> {
    // A webhook that was set before would refuse every polling.
    let unset = service.api.bot().delete_webhook().drop_pending_updates(false);
    if let Err(error) = service.api.call(unset).await {
        tracing::warn!(%error, "a webhook may still be set");
    }
    let mut pause = PAUSE.0;
    loop {
        while service.is_full() {
            tokio::time::sleep(FULL).await;
        }
        let offset = i32::try_from(service.journal.next()).ok().filter(|next| *next > 0);
        let kept = match service.api.updates(offset, WAIT, service.allowed()).await {
            Ok(updates) if updates.is_empty() => Ok(()),
            Ok(updates) => service.accept(updates).await.map_err(|error| error.to_string()),
            Err(failure) if failure.is_bad_token() => return Err(failure.into()),
            Err(Failure::Busy(asked)) => {
                pause = pause.max(asked);
                Err(format!("Telegram asks to wait {} s", asked.as_secs()))
            }
            Err(failure) => Err(failure.to_string()),
        };
        match kept {
            Ok(()) => pause = PAUSE.0,
            Err(why) => {
                tracing::warn!(why, "no updates came");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE.1);
            }
        }
    }
}
