//! Who may import whom. The table is here; every path that a source file names is held against it.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources fails where it stands")]

#[path = "boundaries/paths.rs"]
mod paths;
#[path = "boundaries/sources.rs"]
mod sources;

use std::collections::BTreeSet;

use paths::{Home, Named, named};
use sources::{home, sources, stands_under, tools};

/// What a part may import. A file obeys every row that it stands under: the rows add up.
struct Row {
    /// A folder, or a single file, from the repository's root on.
    part: &'static str,
    /// Folders of ours, single items of them, groups of the chat contract, other packages.
    may: &'static [&'static str],
    /// Why the row is as it is, where that does not follow from the part's own sentence in the architecture.
    why: &'static str,
}

const fn row(part: &'static str, may: &'static [&'static str], why: &'static str) -> Row {
    Row { part, may, why }
}

/// What every folder of the core may import: leaves, and the chat contract's ids out of which `ids` is made.
const EVERYONE: &[&str] = &["ids", "clock", "error", "chat ids"];

/// What tests that stand in a folder may import besides: keys to open a store with.
const TESTS: &[&str] = &["keys"];

const TABLE: &[Row] = &[
    row("src/ids.rs", &["chat values"], "an `Asker` carries the names that a platform shows"),
    row("src/clock.rs", &[], ""),
    row("src/error.rs", &[], ""),
    row("src/keys.rs", &[], "a leaf: what it derives and seals is used on both sides of `store`"),
    row("src/memory.rs", &["store", "keys", "chat"], "what adapters keep, sealed"),
    row("src/config", &[], "a leaf that only `start` and the command line read"),
    row("src/text", &["chat tree"], ""),
    row("src/charts", &[], "pure: numbers and labels in, a picture out"),
    row("src/jira", &[], ""),
    row("src/store", &[], "its rows hold the ids of chat and Jira, which everyone may import"),
    row("src/store/credentials.rs", &["keys"], "it says with which key a sealed credential opens"),
    row("src/audit", &["store", "keys"], "the chain's key is derived from the key file"),
    row("src/actions", &["store"], ""),
    row(
        "src/replies",
        &["chat values", "chat tree", "text", "jira::Issue", "jira::Status", "jira::User", "jira::FieldMeta"],
        "",
    ),
    row(
        "src/governance",
        &["store", "audit", "replies", "chat values", "chat tree"],
        "its answers are drafts of `replies`, whose words and buttons are the contract's; memberships come as values",
    ),
    row(
        "src/identity",
        &["jira", "store", "audit", "replies", "keys", "memory", "chat values", "chat tree"],
        "it seals tokens; its answers are drafts of `replies`",
    ),
    row("src/fields", &["jira", "text", "replies", "chat values"], "a field of Jira becomes a field of a form"),
    row(
        "src/tools",
        &[
            "governance::Permit",
            "identity::Session",
            "jira",
            "text",
            "charts",
            "replies",
            "fields",
            "chat values",
            "chat tree",
        ],
        "a row of the table shows itself as a native command, and its outcome is made of the contract's words",
    ),
    row("src/tools/call.rs", &["identity::Colleagues"], "who else is linked on this site, which comes with a session"),
    row(
        "src/router",
        &[
            "chat",
            "actions",
            "tools::table",
            "tools::Table",
            "tools::Entry",
            "tools::Source",
            "tools::Family",
            "governance::AdminCommand",
            "identity::AccountCommand",
            "identity::Candidate",
            "identity::candidate",
            "replies::Deed",
            "replies::Origin",
            "replies::shorten",
            "replies::capitalised",
        ],
        "of `tools` its declarations; a stored action holds a `Deed`; one function of `identity` says what looks like a code",
    ),
    row("src/bot", &["chat", "router", "governance", "identity", "tools", "replies", "actions", "audit"], ""),
    row("src/web", &["identity", "chat"], ""),
    row("src/web/ops.rs", &["store"], "health is a real read and write"),
    row(
        "src/start.rs",
        &[
            "chat",
            "keys",
            "memory",
            "config",
            "store",
            "audit",
            "actions",
            "jira",
            "governance",
            "identity",
            "tools",
            "router",
            "bot",
            "web",
        ],
        "everything but adapters",
    ),
    row("src/lib.rs", &["bot", "config", "start", "chat"], "what an embedding program sees"),
    row("src/main.rs", &["usher", "chat", "discord", "telegram", "terminal", "sandbox"], "hands the adapters in"),
    row(
        "src/cli",
        &["usher", "chat", "discord", "telegram", "terminal", "sandbox"],
        "the commands of `main`, one file each",
    ),
    row("adapters/chat", &[], ""),
    row("adapters/terminal", &["chat"], ""),
    row("adapters/discord", &["chat"], ""),
    row("adapters/telegram", &["chat"], ""),
    row("sandbox", &[], ""),
];

/// Crates with few homes: SQL is in `store`, sockets at the rim, a platform's library in its adapter.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["src/store"]),
    ("axum", &["src/web", "sandbox"]),
    ("maud", &["src/web", "sandbox"]),
    ("reqwest", &["src/jira", "src/identity", "adapters/discord", "adapters/telegram", "adapters/terminal", "sandbox"]),
    // The sandbox names a module of its own so; the crate it does not know.
    ("oauth2", &["src/identity", "sandbox"]),
    ("oauth1_request", &["src/jira", "sandbox"]),
    ("chacha20poly1305", &["src/keys.rs"]),
    ("plotters", &["src/charts"]),
    ("ab_glyph", &["src/charts"]),
    ("png", &["src/charts"]),
    ("pulldown_cmark", &["src/text"]),
    ("toml", &["src/config", "src/governance/file.rs", "src/keys.rs"]),
    ("tracing_subscriber", &["src/cli", "sandbox"]),
    ("rustyline", &["adapters/terminal"]),
    ("serenity", &["adapters/discord"]),
    ("teloxide", &["adapters/telegram"]),
    ("#[path]", &[]),
];

