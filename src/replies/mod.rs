//! What happened becomes what people read.
//!
//! A tool returns an [`Outcome`], one of a closed set of shapes; account and admin commands return a [`Draft`]. Both
//! become a `chat::Reply` once the buttons on offer have been stored and have ids.

mod draft;
pub mod error;
pub mod help;
mod outcome;
mod refusal;
pub mod render;
mod shorten;

pub use draft::{Deed, Draft, FormAsk, Holder, Offer, Origin};
pub use outcome::{About, Done, Effect, FileList, IssueCard, IssueLine, IssueList, Outcome, Page, PickFrom, Shape};
pub use refusal::{Rated, Refusal, Step, Stopped};
pub use shorten::{capitalised, shorten};
