use rusqlite::Connection;
use serde_json::json;
use usher_chat::{ChannelId, EventId, Person, Platform, Workspace};

use super::{fresh, value_in};
use crate::{
    ids::{AccountId, ProjectKey, SiteId, ToolName},
    keys::{KeyRing, OpenError},
    store::{
        Store, StoreError, Tx,
        approvals::{self, ApprovalState},
        attempts::{self, AttemptRow},
        credentials, events,
        grants::{self, Effect, GrantRow},
        links::{self, LinkId, LinkKind, LinkRow, LinkState},
        memory, meta, projects, workspaces,
    },
};

fn change<T: Send + 'static>(
    store: &Store,
    f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    store.submit(f).wait()
}

fn person(name: &str) -> Person {
    Person::new(Platform::TERMINAL, name)
}

fn site(id: &str) -> SiteId {
    id.parse().unwrap()
}

fn home() -> Workspace {
    Workspace::new(Platform::TERMINAL, "home")
}

fn link(name: &str) -> LinkRow {
    LinkRow {
        id: LinkId::fresh(),
        person: person(name),
        site: site("acme"),
        kind: LinkKind::OAuth2Cloud,
        account: AccountId(format!("account of {name}")),
        account_name: name.to_owned(),
        state: LinkState::Pending,
        created: 100,
        activated: None,
        expires: 1_000,
        scopes: "read:jira-work".to_owned(),
    }
}

fn attempt(name: &str, id: &str) -> AttemptRow {
    AttemptRow {
        id: id.to_owned(),
        person: person(name),
        site: site("acme"),
        kind: "cloud".to_owned(),
        stage: "asked".to_owned(),
        ticket_hash: Some(format!("ticket {id}")),
        state_hash: None,
        cookie_hash: None,
        code_hash: None,
        tries: 5,
        sealed: vec![1, 2, 3],
        names: json!({"person": name}),
        resume: None,
        link: None,
        created: 100,
        expires: 700,
    }
}

fn linked(store: &Store, name: &str) -> LinkId {
    let row = link(name);
    let id = row.id.clone();
    change(store, move |tx| {
        links::insert(tx, &row)?;
        links::activate(tx, &row.id, 110)?;
        credentials::put(tx, &row.id, b"first")
    })
    .unwrap();
    id
}

#[test]
fn an_event_is_new_once_until_it_is_forgotten() {
    let (_folder, store) = fresh();
    let mark = |platform: Platform, at| {
        change(&store, move |tx| events::mark(tx, &EventId::from("e1"), &platform, at)).unwrap()
    };
    assert!(mark(Platform::TERMINAL, 10));
    assert!(!mark(Platform::TERMINAL, 11));
    assert!(mark(Platform::DISCORD, 20));
    assert!(store.read(|reader| events::seen(reader, &EventId::from("e1"), &Platform::TERMINAL)).unwrap());
    assert_eq!(change(&store, |tx| events::forget_before(tx, 20)).unwrap(), 1);
    assert!(!store.read(|reader| events::seen(reader, &EventId::from("e1"), &Platform::TERMINAL)).unwrap());
}

#[test]
fn workspaces_and_approvals_hold_the_last_word() {
    let (_folder, store) = fresh();
    change(&store, |tx| {
        workspaces::admit(tx, &home(), "Home", &person("root"), 1)?;
        workspaces::admit(tx, &home(), "Home again", &person("root"), 2)?;
        let view: ToolName = "view".parse().unwrap();
        approvals::set(tx, &home(), &view, ApprovalState::Approved, "d1", Some(&person("root")), 1)?;
        approvals::set(tx, &home(), &view, ApprovalState::Blocked, "d2", None, 2)
    })
    .unwrap();
    let admitted = store.read(workspaces::admitted).unwrap();
    assert_eq!((admitted.len(), admitted[0].name.as_str(), admitted[0].at), (1, "Home again", 2));
    let set = store.read(approvals::all).unwrap();
    assert_eq!((set.len(), set[0].state, set[0].digest.as_str()), (1, ApprovalState::Blocked, "d2"));
    assert_eq!(set[0].by, None);
    assert!(change(&store, |tx| workspaces::dismiss(tx, &home())).unwrap());
    assert!(!change(&store, |tx| workspaces::dismiss(tx, &home())).unwrap());
}