const CHAT_IDS: &[&str] = &[
    "ActionId",
    "ChannelId",
    "EventId",
    "MessageId",
    "MessageRef",
    "ParseIdError",
    "Person",
    "Place",
    "Platform",
    "RoleId",
    "ThreadId",
    "UserId",
    "Workspace",
    "WorkspaceId",
];
const CHAT_TREE: &[&str] = &["Text", "tree"];
/// Data without a way to reach anybody. What is left (events, traits) needs the whole contract.
const CHAT_VALUES: &[&str] = &[
    "Argument",
    "ArgumentKind",
    "Audience",
    "Button",
    "ButtonStyle",
    "Card",
    "Choice",
    "Choices",
    "Command",
    "Completion",
    "Fact",
    "Field",
    "FieldKind",
    "File",
    "FileContent",
    "Form",
    "IncomingFile",
    "Link",
    "Member",
    "Names",
    "OpenError",
    "Reply",
    "file_name",
];
/// What `lib.rs` shows under a shorter name.
const SHORT: &[(&str, &str)] = &[("Bot", "bot"), ("Config", "config")];

/// What is wrong with one file, a line each.
fn violations(file: &str, source: &str, tools: &BTreeSet<String>) -> Vec<String> {
    let home = home(file);
    let rows: Vec<&Row> = TABLE.iter().filter(|row| stands_under(file, row.part)).collect();
    if rows.is_empty() {
        return vec![format!("{file}: no row of the table says what it may import")];
    }
    let named = match named(source, &home) {
        Ok(named) => named,
        Err(error) => return vec![format!("{file}: {error}")],
    };
    let test_file = file.ends_with("/tests.rs") || file.contains("/tests/");
    let wrong = |named: &Named| {
        let mut may: Vec<&str> = rows.iter().flat_map(|row| row.may).copied().collect();
        if file.starts_with("src/") {
            may.extend(EVERYONE);
            if named.test || test_file {
                may.extend(TESTS);
            }
        }
        wrong(file, &home, named, &may, tools)
    };
    let mut found: Vec<String> = named
        .iter()
        .filter_map(|named| wrong(named).map(|why| format!("{file}:{} {}: {why}", named.line, named.path.join("::"))))
        .collect();
    found.dedup();
    found
}

