//! What linking must do, said once more and shorter: who may end up linked to what. It shares nothing with the program.

use std::collections::BTreeMap;

/// How long every step waits for the next.
const LIFE: u64 = 600;

/// Somebody in chat, a site, a browser, an account in Jira: by number.
pub type Number = usize;
/// A ticket, a state or a code: by the order in which it was given out.
pub type Mark = u32;

struct Attempt {
    began: Mark,
    ticket: Mark,
    stage: Stage,
    ends: u64,
}

enum Stage {
    Asked,
    Away { cookie: Mark, state: Option<Mark> },
    Shown { code: Mark, account: Number, tries: u8 },
}

/// What the provider sends back.
#[derive(Clone, Debug)]
pub struct Back {
    /// For which state.
    pub state: Mark,
    /// For which site.
    pub site: Number,
    /// Who approved; nobody where they said no.
    pub account: Option<Number>,
    /// When.
    pub issued: u64,
    /// It was handed in before.
    pub spent: bool,
}

/// The world as it should be.
#[derive(Default)]
pub struct Model {
    /// Seconds.
    pub now: u64,
    attempts: BTreeMap<(Number, Number), Attempt>,
    cookies: BTreeMap<Number, Mark>,
    /// Who is linked to which account where.
    pub links: BTreeMap<(Number, Number), Number>,
    marks: Mark,
}

impl Model {
    fn mark(&mut self) -> Mark {
        self.marks += 1;
        self.marks
    }

    /// Somebody asks for a link. What they had under way there is over.
    pub fn starts(&mut self, person: Number, site: Number) -> Mark {
        let ticket = self.mark();
        let attempt = Attempt { began: ticket, ticket, stage: Stage::Asked, ends: self.now + LIFE };
        self.attempts.insert((person, site), attempt);
        ticket
    }

    fn opens(&self, browser: Number, ticket: Mark) -> Option<(Number, Number)> {
        let cookie = self.cookies.get(&browser).copied();
        let found = self.attempts.iter().find(|(_, attempt)| {
            let mine = match attempt.stage {
                Stage::Asked => true,
                Stage::Away { cookie: bound, .. } => cookie == Some(bound),
                Stage::Shown { .. } => false,
            };
            attempt.ticket == ticket && attempt.ends > self.now && mine
        });
        found.map(|(key, _)| *key)
    }

    /// Whether a browser sees the page of a ticket.
    pub fn looks(&self, browser: Number, ticket: Mark) -> bool {
        self.opens(browser, ticket).is_some()
    }

    /// A browser presses the button of a ticket's page. Gives the state it leaves with.
    pub fn departs(&mut self, browser: Number, ticket: Mark) -> Option<Mark> {
        let key = self.opens(browser, ticket)?;
        let (cookie, state) = (self.mark(), self.mark());
        self.cookies.insert(browser, cookie);
        let ends = self.now + LIFE;
        let attempt = self.attempts.get_mut(&key)?;
        attempt.stage = Stage::Away { cookie, state: Some(state) };
        attempt.ends = ends;
        Some(state)
    }

    /// A browser comes back, to the address of some site. Gives the code that it is shown. `lifetime` is that of the
    /// provider's codes.
    pub fn arrives(&mut self, browser: Number, back: &mut Back, at: Number, lifetime: u64) -> Option<Mark> {
        let holds = |attempt: &Attempt| matches!(attempt.stage, Stage::Away { state, .. } if state == Some(back.state));
        let key = *self.attempts.iter().find(|(_, attempt)| holds(attempt))?.0;
        let attempt = self.attempts.get_mut(&key)?;
        let Stage::Away { cookie, state } = &mut attempt.stage else { return None };
        *state = None;
        if key.1 != at || attempt.ends <= self.now || self.cookies.get(&browser) != Some(cookie) {
            return None;
        }
        self.cookies.remove(&browser);
        let good = back.site == at && !back.spent && self.now - back.issued < lifetime;
        back.spent = true;
        let Some(account) = back.account.filter(|_| good) else {
            self.attempts.remove(&key);
            return None;
        };
        let code = self.mark();
        let attempt = self.attempts.get_mut(&key)?;
        attempt.stage = Stage::Shown { code, account, tries: 5 };
        attempt.ends = self.now + LIFE;
        Some(code)
    }

    /// Somebody sends a code, or something that looks like one. Says whether that links them.
    pub fn sends(&mut self, person: Number, code: Option<Mark>, private: bool) -> bool {
        let now = self.now;
        let is = |attempt: &Attempt| matches!(attempt.stage, Stage::Shown { code: shown, .. } if Some(shown) == code);
        let found = self.attempts.iter().find(|(key, attempt)| is(attempt) && (attempt.ends > now || key.0 == person));
        if let Some(key) = found.map(|(key, _)| *key)
            && let Some(attempt) = self.attempts.remove(&key)
        {
            let Stage::Shown { account, .. } = attempt.stage else { return false };
            let good = private && key.0 == person && attempt.ends > now;
            if good {
                self.links.insert(key, account);
            }
            return good;
        }
        if !private {
            return false;
        }
        let waiting = self.attempts.iter_mut().filter(|(key, attempt)| {
            key.0 == person && attempt.ends > now && matches!(attempt.stage, Stage::Shown { .. })
        });
        let Some((key, attempt)) = waiting.max_by_key(|(_, attempt)| attempt.began) else { return false };
        let key = *key;
        if let Stage::Shown { tries, .. } = &mut attempt.stage {
            *tries -= 1;
            if *tries == 0 {
                self.attempts.remove(&key);
            }
        }
        false
    }

    /// Somebody deletes their link.
    pub fn leaves(&mut self, person: Number, site: Number) {
        self.links.remove(&(person, site));
        self.attempts.remove(&(person, site));
    }
}
