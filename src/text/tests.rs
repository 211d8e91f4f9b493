//! What holds for every text: nothing panics, nothing is lost, everything that is written fits.

mod adf;
mod any;
mod markdown;
mod wiki;
