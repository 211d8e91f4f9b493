//! Request tokens, access tokens and sessions: what each may do, in the order in which Jira checks it, and how long it lives.
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::problem::Problem;
use super::signature::Message;
use crate::PersonId;

/// How long a request token can be allowed and exchanged.
const REQUEST_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How long an access token lives: five years.
pub(super) const ACCESS_SECONDS: i64 = 157_680_000;
/// How long it can be renewed: five years and thirty days.
pub(super) const SESSION_SECONDS: i64 = 160_272_000;

/// Every token that is in force.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    all: HashMap<String, Token>,
    made: u64,
}

#[derive(Clone, Debug)]
pub(super) enum Token {
    Request(RequestToken),
    Access(AccessToken),
}

/// A token that asks for a person's permission.
#[derive(Clone, Debug)]
pub(super) struct RequestToken {
    pub consumer: String,
    pub callback: Callback,
    pub issued: Timestamp,
    pub decision: Decision,
    /// The authorize pages that were shown for it: one of them has to be answered, so that nobody else's form counts.
    pub pages: Vec<String>,
}

/// Where the verifier goes once the person has allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Callback {
    /// Onto the page, for the person to carry over.
    OutOfBand,
    /// To this address.
    Address(Url),
}

/// What the person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    None,
    Allowed { person: PersonId, verifier: String },
    Denied,
}

/// A token that acts for a person.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    /// Names the token on the page that lists them; no secret.
    pub id: u64,
    pub consumer: String,
    pub person: PersonId,
    pub issued: Timestamp,
    pub session_handle: String,
    pub expired: bool,
}

/// What a token endpoint answers with.
#[derive(Debug)]
pub(super) struct Issued {
    pub token: String,
    pub secret: String,
    pub session_handle: String,
}

/// How an exchange came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// A request token that this person allowed.
    Fresh(PersonId),
    /// An access token with its session.
    Renewal(PersonId),
}

impl Tokens {
    /// A new request token with its secret.
    pub fn request(&mut self, consumer: &str, callback: Callback, now: Timestamp) -> (String, String) {
        self.all.retain(|_, token| !matches!(token, Token::Request(token) if token.is_stale(now)));
        let token = RequestToken {
            consumer: consumer.to_owned(),
            callback,
            issued: now,
            decision: Decision::None,
            pages: Vec::new(),
        };
        let name = random();
        self.all.insert(name.clone(), Token::Request(token));
        (name, random())
    }

