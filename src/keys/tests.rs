use super::*;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

#[test]
fn a_new_file_reads_back_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.key");
    let made = KeyRing::create(&path).unwrap();
    let read = KeyRing::load(&path).unwrap();
    assert_eq!(made.checks(), read.checks());
    assert_eq!(read.open(&made.seal(b"token", b"row"), b"row").unwrap().as_slice(), b"token");
    assert!(matches!(KeyRing::create(&path), Err(KeyError::Exists(_))));
    assert_eq!(KeyRing::load(&path).unwrap().checks(), made.checks());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(KeyRing::load(&path), Err(KeyError::Open(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
        assert!(KeyRing::load(&path).is_ok());
    }
}

#[test]
fn a_bad_file_says_what_is_wrong_and_quotes_nothing() {
    let refuse = |text: &str| parse(text).unwrap_err();
    assert_eq!(refuse(" \n"), "it is empty");
    assert_eq!(refuse("secret"), "it is not a list of `name = \"key\"`");
    assert_eq!(refuse(&format!("k1 = \"{KEY}\"")), "it does not say which key is `active`");
    assert_eq!(refuse(&format!("active = \"k2\"\nk1 = \"{KEY}\"")), "its `active` names no key in it");
    assert_eq!(refuse("active = \"k1\"\nk1 = \"%%\""), "a key is not base64");
    assert_eq!(refuse("active = \"k1\"\nk1 = \"\""), "a key does not have 32 bytes");
    let zeros = STANDARD.encode([0; 32]);
    assert_eq!(refuse(&format!("active = \"k1\"\nk1 = \"{zeros}\"")), "a key is one byte repeated, which is no secret");
    for name in ["k1", "the-key-of-2026", &"k".repeat(32)] {
        assert!(parse(&format!("active = \"{name}\"\n{name} = \"{KEY}\"")).is_ok(), "{name}");
    }
    for name in ["", "k 1", "k_1", "k/1", "kä", &"k".repeat(33)] {
        let text = format!("active = \"k1\"\nk1 = \"{KEY}\"\n\"{name}\" = \"{KEY}\"");
        assert_eq!(refuse(&text), "a key's name may have 32 letters, digits and `-`", "{name}");
    }

    let folder = tempfile::tempdir().unwrap();
    let missing = KeyRing::load(&folder.path().join("none")).unwrap_err().to_string();
    assert!(missing.ends_with("; `usher keys init` makes one"), "{missing}");
    assert!(matches!(KeyRing::load(folder.path()), Err(KeyError::Unusable { .. })));
}

#[test]
fn an_envelope_opens_only_unchanged_and_in_its_row() {
    let ring = KeyRing::generate().unwrap();
    let sealed = ring.seal(b"token", b"row 1");
    assert_ne!(sealed, ring.seal(b"token", b"row 1"));
    assert_eq!(key_of(&sealed), Some("k1"));
    assert_eq!(ring.open(&sealed, b"row 1").unwrap().as_slice(), b"token");
    assert_eq!(ring.open(&sealed, b"row 2"), Err(OpenError::Forged));
    assert_eq!(KeyRing::generate().unwrap().open(&sealed, b"row 1"), Err(OpenError::Forged));
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(ring.open(&changed, b"row 1").is_err(), "byte {at}");
        assert!(ring.open(&sealed[..at], b"row 1").is_err(), "cut at {at}");
    }
    for odd in ["", "k 1", "k\n1", &"k".repeat(33)] {
        let length = u8::try_from(odd.len()).unwrap();
        let sealed = [&[sealed[0], length], odd.as_bytes(), &sealed[4..]].concat();
        assert_eq!(key_of(&sealed), None, "{odd:?}");
        assert_eq!(ring.open(&sealed, b"row 1"), Err(OpenError::Malformed), "{odd:?}");
    }
}

#[test]
fn after_a_rotation_old_envelopes_still_open() {
    let old = KeyRing::generate().unwrap();
    let sealed = old.seal(b"token", b"row");
    let new = old.rotated().unwrap();
    assert_eq!((new.active(), new.ids().collect::<Vec<_>>()), ("k2", vec!["k1", "k2"]));
    assert_eq!(new.open(&sealed, b"row").unwrap().as_slice(), b"token");
    assert_eq!(key_of(&new.seal(b"token", b"row")), Some("k2"));
    assert!(matches!(new.without("k2"), Err(KeyError::Active(_))));
    assert!(matches!(new.without("k9"), Err(KeyError::Unknown(_))));
    let last = new.without("k1").unwrap();
    assert_eq!(last.open(&sealed, b"row"), Err(OpenError::UnknownKey("k1".to_owned())));
}

#[test]
fn keys_with_longer_names_open_what_they_seal() {
    let mut ring = KeyRing::generate().unwrap();
    while ring.active() != "k10" {
        ring = ring.rotated().unwrap();
    }
    let sealed = ring.seal(b"token", b"row");
    assert_eq!(key_of(&sealed), Some("k10"));
    assert_eq!(ring.open(&sealed, b"row").unwrap().as_slice(), b"token");
    assert_eq!(ring.open(&sealed, b"another"), Err(OpenError::Forged));
}

#[test]
fn purposes_do_not_share_a_key_and_nothing_prints_one() {
    let ring = parse(&format!("active = \"k1\"\nk1 = \"{KEY}\"")).unwrap();
    assert_ne!(ring.derive("audit"), ring.derive("seal"));
    assert_ne!(ring.mac("a", b"x"), ring.mac("b", b"x"));
    let newer = ring.rotated().unwrap();
    assert_eq!(newer.macs("a", b"x").collect::<Vec<_>>(), [ring.mac("a", b"x"), newer.mac("a", b"x")]);
    assert_ne!(ring.mac("a", b"x"), newer.mac("a", b"x"));
    assert_eq!(format!("{ring:?}"), r#"KeyRing { active: "k1", ids: ["k1"] }"#);
    // Fixed for ever: another value here means that no database opens any more.
    assert_eq!(ring.checks(), [("k1".to_owned(), "9bc4438f3f2187e6d9375010536e194f".to_owned())]);
}

#[test]
fn of_many_rotations_at_once_no_key_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.key");
    let first = KeyRing::create(&path).unwrap();
    let rings: Vec<KeyRing> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| KeyRing::rotate(&path).unwrap())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let left = KeyRing::load(&path).unwrap().checks();
    assert_eq!(left.len(), 9);
    for check in rings.iter().chain([&first]).flat_map(KeyRing::checks) {
        assert!(left.contains(&check), "{}", check.0);
    }
}

#[test]
fn a_path_that_cannot_be_looked_at_is_not_called_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(KeyRing::load(&file.join("usher.key")), Err(KeyError::Io { .. })));
    assert!(matches!(KeyRing::load(&folder.path().join("usher.key")), Err(KeyError::Missing(_))));
}
