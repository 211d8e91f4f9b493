//! What people do on Discord, and what they see.

mod acts;
mod asked;
mod seen;
mod typed;

pub use asked::{Asked, Modal};
pub use seen::Seen;

use crate::{
    permissions,
    state::{Id, State},
    world::{Channel, Person},
};

/// Somebody in a channel.
#[derive(Debug, Clone)]
pub struct Seat {
    pub(crate) person: Person,
    pub(crate) channel: Channel,
}

impl Seat {
    /// The id of the channel.
    pub fn place(&self) -> Id {
        self.channel.id
    }

    /// The oldest thing that the bot showed here and that this person sees and has not read, as it stands now. A message
    /// that was changed again before anybody read it counts once; one that was taken away counts not at all.
    ///
    /// # Panics
    /// When nothing came in forty seconds.
    pub async fn next(&self) -> Seen {
        let (who, channel) = (self.person.id, self.channel.id);
        let shared = &self.person.shared;
        shared
            .until("the bot to say something here", |state| {
                let here = |state: &State, message: Id| {
                    state.messages[&message].channel == channel && sees(state, who, message)
                };
                read_next(state, here)
            })
            .await
    }

    /// All messages of the bot that stand here now and that this person sees, oldest first.
    pub fn sees(&self) -> Vec<Seen> {
        let state = self.person.shared.look();
        let bot = state.facts.bot;
        let here =
            state.messages.values().filter(|message| message.channel == self.channel.id && message.author == bot);
        here.filter(|message| sees(&state, self.person.id, message.id))
            .map(|message| Seen::now(message.id, &state))
            .collect()
    }
}

/// Reads the oldest unread output that fits, together with what it replaces.
pub(crate) fn read_next(state: &mut State, fits: impl Fn(&State, Id) -> bool) -> Option<Seen> {
    let gone: Vec<usize> =
        (0..state.outputs.len()).filter(|at| state.messages[&state.outputs[*at].message].deleted).collect();
    gone.into_iter().for_each(|at| state.outputs[at].read = true);
    let first = state.outputs.iter().position(|output| !output.read && fits(state, output.message))?;
    let message = state.outputs[first].message;
    let last = state.outputs.iter().rposition(|output| output.message == message).unwrap_or(first);
    let seen = Seen::of(&state.outputs[last], state);
    state.outputs.iter_mut().filter(|output| output.message == message).for_each(|output| output.read = true);
    Some(seen)
}

/// Whether a message stands there for this person's eyes.
pub(crate) fn sees(state: &State, who: Id, message: Id) -> bool {
    let Some(message) = state.messages.get(&message) else { return false };
    let shown = message.only.is_none_or(|only| only == who);
    shown && !message.deleted && permissions::in_channel(state, message.channel, who) & permissions::VIEW_CHANNEL != 0
}
