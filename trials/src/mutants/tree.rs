//! A copy of the workspace with all changes in it, built once, and its tests, run once for each change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use super::{list::Mutant, weave};
use crate::table::root;

/// So often is built without what the compiler refuses.
const ROUNDS: usize = 12;
/// Tests that only read sources, or say nothing of them.
const APART: &[&str] = &["boundaries", "threats", "docs", "embed"];
/// The order in which tests are run: what is quick and near comes first. Others follow.
const FIRST: &[&str] = &["usher", "linking", "jira", "migrations", "audit", "conversations", "telegram", "discord"];

const ASLEEP: &str = "
#[doc(hidden)]
pub fn mutant(number: u32) -> bool {
    static AWAKE: std::sync::LazyLock<u32> =
        std::sync::LazyLock::new(|| std::env::var(\"MUTANT\").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
    *AWAKE == number
}
";

/// The copy.
pub struct Tree {
    folder: PathBuf,
    target: PathBuf,
    /// Test programs by name, in the order in which they are run.
    pub programs: Vec<(String, PathBuf)>,
    /// Changes that the compiler refuses, or that found no place.
    pub unviable: BTreeSet<u32>,
}

impl Tree {
    /// Copies what git knows, weaves the changes in, and builds. What does not compile is taken out until all does.
    ///
    /// # Errors
    /// Where something cannot be copied, or never compiles.
    pub async fn grow(target: &Path, mutants: &[Mutant]) -> Result<Self, String> {
        let said = |error: io::Error| error.to_string();
        let (folder, target) = (target.join("mutants/tree"), target.join("mutants/target"));
        let mut tree = Self { folder, target, programs: Vec::new(), unviable: BTreeSet::new() };
        let listed =
            Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().await.map_err(said)?.stdout;
        for file in String::from_utf8_lossy(&listed).split('\0').filter(|file| !file.is_empty()) {
            let bytes = fs::read(root().join(file)).map_err(said)?;
            tree.write(file, &bytes).map_err(said)?;
        }
        for _ in 0..ROUNDS {
            tree.weave(mutants).map_err(said)?;
            match tree.refused(mutants, &["check", "-p", "usher", "--lib"]).await? {
                None => {
                    tree.build().await?;
                    return Ok(tree);
                }
                Some(refused) => tree.unviable.extend(refused),
            }
        }
        Err(format!("the changes do not compile, even without {} of them", tree.unviable.len()))
    }

    fn write(&self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(file);
        // What is the same is left alone, or all of it would be built again.
        if fs::read(&path).is_ok_and(|before| before == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    }

    fn weave(&mut self, mutants: &[Mutant]) -> io::Result<()> {
        let mut files: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::from([("src/lib.rs", Vec::new())]);
        for mutant in mutants {
            let of = files.entry(&mutant.file).or_default();
            of.extend((!self.unviable.contains(&mutant.number)).then_some(mutant));
        }
        for (file, mutants) in files {
            let source = fs::read_to_string(root().join(file))?;
            let (mut text, left) = weave::weave(&source, &mutants);
            self.unviable.extend(left);
            if file == "src/lib.rs" {
                text.push_str(ASLEEP);
            }
            self.write(file, text.as_bytes())?;
        }
        Ok(())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).arg("--target-dir").arg(&self.target).current_dir(&self.folder);
        // Without line tables it links faster.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.stdin(Stdio::null());
        command
    }

    /// What the compiler refuses. None: nothing.
    async fn refused(&self, mutants: &[Mutant], arguments: &[&str]) -> Result<Option<BTreeSet<u32>>, String> {
        let mut command = self.cargo(arguments);
        let ran = command
            .args(["--message-format", "json"])
            .stderr(Stdio::null())
            .output()
            .await
            .map_err(|e| e.to_string())?;
        if ran.status.success() {
            return Ok(None);
        }
        let mut refused = BTreeSet::new();
        let mut words = String::new();
        for line in String::from_utf8_lossy(&ran.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let message = &message["message"];
            if message["level"] == "error" {
                refused.extend(self.at_fault(mutants, message));
                words = message["message"].as_str().unwrap_or_default().to_owned();
            }
        }
        refused.retain(|number| !self.unviable.contains(number));
        if refused.is_empty() { Err(format!("the compiler refuses the changes: {words}")) } else { Ok(Some(refused)) }
    }

    /// The change before which the compiler stopped on a line, or else all in the function.
    fn at_fault(&self, mutants: &[Mutant], message: &Value) -> Vec<u32> {
        let mut found = Vec::new();
        for span in message["spans"].as_array().into_iter().flatten().filter(|span| span["is_primary"] == true) {
            let file = span["file_name"].as_str().unwrap_or_default();
            let line = usize::try_from(span["line_start"].as_u64().unwrap_or_default()).unwrap_or_default();
            let column = usize::try_from(span["column_start"].as_u64().unwrap_or_default()).unwrap_or_default();
            let text = fs::read_to_string(self.folder.join(file)).unwrap_or_default();
            let before: String =
                text.lines().nth(line.saturating_sub(1)).unwrap_or_default().chars().take(column).collect();
            let marked = before.rsplit_once("crate::mutant(").and_then(|(_, rest)| rest.split_once(')'));
            match marked.and_then(|(number, _)| number.parse().ok()) {
                Some(number) if !self.unviable.contains(&number) => found.push(number),
                _ => found.extend(
                    mutants
                        .iter()
                        .filter(|mutant| mutant.file == file && mutant.function.contains(&line))
                        .map(|mutant| mutant.number),
                ),
            }
        }
        found
    }

    async fn build(&mut self) -> Result<(), String> {
        let mut command = self.cargo(&["test", "-p", "usher", "--no-run", "--lib", "--tests"]);
        let ran = command
            .args(["--message-format", "json"])
            .stderr(Stdio::null())
            .output()
            .await
            .map_err(|e| e.to_string())?;
        if !ran.status.success() {
            return Err("the tests cannot be built".to_owned());
        }
        for line in String::from_utf8_lossy(&ran.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let (Some(program), Some(name)) = (message["executable"].as_str(), message["target"]["name"].as_str())
            else {
                continue;
            };
            let kind = message["target"]["kind"][0].as_str().unwrap_or_default();
            if message["profile"]["test"] == true && kind != "bin" && !APART.contains(&name) {
                self.programs.push((name.to_owned(), program.into()));
            }
        }
        let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
        self.programs.sort_by_key(|(name, _)| (place(name), name.clone()));
        Ok(())
    }

    /// Whether the tests of a program pass with this change. `only` is a part of their names. What takes too long does not.
    pub async fn passes(&self, program: &Path, number: u32, only: Option<&str>, patience: Duration) -> bool {
        let mut command = Command::new(program);
        command.args(only).env("MUTANT", number.to_string()).current_dir(&self.folder);
        command
            .env("INSTA_UPDATE", "no")
            .env("INSTA_WORKSPACE_ROOT", &self.folder)
            .env("PROPTEST_FAILURE_PERSISTENCE", "off");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let Ok(mut child) = command.spawn() else { return false };
        let Some(said) = child.stdout.take() else { return false };
        let ended = async {
            let mut lines = BufReader::new(said).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // One that fails is enough.
                if line.ends_with("... FAILED") {
                    return false;
                }
            }
            child.wait().await.is_ok_and(|status| status.success())
        };
        timeout(patience, ended).await.unwrap_or(false)
    }
}