    /// The access tokens in force and the handles of their sessions.
    pub fn issued(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, token) in &self.all {
            if let Token::Access(token) = token {
                found.extend([name.clone(), token.session_handle.clone()]);
            }
        }
        found
    }

    /// A request token that can still be answered.
    pub fn open_request(&mut self, name: &str, now: Timestamp) -> Option<&mut RequestToken> {
        match self.all.get_mut(name) {
            Some(Token::Request(token)) if !token.has_expired(now) => Some(token),
            _ => None,
        }
    }

    /// Checks what an access-token request says, in Jira's order, up to but without the signature.
    pub fn check_exchange(&self, message: &Message, now: Timestamp) -> Result<Exchange, Problem> {
        match self.all.get(message.need("oauth_token")?) {
            None => Err(Problem::new("token_rejected")),
            Some(Token::Request(token)) => token.check_exchange(message, now).map(Exchange::Fresh),
            Some(Token::Access(token)) => token.check_renewal(message, now).map(Exchange::Renewal),
        }
    }

    /// Replaces the token that was exchanged by a new access token. None where somebody else was faster.
    pub fn exchange(&mut self, old: &str, consumer: &str, person: &PersonId, now: Timestamp) -> Option<Issued> {
        self.all.remove(old)?;
        Some(self.issue(consumer, person, now))
    }

    /// A new access token.
    pub fn issue(&mut self, consumer: &str, person: &PersonId, now: Timestamp) -> Issued {
        self.made += 1;
        let issued = Issued { token: random(), secret: random(), session_handle: random() };
        let token = AccessToken {
            id: self.made,
            consumer: consumer.to_owned(),
            person: person.clone(),
            issued: now,
            session_handle: issued.session_handle.clone(),
            expired: false,
        };
        self.all.insert(issued.token.clone(), Token::Access(token));
        issued
    }

    /// Whose access token this is, in Jira's order, up to but without the signature.
    pub fn holder(&self, token: &str, consumer: &str, now: Timestamp) -> Result<PersonId, Problem> {
        match self.all.get(token) {
            Some(Token::Access(token)) if token.consumer == consumer => {
                if token.has_expired(now) {
                    Err(Problem::new("token_expired"))
                } else {
                    Ok(token.person.clone())
                }
            }
            _ => Err(Problem::new("token_rejected")),
        }
    }

    /// Makes the access tokens of this person, or of everybody, expired; they can be renewed.
    pub fn expire(&mut self, person: Option<&PersonId>) {
        for token in self.all.values_mut() {
            match token {
                Token::Access(token) if person.is_none_or(|person| *person == token.person) => token.expired = true,
                _ => {}
            }
        }
    }

    /// Removes every token of this person; of nobody in particular, every token there is.
    pub fn revoke(&mut self, person: Option<&PersonId>) {
        self.all.retain(|_, token| {
            let holder = match &*token {
                Token::Access(token) => Some(&token.person),
                Token::Request(RequestToken { decision: Decision::Allowed { person, .. }, .. }) => Some(person),
                Token::Request(_) => None,
            };
            person.is_some_and(|person| holder != Some(person))
        });
    }

    /// Removes one access token by the id of the list.
    pub fn revoke_id(&mut self, id: u64) {
        self.all.retain(|_, token| !matches!(token, Token::Access(token) if token.id == id));
    }

    /// The access tokens, oldest first.
    pub fn list(&self) -> Vec<AccessToken> {
        let mut list: Vec<_> = self
            .all
            .values()
            .filter_map(|token| match token {
                Token::Access(token) => Some(token.clone()),
                Token::Request(_) => None,
            })
            .collect();
        list.sort_by_key(|token| token.id);
        list
    }
}

impl RequestToken {
    fn check_exchange(&self, message: &Message, now: Timestamp) -> Result<PersonId, Problem> {
        if self.has_expired(now) {
            return Err(Problem::new("token_expired"));
        }
        let (person, verifier) = match &self.decision {
            Decision::None => return Err(Problem::new("permission_unknown")),
            Decision::Denied => return Err(Problem::new("permission_denied")),
            Decision::Allowed { person, verifier } => (person, verifier),
        };
        if message.get("oauth_consumer_key") != Some(self.consumer.as_str()) {
            return Err(Problem::new("token_rejected"));
        }
        if message.need("oauth_verifier")? != verifier {
            return Err(Problem::new("token_rejected"));
        }
        Ok(person.clone())
    }

    fn has_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) > REQUEST_LIFE
    }

    /// Kept for a day after it has expired, so that the answer is `token_expired` and not `token_rejected`.
    fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) > SignedDuration::from_hours(24)
    }
}

impl AccessToken {
    fn check_renewal(&self, message: &Message, now: Timestamp) -> Result<PersonId, Problem> {
        if message.need("oauth_session_handle")? != self.session_handle {
            return Err(Problem::new("token_rejected"));
        }
        if now.duration_since(self.issued).as_secs() > SESSION_SECONDS {
            return Err(Problem::new("permission_denied"));
        }
        if message.get("oauth_consumer_key") != Some(self.consumer.as_str()) {
            return Err(Problem::new("token_rejected"));
        }
        Ok(self.person.clone())
    }

    fn has_expired(&self, now: Timestamp) -> bool {
        self.expired || now.duration_since(self.issued).as_secs() > ACCESS_SECONDS
    }
}

/// 192 random bits as text, of letters and digits.
pub(super) fn random() -> String {
    hex::encode(rand::random::<[u8; 24]>())
}

/// The code that a person carries from the page to the app: six letters and digits.
pub(super) fn verification_code() -> String {
    use rand::Rng;
    rand::rng().sample_iter(rand::distr::Alphanumeric).take(6).map(char::from).collect()
}
