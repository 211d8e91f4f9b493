//! Who talks where: short words in tests, whole ids in events.

use usher_chat::{ChannelId, Mention, Person, Place, Platform, ThreadId, Workspace};

/// The platform of the tests: one that an embedding program would bring along.
pub const PLATFORM: &str = "test";

const PEOPLE: [&str; 6] = ["ada", "grace", "linus", "root", "mallory", "eve"];

/// A person by short name.
pub fn person(name: &str) -> Person {
    Person::new(Platform::new(PLATFORM), name)
}

/// The name that others see.
pub fn display(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The admitted workspace.
pub fn home() -> Workspace {
    Workspace::new(Platform::new(PLATFORM), "home")
}

/// A place by short name: `eng`, `eng/thread`, `dm`, `other:lobby`.
pub fn place(at: &str) -> Place {
    if at == "dm" {
        return Place::direct(Platform::new(PLATFORM));
    }
    let (workspace, rest) = at.split_once(':').unwrap_or(("home", at));
    let (channel, thread) = rest.split_once('/').map_or((rest, None), |(channel, thread)| (channel, Some(thread)));
    Place::Channel {
        workspace: Workspace::new(Platform::new(PLATFORM), workspace),
        channel: ChannelId::new(channel),
        thread: thread.map(ThreadId::new),
    }
}

/// The names of a place: its workspace's and its own.
pub fn names_of(at: &str) -> (Option<String>, String) {
    match place(at) {
        Place::Direct { .. } => (None, "direct message".to_owned()),
        Place::Channel { workspace, channel, .. } => {
            let name = if workspace == home() { "Engine Works".to_owned() } else { display(workspace.id.as_str()) };
            (Some(name), format!("#{channel}"))
        }
    }
}

/// The people of the chat that a text names with `@`.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('@') {
        let name: String = text[start + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        if PEOPLE.contains(&name.as_str()) {
            let range = start..start + 1 + name.len();
            found.push(Mention { person: person(&name), name, range });
        }
    }
    found
}
