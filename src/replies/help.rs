//! Help, made from the declarations of the commands that run.

use usher_chat::{
    Command, Text,
    tree::{Block, Inline},
};

use super::{Draft, error::marked};

/// The overview: what can be done here by this person, grouped by family. The everyday family is explained, the others are
/// named, unless the `whole` of it is wanted.
pub fn overview(commands: &[Command], also: &[(&str, &str)], whole: bool) -> Draft {
    let mut families: Vec<(&str, Vec<&Command>)> = Vec::new();
    for command in commands {
        match families.iter_mut().find(|(family, _)| *family == command.family) {
            Some((_, members)) => members.push(command),
            None => families.push((&command.family, vec![command])),
        }
    }
    let mut text = Text::new();
    if families.is_empty() {
        text = text.paragraph(["No Jira tools are allowed here.".into()]);
    }
    let named = !whole && families.len() > 1;
    for (index, (family, members)) in families.into_iter().enumerate() {
        if named && index > 0 {
            let names: Vec<String> = members.iter().map(|command| format!("`{}`", command.path.join(" "))).collect();
            let mut line = vec![Inline::strong(family), ": ".into()];
            line.extend(marked(&names.join(" ")));
            text = text.paragraph(line);
            continue;
        }
        text = text.paragraph([Inline::strong(family)]);
        let items = members.iter().map(|command| item(&command.usage, &command.summary)).collect();
        text = text.block(Block::List { start: None, items });
    }
    text = text.paragraph([Inline::strong("Your account")]);
    let items = also.iter().map(|(usage, summary)| item(usage, summary)).collect();
    text = text.block(Block::List { start: None, items });
    // The command that takes the most words is the one that most needs its help.
    let example = commands.iter().max_by_key(|command| command.arguments.len());
    let example = example.map_or("connect".to_owned(), |command| command.path.join(" "));
    let view = commands.iter().any(|command| command.path == ["view"]);
    let mut last = Vec::new();
    if view {
        last.extend(marked("A key alone, such as `DEMO-7`, shows that issue. "));
    }
    let all = if named { "`jira help all` explains them all, " } else { "" };
    last.extend(marked(&format!("{all}`jira help {example}` tells more about one command.")));
    Draft::private(text.paragraph(last))
}

fn item(usage: &str, summary: &str) -> Vec<Block> {
    let mut content = vec![Inline::code(usage), " · ".into()];
    content.extend(marked(summary));
    vec![Block::Paragraph(content)]
}

/// What may be done in a place.
pub fn tools(place: &str, commands: &[Command]) -> Draft {
    if commands.is_empty() {
        return Draft::private(format!("You may run no Jira tools in {place}."));
    }
    let items = commands.iter().map(|command| item(&command.usage, &command.summary)).collect();
    let text = Text::plain(format!("What you may do in {place}:")).block(Block::List { start: None, items });
    Draft::private(text)
}

/// Commands under a heading.
pub fn list(heading: &str, commands: &[(String, String)]) -> Draft {
    let items = commands.iter().map(|(usage, summary)| item(usage, summary)).collect();
    Draft::private(Text::new().paragraph([Inline::strong(heading)]).block(Block::List { start: None, items }))
}

/// One line of help.
pub fn line(usage: &str, summary: &str) -> Draft {
    Draft::private(Text::new().paragraph([Inline::code(format!("jira {usage}")), " · ".into(), summary.into()]))
}

/// One command, whole: how it is typed, what its arguments are, and examples.
pub fn command(command: &Command, arguments: &[(String, String)], examples: &[&str]) -> Draft {
    let mut text =
        Text::new().paragraph([Inline::code(format!("jira {}", command.usage))]).paragraph([summary(&command.summary)]);
    if !arguments.is_empty() {
        let items = arguments.iter().map(|(typed, help)| item(typed, help)).collect();
        text = text.block(Block::List { start: None, items });
    }
    if !examples.is_empty() {
        let items =
            examples.iter().map(|example| vec![Block::Paragraph(vec![Inline::code(format!("jira {example}"))])]);
        text =
            text.paragraph([Inline::text("For example:")]).block(Block::List { start: None, items: items.collect() });
    }
    Draft::private(text)
}

fn summary(summary: &str) -> Inline {
    let mut words = summary.to_owned();
    if !words.ends_with('.') {
        words.push('.');
    }
    words.into()
}
