//! `docs/threats.md` names tests. They must exist, every threat must be there once, and none without a word.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// How many there are.
const THREATS: u32 = 51;

#[test]
fn every_threat_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    for folder in ["src", "tests", "adapters", "sandbox", "trials"] {
        collect(&root.join(folder), &mut tests);
    }
    assert!(tests.len() > 900, "only {} tests were found", tests.len());
    let page = fs::read_to_string(root.join("docs/threats.md")).expect("docs/threats.md");
    let mut seen = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| T")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, threat, defence, shown] = cells[..] else { panic!("not four cells: {line}") };
        let number: u32 = number[1..].parse().expect("a number");
        assert!(seen.insert(number, ()).is_none(), "T{number} stands there twice");
        assert!(!threat.is_empty() && !defence.is_empty(), "T{number} says nothing");
        let names: Vec<&str> = quoted(shown).collect();
        let open = shown.starts_with("Not yet shown") || defence.starts_with("Does not apply");
        assert!(open || !names.is_empty(), "T{number} names no test");
        for name in names {
            assert!(tests.contains(name), "T{number} names `{name}`, which is no test and no trial");
        }
    }
    let expected: Vec<u32> = (1..=THREATS).collect();
    assert_eq!(seen.into_keys().collect::<Vec<_>>(), expected);
}

/// What stands between back-quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of the functions that bear a `#[test]`, and of the trials.
fn collect(folder: &Path, tests: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            find(&file.items, tests);
            if text.contains(": Trial = Trial {") {
                tests
                    .extend(text.split_once("name: \"").and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned())));
            }
        }
    }
}

fn find(items: &[syn::Item], tests: &mut BTreeSet<String>) {
    for item in items {
        match item {
            syn::Item::Mod(inner) => find(inner.content.as_ref().map_or(&[], |(_, items)| items), tests),
            syn::Item::Fn(function) => {
                let test = |attribute: &syn::Attribute| {
                    attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
                };
                if function.attrs.iter().any(test) {
                    tests.insert(function.sig.ident.to_string());
                }
            }
            // Properties: `proptest! { #[test] fn … }` is not parsed any further.
            syn::Item::Macro(inner) => {
                let text = inner.mac.tokens.to_string();
                let names = text.split("fn ").skip(1).filter_map(|rest| rest.split([' ', '(']).next());
                tests.extend(names.map(str::to_owned));
            }
            _ => {}
        }
    }
}
