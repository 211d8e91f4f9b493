//! What stands on the screen: who speaks where, the last buttons, the last link, a form that waits.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use unicode_width::UnicodeWidthStr;
use usher_chat::{ActionId, Audience, ButtonStyle, Card, Command, File, Place, Reply, UserId};

use super::{
    commands::HELP,
    form::Offered,
    look::{self, BOLD, BOT, BUTTON, DIM, Look},
    render,
};
use crate::{
    Recipient,
    clean::{clean, clean_line},
    events::Author,
    home,
    markdown::address,
    options::TerminalOptions,
};

/// The indent of everything below a name.
const INDENT: usize = 2;

/// The screen of the chat.
pub(crate) struct Screen {
    terminal: AtomicBool,
    state: Mutex<State>,
}

struct State {
    author: Author,
    actions: Vec<(Option<String>, ActionId)>,
    link: Option<String>,
    form: Option<Offered>,
}

impl Screen {
    /// A screen with nothing on it.
    pub(crate) fn new(options: &TerminalOptions) -> Self {
        let user = options.people.first().map_or("ada", String::as_str);
        let channel = options.channels.first().map_or("general", String::as_str);
        let author = Author { user: user.into(), workspace: home(), channel: Some(channel.to_owned()) };
        let state = State { author, actions: Vec::new(), link: None, form: None };
        Self { terminal: AtomicBool::new(false), state: Mutex::new(state) }
    }

    /// It is a real terminal.
    pub(super) fn on_terminal(&self) {
        self.terminal.store(true, Ordering::Relaxed);
    }

    fn look(&self) -> Look {
        if self.terminal.load(Ordering::Relaxed) { Look::of_terminal() } else { Look::PLAIN }
    }

    /// Who speaks, and where.
    pub(super) fn author(&self) -> Author {
        self.state.lock().author.clone()
    }

    /// Lets somebody else speak.
    pub(super) fn speak_as(&self, user: UserId) {
        self.state.lock().author.user = user;
    }

    /// Goes elsewhere.
    pub(super) fn go_to(&self, channel: Option<String>) {
        self.state.lock().author.channel = channel;
    }

    /// The button with this number, and the channel in which it stands.
    pub(super) fn action(&self, number: usize) -> Option<(Option<String>, ActionId)> {
        self.state.lock().actions.get(number.checked_sub(1)?).cloned()
    }

    /// The last link that was shown.
    pub(super) fn link(&self) -> Option<String> {
        self.state.lock().link.clone()
    }

    /// The form that waits to be filled in.
    pub(super) fn take_form(&self) -> Option<Offered> {
        self.state.lock().form.take()
    }

    /// What stands before the line that is being typed.
    pub(super) fn prompt(&self) -> String {
        let author = self.author();
        format!("{} {} › ", clean_line(author.user.as_str()), name(author.channel.as_deref()))
    }

    /// A line that was read from a file, as it would stand if it had been typed.
    pub(super) fn echo(&self, prompt: &str, line: &str) -> String {
        format!("{prompt}{}\n", clean(line))
    }

    /// Something that the chat itself says.
    pub(crate) fn note(&self, text: &str) -> String {
        let look = self.look();
        self.lines(look.wrap(&clean(text), look.width - INDENT))
    }

    /// Lines that the chat itself says.
    pub(super) fn lines(&self, lines: Vec<String>) -> String {
        let look = self.look();
        lines.into_iter().map(|line| format!("{}{}\n", " ".repeat(INDENT), look.paint(DIM, &line))).collect()
    }

    /// Something that may be wiped away again.
    pub(crate) fn progress(&self, what: &str) -> String {
        self.look().paint(DIM, &format!("  {} …", clean_line(what)))
    }

    /// What is said when a message is deleted.
    pub(crate) fn removed(&self, place: &Place) -> String {
        self.note(&format!("A message in {} was removed.", name(place.channel_id().map(|channel| channel.as_str()))))
    }

    /// The first words.
    pub(super) fn greeting(&self, options: &TerminalOptions) -> String {
        let look = self.look();
        let lines = options.greeting.iter().flat_map(|line| {
            let line = clean(line);
            let words = line.trim_start();
            let indent = &line[..line.len() - words.len()];
            render::hang(indent, indent.len(), look.wrap(words, look.width.saturating_sub(indent.len())))
        });
        let mut out: String = lines.map(|line| format!("{line}\n")).collect();
        for line in look.wrap("/help lists the commands of this chat, /quit leaves it.", look.width) {
            out.push_str(&look.paint(DIM, &line));
            out.push('\n');
        }
        out.push('\n');
        out
    }

