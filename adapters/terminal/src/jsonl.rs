//! JSON Lines: a script's lines in, one object a line out. The keys are an interface that other people's scripts use.

use std::{collections::HashMap, path::Path, sync::Arc};

use serde::Serialize;
use tokio::{
    sync::{Semaphore, oneshot},
    task::JoinSet,
};
use usher_chat::{AdapterError, Audience, Completion, Form, Host, Place, Reply, SendError, UserId};

use crate::{
    Inner, Recipient, Streams,
    clean::clean_line,
    events::{Author, Back, hand_over},
    input::{LONGEST_LINE, LineRead, Lines, standard_input},
    line::{Act, Line},
    markdown,
};

/// As many lines are worked on at once; the next one is read when one of them is done.
const AT_ONCE: usize = 1024;

/// One line of output.
#[derive(Debug, Default, Serialize)]
struct Out<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    public_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    only: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<OutButton<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<OutLink>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<OutForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<OutFile<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
}

#[derive(Debug, Serialize)]
struct OutButton<'a> {
    id: &'a str,
    label: &'a str,
}

#[derive(Debug, Serialize)]
struct OutLink {
    label: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct OutForm<'a> {
    id: &'a str,
    title: &'a str,
    fields: Vec<OutField<'a>>,
}

#[derive(Debug, Serialize)]
struct OutField<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    options: &'a [String],
}

#[derive(Debug, Serialize)]
struct OutFile<'a> {
    name: &'a str,
    bytes: usize,
}

impl Out<'_> {
    fn line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("an object of texts and numbers can be written");
        line.push('\n');
        line
    }
}

/// A reply as a line.
pub(crate) fn reply_line(to: &Recipient, reply: &Reply) -> String {
    let text = markdown::reply(reply);
    let buttons = reply.buttons.iter().map(|button| (&button.action, &button.label));
    let entries =
        reply.choices.iter().flat_map(|choices| &choices.entries).map(|choice| (&choice.action, &choice.label));
    let out = Out {
        event: "reply",
        user: to.user.as_ref().map(UserId::as_str),
        place: Some(place_name(&to.place)),
        only: reply.audience == Audience::OnlyAsker,
        text: &text,
        buttons: buttons.chain(entries).map(|(id, label)| OutButton { id: id.as_str(), label }).collect(),
        links: links(reply),
        form: reply.form.as_ref().filter(|form| !form.is_code()).map(form),
        files: reply.files.iter().map(|file| OutFile { name: &file.name, bytes: file.content.len() }).collect(),
        ..Out::default()
    };
    out.line()
}

/// The ways in which an input may go on, as a line.
pub(crate) fn completion_line(to: &Recipient, ways: Vec<Completion>) -> String {
    let out = Out {
        event: "reply",
        user: to.user.as_ref().map(UserId::as_str),
        place: Some(place_name(&to.place)),
        only: true,
        choices: ways.into_iter().map(|way| way.value).collect(),
        ..Out::default()
    };
    out.line()
}

fn place_name(place: &Place) -> &str {
    place.channel_id().map_or("dm", |channel| channel.as_str())
}

/// The links of a reply, then those of its cards. Each address comes once.
fn links(reply: &Reply) -> Vec<OutLink> {
    let own = reply.links.iter().map(|link| (&link.label, &link.url));
    let cards = reply.cards.iter().filter_map(|card| Some((&card.key, card.url.as_ref()?)));
    let mut links: Vec<OutLink> = Vec::new();
    for (label, url) in own.chain(cards) {
        let Some(url) = markdown::address(url) else { continue };
        if links.iter().all(|link| link.url != url) {
            links.push(OutLink { label: clean_line(label), url });
        }
    }
    links
}

fn form(form: &Form) -> OutForm<'_> {
    let fields = form.fields.iter().map(|field| OutField {
        name: &field.name,
        label: &field.label,
        kind: field.kind.as_str(),
        required: field.required,
        options: &field.options,
    });
    OutForm { id: form.id.as_str(), title: &form.title, fields: fields.collect() }
}

