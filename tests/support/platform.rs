//! A chat platform that keeps what it was told to show, and forgets to show nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::sync::Notify;
use usher_chat::{
    ActionId, AdapterError, Audience, ChatAdapter, ChatHandler, Command, Completion, Destination, Event, FileContent,
    Form, Host, HttpRequest, HttpResponse, IncomingFile, Member, MessageRef, OpenError, Person, Place, Platform, Reply,
    Responder, RoleId, SendError, Sent, Workspace,
};

use super::{
    people::{PLATFORM, person},
    transcript::Replies,
};

/// One thing that somebody was shown.
#[derive(Debug)]
pub struct Shown {
    pub to: Option<Person>,
    pub message: MessageRef,
    pub reply: Reply,
    /// It took the place of a message that stood there.
    pub edit: bool,
    /// Nobody asked for it.
    pub news: bool,
    pub read: AtomicBool,
}

/// A button as it stands on a message.
#[derive(Debug, Clone)]
pub struct Button {
    pub action: ActionId,
    pub message: MessageRef,
    /// Only one person sees it.
    pub private: bool,
}

/// The platform. Clones share it.
#[derive(Clone, Default)]
pub struct TestPlatform(Arc<Inner>);

#[derive(Default)]
struct Inner {
    host: Mutex<Option<Host>>,
    shown: Mutex<Vec<Arc<Shown>>>,
    deleted: Mutex<Vec<MessageRef>>,
    shut: Mutex<Vec<Person>>,
    files: Mutex<HashMap<String, Vec<Bytes>>>,
    members: Mutex<HashMap<(Workspace, Person), Member>>,
    /// Addresses of this run, and the names that stand for them in transcripts.
    names: Mutex<Vec<(String, String)>>,
    changed: Notify,
}

impl TestPlatform {
    /// Writes `name` wherever `address` is shown.
    pub fn call(&self, address: &str, name: &str) {
        self.0.names.lock().push((address.to_owned(), name.to_owned()));
    }

    /// Makes somebody an administrator of the workspace, or not.
    pub fn set_admin(&self, who: &str, admin: bool) {
        self.change(who, |member| member.admin = admin);
    }

    /// Makes somebody the administrator of another workspace.
    pub fn set_admin_of(&self, workspace: &str, who: &str) {
        let workspace = Workspace::new(self.platform(), workspace);
        let admin = Member { admin: true, ..present() };
        self.0.members.lock().insert((workspace, person(who)), admin);
    }

    /// Gives somebody these roles and no others.
    pub fn set_roles(&self, who: &str, roles: &[&str]) {
        self.change(who, |member| member.roles = roles.iter().copied().map(RoleId::from).collect());
    }

    /// Takes somebody out of the workspace.
    pub fn leaves(&self, who: &str) {
        self.change(who, |member| *member = Member::default());
    }

    fn change(&self, who: &str, change: impl FnOnce(&mut Member)) {
        let mut members = self.0.members.lock();
        change(members.entry((super::home(), person(who))).or_insert_with(present));
    }

    /// From now on this person takes no private message from the bot.
    pub fn shuts_out(&self, who: &str) {
        self.0.shut.lock().push(person(who));
    }

    /// A file that somebody sends along. Its content comes in two pieces.
    pub fn file(&self, name: &str, content: &[u8]) -> IncomingFile {
        let mut files = self.0.files.lock();
        let handle = format!("file-{}", files.len());
        let (first, second) = content.split_at(content.len() / 2);
        files.insert(handle.clone(), vec![Bytes::copy_from_slice(first), Bytes::copy_from_slice(second)]);
        IncomingFile { name: name.to_owned(), media_type: None, bytes: Some(content.len() as u64), handle }
    }

    /// The platform forgets its files.
    pub fn forgets_files(&self) {
        self.0.files.lock().clear();
    }

