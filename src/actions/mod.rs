//! Buttons and forms on offer: for whom, where, what they lead to, until when. The platform carries only an id.
//!
//! An offer is kept in the database, so that it survives a restart and its contents cannot be forged. A press is decided
//! anew as the person who presses: the offer says what is asked for, never that it is allowed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use usher_chat::{ActionId, MessageRef, Person, Place};

use crate::{
    clock::Clock,
    store::{
        Pending, Reader, Store, StoreError, Tx,
        actions::{self, ActionRow},
        audit::place_text,
    },
};

/// How often an offer works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uses {
    /// For one press.
    Once,
    /// Until it ends.
    Many,
}

/// A button or form to be offered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAction {
    /// Who may press it; nobody named means anyone in the place. In a direct chat, name the person.
    pub holder: Option<Person>,
    /// Where it will stand: the place of the message that carries it.
    pub place: Place,
    /// What it leads to.
    pub payload: Value,
    /// How long it works. Seconds count.
    pub life: Duration,
    /// How often it works.
    pub uses: Uses,
}

/// Offers on their way to the disk. A press finds them from now on: it waits behind them in the queue.
///
/// A reply need not wait for them, unless one of them works once: a form or a step that changes something must still
/// be there after a crash in the very moment in which it was shown.
#[derive(Debug)]
pub struct Offered {
    ids: Vec<ActionId>,
    pending: Option<Pending<()>>,
}

impl Offered {
    /// The ids, in the order of the offers, once a reply may carry them.
    ///
    /// # Errors
    /// Why they could not be stored.
    pub async fn ids(self) -> Result<Vec<ActionId>, StoreError> {
        if let Some(pending) = self.pending {
            pending.await?;
        }
        Ok(self.ids)
    }
}

/// What a press leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Pressed {
    /// Which offer.
    pub id: ActionId,
    /// What it leads to.
    pub payload: Value,
    /// How often it works.
    pub uses: Uses,
    /// It was for one person, and this is that person.
    pub own: bool,
}

/// Why a press leads to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PressError {
    /// It was used, has ended, or never was.
    #[error("the offer has ended")]
    Gone,
    /// It is for somebody else.
    #[error("the offer is for somebody else")]
    NotYours,
    /// It stands elsewhere. A thread is another place than its channel.
    #[error("the offer stands elsewhere")]
    OtherPlace,
    /// It could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All offers.
#[derive(Debug, Clone)]
pub struct Actions {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Actions {
    /// The offers of a database.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Offers buttons and forms. They are queued at once, in one change.
    pub fn offer(&self, batch: Vec<NewAction>) -> Offered {
        if batch.is_empty() {
            return Offered { ids: Vec::new(), pending: None };
        }
        let now = self.clock.seconds();
        let rows: Vec<ActionRow> = batch.into_iter().map(|new| row(new, now)).collect();
        failpoint!("offers.made");
        let once = rows.iter().any(|row| row.once);
        let ids = rows.iter().map(|row| row.id.clone()).collect();
        let put = move |tx: &Tx<'_>| rows.iter().try_for_each(|row| actions::put(tx, row));
        let pending = match once {
            true => Some(self.store.submit(put)),
            false => {
                self.store.defer(put);
                None
            }
        };
        Offered { ids, pending }
    }

    /// Keeps what an answer to one of our messages leads to. It is queued; nobody waits for it.
    pub fn offer_answers(&self, message: &MessageRef, new: NewAction) {
        let row = ActionRow { id: answer_to(message), ..row(new, self.clock.seconds()) };
        self.store.defer(move |tx| actions::replace(tx, &row));
    }

    /// What a press by this person in this place would lead to. Uses nothing up.
    ///
    /// # Errors
    /// Where it leads to nothing for them.
    pub async fn find(&self, id: &ActionId, presser: &Person, place: &Place) -> Result<Pressed, PressError> {
        let now = self.clock.seconds();
        match self.store.read(|reader| Ok(look(reader, id, presser, place, now)))? {
            // It may be on its way to the disk: asked behind it in the queue, it is there.
            Err(PressError::Gone) => {
                let (id, presser, place) = (id.clone(), presser.clone(), place.clone());
                self.store.write(move |tx| Ok(look(tx, &id, &presser, &place, now))).await?
            }
            found => found,
        }
    }

    /// The same, and uses up an offer that works once: of several presses one gets it.
    ///
    /// # Errors
    /// Where it leads to nothing for them.
    pub async fn spend(&self, id: &ActionId, presser: &Person, place: &Place) -> Result<Pressed, PressError> {
        let (actions, id, presser, place) = (self.clone(), id.clone(), presser.clone(), place.clone());
        self.store.write(move |tx| Ok(actions.spend_in(tx, &id, &presser, &place))).await?
    }

    /// The same, as part of a change: what the press leads to then commits with it.
    ///
    /// # Errors
    /// Where it leads to nothing for them.
    pub fn spend_in(&self, tx: &Tx<'_>, id: &ActionId, presser: &Person, place: &Place) -> Result<Pressed, PressError> {
        let pressed = look(tx, id, presser, place, self.clock.seconds())?;
        failpoint!("offers.pressed");
        if pressed.uses == Uses::Once && !actions::spend(tx, id)? {
            return Err(PressError::Gone);
        }
        Ok(pressed)
    }

    /// Forgets the offers that have ended. Says how many.
    ///
    /// # Errors
    /// Why it could not.
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        let now = self.clock.seconds();
        self.store.write(move |tx| actions::sweep(tx, now)).await
    }
}

/// The id under which the answers to a message are kept. Whoever answers is decided anew, so it need not be a secret.
pub fn answer_to(message: &MessageRef) -> ActionId {
    format!("answer:{}/{}", place_text(&message.place), message.id).into()
}

fn row(new: NewAction, now: i64) -> ActionRow {
    // 80 random bits cannot be guessed. What stands before them keeps new rows side by side on the disk, so that a message's
    // buttons come to few pages.
    static TURN: AtomicU16 = AtomicU16::new(0);
    let (turn, random) = (TURN.fetch_add(1, Ordering::Relaxed), rand::random::<u128>() >> 48);
    ActionRow {
        id: format!("{now:08x}{turn:04x}{random:020x}").into(),
        holder: new.holder,
        place: new.place,
        payload: new.payload,
        once: new.uses == Uses::Once,
        spent: false,
        expires: now.saturating_add(i64::try_from(new.life.as_secs()).unwrap_or(i64::MAX)),
    }
}

fn look(reader: &Reader<'_>, id: &ActionId, presser: &Person, place: &Place, now: i64) -> Result<Pressed, PressError> {
    let row = actions::get(reader, id)?.ok_or(PressError::Gone)?;
    if row.spent || row.expires <= now {
        return Err(PressError::Gone);
    }
    if row.holder.as_ref().is_some_and(|holder| holder != presser) {
        return Err(PressError::NotYours);
    }
    if row.place != *place {
        return Err(PressError::OtherPlace);
    }
    let uses = if row.once { Uses::Once } else { Uses::Many };
    Ok(Pressed { id: row.id, payload: row.payload, uses, own: row.holder.is_some() })
}

#[cfg(test)]
mod tests;