fn wrong(file: &str, home: &Home, named: &Named, may: &[&str], tools: &BTreeSet<String>) -> Option<String> {
    let head = named.path.first()?.as_str();
    let next = named.path.get(1).map(String::as_str);
    if let Some((_, homes)) = HOMES.iter().find(|(name, _)| *name == head) {
        let fits = homes.iter().any(|home| stands_under(file, home)) || named.test;
        return (!fits).then(|| format!("only {homes:?} may import it"));
    }
    if head == home.crate_name {
        if head != "usher" {
            return None;
        }
        return inside(home, named, next?, may, tools);
    }
    let (package, item) = match head {
        "usher" => ("usher", None),
        "usher_chat" => ("chat", next),
        _ => (head.strip_prefix("usher_")?, None),
    };
    let fits = may.contains(&package)
        || item.is_some_and(|item| {
            let group = |name: &str, items: &[&str]| may.contains(&name) && items.contains(&item);
            group("chat ids", CHAT_IDS) || group("chat tree", CHAT_TREE) || group("chat values", CHAT_VALUES)
        });
    (!fits).then(|| "the table does not name it for this file".to_owned())
}

/// A path within the root package's library.
fn inside(home: &Home, named: &Named, folder: &str, may: &[&str], tools: &BTreeSet<String>) -> Option<String> {
    let folder = SHORT.iter().find(|(short, _)| *short == folder).map_or(folder, |(_, long)| long);
    let own = home.module.first().map(String::as_str);
    if own == Some(folder) {
        let (this, other) = (home.module.get(1), named.path.get(2));
        let tool = folder == "tools" && this.is_some_and(|this| tools.contains(this));
        return match other {
            Some(other) if tool && Some(other) != this && tools.contains(other) => {
                Some("a tool imports no other tool".to_owned())
            }
            _ => None,
        };
    }
    let rest: Vec<&str> = [folder].into_iter().chain(named.path.iter().skip(2).map(String::as_str)).collect();
    let fits = may.iter().any(|allowed| {
        let allowed: Vec<&str> = allowed.split("::").collect();
        rest.starts_with(&allowed)
    });
    (!fits).then(|| "the table does not name it for this file".to_owned())
}