    /// The messages that the bot had deleted.
    pub fn deleted(&self) -> Vec<String> {
        self.0.deleted.lock().iter().map(|message| message.place.to_string()).collect()
    }

    /// What takes the events, once the bot is there.
    pub fn handler(&self) -> Arc<dyn ChatHandler> {
        self.0.host.lock().as_ref().expect("the bot is running").handler.clone()
    }

    /// Waits until the bot is there.
    pub async fn ready(&self) {
        loop {
            let changed = self.0.changed.notified();
            if self.0.host.lock().is_some() {
                return;
            }
            changed.await;
        }
    }

    /// The newest button of that label in a place.
    pub fn button(&self, place: &Place, label: &str) -> Button {
        let shown = self.0.shown.lock();
        let found = shown.iter().rev().filter(|shown| shown.message.place == *place).find_map(|shown| {
            let buttons = shown.reply.buttons.iter().map(|button| (&button.label, &button.action));
            let entries = shown.reply.choices.iter().flat_map(|choices| &choices.entries);
            let mut all = buttons.chain(entries.map(|entry| (&entry.label, &entry.action)));
            let (_, action) = all.find(|(words, _)| self.plain(words) == label)?;
            let private = shown.reply.audience == Audience::OnlyAsker;
            Some(Button { action: action.clone(), message: shown.message.clone(), private })
        });
        found.unwrap_or_else(|| panic!("no button {label} in {place}"))
    }

    /// The newest message in a place.
    pub fn newest(&self, place: &Place) -> MessageRef {
        let shown = self.0.shown.lock();
        let newest = shown.iter().rev().find(|shown| shown.message.place == *place);
        newest.unwrap_or_else(|| panic!("nothing stands in {place}")).message.clone()
    }

    /// The newest form in a place.
    pub fn form(&self, place: &Place) -> Form {
        let shown = self.0.shown.lock();
        let mut here = shown.iter().rev().filter(|shown| shown.message.place == *place);
        here.find_map(|shown| shown.reply.form.clone()).unwrap_or_else(|| panic!("no form in {place}"))
    }

    /// The oldest unread news for somebody.
    pub async fn notice(&self, to: &Person) -> Replies {
        self.news(|shown| shown.to.as_ref() == Some(to)).await
    }

    /// The oldest unread news in a channel.
    pub async fn notice_in(&self, place: &Place) -> Replies {
        self.news(|shown| shown.to.is_none() && shown.message.place == *place).await
    }

    async fn news(&self, fits: impl Fn(&Shown) -> bool) -> Replies {
        loop {
            let changed = self.0.changed.notified();
            let found = self.0.shown.lock().iter().find(|shown| waits(shown) && fits(shown)).cloned();
            match found {
                Some(found) => return Replies::new(vec![found], self.clone()),
                None => changed.await,
            }
        }
    }

    /// What nobody has read.
    pub fn unread(&self) -> Replies {
        let shown = self.0.shown.lock();
        let unread = shown.iter().filter(|shown| !shown.read.load(Ordering::Relaxed)).cloned().collect();
        Replies::new(unread, self.clone())
    }

    /// Words with names in place of this run's addresses and marks, and with `‸` for the invisible sign that keeps a word
    /// from being a mention.
    pub fn plain(&self, words: &str) -> String {
        let mut words = words.replace('\u{200b}', "‸");
        for (address, name) in self.0.names.lock().iter() {
            words = words.replace(address, name);
        }
        match words.split_once("(ref ") {
            Some((before, after)) if after.as_bytes().get(4) == Some(&b')') => {
                format!("{before}(ref ****{}", &after[4..])
            }
            _ => words,
        }
    }

    fn show(&self, to: Option<Person>, place: &Place, reply: Reply, (edit, news): (bool, bool)) -> Arc<Shown> {
        let mut all = self.0.shown.lock();
        let message = MessageRef { place: place.clone(), id: format!("shown-{}", all.len()).into() };
        let shown = Arc::new(Shown { to, message, reply, edit, news, read: AtomicBool::new(false) });
        all.push(shown.clone());
        drop(all);
        self.0.changed.notify_waiters();
        shown
    }
}

