//! Every input that a fuzzer has kept is read again, and every target has its file and its corpus.

use std::{collections::BTreeSet, fs, path::Path};

use usher_trials::{table::root, targets::TARGETS};

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn what_fuzzers_have_found_is_read_again() {
    let expected: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let fuzz = root().join("fuzz");
    assert_eq!(names(&fuzz.join("fuzz_targets")), expected);
    assert_eq!(names(&fuzz.join("corpus")), expected);
    for target in TARGETS {
        let mut count = 0;
        for entry in fs::read_dir(fuzz.join("corpus").join(target.name)).unwrap() {
            (target.run)(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{} has an empty corpus", target.name);
    }
}
