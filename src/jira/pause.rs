//! What Jira has asked to leave alone, and what one person may ask of it in an hour.
//!
//! Cloud counts points an hour for a whole app, requests a second for an endpoint, and changes of one issue; Data Center
//! counts each person's requests. Whoever is told to wait waits for just that, without asking again meanwhile.
//! Source: "Rate limiting" of the Jira Cloud platform (headers `Retry-After`, `RateLimit-Reason`).

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use super::send::Request;
use crate::ids::{AccountId, SiteId, SiteKind};

/// Longest pause that is believed.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// So many entries are kept before those that are over are thrown away.
const MANY: usize = 1_000;

/// Who asks, where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) site: &'a SiteId,
    pub(super) kind: SiteKind,
    pub(super) account: &'a AccountId,
}

/// What is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Resting {
    /// Every Cloud site: the points of the app are used up.
    Cloud,
    /// One site.
    Site(SiteId),
    /// One endpoint of a site.
    Endpoint(SiteId, String),
    /// Changes of one issue.
    Issue(SiteId, String),
    /// One person's requests.
    Person(SiteId, AccountId),
}

/// One person's points on a site, and when they are forgotten.
#[derive(Debug)]
struct Spent {
    points: u32,
    ends: Instant,
}

/// All of it, for the life of the process.
#[derive(Debug)]
pub(super) struct Pauses {
    /// So many points one account may use on a site within so long: Cloud gives an app some for all its sites, and one
    /// person's script must not use up everyone's.
    limit: Option<(u32, Duration)>,
    until: Mutex<HashMap<Resting, Instant>>,
    spent: Mutex<HashMap<(SiteId, AccountId), Spent>>,
}

impl Pauses {
    /// Nothing is to be left alone. `points` within so many seconds are everyone's own.
    pub(super) fn new(points: Option<(u32, u32)>) -> Self {
        let limit = points.map(|(points, seconds)| (points, Duration::from_secs(seconds.into())));
        Self { limit, until: Mutex::default(), spent: Mutex::default() }
    }

    /// Lets a request go, or says how long it has to wait.
    pub(super) fn may(&self, asker: Asker<'_>, request: &Request, now: Instant) -> Result<(), Duration> {
        if self.until.lock().is_empty() {
            return self.within(asker, request, now);
        }
        let mut resting = vec![
            Resting::Site(asker.site.clone()),
            Resting::Endpoint(asker.site.clone(), request.endpoint()),
            Resting::Person(asker.site.clone(), asker.account.clone()),
        ];
        resting.extend((asker.kind == SiteKind::Cloud).then_some(Resting::Cloud));
        resting.extend(request.changed_issue().map(|issue| Resting::Issue(asker.site.clone(), issue)));
        {
            let until = self.until.lock();
            let last = resting.iter().filter_map(|what| until.get(what)).max().copied();
            if let Some(left) = last.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
            {
                return Err(whole(left));
            }
        }
        self.within(asker, request, now)
    }

    /// Whether the person has points left.
    fn within(&self, asker: Asker<'_>, request: &Request, now: Instant) -> Result<(), Duration> {
        match self.limit {
            Some(limit) if asker.kind == SiteKind::Cloud => self.spend(asker, request.points(), limit, now),
            _ => Ok(()),
        }
    }

    fn spend(&self, asker: Asker<'_>, points: u32, (most, per): (u32, Duration), now: Instant) -> Result<(), Duration> {
        let mut all = self.spent.lock();
        if all.len() > MANY {
            all.retain(|_, spent| spent.ends > now);
        }
        let key = (asker.site.clone(), asker.account.clone());
        let spent = all.entry(key).or_insert(Spent { points: 0, ends: now + per });
        if spent.ends <= now {
            *spent = Spent { points: 0, ends: now + per };
        }
        if spent.points + points > most {
            return Err(whole(spent.ends - now));
        }
        spent.points += points;
        Ok(())
    }

    /// Keeps what a 429 said. `reason` is `RateLimit-Reason`; one that is not known is taken for the widest.
    pub(super) fn learn(
        &self,
        asker: Asker<'_>,
        request: &Request,
        reason: Option<&str>,
        wait: Duration,
        now: Instant,
    ) {
        let site = asker.site.clone();
        let what = match (asker.kind, reason) {
            (SiteKind::DataCenter, _) => Resting::Person(site, asker.account.clone()),
            (_, Some("jira-burst-based")) => Resting::Endpoint(site, request.endpoint()),
            (_, Some("jira-per-issue-on-write")) => match request.changed_issue() {
                Some(issue) => Resting::Issue(site, issue),
                None => Resting::Endpoint(site, request.endpoint()),
            },
            (_, Some("jira-quota-tenant-based")) => Resting::Site(site),
            (_, Some("jira-quota-global-based")) => Resting::Cloud,
            // A proxy or a new limit: at least this site wants to be left alone.
            _ => Resting::Site(site),
        };
        tracing::warn!(site = %asker.site, reason, seconds = wait.as_secs(), "Jira asks for a pause");
        let mut until = self.until.lock();
        if until.len() > MANY {
            until.retain(|_, end| *end > now);
        }
        let end = until.entry(what).or_insert(now);
        *end = (*end).max(now + wait.min(LONGEST));
    }
}