/// Serves a script until its input ends or the program wants to stop.
pub(crate) async fn run(inner: &Arc<Inner>, host: Host, streams: Streams) -> Result<(), AdapterError> {
    let (input, sink) = match streams {
        Streams::Standard => (standard_input(), Box::new(tokio::io::stdout()) as _),
        Streams::Given(input, sink) => (input, sink),
    };
    inner.output.start(sink);
    let ready = Out { event: "ready", public_url: &inner.options.public_url, ..Out::default() };
    inner.output.write(ready.line()).await.map_err(closed)?;

    let mut lines = Lines::new(input);
    let mut queue = Queue { inner: Arc::clone(inner), host: host.clone(), last: HashMap::new(), tasks: JoinSet::new() };
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut stopping = host.stopping();
    let mut number = 0;
    let ended = loop {
        let read = async {
            let permit = Arc::clone(&permits).acquire_owned().await.expect("the semaphore is never closed");
            lines.next().await.map(|line| line.map(|line| (line, permit)))
        };
        let line = tokio::select! {
            biased;
            () = inner.output.closed() => break Err(AdapterError::Platform("the output was closed".to_owned())),
            () = &mut stopping => break Ok(()),
            line = read => line,
        };
        match line {
            Ok(None) => break Ok(()),
            Err(error) => break Err(AdapterError::Platform(format!("the input could not be read: {error}"))),
            Ok(Some((line, permit))) => {
                number += 1;
                queue.put(number, line, permit);
            }
        }
    };
    while queue.tasks.join_next().await.is_some() {}
    inner.output.finish().await;
    ended
}

fn closed(error: SendError) -> AdapterError {
    AdapterError::Platform(error.to_string())
}

/// Lines of one person are worked on one after the other, those of different people at the same time.
struct Queue {
    inner: Arc<Inner>,
    host: Host,
    last: HashMap<UserId, oneshot::Receiver<()>>,
    tasks: JoinSet<()>,
}

impl Queue {
    fn put(&mut self, number: u64, line: LineRead, permit: tokio::sync::OwnedSemaphorePermit) {
        while self.tasks.try_join_next().is_some() {}
        let line = match line {
            LineRead::Text(text) if text.trim().is_empty() => return,
            LineRead::Text(text) => Line::read(&text),
            LineRead::TooLong => Err(format!("This line is longer than {LONGEST_LINE} bytes.")),
            LineRead::NotText => Err("This line is not UTF-8.".to_owned()),
        };
        let (done, next) = oneshot::channel();
        let before = line.as_ref().ok().and_then(|line| self.last.insert(line.user.clone(), next));
        let (inner, host) = (Arc::clone(&self.inner), self.host.clone());
        self.tasks.spawn(async move {
            if let Some(before) = before {
                // It resolves when the task before is done, however it ended.
                let _ = before.await;
            }
            let worked = match line {
                Ok(line) => work(&inner, &host, line).await,
                Err(text) => Err(text),
            };
            if let Err(text) = worked {
                let error = Out { event: "error", line: Some(number), text: &text, ..Out::default() };
                report(&inner, &error).await;
            }
            report(&inner, &Out { event: "done", line: Some(number), ..Out::default() }).await;
            drop((done, permit));
        });
    }
}

async fn report(inner: &Inner, out: &Out<'_>) {
    if let Err(error) = inner.output.write(out.line()).await {
        tracing::debug!(%error, event = out.event, "a line could not be written");
    }
}

/// Does what a line asks for, or says why not.
async fn work(inner: &Arc<Inner>, host: &Host, line: Line) -> Result<(), String> {
    let mut files = Vec::new();
    for file in &line.files {
        let found = inner.files.take(&file.name, Path::new(&file.path)).await;
        files.push(found.map_err(|reason| format!("The file {} cannot be read: {reason}.", clean_line(&file.path)))?);
    }
    match line.act {
        Act::Approve { url, person, deny } => {
            let walker = inner.walker.as_ref().ok_or("`approve` works in the demo only.")?;
            inner.roster.note(&line.workspace, &line.user, line.statement);
            let code = walker.approve(&url, &person, deny).await?;
            report(inner, &Out { event: "code", user: Some(line.user.as_str()), code: &code, ..Out::default() }).await;
            Ok(())
        }
        Act::Input { channel, input } => {
            inner.roster.note(&line.workspace, &line.user, line.statement);
            let author = Author { user: line.user, workspace: line.workspace, channel };
            let event = inner.event(&author, input, files);
            let handled = hand_over(&host.handler, event, Back::to(inner, &author)).await;
            handled.then_some(()).ok_or_else(|| "Something broke while this line was worked on.".to_owned())
        }
    }
}
