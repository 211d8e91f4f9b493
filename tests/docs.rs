//! Documents that are made from the code: they fail when they are stale, and `WRITE_DOCS=1` writes them anew.

use std::{fmt::Write, fs, path::Path};

use usher::{
    ids::{Access, SiteKind},
    tools,
};

const HEAD: &str = "# Tools

Made from the tools' own declarations. *Scopes* are those of a Cloud app: what every link has (`read:jira-work`,
`write:jira-work`, `read:jira-user`), and in bold what the site's `scopes` must name besides. Data Center asks for `READ`
alone, or for `READ` and `WRITE`. *Requests* are those with which a tool does its work, below `/rest/api/3` (Cloud) or
`/rest/api/2` (Data Center), or below `/rest` where they begin with `agile`, `software` or `servicedeskapi`.

";

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn scopes(tool: &tools::Entry) -> String {
    let users = tool.endpoints.iter().any(|one| one.contains(" user/"));
    let usual = match (users, tool.access) {
        (true, _) => "`read:jira-user`",
        (_, Access::Read) => "`read:jira-work`",
        _ => "`read:jira-work`, `write:jira-work`",
    };
    let more = tool.scopes.iter().map(|scope| format!(", **`{scope}`**"));
    std::iter::once(usual.to_owned()).chain(more).collect()
}

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push_str("| tool | class | what it does | Cloud | Data Center | scopes on Cloud | requests |\n");
    page.push_str("|---|---|---|---|---|---|---|\n");
    for tool in tools::table().iter() {
        let on = |kind: SiteKind| if tool.sites.contains(&kind) { "yes" } else { "no" };
        writeln!(
            page,
            "| [`{0}`](#{0}) | {1} | {2} | {3} | {4} | {5} | {6} |",
            tool.name,
            tool.access,
            tool.summary(),
            on(SiteKind::Cloud),
            on(SiteKind::DataCenter),
            scopes(tool),
            listed(tool.endpoints.iter().copied()),
        )
        .expect("text");
    }
    for tool in tools::table().iter() {
        let flags: Vec<&str> = tool.flags.names().collect();
        let flags = if flags.is_empty() { String::new() } else { format!(" Flags: {}.", flags.join(", ")) };
        write!(page, "\n## {}\n\n{}. Class: {}.{flags}\n\n", tool.name, tool.summary(), tool.access).expect("text");
        page.push_str("| argument | needed | what it is |\n|---|---|---|\n");
        for argument in tool.arguments() {
            let needed = if argument.required { "yes" } else { "" };
            writeln!(page, "| `{}` | {needed} | {} |", argument.name, argument.help).expect("text");
        }
        page.push_str("\n```\n");
        for example in tool.examples {
            writeln!(page, "jira {example}").expect("text");
        }
        page.push_str("```\n");
    }
    page
}

#[test]
fn the_page_of_tools_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tools.md");
    let page = page();
    if std::env::var_os("WRITE_DOCS").is_some() {
        fs::write(&path, &page).expect("docs/tools.md can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/tools.md is stale: run `WRITE_DOCS=1 cargo test --test docs`");
}