/// Rounded up to whole seconds, as people are told.
fn whole(left: Duration) -> Duration {
    Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct World {
        pauses: Pauses,
        acme: SiteId,
        other: SiteId,
        ada: AccountId,
        grace: AccountId,
    }

    impl World {
        fn new() -> Self {
            let account = |id: &str| AccountId(id.to_owned());
            let (acme, other) = ("acme".parse().unwrap(), "other".parse().unwrap());
            Self {
                pauses: Pauses::new(Some((10_000, 3_600))),
                acme,
                other,
                ada: account("ada"),
                grace: account("grace"),
            }
        }

        fn asker<'a>(&self, site: &'a SiteId, account: &'a AccountId) -> Asker<'a> {
            Asker { site, kind: SiteKind::Cloud, account }
        }

        /// Who may do what after Ada was told to wait on acme after a comment: her view, the same comment, one on another
        /// issue; then Grace's comment there, and Ada's view on another site.
        fn after(&self, reason: Option<&str>, now: Instant) -> Vec<bool> {
            let comment = |key: &str| Request::post(&["issue", key, "comment"], json!({}));
            let view = |key: &str| Request::get(&["issue", key]);
            let ada = self.asker(&self.acme, &self.ada);
            self.pauses.learn(ada, &comment("WEB-1"), reason, Duration::from_secs(30), now);
            [
                (ada, view("WEB-1")),
                (ada, comment("WEB-1")),
                (ada, comment("WEB-2")),
                (self.asker(&self.acme, &self.grace), comment("WEB-1")),
                (self.asker(&self.other, &self.ada), view("WEB-1")),
            ]
            .map(|(who, request)| self.pauses.may(who, &request, now).is_ok())
            .to_vec()
        }
    }

    #[test]
    fn a_pause_is_as_wide_as_its_reason() {
        let now = Instant::now();
        for (reason, wanted) in [
            (Some("jira-per-issue-on-write"), [true, false, true, false, true]),
            (Some("jira-burst-based"), [true, false, false, false, true]),
            (Some("jira-quota-tenant-based"), [false, false, false, false, true]),
            (Some("jira-quota-global-based"), [false; 5]),
            (Some("jira-something-new"), [false, false, false, false, true]),
            (None, [false, false, false, false, true]),
        ] {
            let world = World::new();
            assert_eq!(world.after(reason, now), wanted, "{reason:?}");
            let again = |later: u64| {
                let request = Request::post(&["issue", "WEB-1", "comment"], json!({}));
                world.pauses.may(world.asker(&world.acme, &world.ada), &request, now + Duration::from_millis(later))
            };
            assert_eq!(again(29_500), Err(Duration::from_secs(1)));
            assert_eq!(again(30_000), Ok(()));
        }
    }

    #[test]
    fn what_was_spent_long_ago_is_not_kept() {
        let (world, now) = (World::new(), Instant::now());
        let view = Request::get(&["issue", "WEB-1"]);
        let looks = |number: usize, now| {
            let account = AccountId(number.to_string());
            assert_eq!(world.pauses.may(world.asker(&world.acme, &account), &view, now), Ok(()));
        };
        (0..MANY + 5).for_each(|number| looks(number, now));
        assert_eq!(world.pauses.spent.lock().len(), MANY + 5);
        looks(0, now + Duration::from_secs(3_601));
        assert_eq!(world.pauses.spent.lock().len(), 1);
    }

    #[test]
    fn on_data_center_only_the_person_waits() {
        let (world, now) = (World::new(), Instant::now());
        let at = |account| Asker { kind: SiteKind::DataCenter, ..world.asker(&world.acme, account) };
        let view = Request::get(&["issue", "WEB-1"]);
        world.pauses.learn(at(&world.ada), &view, None, Duration::from_secs(5), now);
        assert!(world.pauses.may(at(&world.ada), &view, now).is_err());
        assert!(world.pauses.may(at(&world.grace), &view, now).is_ok());
    }

    #[test]
    fn one_person_cannot_use_up_everyones_points() {
        let (world, now) = (World::new(), Instant::now());
        let search = Request::ask(&["search", "jql"], json!({"maxResults": 99}));
        let ada = world.asker(&world.acme, &world.ada);
        let granted = (0..1_000).filter(|_| world.pauses.may(ada, &search, now).is_ok()).count();
        assert_eq!(granted, 100);
        assert_eq!(world.pauses.may(ada, &search, now), Err(Duration::from_secs(3_600)));
        assert!(world.pauses.may(world.asker(&world.acme, &world.grace), &search, now).is_ok());
        assert!(world.pauses.may(ada, &search, now + Duration::from_secs(3_600)).is_ok());
    }
}
