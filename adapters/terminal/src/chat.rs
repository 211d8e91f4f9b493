//! The chat with a person: reads what they type, knows a few commands of its own, and hands the rest to the bot.

mod commands;
mod editor;
mod form;
mod look;
mod render;
mod screen;
mod table;

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;
use usher_chat::{AdapterError, Completing, Completion, Host, Input, Member, Reply, Responder, SendError, Sent};

use crate::{
    Inner, Streams,
    events::{Author, Back, hand_over},
    input::{LineRead, Lines, standard_input},
};

use commands::Command;
use editor::{Asked, Editor, Prompt};
use form::{Filling, Step};

pub(crate) use screen::Screen;

/// The prompt comes back after this time even while the bot is still at work.
const PATIENCE: Duration = Duration::from_millis(900);
/// Completion gives up after this time.
const COMPLETION: Duration = Duration::from_secs(1);
/// What is in flight at the end gets this time.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves a person until they leave or the program wants to stop.
pub(crate) async fn run(inner: &Arc<Inner>, host: Host, streams: Streams) -> Result<(), AdapterError> {
    let reader = match streams {
        Streams::Standard if editor::possible() => {
            inner.screen.on_terminal();
            Reader::Editor(Editor::start(inner, completer(inner, &host)).await?)
        }
        Streams::Standard => {
            inner.output.start(Box::new(tokio::io::stdout()));
            Reader::Plain(Lines::new(standard_input()))
        }
        Streams::Given(input, sink) => {
            inner.output.start(sink);
            Reader::Plain(Lines::new(input))
        }
    };
    let mut chat =
        Chat { inner: Arc::clone(inner), host, reader, doing: Doing::Talking, tasks: JoinSet::new(), over: false };
    chat.print(inner.screen.greeting(&inner.options)).await?;
    let mut stopping = chat.host.stopping();
    while !chat.over {
        let asked = tokio::select! {
            biased;
            () = &mut stopping => break,
            () = inner.output.closed() => break,
            asked = chat.ask() => asked?,
        };
        match asked {
            Asked::Line(line) => chat.take(&line).await?,
            Asked::Interrupted => {}
            Asked::End => break,
        }
    }
    let _ = tokio::time::timeout(FAREWELL, async { while chat.tasks.join_next().await.is_some() {} }).await;
    inner.output.finish().await;
    if let Reader::Editor(editor) = chat.reader {
        editor.stop();
    }
    Ok(())
}

struct Chat {
    inner: Arc<Inner>,
    host: Host,
    reader: Reader,
    doing: Doing,
    tasks: JoinSet<()>,
    over: bool,
}

enum Reader {
    /// A terminal, with line editing.
    Editor(Editor),
    /// A file or pipe.
    Plain(Lines),
}

/// What the next line is for.
enum Doing {
    Talking,
    Filling(Filling),
    /// Somebody of the sandbox is to be named, to approve or refuse a link.
    Approving {
        link: String,
        deny: bool,
    },
}

impl Chat {
    async fn print(&mut self, text: String) -> Result<(), AdapterError> {
        if text.is_empty() {
            return Ok(());
        }
        self.inner.output.write(text).await.map_err(|error| AdapterError::Platform(error.to_string()))
    }

    async fn say(&mut self, text: &str) -> Result<(), AdapterError> {
        self.print(self.inner.screen.note(text)).await
    }

    /// Shows the prompt and waits for a line.
    async fn ask(&mut self) -> Result<Asked, AdapterError> {
        if matches!(self.doing, Doing::Talking)
            && let Some(form) = self.inner.screen.take_form()
        {
            let filling = Filling::new(form);
            self.print(self.inner.screen.lines(filling.opening())).await?;
            self.doing = Doing::Filling(filling);
            self.question().await?;
        }
        let prompt = match &self.doing {
            Doing::Talking => {
                Prompt { text: self.inner.screen.prompt(), remember: self.inner.screen.author().channel.is_some() }
            }
            Doing::Filling(filling) => Prompt { text: filling.prompt(), remember: false },
            Doing::Approving { .. } => Prompt { text: "who › ".to_owned(), remember: false },
        };
        match &mut self.reader {
            Reader::Editor(editor) => editor.ask(prompt).await,
            Reader::Plain(lines) => {
                let line = match lines.next().await {
                    Ok(Some(LineRead::Text(line))) => line,
                    Ok(Some(LineRead::TooLong)) => {
                        self.say("That line is too long.").await?;
                        return Ok(Asked::Interrupted);
                    }
                    Ok(Some(LineRead::NotText)) => {
                        self.say("That line is not UTF-8.").await?;
                        return Ok(Asked::Interrupted);
                    }
                    Ok(None) => return Ok(Asked::End),
                    Err(error) => return Err(AdapterError::Platform(format!("the input could not be read: {error}"))),
                };
                self.print(self.inner.screen.echo(&prompt.text, &line)).await?;
                Ok(Asked::Line(line))
            }
        }
    }