#[test]
fn grants_of_the_same_profile_place_and_tools_replace_each_other() {
    let (_folder, store) = fresh();
    let grant = |id: &str, effect, channel: Option<&str>| GrantRow {
        id: id.to_owned(),
        effect,
        tools: "reader".to_owned(),
        profile: "everyone".to_owned(),
        workspace: home(),
        channel: channel.map(ChannelId::from),
        projects: Some(vec!["WEB".parse().unwrap()]),
        until: Some(50),
        by: person("root"),
        at: 1,
    };
    let add = |row: GrantRow| change(&store, move |tx| grants::add(tx, &row)).unwrap();
    assert!(!add(grant("1", Effect::Allow, None)));
    assert!(!add(grant("2", Effect::Allow, Some("eng"))));
    assert!(!add(grant("3", Effect::Allow, Some(""))));
    assert!(add(grant("4", Effect::Deny, None)));
    let all = store.read(grants::all).unwrap();
    assert_eq!(all.len(), 3);
    assert!(all.contains(&grant("4", Effect::Deny, None)));
    let remove = |channel: Option<&str>| {
        let channel = channel.map(ChannelId::from);
        change(&store, move |tx| grants::remove(tx, &home(), channel.as_ref(), "everyone", "reader")).unwrap()
    };
    assert!(remove(Some("eng")));
    assert!(!remove(Some("eng")));
    assert!(!remove(Some("general")));
    assert_eq!(change(&store, |tx| grants::sweep(tx, 50)).unwrap(), 0);
    assert_eq!(change(&store, |tx| grants::sweep(tx, 51)).unwrap(), 2);
}

#[test]
fn a_new_link_ends_the_older_one_only_when_it_is_activated() {
    let (_folder, store) = fresh();
    let old = linked(&store, "ada");
    let new = link("ada");
    let id = new.id.clone();
    change(&store, move |tx| links::insert(tx, &new)).unwrap();
    let current = || store.read(|reader| links::get(reader, &person("ada"), &site("acme"))).unwrap().unwrap();
    assert_eq!((current().id, current().state), (old.clone(), LinkState::Active));

    let activated = id.clone();
    let ended = change(&store, move |tx| links::activate(tx, &activated, 120)).unwrap().unwrap();
    assert_eq!(ended.id, old);
    assert_eq!((current().id, current().activated), (id.clone(), Some(120)));
    assert_eq!(store.read(|reader| credentials::get(reader, &old)).unwrap(), None);
    let again = id.clone();
    assert!(matches!(change(&store, move |tx| links::activate(tx, &again, 130)), Err(StoreError::NotFound)));

    let expiring = id.clone();
    assert!(change(&store, move |tx| links::set_state(tx, &expiring, LinkState::Expired)).unwrap());
    assert_eq!(current().state, LinkState::Expired);
    let (first, second) = (link("ada"), link("ada"));
    let waits = second.id.clone();
    change(&store, move |tx| links::insert(tx, &first)).unwrap();
    change(&store, move |tx| links::insert(tx, &second)).unwrap();
    assert_eq!((current().id, current().state), (waits, LinkState::Pending));
    assert_eq!(store.read(|reader| links::of_person(reader, &person("ada"))).unwrap().len(), 2);
    let account = AccountId("account of ada".to_owned());
    assert_eq!(store.read(|reader| links::of_account(reader, &site("acme"), &account)).unwrap().len(), 2);
    assert!(change(&store, move |tx| links::delete(tx, &id)).unwrap());
    assert_eq!(store.read(links::all).unwrap().len(), 1);
}

