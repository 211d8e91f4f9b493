use serde_json::json;
use usher_chat::{Platform, Workspace};

use super::*;
use crate::clock::ManualClock;

struct Desk {
    _folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    actions: Actions,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-01T10:00:00Z".parse().unwrap()));
    let store = Store::open(&folder.path().join("usher.db")).unwrap();
    Desk { _folder: folder, clock: clock.clone(), actions: Actions::new(store, clock) }
}

fn person(name: &str) -> Person {
    Person::new(Platform::TERMINAL, name)
}

fn eng() -> Place {
    Place::channel(Workspace::new(Platform::TERMINAL, "home"), "eng")
}

fn button(holder: Option<&str>, uses: Uses) -> NewAction {
    NewAction {
        holder: holder.map(person),
        place: eng(),
        payload: json!({"line": "view DEMO-1"}),
        life: Duration::from_secs(900),
        uses,
    }
}

async fn offered(desk: &Desk, new: NewAction) -> ActionId {
    desk.actions.offer(vec![new]).ids().await.unwrap().remove(0)
}

#[tokio::test]
async fn only_the_right_person_in_the_right_place_finds_it() {
    let desk = desk();
    let id = offered(&desk, button(Some("ada"), Uses::Once)).await;
    let pressed = desk.actions.find(&id, &person("ada"), &eng()).await.unwrap();
    assert_eq!((pressed.payload, pressed.own), (json!({"line": "view DEMO-1"}), true));

    let try_as = async |who: &str, place: Place| desk.actions.find(&id, &person(who), &place).await.unwrap_err();
    assert!(matches!(try_as("mallory", eng()).await, PressError::NotYours));
    let thread = Place::Channel {
        workspace: Workspace::new(Platform::TERMINAL, "home"),
        channel: "eng".into(),
        thread: Some("7".into()),
    };
    assert!(matches!(try_as("ada", thread).await, PressError::OtherPlace));
    assert!(matches!(try_as("ada", Place::direct(Platform::TERMINAL)).await, PressError::OtherPlace));
    let elsewhere = Person::new(Platform::DISCORD, "ada");
    assert!(matches!(desk.actions.find(&id, &elsewhere, &eng()).await, Err(PressError::NotYours)));
    assert!(matches!(desk.actions.find(&"0".into(), &person("ada"), &eng()).await, Err(PressError::Gone)));
    // The same is asked when it is used up.
    assert!(matches!(desk.actions.spend(&id, &person("mallory"), &eng()).await, Err(PressError::NotYours)));
    assert!(desk.actions.spend(&id, &person("ada"), &eng()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_presses_one_wins() {
    let desk = desk();
    let id = offered(&desk, button(None, Uses::Once)).await;
    let presses: Vec<_> = (0..100)
        .map(|n| {
            let (actions, id) = (desk.actions.clone(), id.clone());
            tokio::spawn(async move { actions.spend(&id, &person(&format!("p{n}")), &eng()).await })
        })
        .collect();
    let mut won = 0;
    for press in presses {
        match press.await.unwrap() {
            Ok(pressed) => {
                assert!(!pressed.own);
                won += 1;
            }
            Err(error) => assert!(matches!(error, PressError::Gone), "{error}"),
        }
    }
    assert_eq!(won, 1);
    assert!(matches!(desk.actions.find(&id, &person("ada"), &eng()).await, Err(PressError::Gone)));
}

#[tokio::test]
async fn it_ends_with_its_time() {
    let desk = desk();
    let id = offered(&desk, button(Some("ada"), Uses::Many)).await;
    desk.clock.advance(Duration::from_secs(899));
    for _ in 0..3 {
        assert!(desk.actions.spend(&id, &person("ada"), &eng()).await.is_ok());
    }
    assert_eq!(desk.actions.sweep().await.unwrap(), 0);
    desk.clock.advance(Duration::from_secs(1));
    assert!(matches!(desk.actions.find(&id, &person("ada"), &eng()).await, Err(PressError::Gone)));
    assert!(matches!(desk.actions.find(&id, &person("mallory"), &eng()).await, Err(PressError::Gone)));
    assert_eq!(desk.actions.sweep().await.unwrap(), 1);
}

#[tokio::test]
async fn a_press_commits_with_what_it_leads_to() {
    let desk = desk();
    let id = offered(&desk, button(Some("ada"), Uses::Once)).await;
    let (actions, spent) = (desk.actions.clone(), id.clone());
    let failed = desk.actions.store.submit(move |tx| {
        actions.spend_in(tx, &spent, &person("ada"), &eng()).unwrap();
        Err::<(), _>(StoreError::Conflict)
    });
    assert!(matches!(failed.await, Err(StoreError::Conflict)));
    assert!(desk.actions.spend(&id, &person("ada"), &eng()).await.is_ok());
}

#[tokio::test]
async fn offers_outlive_a_restart_and_have_ids_of_their_own() {
    let desk = desk();
    let batch = vec![button(Some("ada"), Uses::Once), button(Some("ada"), Uses::Once)];
    let ids = desk.actions.offer(batch).ids().await.unwrap();
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.as_str().len() == 32));
    assert_eq!(desk.actions.offer(Vec::new()).ids().await.unwrap(), []);
    let Desk { _folder: folder, clock, actions } = desk;
    drop(actions);
    let actions = Actions::new(Store::open(&folder.path().join("usher.db")).unwrap(), clock);
    assert!(actions.find(&ids[1], &person("ada"), &eng()).await.is_ok());
}
