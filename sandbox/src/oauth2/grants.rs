//! What people allowed, and the token pairs that came of it: how long each lives, how refresh tokens rotate, what reuse does.
//!
//! A refresh exchange makes a new pair. The old pair lives on for the leeway, so that a client that never got the answer can ask
//! again; a refresh token that comes back later counts as stolen and ends the whole grant.
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Behaviour;
use crate::{Caller, CloudId, PersonId, Scopes};

/// How long an access token lives.
pub(super) const ACCESS_SECONDS: i64 = 3600;
/// A refresh token dies when it is left alone for this long.
const INACTIVITY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A grant dies this long after consent, used or not.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Every grant there ever was.
#[derive(Debug, Default)]
pub(super) struct Grants {
    grants: Vec<Grant>,
    access: HashMap<String, Place>,
    refresh: HashMap<String, Place>,
}

/// What a person allowed an app to do.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    pub client_id: String,
    pub person: PersonId,
    pub scopes: Scopes,
    pub cloud_id: Option<CloudId>,
    /// Whether a refresh token comes with it.
    pub offline: bool,
}

/// A grant, for the page that lists them.
#[derive(Debug)]
pub(super) struct Listed {
    pub id: GrantId,
    pub consent: Consent,
    pub since: Timestamp,
}

/// Names a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GrantId(pub usize);

/// The tokens of one answer.
#[derive(Debug)]
pub(super) struct Issued {
    pub grant: GrantId,
    pub access: String,
    /// Absent without `offline_access`, or where the token server leaves it out.
    pub refresh: Option<String>,
    pub scopes: Scopes,
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Never issued, expired, revoked, or of another app.
    Unknown,
    /// Exchanged before, and the leeway is over. The grant has ended.
    Reused,
}

#[derive(Debug)]
struct Grant {
    consent: Consent,
    began: Timestamp,
    ended: bool,
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    access: String,
    access_expired: bool,
    issued: Timestamp,
    /// When the refresh token was exchanged for a successor.
    rotated: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    grant: usize,
    pair: usize,
}

impl Grants {
    /// The first pair of a new grant.
    pub fn begin(&mut self, consent: Consent, now: Timestamp) -> Issued {
        let grant = self.grants.len();
        self.grants.push(Grant { consent, began: now, ended: false, pairs: Vec::new() });
        self.issue(grant, now)
    }

    /// Exchanges a refresh token.
    pub fn refresh(
        &mut self,
        token: &str,
        client_id: &str,
        now: Timestamp,
        behaviour: &Behaviour,
    ) -> Result<Issued, Refused> {
        let place = *self.refresh.get(token).ok_or(Refused::Unknown)?;
        if behaviour.refuse_everybody {
            return Err(Refused::Unknown);
        }
        let grant = &mut self.grants[place.grant];
        if grant.ended || grant.consent.client_id != client_id || now.duration_since(grant.began) >= ABSOLUTE {
            return Err(Refused::Unknown);
        }
        let pair = &mut grant.pairs[place.pair];
        match pair.rotated {
            Some(rotated) if now.duration_since(rotated) >= behaviour.leeway => {
                grant.ended = true;
                return Err(Refused::Reused);
            }
            Some(_) => {}
            None if now.duration_since(pair.issued) >= INACTIVITY => return Err(Refused::Unknown),
            None if behaviour.omit_refresh_token => {
                // The old refresh token stays the current one, and its life starts anew.
                pair.issued = now;
                let access = secret();
                pair.access.clone_from(&access);
                pair.access_expired = false;
                self.access.insert(access.clone(), place);
                let scopes = grant.consent.scopes.clone();
                return Ok(Issued { grant: GrantId(place.grant), access, refresh: None, scopes });
            }
            None => pair.rotated = Some(now),
        }
        let mut issued = self.issue(place.grant, now);
        if behaviour.omit_refresh_token {
            issued.refresh = None;
        }
        Ok(issued)
    }

    /// Who an access token stands for, while it is good.
    pub fn caller(&self, access: &str, now: Timestamp, leeway: SignedDuration) -> Option<Caller> {
        let place = self.access.get(access)?;
        let grant = self.grants.get(place.grant)?;
        let pair = grant.pairs.get(place.pair)?;
        let dead = grant.ended
            || pair.access_expired
            || pair.access != access
            || now.duration_since(pair.issued).as_secs() >= ACCESS_SECONDS
            || pair.rotated.is_some_and(|rotated| now.duration_since(rotated) >= leeway);
        let Consent { person, scopes, cloud_id, .. } = &grant.consent;
        (!dead).then(|| Caller { person: person.clone(), scopes: scopes.clone(), cloud_id: cloud_id.clone() })
    }

    /// Makes the access tokens of this person, or of everybody, expired. Refresh tokens stay.
    pub fn expire_access(&mut self, person: Option<&PersonId>) {
        for grant in self.grants.iter_mut().filter(|grant| grant.is_of(person)) {
            grant.pairs.iter_mut().for_each(|pair| pair.access_expired = true);
        }
    }

    /// Ends the grants of this person, or of everybody.
    pub fn end_of(&mut self, person: Option<&PersonId>) {
        self.grants.iter_mut().filter(|grant| grant.is_of(person)).for_each(|grant| grant.ended = true);
    }