#[test]
fn every_file_keeps_to_the_table() {
    let sources = sources();
    let tools = tools(&sources);
    assert!(sources.len() > 200 && tools.contains("view"), "the sources were not found");
    let found: Vec<String> = sources.iter().flat_map(|(file, source)| violations(file, source, &tools)).collect();
    assert!(found.is_empty(), "{} paths cross a boundary:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_row_is_about_something_and_says_why_it_is_wider() {
    let sources = sources();
    let later = ["adapters/discord", "adapters/telegram"];
    for row in TABLE {
        let alive = sources.keys().any(|file| stands_under(file, row.part)) || later.contains(&row.part);
        assert!(alive, "nothing stands under {}", row.part);
        let wider = row.may.iter().any(|may| matches!(*may, "keys" | "chat values"));
        assert!(!wider || !row.why.is_empty() || row.part == "src/replies", "{}: say why", row.part);
    }
}

/// Into each real file goes one import of each folder that its rows do not name. Each must be found, and nothing else.
#[test]
fn a_planted_import_is_found_in_every_file() {
    let sources = sources();
    let tools = tools(&sources);
    let folders = [
        "actions",
        "audit",
        "bot",
        "config",
        "fields",
        "governance",
        "identity",
        "jira",
        "replies",
        "router",
        "start",
        "store",
        "text",
        "tools",
        "web",
    ];
    let mut planted = 0;
    for (file, source) in
        sources.iter().filter(|(file, _)| file.starts_with("src/") && home(file).crate_name == "usher")
    {
        let may: Vec<&str> =
            TABLE.iter().filter(|row| stands_under(file, row.part)).flat_map(|row| row.may).copied().collect();
        let own = home(file).module.first().cloned().unwrap_or_default();
        let strangers: Vec<&str> =
            folders.into_iter().filter(|folder| !may.contains(folder) && *folder != own).collect();
        let lines: String = strangers.iter().map(|folder| format!("\nuse crate::{folder}::Anything;")).collect();
        let found = violations(file, &format!("{source}{lines}"), &tools);
        assert_eq!(found.len(), strangers.len(), "{file}: {found:?}");
        planted += strangers.len();
    }
    assert!(planted > 1000, "{planted} planted imports prove little");
}

#[test]
fn every_way_to_write_an_import_is_read() {
    let tools: BTreeSet<String> = ["view", "find"].map(str::to_owned).into();
    let found = |file: &str, source: &str| violations(file, source, &tools).len();
    for (file, source) in [
        ("src/tools/view.rs", "use crate::store::Store;"),
        ("src/tools/view.rs", "use crate::{ids::Access, store::{links as rows}};"),
        ("src/tools/view.rs", "use crate::{store as rows};"),
        ("src/tools/view.rs", "use crate::store::{self};"),
        ("src/tools/view.rs", "use crate::*;"),
        ("src/tools/view.rs", "use super::super::store::Store;"),
        ("src/tools/view.rs", "mod a { mod b { use super::super::super::super::store::Store; } }"),
        ("src/tools/view.rs", "fn f() { crate::store::open() }"),
        ("src/tools/view.rs", "fn f(x: Option<&crate::store::Store>) {}"),
        ("src/tools/view.rs", "impl From<crate::store::StoreError> for X {}"),
        ("src/tools/view.rs", "fn f() { let crate::store::Row { .. } = row; }"),
        ("src/tools/view.rs", "fn f() { x.map(crate::store::open); }"),
        ("src/tools/view.rs", "fn f() { format!(\"{}\", crate::store::open()) }"),
        ("src/tools/view.rs", "fn f() { a!(b!({ c([super::super::store::open]) })) }"),
        ("src/tools/view.rs", "a! { use crate::{ids::Access, store::{Store}}; }"),
        ("src/tools/view.rs", "macro_rules! a { () => { $crate::store::open() } }"),
        ("src/tools/view.rs", "#[derive(crate::store::Row)] struct A;"),
        ("src/tools/view.rs", "struct A { #[serde(with = \"crate::store::text\")] a: u8 }"),
        ("src/tools/view.rs", "#[path = \"../store/mod.rs\"] mod rows;"),
        ("src/tools/view.rs", "pub use crate::governance::Governance;"),
        ("src/tools/view.rs", "use super::find::Find;"),
        ("src/tools/view.rs", "use crate::tools::find;"),
        ("src/tools/view.rs", "use usher_chat::ChatAdapter;"),
        ("src/tools/view.rs", "fn f() { rusqlite::Connection::open(x) }"),
        ("src/tools/view.rs", "use ::rusqlite::Connection;"),
        ("src/tools/view.rs", "use crate::keys::KeyRing;"),
        ("src/governance/decide.rs", "use crate::jira::Client;"),
        ("src/governance/decide.rs", "use usher_chat::{Person, Event};"),
        ("src/bot.rs", "use crate::store::Store;"),
        ("src/bot/call.rs", "use crate::web::router;"),
        ("src/bot/call.rs", "use usher_terminal::Terminal;"),
        ("src/start.rs", "extern crate usher_terminal;"),
        ("src/web/connect.rs", "use crate::store::Store;"),
        ("src/brand_new.rs", "fn f() {}"),
        ("src/tools/view.rs", "this is not Rust"),
        ("adapters/chat/src/lib.rs", "use usher::ids::IssueKey;"),
        ("adapters/terminal/src/lib.rs", "use usher::ids::IssueKey;"),
        ("adapters/terminal/src/lib.rs", "use usher_discord::Discord;"),
        ("adapters/terminal/src/lib.rs", "use rusqlite::Connection;"),
        ("sandbox/src/lib.rs", "use usher::jira::Client;"),
        ("sandbox/src/lib.rs", "use usher_chat::Text;"),
    ] {
        assert_eq!(found(file, source), 1, "{file}: {source}: {:?}", violations(file, source, &tools));
    }
    for (file, source) in [
        ("src/tools/view.rs", "use super::{Call, show}; use crate::{governance::Permit, jira, tools::Entry};"),
        ("src/tools/view.rs", "/// See [`crate::store`].\npub(in crate::tools) fn f() { say(\"crate::store\") }"),
        ("src/tools/view.rs", "mod a { use super::super::Call; }"),
        ("src/tools/mod.rs", "mod view; mod find; use view::View;"),
        ("src/web/ops.rs", "use crate::store::Store;"),
        ("src/web/mod.rs", "#[cfg(test)] mod tests { use crate::keys::KeyRing; }"),
        ("src/governance/tests/mod.rs", "use crate::keys::KeyRing;"),
        ("src/cli/demo.rs", "use usher::start::Core; use super::Problem; use usher_sandbox::Sandbox;"),
        ("adapters/terminal/src/lib.rs", "use usher_chat::ChatAdapter; use crate::store;"),
        ("sandbox/src/rest/mod.rs", "use crate::store; use super::super::jira;"),
    ] {
        assert_eq!(found(file, source), 0, "{file}: {source}: {:?}", violations(file, source, &tools));
    }
}
