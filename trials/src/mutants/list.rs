//! Which changes there are, as `cargo mutants --list --json` says, and which of them are tried.

use std::{ops::RangeInclusive, process::Stdio};

use proc_macro2::LineColumn;
use serde_json::Value;
use tokio::process::Command;

use crate::table::root;

/// A change to the source that some test should notice.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// From 1.
    pub number: u32,
    /// From the root of the workspace.
    pub file: String,
    /// What `cargo mutants` calls it.
    pub name: String,
    /// What kind of change.
    pub genre: Genre,
    /// Where it begins. Both count from 1.
    pub line: usize,
    /// The same.
    pub column: usize,
    /// By what.
    pub replacement: String,
    /// The lines of the function around it.
    pub function: RangeInclusive<usize>,
}

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of `cargo mutants`")]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

/// The files that can say no. Every change in them is tried.
const GUARDS: &[&str] = &[
    "src/governance/decide.rs",
    "src/governance/permit.rs",
    "src/identity/codes.rs",
    "src/keys.rs",
    "src/jira/scope.rs",
];
/// And this type, which stands among others.
const SCOPE: &str = "ProjectScope";

impl Mutant {
    /// Where it begins, as a parser counts.
    pub fn from(&self) -> LineColumn {
        LineColumn { line: self.line, column: self.column - 1 }
    }

    /// Whether it stands in code that can say no.
    pub fn guards(&self) -> bool {
        GUARDS.contains(&self.file.as_str()) || self.file == "src/ids.rs" && self.name.contains(SCOPE)
    }

    fn read(number: u32, value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let place = |value: &Value, what: &str| usize::try_from(value[what].as_u64()?).ok();
        let (start, function) = (&value["span"]["start"], &value["function"]["span"]);
        Some(Self {
            number,
            file: text(&value["file"])?,
            name: text(&value["name"])?,
            genre: match value["genre"].as_str()? {
                "FnValue" => Genre::FnValue,
                "BinaryOperator" => Genre::BinaryOperator,
                "UnaryOperator" => Genre::UnaryOperator,
                "MatchArm" => Genre::MatchArm,
                "MatchArmGuard" => Genre::MatchArmGuard,
                "StructField" => Genre::StructField,
                _ => return None,
            },
            line: place(start, "line")?,
            column: place(start, "column")?,
            replacement: text(&value["replacement"])?,
            function: place(&function["start"], "line")?..=place(&function["end"], "line")?,
        })
    }
}

/// All changes in the guards, and `sample` of the others, drawn with this seed. Those of the command line and of benches are
/// left out: what they change cannot be asked whether it is awake.
///
/// # Errors
/// Where `cargo mutants` is not there.
pub async fn list(seed: u64, sample: usize) -> Result<Vec<Mutant>, String> {
    let ran = Command::new("cargo")
        .args(["mutants", "--list", "--json", "-p", "usher"])
        .current_dir(root())
        .stderr(Stdio::null())
        .output()
        .await
        .map_err(|error| error.to_string())?;
    let values: Vec<Value> = serde_json::from_slice(&ran.stdout)
        .map_err(|_| "`cargo mutants` does not answer; `cargo install --locked cargo-mutants` brings it".to_owned())?;
    let all = values.iter().zip(1..).filter_map(|(value, number)| Mutant::read(number, value));
    let library = |file: &str| {
        file.starts_with("src/") && !file.starts_with("src/cli/") && file != "src/main.rs" && !file.contains("/tests")
    };
    let (mut chosen, others): (Vec<_>, Vec<_>) = all.filter(|mutant| library(&mutant.file)).partition(Mutant::guards);
    chosen.extend(fastrand::Rng::with_seed(seed).choose_multiple(others, sample));
    Ok(chosen)
}