    /// Prints what is asked for the form's next field.
    async fn question(&mut self) -> Result<(), AdapterError> {
        match &self.doing {
            Doing::Filling(filling) => {
                let question = self.inner.screen.lines(filling.question());
                self.print(question).await
            }
            _ => Ok(()),
        }
    }

    async fn take(&mut self, line: &str) -> Result<(), AdapterError> {
        match std::mem::replace(&mut self.doing, Doing::Talking) {
            Doing::Filling(_) | Doing::Approving { .. } if line.trim() == "/cancel" => self.say("Left out.").await,
            Doing::Filling(mut filling) => match filling.answer(line) {
                Step::Next => {
                    self.doing = Doing::Filling(filling);
                    self.question().await
                }
                Step::More => {
                    self.doing = Doing::Filling(filling);
                    Ok(())
                }
                Step::Again(reason) => {
                    self.doing = Doing::Filling(filling);
                    self.say(&reason).await
                }
                Step::Done => {
                    let (channel, form, fields) = filling.finish();
                    self.act(channel, Input::Submit { form, fields }).await
                }
            },
            Doing::Approving { .. } if line.trim_start().starts_with('/') => self.talk(line).await,
            Doing::Approving { link, deny } => self.approve(&link, line.trim(), deny).await,
            Doing::Talking => self.talk(line).await,
        }
    }

    async fn talk(&mut self, line: &str) -> Result<(), AdapterError> {
        let text = line.trim();
        if text.is_empty() {
            return Ok(());
        }
        if text.len() <= 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(number) = text.parse()
            && self.inner.screen.action(1).is_some()
        {
            return self.obey(Command::Press(number)).await;
        }
        match Command::read(text) {
            None => self.act(self.inner.screen.author().channel, Input::Text(line.to_owned())).await,
            Some(Ok(command)) => self.obey(command).await,
            Some(Err(reason)) => self.say(&reason).await,
        }
    }

    /// Hands something to the bot, and waits a little so that a quick answer comes before the next prompt.
    async fn act(&mut self, channel: Option<String>, input: Input) -> Result<(), AdapterError> {
        while self.tasks.try_join_next().is_some() {}
        let author = Author { channel, ..self.inner.screen.author() };
        self.inner.roster.note(&author.workspace, &author.user, Default::default());
        let event = self.inner.event(&author, input, Vec::new());
        let (handler, back) = (Arc::clone(&self.host.handler), Back::to(&self.inner, &author));
        let inner = Arc::clone(&self.inner);
        let (done, waiting) = tokio::sync::oneshot::channel();
        self.tasks.spawn(async move {
            if !hand_over(&handler, event, back).await {
                // The screen may be gone by now, and then nobody is left to tell.
                let _ = inner.output.write(inner.screen.note("Something broke while this was worked on.")).await;
            }
            let _ = done.send(());
        });
        match self.reader {
            Reader::Plain(_) => drop(waiting.await),
            Reader::Editor(_) => drop(tokio::time::timeout(PATIENCE, waiting).await),
        }
        Ok(())
    }

