//! Line editing on a real terminal, on a thread of its own.

use std::{
    io::{IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc as blocking,
    },
};

use rustyline::{
    CompletionType, Config, Context, ExternalPrinter, Helper,
    completion::{Completer, Pair},
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::DefaultHistory,
    validate::Validator,
};
use tokio::sync::{mpsc, oneshot};
use usher_chat::{AdapterError, Completion};

use super::look::{DIM, Look};
use crate::{
    Inner,
    output::{Kind, Piece},
};

/// As many lines are kept for the arrow keys.
const HISTORY: usize = 1000;
/// Wipes the line on which the cursor stands.
const WIPE: &str = "\r\u{1b}[2K";

/// Whether both ends are a terminal that can be drawn on.
pub(super) fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// What stands before the line.
#[derive(Debug)]
pub(super) struct Prompt {
    pub(super) text: String,
    /// Whether the line comes back with the arrow keys.
    pub(super) remember: bool,
}

/// What came of asking for a line.
#[derive(Debug)]
pub(super) enum Asked {
    Line(String),
    /// The line was thrown away, with Ctrl-C.
    Interrupted,
    /// There will be no more, with Ctrl-D.
    End,
}

/// The thread on which lines are edited.
pub(super) struct Editor {
    prompts: blocking::Sender<Prompt>,
    lines: mpsc::UnboundedReceiver<Result<Asked, String>>,
    /// A prompt was shown that has not been answered yet.
    asked: bool,
    mode: Mode,
}

impl Editor {
    /// Starts the thread, and prints what the bot says above the line that is being typed.
    pub(super) async fn start(
        inner: &Arc<Inner>,
        complete: impl Fn(&str) -> Vec<Completion> + Send + 'static,
    ) -> Result<Self, AdapterError> {
        let mode = Mode::now();
        let (prompts, waiting) = blocking::channel();
        let (answers, lines) = mpsc::unbounded_channel();
        let (started, start) = oneshot::channel();
        let typing = Arc::new(AtomicBool::new(false));
        let thread = Thread { history: inner.options.history.clone(), typing: Arc::clone(&typing) };
        std::thread::spawn(move || thread.run(Box::new(complete), started, &waiting, &answers));
        let failed = |reason: String| AdapterError::Platform(format!("the terminal cannot be used: {reason}"));
        let printer = start.await.map_err(|_| failed("it went away".to_owned()))?.map_err(failed)?;
        if let Some(pieces) = inner.output.pieces() {
            std::thread::spawn(move || print(printer, pieces, &typing));
        }
        Ok(Self { prompts, lines, asked: false, mode })
    }

    /// Asks for a line. Asking again before an answer came waits for that answer.
    pub(super) async fn ask(&mut self, prompt: Prompt) -> Result<Asked, AdapterError> {
        if !self.asked {
            if self.prompts.send(prompt).is_err() {
                return Ok(Asked::End);
            }
            self.asked = true;
        }
        let line = self.lines.recv().await;
        self.asked = false;
        line.unwrap_or(Ok(Asked::End)).map_err(AdapterError::Platform)
    }

    /// Leaves the terminal as it was found.
    pub(super) fn stop(self) {
        self.mode.restore();
        if self.asked {
            println!();
        }
    }
}

type Printer = Box<dyn ExternalPrinter + Send>;

struct Thread {
    history: Option<std::path::PathBuf>,
    typing: Arc<AtomicBool>,
}

impl Thread {
    fn run(
        self,
        complete: Complete,
        started: oneshot::Sender<Result<Printer, String>>,
        prompts: &blocking::Receiver<Prompt>,
        answers: &mpsc::UnboundedSender<Result<Asked, String>>,
    ) {
        let made = self.editor(complete).and_then(|mut editor| {
            let printer = editor.create_external_printer()?;
            Ok((editor, Box::new(printer) as Printer))
        });
        let mut editor = match made {
            Ok((editor, printer)) => {
                if started.send(Ok(printer)).is_err() {
                    return;
                }
                editor
            }
            Err(error) => {
                // Nobody waits when the program is already on its way out.
                let _ = started.send(Err(error.to_string()));
                return;
            }
        };
        while let Ok(prompt) = prompts.recv() {
            self.typing.store(true, Ordering::SeqCst);
            let read = editor.readline(&prompt.text);
            self.typing.store(false, Ordering::SeqCst);
            let answer = match read {
                Ok(line) => {
                    if prompt.remember && !line.trim().is_empty() {
                        let _ = editor.add_history_entry(line.as_str());
                    }
                    Ok(Asked::Line(line))
                }
                Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Ok(Asked::Interrupted),
                Err(ReadlineError::Eof) => Ok(Asked::End),
                Err(error) => Err(format!("the terminal failed: {error}")),
            };
            let over = !matches!(answer, Ok(Asked::Line(_) | Asked::Interrupted));
            if over
                && let Some(path) = &self.history
                && let Err(error) = editor.save_history(path)
            {
                tracing::warn!(%error, "what was typed could not be kept");
            }
            if answers.send(answer).is_err() || over {
                break;
            }
        }
    }