    /// Ends one grant.
    pub fn end(&mut self, grant: GrantId) {
        if let Some(grant) = self.grants.get_mut(grant.0) {
            grant.ended = true;
        }
    }

    /// Every token that was ever issued.
    pub fn issued(&self) -> impl Iterator<Item = &String> {
        self.access.keys().chain(self.refresh.keys())
    }

    /// The grants in force.
    pub fn list(&self) -> Vec<Listed> {
        let in_force = self.grants.iter().enumerate().filter(|(_, grant)| !grant.ended);
        in_force
            .map(|(id, grant)| Listed { id: GrantId(id), consent: grant.consent.clone(), since: grant.began })
            .collect()
    }

    fn issue(&mut self, index: usize, now: Timestamp) -> Issued {
        let grant = &mut self.grants[index];
        let place = Place { grant: index, pair: grant.pairs.len() };
        let access = secret();
        let scopes = grant.consent.scopes.clone();
        let refresh = grant.consent.offline.then(secret);
        grant.pairs.push(Pair { access: access.clone(), access_expired: false, issued: now, rotated: None });
        self.access.insert(access.clone(), place);
        if let Some(refresh) = &refresh {
            self.refresh.insert(refresh.clone(), place);
        }
        Issued { grant: GrantId(index), access, refresh, scopes }
    }
}

impl Grant {
    fn is_of(&self, person: Option<&PersonId>) -> bool {
        person.is_none_or(|person| *person == self.consent.person)
    }
}

/// 256 random bits as text.
pub(super) fn secret() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("in range")
    }

    fn consent(scopes: &str) -> Consent {
        let scopes = Scopes::parse(scopes);
        let offline = scopes.has("offline_access");
        Consent { client_id: "app".into(), person: PersonId::new("ada"), scopes, cloud_id: None, offline }
    }

    struct Server {
        grants: Grants,
        behaviour: Behaviour,
    }

    impl Server {
        fn new() -> (Self, Issued) {
            let mut grants = Grants::default();
            let first = grants.begin(consent("read:jira-work offline_access"), at(0));
            (Self { grants, behaviour: Behaviour::default() }, first)
        }

        fn refresh(&mut self, token: &Option<String>, second: i64) -> Result<Issued, Refused> {
            self.grants.refresh(token.as_deref().expect("a refresh token"), "app", at(second), &self.behaviour)
        }

        fn knows(&self, access: &str, second: i64) -> bool {
            self.grants.caller(access, at(second), self.behaviour.leeway).is_some()
        }
    }

    #[test]
    fn an_access_token_lives_an_hour() {
        let (server, first) = Server::new();
        assert!(server.knows(&first.access, 3599));
        assert!(!server.knows(&first.access, 3600));
    }

    #[test]
    fn the_old_pair_lives_through_the_leeway_and_reuse_after_it_ends_the_grant() {
        let (mut server, first) = Server::new();
        let second = server.refresh(&first.refresh, 100).expect("fresh");
        assert!(server.knows(&first.access, 699));
        let third = server.refresh(&first.refresh, 699).expect("a retry within ten minutes");
        assert!(server.knows(&second.access, 699) && server.knows(&third.access, 699));
        assert!(!server.knows(&first.access, 700), "the old access token dies with the leeway");
        assert_eq!(server.refresh(&first.refresh, 700).unwrap_err(), Refused::Reused);
        assert!(!server.knows(&third.access, 700), "the family is gone");
        assert_eq!(server.refresh(&third.refresh, 701).unwrap_err(), Refused::Unknown);
    }

    #[test]
    fn without_a_leeway_the_second_use_is_reuse() {
        let (mut server, first) = Server::new();
        server.behaviour.leeway = SignedDuration::ZERO;
        server.refresh(&first.refresh, 5).expect("fresh");
        assert!(!server.knows(&first.access, 5));
        assert_eq!(server.refresh(&first.refresh, 5).unwrap_err(), Refused::Reused);
    }

    #[test]
    fn ninety_idle_days_or_a_year_end_it() {
        let (mut server, first) = Server::new();
        assert_eq!(server.refresh(&first.refresh, 90 * DAY).unwrap_err(), Refused::Unknown);

        let (mut server, mut pair) = Server::new();
        for month in 1..=12 {
            pair = server.refresh(&pair.refresh, month * 30 * DAY).expect("used every month");
        }
        assert_eq!(server.refresh(&pair.refresh, 365 * DAY).unwrap_err(), Refused::Unknown);
    }

    #[test]
    fn an_answer_without_refresh_token_keeps_the_old_one_current() {
        let (mut server, first) = Server::new();
        server.behaviour.omit_refresh_token = true;
        let second = server.refresh(&first.refresh, 3600).expect("fresh");
        assert_eq!(second.refresh, None);
        assert!(server.knows(&second.access, 3600));
        server.refresh(&first.refresh, 7200).expect("the old one is still good");
    }

    #[test]
    fn no_refresh_token_without_offline_access() {
        let mut grants = Grants::default();
        assert_eq!(grants.begin(consent("read:jira-work"), at(0)).refresh, None);
    }

    #[test]
    fn a_refresh_token_of_another_app_is_unknown() {
        let (mut server, first) = Server::new();
        let token = first.refresh.expect("offline");
        let refused = server.grants.refresh(&token, "other", at(1), &server.behaviour).unwrap_err();
        assert_eq!(refused, Refused::Unknown);
    }
}