#[test]
fn of_two_who_replace_a_credential_one_learns_that_it_is_late() {
    let (_folder, store) = fresh();
    let id = linked(&store, "ada");
    let current = || store.read(|reader| credentials::get(reader, &id)).unwrap().unwrap();
    let mark = |generation, at| {
        let id = id.clone();
        change(&store, move |tx| credentials::mark_refreshing(tx, &id, generation, at)).unwrap()
    };
    let replace = |generation, sealed: &'static [u8]| {
        let id = id.clone();
        change(&store, move |tx| credentials::replace(tx, &id, generation, sealed)).unwrap()
    };
    assert!(mark(1, 200));
    assert!(mark(1, 300), "a replay marks again");
    assert_eq!(current().refreshing_since, Some(200), "and keeps the time of the first try");
    assert_eq!(store.read(credentials::refreshing).unwrap().len(), 1);
    assert!(replace(1, b"second"));
    assert!(!replace(1, b"late"));
    assert!(!mark(1, 400));
    assert_eq!((current().generation, current().sealed, current().refreshing_since), (2, b"second".to_vec(), None));
    let again = id.clone();
    assert!(matches!(change(&store, move |tx| credentials::put(tx, &again, b"x")), Err(StoreError::Conflict)));
    assert!(matches!(change(&store, |tx| credentials::put(tx, &LinkId::fresh(), b"x")), Err(StoreError::Conflict)));

    // A disconnect beats a refresh in flight.
    assert!(mark(2, 500));
    let gone = id.clone();
    assert!(change(&store, move |tx| links::delete(tx, &gone)).unwrap());
    assert!(!replace(2, b"risen"));
    assert_eq!(store.read(|reader| credentials::get(reader, &id)).unwrap(), None);
    assert!(!format!("{:?}", store.read(credentials::all).unwrap()).contains("sealed"));
}

