//! Guesses at codes: by whoever waits for one, who has five, and by others.

use super::{Found, grouped};
use crate::linking::World;

/// Crockford's alphabet.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What each pending link bears.
const TRIES: u64 = 5;
/// Guesses of others at the same link.
const OTHERS: u64 = 5;
/// After so many links a fresh world begins.
const LINKS: u64 = 500;

pub async fn run(seed: u64, guesses: u64, found: &mut Found) {
    let mut rng = fastrand::Rng::with_seed(seed ^ 0x9e55);
    let (mut made, mut hits, mut alive) = (0, 0_u64, 0_u64);
    let mut world = World::new().await;
    for pending in 0.. {
        if made >= guesses {
            break;
        }
        if pending % LINKS == LINKS - 1 {
            world = World::new().await;
        }
        let (waiting, other) = (format!("w{pending}"), format!("o{pending}"));
        let code = world.approved(&waiting, "ada").await;
        for _ in 0..OTHERS {
            hits += u64::from(world.dms(&other, &guess(&mut rng, &code)).await.is_some());
        }
        for _ in 0..TRIES {
            world.dms(&waiting, &guess(&mut rng, &code)).await;
        }
        made += OTHERS + TRIES;
        // Five wrong ones, and the right one is worth nothing.
        world.dms(&waiting, &code).await;
        alive += usher::identity::list_links(&world.store).unwrap().len() as u64;
    }
    found.figure("guesses", grouped(made));
    found.zero("guessed", hits);
    found.zero("links alive after five wrong codes", alive);
}

/// A code that is not the right one. Its first sign is a digit, or it might be read as an issue key.
fn guess(rng: &mut fastrand::Rng, right: &str) -> String {
    loop {
        let mut code = String::new();
        for at in 0..8 {
            if at == 4 {
                code.push('-');
            }
            code.push(char::from(SIGNS[rng.usize(..if at == 0 { 10 } else { 32 })]));
        }
        if code != right {
            return code;
        }
    }
}
