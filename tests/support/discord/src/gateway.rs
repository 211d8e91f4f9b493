//! The gateway: sessions over WebSocket, what they are told, and how they resume.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, OnceLock},
    time::Instant,
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{
        Message as Frame,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::{
    objects, permissions,
    state::{Id, Shared, State},
};

/// Servers, channels, roles.
pub const GUILDS: u64 = 1;
/// Members; has to be switched on in the developer portal.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// Presences; has to be switched on in the developer portal.
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// Messages in servers.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// Direct messages.
pub const DIRECT_MESSAGES: u64 = 1 << 12;
/// The words of messages; has to be switched on in the developer portal.
pub const MESSAGE_CONTENT: u64 = 1 << 15;

const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
/// Frames that a session keeps for whoever resumes it.
const KEPT: usize = 20_000;

/// All sessions, by id.
#[derive(Debug, Default)]
pub struct Sessions {
    pub(crate) all: BTreeMap<String, Session>,
    /// How often somebody identified and resumed.
    pub(crate) identified: usize,
    pub(crate) resumed: usize,
}

/// One session of one shard.
#[derive(Debug)]
pub struct Session {
    shard: (u64, u64),
    pub(crate) intents: u64,
    seq: u64,
    kept: VecDeque<(u64, String)>,
    pub(crate) live: Option<UnboundedSender<Out>>,
}

/// What goes out on a socket.
#[derive(Debug)]
pub enum Out {
    /// A frame, and where to note when it was written.
    Frame(String, Option<Arc<OnceLock<Instant>>>),
    /// A close frame of Discord's own codes.
    Close(u16, &'static str),
    /// The connection breaks without a word.
    Drop,
}

impl Session {
    fn dispatch(&mut self, event: &str, data: &Value, sent: Option<Arc<OnceLock<Instant>>>) {
        self.seq += 1;
        let frame = json!({"op": 0, "s": self.seq, "t": event, "d": data}).to_string();
        self.kept.push_back((self.seq, frame.clone()));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        if let Some(live) = &self.live {
            // Whoever is gone reads it after the next resume.
            drop(live.send(Out::Frame(frame, sent)));
        }
    }

    fn serves(&self, guild: Option<Id>) -> bool {
        let (shard, shards) = self.shard;
        guild.map_or(shard == 0, |guild| (guild >> 22) % shards.max(1) == shard)
    }
}

/// Tells an event to every session that serves the guild and asked for this intent.
pub fn tell(state: &mut State, guild: Option<Id>, intent: u64, event: &str, data: Value) {
    for session in state.sessions.all.values_mut() {
        if session.serves(guild) && session.intents & intent == intent {
            session.dispatch(event, &data, None);
        }
    }
}

/// Tells an interaction, which needs no intent.
pub fn tell_interaction(state: &mut State, guild: Option<Id>, payload: &Value, sent: &Arc<OnceLock<Instant>>) {
    for session in state.sessions.all.values_mut().filter(|session| session.serves(guild)) {
        session.dispatch("INTERACTION_CREATE", payload, Some(sent.clone()));
    }
}

/// The intent under which a channel's messages are told.
pub fn message_intent(state: &State, channel: Id) -> u64 {
    if state.guild_of(channel).is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES }
}

/// Tells a message, without its words where the session may not read them.
pub fn tell_message(state: &mut State, event: &str, id: Id) {
    let message = &state.messages[&id];
    let (channel, author) = (message.channel, message.author);
    if permissions::in_channel(state, channel, state.facts.bot) & permissions::VIEW_CHANNEL == 0 {
        return;
    }
    let guild = state.guild_of(channel);
    let mut told = objects::message(state, message);
    if let Some(guild) = guild {
        told["guild_id"] = json!(guild.to_string());
        told["member"] = objects::partial_member(state, guild, author);
    }
    told["channel_type"] = json!(state.channels[&channel].kind);
    let bot = state.facts.bot;
    let mention = json!(bot.to_string());
    let named = told["mentions"].as_array().is_some_and(|list| list.iter().any(|user| user["id"] == mention));
    let open = guild.is_none() || author == bot || named;
    let mut blank = told.clone();
    for (key, empty) in
        [("content", json!("")), ("embeds", json!([])), ("attachments", json!([])), ("components", json!([]))]
    {
        blank[key] = empty;
    }
    let intent = message_intent(state, channel);
    for session in state.sessions.all.values_mut() {
        if session.serves(guild) && session.intents & intent == intent {
            let readable = open || session.intents & MESSAGE_CONTENT != 0;
            session.dispatch(event, if readable { &told } else { &blank }, None);
        }
    }
}

/// Takes connections until the task is aborted.
pub async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        tokio::spawn(async move {
            if stream.set_nodelay(true).is_ok()
                && let Ok(socket) = accept_async(stream).await
            {
                converse(socket, &shared).await;
            }
        });
    }
}