fn waits(shown: &Shown) -> bool {
    shown.news && !shown.read.load(Ordering::Relaxed)
}

fn present() -> Member {
    Member { present: true, ..Member::default() }
}

#[async_trait]
impl ChatAdapter for TestPlatform {
    fn platform(&self) -> Platform {
        Platform::new(PLATFORM)
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        let stopping = host.stopping();
        *self.0.host.lock() = Some(host);
        self.0.changed.notify_waiters();
        stopping.await;
        *self.0.host.lock() = None;
        Ok(())
    }

    async fn send(&self, to: &Destination, reply: Reply) -> Result<Sent, SendError> {
        let shown = match to {
            Destination::Person(person) if self.0.shut.lock().contains(person) => return Ok(Sent::NoPrivateWay),
            Destination::Person(person) => {
                assert_eq!(reply.audience, Audience::OnlyAsker, "news for one person is private");
                self.show(Some(person.clone()), &Place::direct(self.platform()), reply, (false, true))
            }
            Destination::Place(place) => self.show(None, place, reply, (false, true)),
        };
        Ok(Sent::Message(Some(shown.message.clone())))
    }

    async fn delete(&self, message: &MessageRef) -> Result<(), SendError> {
        self.0.deleted.lock().push(message.clone());
        Ok(())
    }

    async fn member(&self, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
        let members = self.0.members.lock();
        Ok(members.get(&(workspace.clone(), person.clone())).cloned().unwrap_or_else(present))
    }

    async fn admins(&self, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        let members = self.0.members.lock();
        let admins = members.iter().filter(|((of, _), member)| of == workspace && member.admin);
        Ok(admins.map(|((_, person), _)| person.clone()).collect())
    }

    async fn publish(&self, commands: &[Command]) -> Result<(), AdapterError> {
        assert!(!commands.is_empty());
        Ok(())
    }

    async fn open(&self, file: &IncomingFile) -> Result<FileContent, OpenError> {
        let content = self.0.files.lock().get(&file.handle).cloned().ok_or(OpenError::Gone)?;
        Ok(stream::iter(content.into_iter().map(Ok)).boxed())
    }

    async fn http(&self, _request: HttpRequest) -> Option<HttpResponse> {
        None
    }
}

/// The way back to whoever caused one event.
pub struct Back {
    platform: TestPlatform,
    to: Person,
    place: Place,
    shown: Mutex<Vec<Arc<Shown>>>,
    completions: Mutex<Vec<Completion>>,
}

impl Back {
    pub fn new(platform: &TestPlatform, event: &Event) -> Self {
        Self {
            platform: platform.clone(),
            to: event.person.clone(),
            place: event.place.clone(),
            shown: Mutex::default(),
            completions: Mutex::default(),
        }
    }

    pub fn replies(&self) -> Replies {
        Replies::new(self.shown.lock().clone(), self.platform.clone())
    }

    pub fn completions(&self) -> Vec<Completion> {
        self.completions.lock().clone()
    }

    fn keep(&self, reply: Reply, edit: bool) -> Sent {
        if reply.audience == Audience::OnlyAsker && self.platform.0.shut.lock().contains(&self.to) {
            return Sent::NoPrivateWay;
        }
        let shown = self.platform.show(Some(self.to.clone()), &self.place, reply, (edit, false));
        self.shown.lock().push(shown.clone());
        Sent::Message(Some(shown.message.clone()))
    }
}

#[async_trait]
impl Responder for Back {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        Ok(self.keep(reply, false))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        Ok(self.keep(reply, true))
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        // It comes when Jira is slow, and tests run on slow machines: no transcript shows it.
        Ok(())
    }

    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError> {
        *self.completions.lock() = ways;
        Ok(())
    }
}