    async fn obey(&mut self, command: Command) -> Result<(), AdapterError> {
        let inner = Arc::clone(&self.inner);
        let screen = &inner.screen;
        let author = screen.author();
        match command {
            Command::As(user) => {
                inner.roster.note(&author.workspace, &user, Default::default());
                screen.speak_as(user);
                Ok(())
            }
            Command::In(channel) => {
                screen.go_to(channel);
                Ok(())
            }
            Command::Standing(statement) => {
                inner.roster.note(&author.workspace, &author.user, statement);
                let Member { admin, roles, .. } = inner.roster.member(&author.workspace, &author.user);
                let roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
                let roles =
                    if roles.is_empty() { "no roles".to_owned() } else { format!("the roles {}", roles.join(", ")) };
                let admin = if admin { "administers" } else { "does not administer" };
                self.say(&format!("{} {admin} this workspace and has {roles}.", author.user)).await
            }
            Command::Press(number) => match screen.action(number) {
                Some((channel, action)) => self.act(channel, Input::Press { action }).await,
                None => self.say("There is no button with that number.").await,
            },
            Command::Approve { person, deny } => {
                let Some(link) = screen.link() else { return self.say("No link was shown yet.").await };
                match person {
                    Some(person) => self.approve(&link, &person, deny).await,
                    None => self.ask_who(link, deny).await,
                }
            }
            Command::Cancel => self.say("There is nothing to leave.").await,
            Command::Help => {
                let help = screen.help(&inner.options, &inner.commands.lock());
                self.print(help).await
            }
            Command::Quit => {
                self.over = true;
                Ok(())
            }
        }
    }

    async fn ask_who(&mut self, link: String, deny: bool) -> Result<(), AdapterError> {
        let people = self.inner.options.sandbox_people.clone();
        if self.inner.walker.is_none() {
            return self.approve(&link, "", deny).await;
        }
        let own = self.inner.screen.author().user;
        let own = people.iter().find(|person| person.as_str() == own.as_str());
        if let Some(person) = own.or(people.first().filter(|_| people.len() == 1)) {
            return self.approve(&link, person, deny).await;
        }
        let named = if people.is_empty() { String::new() } else { format!(": {}", people.join(", ")) };
        self.say(&format!("Which person of the sandbox are you{named}? /cancel leaves.")).await?;
        self.doing = Doing::Approving { link, deny };
        Ok(())
    }

    async fn approve(&mut self, link: &str, person: &str, deny: bool) -> Result<(), AdapterError> {
        let Some(walker) = self.inner.walker.clone() else {
            return self.say("/approve works in the demo only. Open the link in a browser.").await;
        };
        // Whether this note is shown changes nothing.
        let _ = self.inner.output.write_passing(self.inner.screen.progress("opening the page")).await;
        let told = match walker.approve(link, person, deny).await {
            Ok(code) if self.inner.screen.author().channel.is_none() => {
                format!("The page shows the code {code}. Say it here.")
            }
            Ok(code) => format!("The page shows the code {code}. Say it in the direct chat: /in dm, then the code."),
            Err(reason) => format!("No code: {reason}"),
        };
        self.say(&told).await
    }
}

/// Asks the bot how a line may go on, from the thread on which the line is edited.
fn completer(inner: &Arc<Inner>, host: &Host) -> impl Fn(&str) -> Vec<Completion> + Send + 'static {
    let (inner, handler) = (Arc::clone(inner), Arc::clone(&host.handler));
    let runtime = tokio::runtime::Handle::current();
    move |line| {
        let author = inner.screen.author();
        if let Some(own) = commands::complete(line, &inner.options, &inner.roster.people(&author.workspace)) {
            return own;
        }
        let (sender, receiver) = std::sync::mpsc::channel();
        let event = inner.event(&author, Input::Complete(Completing::Line(line.to_owned())), Vec::new());
        let handler = Arc::clone(&handler);
        runtime.spawn(async move { hand_over(&handler, event, Arc::new(Ways(sender))).await });
        receiver.recv_timeout(COMPLETION).unwrap_or_default()
    }
}

/// Takes the ways in which a line may go on, and no other answer.
struct Ways(std::sync::mpsc::Sender<Vec<Completion>>);

#[async_trait::async_trait]
impl Responder for Ways {
    async fn reply(&self, _reply: Reply) -> Result<Sent, SendError> {
        Err(SendError::Unsupported)
    }

    async fn edit(&self, _reply: Reply) -> Result<Sent, SendError> {
        Err(SendError::Unsupported)
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError> {
        self.0.send(ways).map_err(|_| SendError::Away("nobody waits for this any more".to_owned()))
    }
}