#[test]
fn a_sealed_row_does_not_open_in_another() {
    let (_folder, store) = fresh();
    let ring = KeyRing::generate().unwrap();
    let (ada, grace) = (linked(&store, "ada"), linked(&store, "grace"));
    let aad = |id: &LinkId| format!("link/{id}/2").into_bytes();
    for id in [&ada, &grace] {
        let (sealed, id) = (ring.seal(id.to_string().as_bytes(), &aad(id)), id.clone());
        assert!(change(&store, move |tx| credentials::replace(tx, &id, 1, &sealed)).unwrap());
    }
    let open = |id: &LinkId| {
        let row = store.read(|reader| credentials::get(reader, id)).unwrap().unwrap();
        ring.open(&row.sealed, &aad(id)).map(|plain| plain.to_vec())
    };
    assert_eq!(open(&ada).unwrap(), ada.to_string().into_bytes());
    let thief = Connection::open(store.path()).unwrap();
    let swap = "UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE link = ?1) WHERE link = ?2";
    thief.execute(swap, [ada.to_string(), grace.to_string()]).unwrap();
    assert_eq!(open(&grace), Err(OpenError::Forged));

    assert_eq!(store.read(credentials::sealed_with).unwrap(), [("k1".to_owned(), 2)].into());
    change(&store, move |tx| meta::put_keys(tx, &ring.checks())).unwrap();
    assert!(matches!(change(&store, |tx| meta::forget_key(tx, "k1")), Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_deleted_credential_leaves_no_trace_in_the_files() {
    let (_folder, store) = fresh();
    let id = linked(&store, "ada");
    let canary = b"CANARY-d5f0a7c1".repeat(40);
    let (sealed, link) = (canary.clone(), id.clone());
    store.write(move |tx| credentials::replace(tx, &link, 1, &sealed)).await.unwrap();
    let found = || {
        ["", "-wal"].iter().any(|suffix| {
            let bytes = std::fs::read(format!("{}{suffix}", store.path().display())).unwrap();
            bytes.windows(15).any(|window| window == b"CANARY-d5f0a7c1")
        })
    };
    assert!(found());
    store.checkpoint().await.unwrap();
    assert!(found());
    store.write(move |tx| links::delete(tx, &id)).await.unwrap();
    store.checkpoint().await.unwrap();
    assert!(!found());
}

#[test]
fn one_attempt_for_a_person_on_a_site() {
    let (_folder, store) = fresh();
    let (row, pending) = (attempt("ada", "1"), link("ada"));
    let begun = AttemptRow { link: Some(pending.id.clone()), ..row };
    change(&store, move |tx| {
        links::insert(tx, &pending)?;
        attempts::put(tx, &begun)
    })
    .unwrap();
    let next = attempt("ada", "2");
    change(&store, move |tx| attempts::put(tx, &next)).unwrap();
    assert!(store.read(|reader| attempts::by_ticket(reader, "ticket 1")).unwrap().is_none());
    assert_eq!(store.read(links::all).unwrap(), [], "the pending link of the ended attempt is gone");
    assert_eq!(store.read(|reader| attempts::by_ticket(reader, "ticket 2")).unwrap(), Some(attempt("ada", "2")));
    assert_eq!(store.read(|reader| attempts::by_person(reader, &person("ada"))).unwrap().len(), 1);
    assert_eq!(change(&store, |tx| attempts::sweep(tx, 699)).unwrap(), []);
    assert_eq!(change(&store, |tx| attempts::sweep(tx, 700)).unwrap().len(), 1);
}

#[test]
fn a_state_is_used_up_once_and_tries_run_out() {
    let (_folder, store) = fresh();
    let row = AttemptRow { state_hash: Some("state".to_owned()), ..attempt("ada", "1") };
    change(&store, move |tx| attempts::put(tx, &row)).unwrap();
    let takes: Vec<_> = (0..100).map(|_| store.submit(|tx| attempts::take_by_state(tx, "state"))).collect();
    let won: Vec<AttemptRow> = takes.into_iter().filter_map(|take| take.wait().unwrap()).collect();
    assert_eq!(won, [attempt("ada", "1")]);

    let changed = AttemptRow { code_hash: Some("code".to_owned()), stage: "code".to_owned(), ..won[0].clone() };
    let expected = changed.clone();
    change(&store, move |tx| attempts::update(tx, &changed)).unwrap();
    assert_eq!(store.read(|reader| attempts::by_code(reader, "code")).unwrap(), [expected]);
    let left: Vec<i64> = (0..6).map(|_| change(&store, |tx| attempts::count_try(tx, "1")).unwrap()).collect();
    assert_eq!(left, [4, 3, 2, 1, 0, 0]);
    assert!(change(&store, |tx| attempts::delete(tx, "1")).unwrap());
    assert!(matches!(change(&store, |tx| attempts::count_try(tx, "1")), Err(StoreError::NotFound)));
    assert!(matches!(change(&store, |tx| attempts::update(tx, &attempt("ada", "1"))), Err(StoreError::NotFound)));
}

#[test]
fn a_project_leads_to_the_sites_where_it_was_seen() {
    let (_folder, store) = fresh();
    let id = linked(&store, "ada");
    let keys = |keys: &[&str]| keys.iter().map(|key| key.parse().unwrap()).collect::<Vec<ProjectKey>>();
    let (first, then) = (keys(&["WEB", "OPS"]), keys(&["OPS"]));
    let link = id.clone();
    change(&store, move |tx| {
        projects::set_projects(tx, &link, &first, 1)?;
        projects::set_projects(tx, &link, &then, 2)?;
        projects::saw_project(tx, &link, &"NEW".parse().unwrap(), 3)
    })
    .unwrap();
    let sites = |name: &str, key: &str| {
        let key: ProjectKey = key.parse().unwrap();
        store.read(|reader| projects::sites_with_project(reader, &person(name), &key)).unwrap()
    };
    assert_eq!(sites("ada", "OPS"), [site("acme")]);
    assert_eq!(sites("ada", "NEW"), [site("acme")]);
    assert_eq!(sites("ada", "WEB"), []);
    assert_eq!(sites("grace", "OPS"), []);
    change(&store, move |tx| links::set_state(tx, &id, LinkState::Expired)).unwrap();
    assert_eq!(sites("ada", "OPS"), []);
}

#[test]
fn what_an_adapter_takes_only_one_gets() {
    let (_folder, store) = fresh();
    change(&store, |tx| {
        memory::put(tx, "discord", "k", b"old")?;
        memory::put(tx, "discord", "k", b"new")?;
        memory::put(tx, "telegram", "k", b"other")
    })
    .unwrap();
    let kept = |value: &[u8]| memory::Kept { value: value.to_vec(), sealed: true };
    assert_eq!(store.read(|reader| memory::get(reader, "discord", "k")).unwrap(), Some(kept(b"new")));
    let takes: Vec<_> = (0..10).map(|_| store.submit(|tx| memory::take(tx, "discord", "k"))).collect();
    assert_eq!(takes.into_iter().filter_map(|take| take.wait().unwrap()).collect::<Vec<_>>(), [kept(b"new")]);
    assert_eq!(store.read(|reader| memory::get(reader, "telegram", "k")).unwrap(), Some(kept(b"other")));
}

#[test]
fn the_audit_tables_refuse_changes() {
    let (_folder, store) = fresh();
    let conn = Connection::open(store.path()).unwrap();
    let insert = "INSERT OR REPLACE INTO audit (seq, at, kind, verdict, detail, key, mac)
                  VALUES (1, 0, 'link', 'done', 'null', 'k1', zeroblob(32))";
    conn.execute(insert, []).unwrap();
    for (sql, why) in [
        ("UPDATE audit SET verdict = 'x'", "audit rows are never changed"),
        ("DELETE FROM audit", "audit rows are never deleted"),
        (insert, "audit rows are only added at the end"),
    ] {
        assert_eq!(conn.execute(sql, []).unwrap_err().to_string(), why);
    }
    assert_eq!(store.read(|reader| Ok(value_in(reader, "audit:head"))).unwrap(), None);
}

#[test]
fn sets_switches_and_rates_are_kept_by_name() {
    use crate::store::{
        rates,
        sets::{self, SetKind, SetRow},
        switches::{self, SwitchRow},
    };
    let (_folder, store) = fresh();
    let set = |kind, name: &str, members: &[&str]| SetRow {
        workspace: home(),
        kind,
        name: name.to_owned(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        by: person("root"),
        at: 1,
    };
    for row in [
        set(SetKind::Tools, "triage", &["view"]),
        set(SetKind::People, "triage", &["role:dev"]),
        set(SetKind::Tools, "triage", &["find", "view"]),
    ] {
        change(&store, move |tx| sets::put(tx, &row)).unwrap();
    }
    assert_eq!(store.read(sets::all).unwrap().len(), 2);
    let get = |kind| store.read(|reader| sets::get(reader, &home(), kind, "triage")).unwrap();
    assert_eq!(get(SetKind::Tools), Some(set(SetKind::Tools, "triage", &["find", "view"])));
    assert!(change(&store, |tx| sets::remove(tx, &home(), SetKind::Tools, "triage")).unwrap());
    assert!(!change(&store, |tx| sets::remove(tx, &home(), SetKind::Tools, "triage")).unwrap());
    assert_eq!((get(SetKind::Tools), get(SetKind::People).is_some()), (None, true));

    let switch = |workspace| SwitchRow {
        workspace,
        kind: "tool".to_owned(),
        name: "delete".to_owned(),
        owner: true,
        by: person("root"),
        at: 1,
    };
    for row in [switch(None), switch(Some(home())), switch(None)] {
        change(&store, move |tx| switches::put(tx, &row)).unwrap();
    }
    assert_eq!(store.read(switches::all).unwrap(), [switch(None), switch(Some(home()))]);
    assert!(change(&store, |tx| switches::remove(tx, None, "tool", "delete")).unwrap());
    assert_eq!(store.read(switches::all).unwrap(), [switch(Some(home()))]);

    let create = || "create".parse().unwrap();
    let free = || store.read(|reader| rates::free(reader, &person("ada"), &create())).unwrap();
    assert_eq!(free(), None);
    for moment in [5, 9] {
        change(&store, move |tx| rates::put(tx, &person("ada"), &create(), moment)).unwrap();
    }
    assert_eq!(free(), Some(9));
    assert_eq!(change(&store, |tx| rates::sweep(tx, 8)).unwrap(), 0);
    assert_eq!(change(&store, |tx| rates::sweep(tx, 9)).unwrap(), 1);
    assert_eq!(free(), None);
}
