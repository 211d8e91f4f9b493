//! The two-person rule: some tools run only once somebody else has seen the call and agreed to it.

use serde_json::{Value, json};

use super::{
    AskFor, Asking, Governance, Hears, Membership, Requested,
    admin::Desk,
    change::{Change, Did},
    commands::PairWords,
    decide::{Verdict, decide},
    govern::{asked, place_name},
    profile::Profile,
};
use crate::{
    audit::{Kind, Row},
    error::Error,
    ids::{Asker, ToolName},
    replies::{Draft, error::marked},
    store::{
        StoreError, Tx,
        requests::{self, RequestRow, Wanted},
    },
};

/// Whoever is in this profile may be the second person.
const APPROVER: &str = "approver";
/// So long a call waits for the second person, and so long it can be made once they agreed, in seconds.
const WAITS: i64 = 15 * 60;

/// What a second person's answer came to.
#[derive(Debug)]
pub enum Agreed {
    /// It is decided: the request, as it was asked.
    Decided(Box<RequestRow>),
    /// Somebody was faster, or its time is over.
    Late,
    /// The presser is no second person for it: why, in a sentence.
    Unfit(String),
    /// This event was handled before.
    Repeated,
}

impl Governance {
    /// Asks a second person to agree to a call, in the place where it was asked for. `args` are its arguments, `line` is
    /// how it reads.
    ///
    /// # Errors
    /// The store fails.
    pub async fn ask_second(&self, asking: &Asking, args: Value, line: String) -> Result<Requested, Error> {
        let asker = &asking.asker;
        let snapshot = self.current()?;
        let question = asking.question(self.inner.clock.seconds());
        let workspace = match (decide(&snapshot, &question), asker.place.workspace()) {
            (Verdict::Ask(AskFor::Second, _), Some(workspace)) => workspace.clone(),
            (Verdict::Deny(denial), _) => {
                return Ok(Requested::Moot(Some(self.refusal(&snapshot, asker, &question, &denial))));
            }
            _ => return Ok(Requested::Moot(None)),
        };
        let (place, projects) = (asker.place.clone(), asking.projects.clone());
        let wanted = Wanted { args, line, place: place.clone(), name: place_name(asker), projects, second: true };
        self.open(asking, workspace, wanted, WAITS, Hears::Place(place)).await
    }

    /// The request for this call to which a second person agreed, and who that was.
    pub(super) fn agreed(&self, asking: &Asking) -> Result<Option<(String, usher_chat::Person)>, StoreError> {
        let found = self.granted(asking, true)?;
        Ok(found.and_then(|request| Some((request.id, request.by?))))
    }

    /// Lets a second person answer. `member` is what is known of them now in the request's workspace; `other` says that
    /// they act in Jira as somebody else than whoever asked.
    ///
    /// # Errors
    /// The store fails.
    pub async fn agree(
        &self,
        asker: &Asker,
        member: &Membership,
        other: bool,
        request: RequestRow,
        yes: bool,
    ) -> Result<Agreed, Error> {
        let (at, now) = (self.inner.clock.now().as_millisecond(), self.inner.clock.seconds());
        let snapshot = self.current()?;
        let approver = Profile::Own(APPROVER.to_owned());
        let holds = snapshot.rules(&request.workspace).is_some_and(|rules| {
            member.member.present
                && asker.person.platform == request.workspace.platform
                && rules.belongs(&approver, &asker.person, member)
        });
        let unfit = if asker.person == request.person {
            Some(("same-person", "This takes somebody else: you asked for it yourself.".to_owned()))
        } else if !holds {
            Some(("not-approver", format!("This takes somebody of the profile `{APPROVER}` here.")))
        } else if !other {
            let words = format!(
                "This takes a second Jira account. Type `jira connect {}`, and link one that is not theirs.",
                request.site
            );
            Some(("same-account", words))
        } else {
            None
        };
        let mut row = asked(asker, at, Kind::Policy, "done");
        row.tool = Some(request.tool.clone());
        row.site = Some(request.site.clone());
        if let Some((why, words)) = unfit {
            let row = Row { kind: Kind::Decision, verdict: format!("deny:{why}"), ..row };
            let row = Row { detail: json!({"request": request.id}), ..row };
            return match self.submit(asker.clone(), row, true).await {
                Err(StoreError::Conflict) => Ok(Agreed::Repeated),
                done => done.map(|_| Agreed::Unfit(words)).map_err(Error::from),
            };
        }
        let change = if yes { "agree" } else { "decline" };
        row.detail = json!({"change": change, "request": request.id, "for": request.person.to_string()});
        let (id, by) = (request.id.clone(), asker.person.clone());
        let work = move |tx: &Tx<'_>| requests::decide(tx, &id, yes, &by, now, now + WAITS);
        Ok(match self.record(asker, row, work).await? {
            None => Agreed::Repeated,
            Some(true) => Agreed::Decided(Box::new(request)),
            Some(false) => Agreed::Late,
        })
    }
}

impl Desk<'_> {
    /// `two-person`.
    pub(super) async fn two_person(&self, words: &PairWords) -> Result<Option<Draft>, Error> {
        let (two, chosen) = self.pairing(words)?;
        if chosen.is_empty() && !two {
            return Err(Error::user_hint("Which tool?", "Like this: `jira admin two-person off delete`."));
        }
        let changes = chosen.iter().map(|tool| Change::Pair(tool.clone(), two)).collect();
        let Some((did, snapshot)) = self.commit(changes).await? else { return Ok(None) };
        let Some(rules) = snapshot.rules(self.workspace) else { return Ok(None) };
        let words = match (chosen.is_empty(), rules.pairs().is_empty(), two) {
            (true, true, _) => "No tool takes two people here. `jira admin two-person delete` changes that.".to_owned(),
            (true, false, _) => format!("These take two people here: {}.", listed(rules.pairs())),
            (false, _, true) => {
                let who = match rules.profiles().contains_key(APPROVER) {
                    true => format!("somebody else of the profile `{APPROVER}` agrees"),
                    false => format!(
                        "somebody else of the profile `{APPROVER}` agrees. Nobody is in it yet: \
                         `jira admin profile create {APPROVER} person:@ada` changes that"
                    ),
                };
                format!("From now on {} runs here only once {who}.", listed(&chosen))
            }
            (false, _, false) => format!("{} takes but one person again.", listed(&chosen)),
        };
        let same = !chosen.is_empty() && did.iter().all(|did| *did == Did::Nothing);
        let words = if same { format!("Nothing changed. {words}") } else { words };
        Ok(Some(Draft::private(marked(&words))))
    }

    /// Whether these tools shall take two people from now on, or one.
    fn pairing(&self, words: &PairWords) -> Result<(bool, Vec<ToolName>), Error> {
        let mut tools = words.tools.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty()).peekable();
        let two = tools.next_if(|word| word.eq_ignore_ascii_case("off")).is_none();
        let chosen = tools.map(|word| {
            let word = word.to_ascii_lowercase();
            let found = word.parse().ok().and_then(|tool| self.ground().tools.get(&tool));
            found.map(|facts| facts.name.clone()).ok_or_else(|| self.unknown(&word))
        });
        Ok((two, chosen.collect::<Result<_, _>>()?))
    }
}

fn listed<'a>(tools: impl IntoIterator<Item = &'a ToolName>) -> String {
    tools.into_iter().map(|tool| format!("`{tool}`")).collect::<Vec<_>>().join(", ")
}