    /// The commands, the chat's own and the bot's.
    pub(super) fn help(&self, options: &TerminalOptions, commands: &[Command]) -> String {
        let look = self.look();
        let own = HELP.iter().filter(|(usage, _)| options.demo || !usage.starts_with("/approve"));
        let mut rows: Vec<(String, String)> =
            own.map(|(usage, what)| ((*usage).to_owned(), (*what).to_owned())).collect();
        rows.push((String::new(), String::new()));
        rows.extend(
            commands
                .iter()
                .map(|command| (format!("jira {}", clean_line(&command.path.join(" "))), clean_line(&command.summary))),
        );
        let column = rows.iter().map(|(usage, _)| usage.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for (usage, what) in rows.iter().take(if commands.is_empty() { rows.len() - 1 } else { rows.len() }) {
            let pad = " ".repeat(column - usage.chars().count());
            out.push_str(format!("  {}{pad}  {what}", look.paint(BUTTON, usage)).trim_end());
            out.push('\n');
        }
        out
    }

    /// A reply, and from now on its buttons, link and form are the last ones.
    pub(crate) fn show(&self, to: &Recipient, reply: Reply) -> String {
        let look = self.look();
        let mut state = self.state.lock();
        let channel = to.place.channel_id().map(|channel| channel.to_string());
        let mut head = look.paint(BOT, "usher");
        let mut about = String::new();
        if channel != state.author.channel {
            about.push_str(&format!(" in {}", name(channel.as_deref())));
        }
        if reply.audience == Audience::OnlyAsker {
            match &to.user {
                Some(user) if *user != state.author.user => {
                    about.push_str(&format!(" (only {})", clean_line(user.as_str())))
                }
                _ => about.push_str(" (only you)"),
            }
        }
        head.push_str(&look.paint(DIM, &about));
        let lines = body(&look, &reply);
        if let Some(link) = reply.links.iter().rev().find_map(|link| address(&link.url)) {
            state.link = Some(link);
        }
        let buttons = reply.buttons.into_iter().map(|button| button.action);
        let entries = reply.choices.into_iter().flat_map(|choices| choices.entries).map(|choice| choice.action);
        let actions: Vec<_> = buttons.chain(entries).map(|action| (channel.clone(), action)).collect();
        if !actions.is_empty() {
            state.actions = actions;
        }
        if let Some(form) = reply.form.filter(|form| !form.is_code())
            && to.user.as_ref() == Some(&state.author.user)
        {
            state.form = Some(Offered { channel, form });
        }
        let mut out = format!("{head}\n");
        for line in lines {
            out.push_str(format!("{}{line}", " ".repeat(INDENT)).trim_end());
            out.push('\n');
        }
        out.push('\n');
        out
    }
}

fn name(channel: Option<&str>) -> String {
    channel.map_or_else(|| "dm".to_owned(), |channel| format!("#{}", clean_line(channel)))
}

/// Everything below the name.
fn body(look: &Look, reply: &Reply) -> Vec<String> {
    let width = look.width - INDENT;
    let mut lines = render::blocks(look, &reply.text.0, width);
    let apart = reply.cards.iter().any(|card| !card.body.is_empty());
    for (index, one) in reply.cards.iter().enumerate() {
        if !lines.is_empty() && (apart || index == 0) {
            lines.push(String::new());
        }
        lines.extend(card(look, one, width));
        // In a list, addresses would drown the titles; and no address is said twice.
        let said = |url: &str| reply.links.iter().any(|link| address(&link.url).as_deref() == Some(url));
        if reply.cards.len() == 1
            && let Some(url) = one.url.as_deref().and_then(address).filter(|url| !said(url))
        {
            lines.push(look.link(&url));
        }
    }
    for file in &reply.files {
        lines.extend(look.wrap(&attached(file), width));
    }
    for link in &reply.links {
        if let Some(url) = address(&link.url) {
            lines.push(format!("{} {}", look.paint(BOLD, &format!("‹{}›", clean_line(&link.label))), look.link(&url)));
        }
    }
    let buttons: Vec<String> = reply
        .buttons
        .iter()
        .enumerate()
        .map(|(index, button)| {
            let style = match button.style {
                ButtonStyle::Plain => BUTTON,
                ButtonStyle::Primary => BUTTON.bold(),
                ButtonStyle::Danger => look::tint(usher_chat::tree::Tint::Red),
            };
            look.paint(style, &format!("[{}\u{a0}{}]", index + 1, clean_line(&button.label).replace(' ', "\u{a0}")))
        })
        .collect();
    if !buttons.is_empty() {
        lines.extend(look.wrap(&buttons.join(" "), width).into_iter().map(|line| line.replace('\u{a0}', " ")));
    }
    if let Some(choices) = &reply.choices {
        lines.push(String::new());
        lines.extend(look.wrap(&clean_line(&choices.label), width));
        for (index, choice) in choices.entries.iter().enumerate() {
            let number = look.paint(BUTTON, &format!("[{}]", reply.buttons.len() + index + 1));
            let note = choice.note.as_deref().map(|note| look.paint(DIM, &format!("  {}", clean_line(note))));
            lines.push(format!("{number} {}{}", clean_line(&choice.label), note.unwrap_or_default()));
        }
    }
    lines
}

fn card(look: &Look, card: &Card, width: usize) -> Vec<String> {
    let key = clean_line(&card.key);
    let mut words = vec![clean_line(&card.title)];
    for fact in card.facts.iter().filter(|fact| !fact.value.is_empty()) {
        let state = fact.name.eq_ignore_ascii_case("status");
        // A fact is not torn apart at the end of a line.
        let value = clean_line(&fact.value).replace(' ', "\u{a0}");
        words.push(if state { look.paint(look::tint(card.tint), &value) } else { value });
    }
    let words = words.join("\u{a0}· ");
    let mut lines = if key.is_empty() {
        look.wrap(&words, width)
    } else {
        let bold = look.paint(BOLD, &key);
        let head = match card.url.as_deref().and_then(address) {
            Some(url) => look.linked(&url, &bold),
            None => bold,
        };
        let column = key.width() + 2;
        render::hang(&format!("{head}  "), column, look.wrap(&words, width.saturating_sub(column)))
    };
    for line in &mut lines {
        *line = line.replace('\u{a0}', " ");
    }
    let body = render::blocks(look, &card.body.0, width);
    if !body.is_empty() {
        lines.push(String::new());
        lines.extend(body);
        lines.push(String::new());
    }
    lines
}

fn attached(file: &File) -> String {
    let kind = if file.media_type.starts_with("image/") { "image" } else { "file" };
    let alt = file.alt.as_deref().map(|alt| format!(": {}", clean_line(alt))).unwrap_or_default();
    format!("[{kind}] {} ({}){alt}", clean_line(&file.name), size(file.content.len()))
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
