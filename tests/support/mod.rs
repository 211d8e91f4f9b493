//! The harness of the conversation tests: a sandbox, the whole bot over real HTTP, and a chat platform that records.
//!
//! A test talks as people do and reads every reply. A reply or a notice that nobody read fails the test, and so does an
//! audit chain that does not hold or a write without its outcome row.

mod contract;
mod house;
mod people;
mod platform;
mod transcript;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use usher_chat::{Completing, Event, EventId, IncomingFile, Input, MenuTarget, MessageRef, Names, Slash};

pub use house::{House, Setup};
pub use people::{home, names_of, person, place};
pub use transcript::Replies;

use people::mentions;
use platform::{Back, Button};

/// No answer takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A test's conversation with a bot that has just been set up as in the demo.
pub async fn conversation(talk: impl AsyncFnOnce(&mut Chat)) {
    conversation_with(|_| {}, talk).await;
}

/// The same with a configuration of the test's own.
pub async fn conversation_with(change: impl FnOnce(&mut Setup), talk: impl AsyncFnOnce(&mut Chat)) {
    let mut setup = Setup::default();
    change(&mut setup);
    let rules = setup.rules.clone();
    let mut chat = Chat { house: House::build(setup).await, events: AtomicU64::new(0) };
    for rule in &rules {
        let said = chat.says("root", "eng", &format!("jira admin {rule}")).await.text();
        assert!(said.contains(" may now use "), "{rule}: {said}");
    }
    talk(&mut chat).await;
    chat.house.end().await;
}

/// People who talk, and what they see.
pub struct Chat {
    /// The bot, its platform and its Jira.
    pub house: House,
    events: AtomicU64,
}

impl Chat {
    /// Somebody writes a message in a place: `eng`, `eng/thread`, `dm`, or `other:lobby` in another workspace.
    pub async fn says(&self, who: &str, at: &str, text: &str) -> Replies {
        self.does(self.event(who, at, Input::Text(text.to_owned()))).await
    }

    /// Somebody writes a message with files.
    pub async fn sends(&self, who: &str, at: &str, text: &str, files: &[IncomingFile]) -> Replies {
        self.does(Event { files: files.to_vec(), ..self.event(who, at, Input::Text(text.to_owned())) }).await
    }

    /// Somebody uses a native command, whose options come by name.
    pub async fn slashes(&self, who: &str, at: &str, path: &str, options: &[(&str, &str)]) -> Replies {
        let path = path.split(' ').map(str::to_owned).collect();
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.does(self.event(who, at, Input::Slash(Slash { path, options }))).await
    }

    /// Somebody uses a command of a message's menu.
    pub async fn uses_on_message(&self, who: &str, at: &str, command: &str, text: &str) -> Replies {
        let message = MessageRef { place: place(at), id: "said".into() };
        let target = MenuTarget::Message { message, author: person("grace"), text: text.to_owned() };
        self.does(self.event(who, at, Input::Menu { command: command.to_owned(), target })).await
    }

    /// Somebody uses a command of a person's menu.
    pub async fn uses_on_person(&self, who: &str, at: &str, command: &str, on: &str) -> Replies {
        let target = MenuTarget::Person(person(on));
        self.does(self.event(who, at, Input::Menu { command: command.to_owned(), target })).await
    }

    /// Somebody answers the newest message of ours in a place.
    pub async fn answers(&self, who: &str, at: &str, text: &str) -> Replies {
        let mut event = self.event(who, at, Input::Text(text.to_owned()));
        event.answers = Some(self.house.platform.newest(&place(at)));
        self.does(event).await
    }

    /// Somebody presses the newest button of that label in a place, whoever it was shown to.
    pub async fn presses(&self, who: &str, at: &str, label: &str) -> Replies {
        self.presses_on(who, at, self.button(at, label)).await
    }

    /// The newest button of that label in a place, to be pressed later, elsewhere or twice.
    pub fn button(&self, at: &str, label: &str) -> Button {
        self.house.platform.button(&place(at), label)
    }

    /// Somebody presses a button that was looked up before.
    pub async fn presses_on(&self, who: &str, at: &str, button: Button) -> Replies {
        let mut event = self.event(who, at, Input::Press { action: button.action });
        event.message = Some(button.message);
        event.private |= button.private;
        self.does(event).await
    }

