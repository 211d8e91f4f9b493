//! A chat platform with one room, in which root administers.

use async_trait::async_trait;
use usher_chat::{
    AdapterError, ChatAdapter, Command, Destination, Event, EventId, FileContent, Host, HttpRequest, HttpResponse,
    IncomingFile, Input, Member, MessageRef, Names, OpenError, Person, Place, Platform, Reply, SendError, Sent,
    Workspace,
};

/// The platform.
pub struct Hall;

/// Who administers.
pub const ROOT: &str = "root";

pub fn platform() -> Platform {
    Platform::new("test")
}

pub fn person(name: &str) -> Person {
    Person::new(platform(), name)
}

pub fn workspace() -> Workspace {
    Workspace::new(platform(), "home")
}

/// Somebody's words: root's in the room, everybody else's in their direct chat.
pub fn event(number: u64, name: &str, text: &str) -> Event {
    let root = name == ROOT;
    let place = if root { Place::channel(workspace(), "eng") } else { Place::direct(platform()) };
    Event {
        id: EventId::new(format!("e{number}")),
        person: person(name),
        names: Names { person: name.to_owned(), place: "#eng".to_owned(), workspace: root.then(|| "Home".to_owned()) },
        message: Some(MessageRef { place: place.clone(), id: format!("m{number}").into() }),
        input: Input::Text(text.to_owned()),
        mentions: Vec::new(),
        files: Vec::new(),
        answers: None,
        private: !root,
        member: None,
        place,
    }
}

#[async_trait]
impl ChatAdapter for Hall {
    fn platform(&self) -> Platform {
        platform()
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        host.stopping().await;
        Ok(())
    }

    async fn send(&self, _to: &Destination, _reply: Reply) -> Result<Sent, SendError> {
        Ok(Sent::Message(None))
    }

    async fn delete(&self, _message: &MessageRef) -> Result<(), SendError> {
        Ok(())
    }

    async fn member(&self, _workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
        Ok(Member { present: true, admin: person.user.as_str() == ROOT, ..Member::default() })
    }

    async fn admins(&self, _workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        Ok(vec![person(ROOT)])
    }

    async fn publish(&self, _commands: &[Command]) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn open(&self, _file: &IncomingFile) -> Result<FileContent, OpenError> {
        Err(OpenError::Gone)
    }

    async fn http(&self, _request: HttpRequest) -> Option<HttpResponse> {
        None
    }
}
