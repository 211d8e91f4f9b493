//! A bot without a library: plain requests and a plain socket.

use discord_stand_in::DiscordServer;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// Status and body of a request to the API.
pub async fn call(discord: &DiscordServer, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/v10{path}", discord.api_url());
    let mut request =
        client.request(method.parse().unwrap(), url).header("authorization", format!("Bot {}", discord.token()));
    if !body.is_null() {
        request = request.json(body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

/// A message that pings nobody.
pub fn quiet(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

/// One gateway connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub session: String,
    pub seq: u64,
}

impl Socket {
    /// Connects and reads the hello.
    pub async fn open(discord: &DiscordServer) -> Self {
        let (_, gateway) = call(discord, "GET", "/gateway/bot", &Value::Null).await;
        let (stream, _) = connect_async(gateway["url"].as_str().unwrap()).await.unwrap();
        let mut socket = Self { stream, session: String::new(), seq: 0 };
        assert_eq!(socket.next().await.unwrap()["op"], 10);
        socket
    }

    /// Connects and identifies with these intents, up to READY.
    pub async fn identified(discord: &DiscordServer, intents: u64) -> Self {
        let mut socket = Self::open(discord).await;
        socket.identify(discord, intents).await;
        let ready = socket.event("READY").await;
        socket.session = ready["session_id"].as_str().unwrap().to_owned();
        socket
    }

    pub async fn identify(&mut self, discord: &DiscordServer, intents: u64) {
        self.send(json!({"op": 2, "d": {"token": discord.token(), "intents": intents, "properties": {}}})).await;
    }

    pub async fn send(&mut self, frame: Value) {
        self.stream.send(Message::Text(frame.to_string())).await.unwrap();
    }

    /// The next frame; `None` when the connection is over, or the code of a close frame as a number.
    pub async fn next(&mut self) -> Option<Value> {
        match self.stream.next().await? {
            Ok(Message::Text(text)) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if let Some(seq) = frame["s"].as_u64() {
                    self.seq = seq;
                }
                Some(frame)
            }
            Ok(Message::Close(Some(frame))) => Some(json!(u16::from(frame.code))),
            _ => None,
        }
    }

    /// Reads up to the next event of that name.
    pub async fn event(&mut self, name: &str) -> Value {
        loop {
            let frame = self.next().await.expect("the connection stands");
            if frame["t"] == name {
                return frame["d"].clone();
            }
        }
    }
}
