//! What people type, choose, press and send, into the router and no further.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use usher::{actions::Actions, clock::SystemClock, identity::candidate, router::Router, store::Store, tools};
use usher_chat::{
    Completing, Event, EventId, Input, Mention, MenuTarget, MessageRef, Names, Person, Place, Platform, Slash,
    Workspace,
};

use super::{Part, mutate};

/// An event of somebody's, in private or not.
pub fn event(number: u64, place: Place, input: Input) -> Event {
    Event {
        id: EventId::new(format!("e{number}")),
        person: Person::new(Platform::new("test"), "ada"),
        names: Names { person: "Ada".to_owned(), place: "#eng".to_owned(), workspace: Some("Home".to_owned()) },
        input,
        mentions: Vec::new(),
        files: Vec::new(),
        answers: None,
        message: Some(MessageRef { place: place.clone(), id: format!("m{number}").into() }),
        private: place.is_direct(),
        member: None,
        place,
    }
}

/// A place of the trial's platform.
pub fn place(direct: bool) -> Place {
    let platform = Platform::new("test");
    if direct { Place::direct(platform) } else { Place::channel(Workspace::new(platform, "home"), "eng") }
}

pub(super) async fn run(inputs: u64, rng: &mut fastrand::Rng) -> Part {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("usher.db")).unwrap();
    let router = Router::new(tools::table(), Actions::new(store, Arc::new(SystemClock)));
    let mut part = Part::default();
    for number in 0..inputs {
        let input = input(rng);
        let mut event = event(number, place(rng.bool()), input);
        if let Input::Text(text) = &event.input {
            drop(candidate(text));
            if rng.u32(..4) == 0 {
                // A range that a careless adapter got wrong.
                let range = rng.usize(..text.len() + 3)..rng.usize(..text.len() + 9);
                event.mentions.push(Mention { person: event.person.clone(), name: "ada".to_owned(), range });
            }
        }
        let begun = Instant::now();
        if let Err(error) = router.route(&event).await {
            part.broke(format!("{:?}: {error}", event.input));
        }
        part.took(begun);
    }
    part
}

fn input(rng: &mut fastrand::Rng) -> Input {
    let slash = |rng: &mut fastrand::Rng| {
        let path = (0..rng.usize(..3)).map(|_| mutate::word(rng)).collect();
        let options: BTreeMap<_, _> = (0..rng.usize(..4)).map(|_| (mutate::word(rng), mutate::line(rng))).collect();
        Slash { path, options }
    };
    let message = |rng: &mut fastrand::Rng| MessageRef { place: place(false), id: mutate::word(rng).into() };
    match rng.u32(..16) {
        0 => Input::Slash(slash(rng)),
        1 => {
            let entry = tools::table().iter().nth(rng.usize(..tools::table().iter().count())).unwrap();
            let options: BTreeMap<_, _> =
                entry.arguments().iter().map(|argument| (argument.name.to_string(), mutate::line(rng))).collect();
            Input::Slash(Slash { path: vec![entry.name.to_owned()], options })
        }
        2 => Input::Complete(Completing::Line(mutate::line(rng))),
        3 => Input::Complete(Completing::Option { slash: slash(rng), option: mutate::word(rng) }),
        4 => Input::Press { action: mutate::word(rng).into() },
        5 => {
            let form = mutate::word(rng).into();
            let fields = (0..rng.usize(..4)).map(|_| (mutate::word(rng), vec![mutate::line(rng), mutate::word(rng)]));
            Input::Submit { form, fields: fields.collect() }
        }
        6 => {
            let author = Person::new(Platform::new("test"), mutate::word(rng));
            let target = MenuTarget::Message { message: message(rng), author, text: mutate::line(rng) };
            Input::Menu { command: mutate::word(rng), target }
        }
        7 => {
            let target = MenuTarget::Person(Person::new(Platform::new("test"), mutate::word(rng)));
            Input::Menu { command: mutate::word(rng), target }
        }
        _ => Input::Text(mutate::line(rng)),
    }
}
