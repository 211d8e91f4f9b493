//! A small Telegram for tests: the Bot API with its own limits and refusals.
//!
//! [`TelegramServer::start`] serves it on a loopback port. A test makes people and rooms, lets them talk in Telegram's own
//! words, and waits for what the bot shows them. Every request of the bot's is kept, and held against Telegram's own
//! description of its methods: [`TelegramServer::violations`] is empty at the end of a good test.
//!
//! ```no_run
//! # async fn example() {
//! use telegram_stand_in::TelegramServer;
//!
//! let telegram = TelegramServer::start().await;
//! let ada = telegram.person("ada");
//! let engines = telegram.supergroup("Engine Works");
//! engines.adds(&ada);
//! // A bot polls `telegram.api_url()` with `telegram.token()`.
//! ada.says(&engines, "/view DEMO-1");
//! let card = ada.reads_in(&engines).await;
//! let press = ada.presses(&card, "Watch");
//! assert!(!press.answered().await.alert);
//! assert!(telegram.violations().is_empty());
//! # }
//! ```

mod contract;
mod deliver;
mod faults;
mod html;
mod hub;
mod incoming;
mod inline;
mod keyboard;
mod limits;
mod methods;
mod people;
mod refusal;
mod requests;
mod rooms;
mod server;
mod shown;
mod updates;
mod wire;
mod world;

use std::time::Duration;

pub use faults::{Effect, Hold};
pub use inline::{InlineAnswer, InlineQuery};
pub use people::{Person, Press, PressAnswer};
pub use refusal::Refusal;
pub use requests::{Request, Upload};
pub use rooms::Room;
pub use server::TelegramServer;
pub use shown::{Message, Shown};

/// Whoever waits for the bot waits this long. Nothing takes longer, unless something hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);
