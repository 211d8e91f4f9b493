//! Documents that are made from the code: they fail when they are stale, and `WRITE_DOCS=1` writes them anew.

use std::{fmt::Write, fs, path::Path};

use usher::tools;

fn page() -> String {
    let mut page = String::from("# Tools\n\nMade from the tools' own declarations.\n\n");
    page.push_str("| tool | class | what it does |\n|---|---|---|\n");
    for tool in tools::table().iter() {
        writeln!(page, "| [`{0}`](#{0}) | {1} | {2} |", tool.name, tool.access, tool.summary()).expect("text");
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
