//! A brake for the day on which a provider says to everybody that their grant is over. One person's grant ends now and
//! then; many within minutes are more likely a fault of the provider's, and a link once ended comes back by hand alone.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::{ids::SiteId, store::links::LinkId};

/// For how long a word counts, in seconds.
const WINDOW: i64 = 10 * 60;
/// So many links of a site may end within that time without doubt.
const FEW: usize = 4;
/// And of a large site, one in so many.
const SHARE: usize = 20;
/// For how long the word is doubted, in seconds. A provider that still says so then means it.
const LONGEST: i64 = 60 * 60;

/// What providers have said lately about whose grants are over.
#[derive(Debug, Default)]
pub(super) struct Brake {
    sites: Mutex<HashMap<SiteId, Wave>>,
}

#[derive(Debug, Default)]
struct Wave {
    /// Whose grants, and when it was last said.
    words: HashMap<LinkId, i64>,
    /// Since when it is doubted.
    since: Option<i64>,
}

impl Wave {
    fn forget(&mut self, now: i64) {
        self.words.retain(|_, said| now.saturating_sub(*said) < WINDOW);
        if self.words.is_empty() {
            self.since = None;
        }
    }

    fn doubted(&self, now: i64) -> bool {
        self.since.is_some_and(|since| now.saturating_sub(since) < LONGEST)
    }
}

impl Brake {
    /// Whether to believe that the grant of this link is over, on a site that has `active` links.
    pub(super) fn believes(&self, site: &SiteId, link: &LinkId, active: usize, now: i64) -> bool {
        let mut sites = self.sites.lock();
        let wave = sites.entry(site.clone()).or_default();
        wave.forget(now);
        wave.words.insert(link.clone(), now);
        if wave.since.is_none() && wave.words.len() > FEW.max(active / SHARE) {
            wave.since = Some(now);
            tracing::error!(
                %site,
                links = wave.words.len(),
                "the provider says to many at once that their grant is over; for an hour no link is ended because of it"
            );
        }
        !wave.doubted(now)
    }

    /// How many sites are doubted.
    pub(super) fn doubted(&self, now: i64) -> usize {
        let mut sites = self.sites.lock();
        sites.values_mut().for_each(|wave| wave.forget(now));
        sites.values().filter(|wave| wave.doubted(now)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteId {
        "acme".parse().unwrap()
    }

    /// What is believed of so many links, one a second.
    fn heard(brake: &Brake, links: &[LinkId], active: usize, from: i64) -> Vec<bool> {
        links.iter().zip(from..).map(|(link, now)| brake.believes(&site(), link, active, now)).collect()
    }

    fn links(count: usize) -> Vec<LinkId> {
        (0..count).map(|_| LinkId::fresh()).collect()
    }

    #[test]
    fn a_few_are_believed_and_many_are_not() {
        let brake = Brake::default();
        assert_eq!(heard(&brake, &links(6), 10, 0), [true, true, true, true, false, false]);
        assert_eq!(brake.doubted(6), 1);
        let other = "other".parse().unwrap();
        assert!(brake.believes(&other, &LinkId::fresh(), 10, 6), "another site is another matter");
    }

    #[test]
    fn of_a_large_site_one_in_twenty_is_believed() {
        let believed = heard(&Brake::default(), &links(60), 1_000, 0);
        assert_eq!(believed.iter().filter(|believed| **believed).count(), 50);
    }

    #[test]
    fn one_link_that_asks_again_and_again_is_one() {
        let link = LinkId::fresh();
        let again: Vec<LinkId> = std::iter::repeat_n(link, 30).collect();
        assert!(heard(&Brake::default(), &again, 1, 0).iter().all(|believed| *believed));
    }

    #[test]
    fn slow_endings_are_believed() {
        let brake = Brake::default();
        for (at, link) in links(40).iter().enumerate() {
            assert!(brake.believes(&site(), link, 10, 150 * i64::try_from(at).unwrap()));
        }
    }

    #[test]
    fn the_doubt_ends_when_it_is_quiet_and_at_the_latest_after_an_hour() {
        let brake = Brake::default();
        heard(&brake, &links(6), 10, 0);
        assert!(!brake.believes(&site(), &LinkId::fresh(), 10, 300));
        assert!(brake.believes(&site(), &LinkId::fresh(), 10, 300 + WINDOW), "ten minutes of quiet");
        assert_eq!(brake.doubted(300 + WINDOW), 0);

        let brake = Brake::default();
        let mut now = 0;
        heard(&brake, &links(6), 10, now);
        while now < LONGEST - 60 {
            now += 60;
            assert!(!brake.believes(&site(), &LinkId::fresh(), 10, now), "{now}");
        }
        assert!(brake.believes(&site(), &LinkId::fresh(), 10, LONGEST + 4));
        assert!(brake.believes(&site(), &LinkId::fresh(), 10, LONGEST + 5), "it is believed from then on");
    }
}