    fn editor(&self, complete: Complete) -> rustyline::Result<rustyline::Editor<Typing, DefaultHistory>> {
        let config = Config::builder()
            .max_history_size(HISTORY)?
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .build();
        let mut editor = rustyline::Editor::with_config(config)?;
        editor.set_helper(Some(Typing { complete, look: Look::of_terminal() }));
        if let Some(path) = &self.history {
            // The first time there is none.
            let _ = editor.load_history(path);
        }
        Ok(editor)
    }
}

fn print(mut printer: Printer, mut pieces: mpsc::UnboundedReceiver<Piece>, typing: &AtomicBool) {
    let mut passing = false;
    while let Some(piece) = pieces.blocking_recv() {
        let wipe = std::mem::take(&mut passing);
        if piece.kind == Kind::Last {
            return piece.done(true);
        }
        let done = if typing.load(Ordering::SeqCst) {
            piece.kind == Kind::Passing || printer.print(piece.text.clone()).is_ok()
        } else {
            passing = piece.kind == Kind::Passing;
            let mut out = std::io::stdout().lock();
            let wiped = if wipe { out.write_all(WIPE.as_bytes()) } else { Ok(()) };
            wiped.and_then(|()| out.write_all(piece.text.as_bytes())).and_then(|()| out.flush()).is_ok()
        };
        piece.done(done);
    }
}

type Complete = Box<dyn Fn(&str) -> Vec<Completion> + Send>;

/// What the line editor asks while a line is being typed.
struct Typing {
    complete: Complete,
    look: Look,
}

impl Helper for Typing {}
impl Validator for Typing {}
impl Hinter for Typing {
    type Hint = String;
}

impl Highlighter for Typing {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> std::borrow::Cow<'b, str> {
        self.look.paint(DIM, prompt).into()
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _context: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let line = &line[..at];
        Ok(fit(line, (self.complete)(line)))
    }
}

/// Where the unfinished words begin, and what may stand in their place. A value of several words may have been begun
/// with more than one of them.
fn fit(line: &str, ways: Vec<Completion>) -> (usize, Vec<Pair>) {
    let last = line.rfind(' ').map_or(0, |space| space + 1);
    let starts: Vec<usize> = ways.iter().map(|way| begun(line, &way.value).unwrap_or(last)).collect();
    let start = starts.iter().copied().min().unwrap_or(last);
    let alone = ways.len() == 1;
    let pairs = ways.into_iter().zip(starts).map(|(way, own)| {
        let (value, label) = (crate::clean::clean_line(&way.value), crate::clean::clean_line(&way.label));
        let display = match label.is_empty() || label == value {
            true => value.clone(),
            false if label.contains(&value) => label,
            false => format!("{value}  {label}"),
        };
        Pair { display, replacement: format!("{}{value}{}", &line[start..own], if alone { " " } else { "" }) }
    });
    (start, pairs.collect())
}

/// The start of the longest end of `line` with which `value` begins, at the start of a word.
fn begun(line: &str, value: &str) -> Option<usize> {
    let value = value.to_lowercase();
    let starts = std::iter::once(0).chain(line.match_indices(' ').map(|(space, _)| space + 1));
    starts.filter(|start| line.len() - start <= value.len() + 8).find(|start| {
        let end = line[*start..].to_lowercase();
        !end.is_empty() && value.starts_with(&end)
    })
}

/// How the terminal was set, to set it so again.
#[cfg(unix)]
struct Mode(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Mode {
    fn now() -> Self {
        Self(rustix::termios::tcgetattr(rustix::stdio::stdin()).ok())
    }

    fn restore(&self) {
        if let Some(mode) = &self.0 {
            // There is nothing left to do about a terminal that refuses.
            let _ = rustix::termios::tcsetattr(rustix::stdio::stdin(), rustix::termios::OptionalActions::Now, mode);
        }
    }
}

#[cfg(not(unix))]
struct Mode;

#[cfg(not(unix))]
impl Mode {
    fn now() -> Self {
        Self
    }

    fn restore(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_the_place_of_the_words_with_which_it_was_begun() {
        let ways = |values: &[&str]| {
            values.iter().map(|value| Completion { value: (*value).into(), label: String::new() }).collect::<Vec<_>>()
        };
        let put = |line: &str, values: &[&str]| {
            let (start, pairs) = fit(line, ways(values));
            pairs.into_iter().map(|pair| format!("{}{}", &line[..start], pair.replacement)).collect::<Vec<_>>()
        };
        assert_eq!(put("jira vi", &["view"]), ["jira view "]);
        assert_eq!(put("jira ", &["view", "find"]), ["jira view", "jira find"]);
        assert_eq!(put("jira status DEMO-1 in p", &["In Progress"]), ["jira status DEMO-1 In Progress "]);
        assert_eq!(
            put("jira status DEMO-1 in", &["In Progress", "\"In Review\""]),
            ["jira status DEMO-1 In Progress", "jira status DEMO-1 \"In Review\""]
        );
        assert_eq!(put("x grace", &["Grace Hopper"]), ["x Grace Hopper "]);
        assert!(put("jira zz", &[]).is_empty());
    }
}
