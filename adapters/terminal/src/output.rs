//! Writes whole lines, one after the other, whoever sends them.

use parking_lot::Mutex;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::{mpsc, oneshot, watch},
};
use usher_chat::SendError;

/// Something to write to.
pub(crate) type Sink = Box<dyn AsyncWrite + Send + Unpin>;

/// The way out. What is written before it is started waits.
#[derive(Debug)]
pub(crate) struct Output {
    queue: mpsc::UnboundedSender<Piece>,
    pieces: Mutex<Option<mpsc::UnboundedReceiver<Piece>>>,
    closed: watch::Sender<bool>,
}

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The text, line end included.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    written: oneshot::Sender<bool>,
}

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To stay.
    Lasting,
    /// It may be wiped away by what comes next.
    Passing,
    /// Nothing comes after it.
    Last,
}

impl Piece {
    /// Tells whoever waits whether it was written.
    pub(crate) fn done(self, written: bool) {
        // Nobody may be waiting any more, which changes nothing.
        let _ = self.written.send(written);
    }
}

impl Output {
    /// An output that is not started yet.
    pub(crate) fn new() -> Self {
        let (queue, pieces) = mpsc::unbounded_channel();
        Self { queue, pieces: Mutex::new(Some(pieces)), closed: watch::Sender::new(false) }
    }

    /// What has been and will be written. There is one, for whoever does the writing.
    pub(crate) fn pieces(&self) -> Option<mpsc::UnboundedReceiver<Piece>> {
        self.pieces.lock().take()
    }

    /// Writes everything to `sink` from now on.
    pub(crate) fn start(&self, mut sink: Sink) {
        let Some(mut pieces) = self.pieces() else { return };
        let closed = self.closed.clone();
        tokio::spawn(async move {
            while let Some(piece) = pieces.recv().await {
                if piece.kind == Kind::Passing {
                    piece.done(true);
                    continue;
                }
                let last = piece.kind == Kind::Last;
                let mut written = !*closed.borrow();
                if written {
                    let bytes = piece.text.as_bytes();
                    written = sink.write_all(bytes).await.is_ok() && sink.flush().await.is_ok();
                    if !written {
                        closed.send_replace(true);
                    }
                }
                piece.done(written);
                if last {
                    break;
                }
            }
        });
    }

    /// Writes `text` and waits until it is out. It is written whole or not at all, even if the caller stops waiting.
    pub(crate) async fn write(&self, text: String) -> Result<(), SendError> {
        self.send(text, Kind::Lasting).await
    }

    /// Writes something that says that work goes on. Where it could not be wiped away it is not written.
    pub(crate) async fn write_passing(&self, text: String) -> Result<(), SendError> {
        self.send(text, Kind::Passing).await
    }

    /// Writes what waits, and nothing from then on.
    pub(crate) async fn finish(&self) {
        // If it is closed already, nothing is left to finish.
        let _ = self.send(String::new(), Kind::Last).await;
    }

    async fn send(&self, text: String, kind: Kind) -> Result<(), SendError> {
        let (written, wait) = oneshot::channel();
        let waits = self.pieces.lock().is_none();
        let away = || SendError::Away("the output was closed".to_owned());
        self.queue.send(Piece { text, kind, written }).map_err(|_| away())?;
        if waits && !wait.await.unwrap_or(false) {
            return Err(away());
        }
        Ok(())
    }

    /// Resolves when nothing can be written any more.
    pub(crate) async fn closed(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as `self`.
        let _ = closed.wait_for(|closed| *closed).await;
    }
}
