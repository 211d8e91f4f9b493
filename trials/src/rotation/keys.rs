//! New keys: made by one or by four at once, killed or not. No key that was ever in the file is lost.

use std::{path::Path, time::Duration};

use rusqlite::Connection;
use tokio::time::sleep;
use usher::keys::{KeyRing, key_of};

use super::{End, Told, ran};
use crate::{crash::program::Program, trial::Found};

/// What the key file has held.
pub struct Keys {
    known: Vec<(String, String)>,
}

impl Keys {
    /// The keys at the beginning.
    pub fn of(program: &Program) -> Self {
        Self { known: KeyRing::load(&program.folder.join("usher.key")).unwrap().checks() }
    }

    /// Makes a new key, in one of many ways.
    pub async fn rotate(
        &mut self,
        program: &Program,
        places: &[String],
        rng: &mut fastrand::Rng,
        told: &mut Told,
        found: &mut Found,
    ) {
        let makers = if rng.u32(..3) == 0 { 4 } else { 1 };
        let ends: Vec<End> = (0..makers)
            .map(|_| match End::chosen(places, "keys.", rng, told) {
                // Only those who are let be meet.
                _ if makers > 1 && rng.u32(..4) > 0 => End::Itself,
                end => end,
            })
            .collect();
        let begun: Vec<_> = ends.iter().map(|end| program.short(&["keys", "rotate"], end.place())).collect();
        // Each counts for itself; what they counted comes together afterwards.
        let all = begun.into_iter().zip(&ends).map(|(command, end)| async move {
            let (mut told, mut found) = (Told::default(), Found::default());
            let words = ran(command, end, &mut told, &mut found).await;
            (words, told, found)
        });
        let mut active = Vec::new();
        for (words, one, wrong) in futures::future::join_all(all).await {
            told.kills += one.kills;
            one.at.into_iter().for_each(|(place, count)| *told.at.entry(place).or_default() += count);
            wrong.broken.into_iter().for_each(|wrong| found.broke(wrong));
            active.extend(words.and_then(|words| words.split_whitespace().nth(1).map(str::to_owned)));
        }
        told.rotated += active.len() as u64;
        let quiet = ends.iter().all(|end| matches!(end, End::Itself));
        found.expect(!quiet || active.len() == makers, || format!("of {makers} new keys {active:?} were told of"));
        match KeyRing::load(&program.folder.join("usher.key")) {
            Ok(ring) => {
                let now = ring.checks();
                for known in self.known.iter().filter(|known| !now.contains(known)) {
                    found.broke(format!("the key {} is lost, or another one", known.0));
                }
                active.sort();
                for (at, id) in active.iter().enumerate() {
                    let there = now.iter().any(|(known, _)| known == id) && !active[..at].contains(id);
                    found.expect(there, || format!("the new keys {active:?} were told of, there are {now:?}"));
                }
                self.known = now;
            }
            Err(error) => found.broke(format!("the key file: {error}")),
        }
    }
}

/// Opens everything that is sealed in a copy, each in its own row. Says how much that was.
pub fn opens(copy: &Path, key_file: &Path) -> Result<u64, String> {
    let ring = KeyRing::load(key_file).map_err(|error| error.to_string())?;
    let rows = sealed(copy).map_err(|error| error.to_string())?;
    for (place, sealed) in &rows {
        ring.open(sealed, place.as_bytes()).map_err(|error| format!("{place} does not open: {error}"))?;
    }
    Ok(rows.len() as u64)
}

/// All that is sealed, with what it is bound to.
fn sealed(copy: &Path) -> Result<Vec<(String, Vec<u8>)>, rusqlite::Error> {
    let conn = Connection::open(copy)?;
    let mut all = Vec::new();
    for sql in [
        "SELECT 'credentials|' || link || '|' || generation || '|' || person || '|' || site, sealed
         FROM credentials LEFT JOIN links ON links.id = credentials.link",
        "SELECT 'attempts|' || id || '|' || person || '|' || site, sealed FROM attempts",
        "SELECT 'memory/' || adapter || '/' || key, value FROM memory WHERE sealed = 1",
    ] {
        let mut statement = conn.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            all.push(row?);
        }
    }
    Ok(all)
}

/// Waits until every credential and all that adapters keep is sealed with the active key.
pub async fn under_the_active_one(program: &Program, found: &mut Found) {
    let active = KeyRing::load(&program.folder.join("usher.key")).unwrap().active().to_owned();
    let older = || -> Result<usize, rusqlite::Error> {
        let of_older = |(place, sealed): &(String, Vec<u8>)| {
            !place.starts_with("attempts") && key_of(sealed) != Some(active.as_str())
        };
        Ok(sealed(&program.database())?.iter().filter(|row| of_older(row)).count())
    };
    for _ in 0..100 {
        if matches!(older(), Ok(0)) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    found.broke(format!("still under older keys than {active}: {:?}", older()));
}