async fn converse(mut socket: WebSocketStream<TcpStream>, shared: &Shared) {
    let (sender, mut receiver) = unbounded_channel();
    let hello = json!({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": null, "t": null});
    if socket.send(Frame::Text(hello.to_string())).await.is_err() {
        return;
    }
    let mut session: Option<String> = None;
    loop {
        tokio::select! {
            out = next(&mut receiver) => match out {
                Out::Frame(text, sent) => {
                    if let Some(sent) = sent {
                        sent.get_or_init(Instant::now);
                    }
                    if socket.send(Frame::Text(text)).await.is_err() {
                        break;
                    }
                }
                Out::Close(code, reason) => {
                    close(&mut socket, code, reason).await;
                    break;
                }
                Out::Drop => break,
            },
            frame = socket.next() => match frame {
                Some(Ok(Frame::Text(text))) => {
                    let said = serde_json::from_str(&text).unwrap_or(Value::Null);
                    shared.change(|state| hear(state, &said, &sender, &mut session));
                }
                Some(Ok(Frame::Close(frame))) => {
                    // A client that closes with 1000 or 1001 gives its session up.
                    if frame.is_none_or(|frame| matches!(frame.code, CloseCode::Normal | CloseCode::Away))
                        && let Some(id) = session.take()
                    {
                        shared.change(|state| drop(state.sessions.all.remove(&id)));
                    }
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    shared.change(|state| {
        let left = session.and_then(|id| state.sessions.all.get_mut(&id));
        if let Some(left) = left.filter(|left| left.live.as_ref().is_some_and(|live| live.same_channel(&sender))) {
            left.live = None;
        }
    });
}

async fn next(receiver: &mut UnboundedReceiver<Out>) -> Out {
    receiver.recv().await.unwrap_or(Out::Drop)
}

async fn close(socket: &mut WebSocketStream<TcpStream>, code: u16, reason: &'static str) {
    let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
    // The client may be gone already.
    drop(socket.close(Some(frame)).await);
}

fn hear(state: &mut State, said: &Value, sender: &UnboundedSender<Out>, session: &mut Option<String>) {
    let say = |out: Out| drop(sender.send(out));
    let frame = |op: u64, data: Value| Out::Frame(json!({"op": op, "d": data, "s": null, "t": null}).to_string(), None);
    let data = &said["d"];
    match said["op"].as_u64() {
        Some(1) => say(frame(11, Value::Null)),
        Some(2) if session.is_some() => say(Out::Close(4005, "Already authenticated.")),
        Some(2) => match identify(state, data, sender) {
            Ok(id) => *session = Some(id),
            Err((code, reason)) => say(Out::Close(code, reason)),
        },
        Some(6) => {
            let id = data["session_id"].as_str().unwrap_or_default().to_owned();
            if data["token"].as_str().map(bare) != Some(&state.facts.token) {
                return say(Out::Close(4004, "Authentication failed."));
            }
            let Some(found) = state.sessions.all.get_mut(&id) else { return say(frame(9, json!(false))) };
            let seq = data["seq"].as_u64().unwrap_or_default();
            if seq > found.seq {
                return say(Out::Close(4007, "Invalid seq."));
            }
            for (_, missed) in found.kept.iter().filter(|(number, _)| *number > seq) {
                say(Out::Frame(missed.clone(), None));
            }
            found.live = Some(sender.clone());
            found.dispatch("RESUMED", &json!({}), None);
            state.sessions.resumed += 1;
            *session = Some(id);
        }
        Some(3 | 4 | 8) if session.is_some() => {}
        Some(3 | 4 | 8) => say(Out::Close(4003, "Not authenticated.")),
        _ => say(Out::Close(4001, "Unknown opcode.")),
    }
}

fn bare(token: &str) -> &str {
    token.trim_start_matches("Bot ")
}

fn identify(state: &mut State, data: &Value, sender: &UnboundedSender<Out>) -> Result<String, (u16, &'static str)> {
    if data["token"].as_str().map(bare) != Some(&state.facts.token) {
        return Err((4004, "Authentication failed."));
    }
    let Some(intents) = data["intents"].as_u64() else { return Err((4013, "Invalid intent(s).")) };
    if intents & PRIVILEGED & !state.privileged != 0 {
        return Err((4014, "Disallowed intent(s)."));
    }
    let part = |index: usize, other: u64| data["shard"][index].as_u64().unwrap_or(other);
    let shard = (part(0, 0), part(1, 1));
    if shard.0 >= shard.1 {
        return Err((4010, "Invalid shard."));
    }
    state.sessions.identified += 1;
    let id = format!("session-{}", state.snowflake());
    let mut session = Session { shard, intents, seq: 0, kept: VecDeque::new(), live: Some(sender.clone()) };
    let bot = state.facts.bot;
    let guilds = state.guilds.values().filter(|guild| guild.members.contains_key(&bot)).map(|guild| guild.id);
    let guilds: Vec<Id> = guilds.filter(|guild| session.serves(Some(*guild))).collect();
    let application = crate::rest::application(state);
    let ready = json!({
        "v": 10,
        "user": objects::user_of(state, bot),
        "guilds": guilds.iter().map(|guild| json!({"id": guild.to_string(), "unavailable": true})).collect::<Value>(),
        "session_id": id,
        "resume_gateway_url": state.facts.gateway_url,
        "shard": [shard.0, shard.1],
        "application": {"id": application["id"], "flags": application["flags"]},
    });
    session.dispatch("READY", &ready, None);
    if intents & GUILDS != 0 {
        for guild in guilds {
            session.dispatch("GUILD_CREATE", &objects::created_guild(state, guild), None);
        }
    }
    state.sessions.all.retain(|_, other| other.live.is_some() || other.shard != shard);
    state.sessions.all.insert(id.clone(), session);
    Ok(id)
}
