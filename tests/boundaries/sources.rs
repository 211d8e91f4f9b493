//! The sources that the table speaks of, and where each stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::paths::Home;

/// `part` is the file, the file's folder, or the module whose file it is (`src/bot` is `src/bot.rs` too).
pub fn stands_under(file: &str, part: &str) -> bool {
    file.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
        || part
            .strip_suffix(".rs")
            .and_then(|folder| file.strip_prefix(folder))
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The crate and module that a file is.
pub fn home(file: &str) -> Home {
    let (folder, inner) = file.split_once("src/").unwrap_or(("", file));
    let crate_name = match folder.trim_end_matches('/') {
        "" if inner == "main.rs" || inner.starts_with("cli/") => "the binary".to_owned(),
        "" => "usher".to_owned(),
        "sandbox" => "usher_sandbox".to_owned(),
        adapter => format!("usher_{}", adapter.trim_start_matches("adapters/")),
    };
    let mut module: Vec<String> = inner.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    Home { crate_name, module }
}

/// All sources, by their path from the repository's root on.
pub fn sources() -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    walk(root, &root.join("src"), &mut found);
    walk(root, &root.join("sandbox/src"), &mut found);
    for adapter in fs::read_dir(root.join("adapters")).unwrap() {
        walk(root, &adapter.unwrap().path().join("src"), &mut found);
    }
    found
}

/// The files that declare a tool.
pub fn tools(sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let tool = |(file, source): (&String, &String)| {
        let name = file.strip_prefix("src/tools/")?.strip_suffix(".rs")?;
        source.contains("impl Tool for").then(|| name.to_owned())
    };
    sources.iter().filter_map(tool).collect()
}
