//! The table of figures in `docs/trials.md`. Nothing but this writes it.

use std::{fs, io, path::PathBuf, process::Command, time::Duration};

use crate::trial::{Asked, Found, TRIALS, Trial, grouped};

const HEAD: &str = "# Trials

Attacks that are too long for a test. `cargo run --release -p usher-trials -- <trial>` repeats one, `list` names them, `all`
does all. Each takes `--seed` and `--bound`, and writes its row itself. A run that stopped short of what is stated says so. A row
that does not end in *held* says what broke.

| trial | what it does | stated | done | figures | seed | commit | build, machine | took | |
|---|---|---|---|---|---|---|---|---|---|
";

/// One trial, done.
pub struct Row {
    name: &'static str,
    line: String,
}

impl Row {
    /// The row of a trial that has just ended; `commit` is where the source stood as it began.
    pub fn new(trial: &Trial, asked: Asked, commit: &str, found: &Found, took: Duration) -> Self {
        let figures: Vec<String> = found.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let done = match found.done < trial.stated {
            true => format!("{}, shorter than stated", grouped(found.done)),
            false => grouped(found.done),
        };
        let verdict = match &found.broken[..] {
            [] => "held".to_owned(),
            [first, rest @ ..] => format!("**broken**: {} (and {} more)", first.replace(['|', '\n'], " "), rest.len()),
        };
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let line = format!(
            "| `{}` | {} | {} {} | {done} | {} | {} | {} | {build}, {cores} cores | {} | {verdict} |",
            trial.name,
            trial.what,
            grouped(trial.stated),
            trial.unit,
            figures.join("; "),
            asked.seed,
            commit,
            spoken(took),
        );
        Self { name: trial.name, line }
    }

    /// As it stands in the table.
    pub fn line(&self) -> &str {
        &self.line
    }
}

/// Puts a row in the place of the older one of its trial.
///
/// # Errors
/// A file that cannot be written.
pub fn keep(row: &Row) -> io::Result<()> {
    let path = root().join("docs/trials.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let kept = |name: &str| before.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).map(str::to_owned);
    let mut page = HEAD.to_owned();
    for trial in TRIALS {
        let line = if trial.name == row.name { Some(row.line.clone()) } else { kept(trial.name) };
        if let Some(line) = line {
            page.push_str(&line);
            page.push('\n');
        }
    }
    fs::write(path, page)
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commit that the source stands at, as far as git knows. A plus: there are changes besides.
pub fn commit() -> String {
    let git = |arguments: &[&str]| {
        let ran = Command::new("git").arg("-C").arg(root()).args(arguments).output().ok()?;
        ran.status.success().then(|| String::from_utf8_lossy(&ran.stdout).trim().to_owned())
    };
    let Some(head) = git(&["rev-parse", "--short", "HEAD"]) else { return "unknown".to_owned() };
    // The table is written by every run and says nothing about what was tried.
    let changed = git(&["status", "--porcelain", "--", ".", ":!docs/trials.md"]).is_none_or(|list| !list.is_empty());
    if changed { format!("{head}+") } else { head }
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
