//! A change on its way to the disk.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use super::StoreError;

/// A queued change. Resolves when it is durable, or has failed and left nothing behind. Dropping it changes nothing.
#[derive(Debug)]
pub struct Pending<T> {
    reply: oneshot::Receiver<Result<T, StoreError>>,
}

impl<T> Pending<T> {
    pub(super) fn new() -> (oneshot::Sender<Result<T, StoreError>>, Self) {
        let (sender, reply) = oneshot::channel();
        (sender, Self { reply })
    }

    /// Blocks this thread until it resolves. For commands and threads of their own, never inside async code.
    ///
    /// # Errors
    /// As the future itself.
    pub fn wait(self) -> Result<T, StoreError> {
        futures::executor::block_on(self)
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.reply).poll(context).map(|reply| reply.unwrap_or(Err(StoreError::Closed)))
    }
}