    /// Somebody sends the newest form in a place, with values by label.
    pub async fn submits(&self, who: &str, at: &str, values: &[(&str, &str)]) -> Replies {
        let form = self.house.platform.form(&place(at));
        let mut fields = std::collections::BTreeMap::new();
        for (label, value) in values {
            let field = form.fields.iter().find(|field| field.label == *label || field.name == *label);
            let field = field.unwrap_or_else(|| panic!("no field {label} in {:?}", form.fields));
            fields.insert(field.name.clone(), vec![(*value).to_owned()]);
        }
        let mut event = self.event(who, at, Input::Submit { form: form.id, fields });
        event.private = true;
        self.does(event).await
    }

    /// What is offered to somebody who has typed this much.
    pub async fn completes(&self, who: &str, at: &str, line: &str) -> String {
        let mut event = self.event(who, at, Input::Complete(Completing::Line(line.to_owned())));
        event.private = true;
        let back = self.hand_over(event).await;
        assert!(back.replies().is_empty(), "a completion says nothing: {}", back.replies().text());
        let ways: Vec<String> = back.completions().into_iter().map(|way| way.value).collect();
        ways.join(" | ")
    }

    /// An event that a test hands over itself, perhaps changed or twice.
    pub fn event(&self, who: &str, at: &str, input: Input) -> Event {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        let place = place(at);
        let (workspace, channel) = names_of(at);
        let (mentions, message) = match &input {
            Input::Text(text) => {
                (mentions(text), Some(MessageRef { place: place.clone(), id: format!("said-{number}").into() }))
            }
            _ => (Vec::new(), None),
        };
        Event {
            id: EventId::new(format!("event-{number}")),
            person: person(who),
            names: Names { person: people::display(who), place: channel, workspace },
            input,
            mentions,
            files: Vec::new(),
            answers: None,
            message,
            private: place.is_direct(),
            member: None,
            place,
        }
    }

    /// An event happens; what comes back.
    pub async fn does(&self, event: Event) -> Replies {
        self.hand_over(event).await.replies()
    }

    async fn hand_over(&self, event: Event) -> Arc<Back> {
        let handler = self.house.platform.handler();
        let back = Arc::new(Back::new(&self.house.platform, &event));
        let handled = handler.handle(event, back.clone());
        tokio::time::timeout(PATIENCE, handled).await.expect("the bot answers");
        back
    }

    /// The oldest news in a channel that nobody has read.
    pub async fn notice_in(&self, at: &str) -> Replies {
        let there = place(at);
        let notice = self.house.platform.notice_in(&there);
        tokio::time::timeout(Duration::from_secs(20), notice).await.unwrap_or_else(|_| panic!("no news in {at}"))
    }

    /// The next news for somebody that no event of theirs asked for.
    pub async fn notice(&self, who: &str) -> Replies {
        let who_is = person(who);
        let notice = self.house.platform.notice(&who_is);
        tokio::time::timeout(Duration::from_secs(20), notice).await.unwrap_or_else(|_| panic!("no news for {who}"))
    }

    /// The code, or the page's words, after a walk through the pages behind a reply's first link.
    pub async fn approves(&self, reply: &Replies, account: &str) -> Result<String, String> {
        self.walks(reply, account, false).await
    }

    /// The page's words after somebody pressed Deny.
    pub async fn denies(&self, reply: &Replies, account: &str) -> String {
        self.walks(reply, account, true).await.expect_err("a refusal gives no code")
    }

    async fn walks(&self, reply: &Replies, account: &str, deny: bool) -> Result<String, String> {
        let walked = usher_terminal::Walker::new().approve(&reply.url(), account, deny).await;
        walked.map_err(|words| self.house.platform.plain(&words))
    }

    /// Links somebody to the account of the same name, by the real way.
    pub async fn linked(&self, who: &str, site: &str) {
        self.linked_as(who, site, who).await;
    }

    /// Links somebody to a sandbox person's account, by the real way.
    pub async fn linked_as(&self, who: &str, site: &str, account: &str) {
        let begun = self.says(who, "dm", &format!("connect {site}")).await;
        let code = self.approves(&begun, account).await.unwrap();
        let done = self.says(who, "dm", &code).await;
        assert!(done.text().starts_with("(only you) Linked: "), "{}", done.text());
        tokio::time::timeout(PATIENCE, self.house.learns(who, site)).await.expect("the projects are learnt");
    }

    /// Moves the bot's clock and the sandbox's.
    pub fn later(&self, by: Duration) {
        self.house.later(by);
    }
}
