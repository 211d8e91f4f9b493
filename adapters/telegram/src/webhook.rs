//! Updates over HTTP: Telegram calls, and hears 200 when what it told is kept.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use teloxide::{payloads::setters::*, requests::Requester};
use usher_chat::{AdapterError, HttpRequest, HttpResponse};

use crate::{
    TelegramOptions,
    journal::{Told, id_of},
    service::Service,
};

/// Where Telegram calls, below the public address.
const PATH: &str = "telegram/webhook";
const SECRET: &str = "x-telegram-bot-api-secret-token";
/// The largest update, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Tells Telegram where to call, and serves until `host.stopping()` resolves.
///
/// # Errors
/// A public address that Telegram refuses.
pub(crate) async fn run(service: &Arc<Service>) -> Result<(), AdapterError> {
    let mut stopping = service.host.stopping();
    let ended = tokio::select! {
        biased;
        () = &mut stopping => Ok(()),
        set = set(service) => match set {
            Ok(()) => {
                stopping.await;
                Ok(())
            }
            Err(error) => Err(error),
        },
    };
    service.stop().await;
    ended
}

async fn set(service: &Arc<Service>) -> Result<(), AdapterError> {
    let options = &service.options;
    let url = options.public_url.as_ref().and_then(|url| {
        let mut url = url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(PATH.split('/'));
        Some(url)
    });
    let url = url.ok_or_else(|| AdapterError::Platform("a webhook needs a public address".to_owned()))?;
    let request = service.api.bot().set_webhook(url).allowed_updates(service.allowed());
    let request = request.secret_token(secret(options).expose_secret().to_owned());
    service.api.call(request).await?;
    tracing::info!("Telegram calls the webhook");
    Ok(())
}

/// The secret that Telegram sends along. Where none is configured it is derived from the token, so that every replica
/// knows the same one.
fn secret(options: &TelegramOptions) -> SecretString {
    options.webhook_secret.clone().unwrap_or_else(|| {
        let mut hash = Sha256::new();
        hash.update(b"usher telegram webhook\0");
        hash.update(options.token.expose_secret().as_bytes());
        hex::encode(hash.finalize()).into()
    })
}

/// Answers one call. `service` is there once the adapter runs.
pub(crate) async fn answer(
    options: &TelegramOptions,
    service: Option<&Arc<Service>>,
    request: HttpRequest,
) -> HttpResponse {
    let status = judge(options, service, request).await;
    let mut response = HttpResponse::new(Bytes::new());
    *response.status_mut() = status;
    response
}

async fn judge(options: &TelegramOptions, service: Option<&Arc<Service>>, request: HttpRequest) -> StatusCode {
    let given = request.headers().get(SECRET).map(|value| value.as_bytes()).unwrap_or_default();
    // Hashes have one length, so that not even the secret's length can be measured.
    let same = Sha256::digest(given).ct_eq(&Sha256::digest(secret(options).expose_secret().as_bytes()));
    if !bool::from(same) {
        return StatusCode::UNAUTHORIZED;
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    if request.body().len() > LARGEST {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    let Ok(update) = serde_json::from_slice::<Told>(request.body()) else {
        return StatusCode::BAD_REQUEST;
    };
    if id_of(&update).is_none() {
        return StatusCode::BAD_REQUEST;
    }
    // Telegram calls again later.
    let Some(service) = service.filter(|service| !service.is_full()) else { return StatusCode::SERVICE_UNAVAILABLE };
    match service.accept(vec![update]).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::error!(%error, "an update could not be kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
