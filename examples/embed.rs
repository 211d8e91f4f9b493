//! The bot in a program of your own: `cargo run --example embed -- usher.toml jira help`

use std::{error::Error, path::Path, sync::Arc};

use async_trait::async_trait;
use usher::{Config, clock::SystemClock, start::Core};
use usher_chat::{
    ChatHandler, Completion, Event, Input, Names, Person, Place, Platform, Reply, Responder, SendError, Sent,
};

/// The way back: it prints.
struct Printer;

#[async_trait]
impl Responder for Printer {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        println!("{}", reply.text.to_plain());
        Ok(Sent::Message(None))
    }
    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }
    async fn progress(&self, _: &str) -> Result<(), SendError> {
        Ok(())
    }
    async fn complete(&self, _: Vec<Completion>) -> Result<(), SendError> {
        Ok(())
    }
}

/// Asks the bot one line in a direct chat.
pub async fn ask(config: &Path, line: String, answer: Arc<dyn Responder>) -> Result<(), Box<dyn Error>> {
    let bot = Core::open(&Config::load(config)?, Arc::new(SystemClock)).await?.bot(&[]);
    let platform = Platform::new("my-chat");
    let event = Event {
        id: uuid::Uuid::now_v7().to_string().into(),
        person: Person::new(platform.clone(), "me"),
        place: Place::direct(platform),
        names: Names { person: "Me".to_owned(), ..Names::default() },
        input: Input::Text(line),
        mentions: Vec::new(),
        files: Vec::new(),
        answers: None,
        message: None,
        private: true,
        member: None,
    };
    bot.handle(event, answer).await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let config = words.next().ok_or("name a configuration file")?;
    ask(Path::new(&config), words.collect::<Vec<_>>().join(" "), Arc::new(Printer)).await
}
