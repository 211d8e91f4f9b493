//! The program itself, spoken to in JSON Lines.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// No answer takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs the program to its end.
pub fn usher(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_usher")).args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

/// What it said, on its error output, when it did not start.
pub fn complaint(arguments: &[&str], folder: &Path) -> String {
    let output = usher(arguments, folder);
    assert!(!output.status.success(), "it started");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap().trim_end().to_owned()
}

/// A running program.
pub struct Script {
    child: Child,
    input: Option<ChildStdin>,
    events: Receiver<Value>,
    lines: u64,
    last: Vec<Value>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Script {
    /// Starts it and waits until it is ready.
    pub fn start(arguments: &[&str], folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_usher"))
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let mut script = Self { child, input, events, lines: 0, last: Vec::new() };
        let ready = script.next();
        assert_eq!(ready["event"], "ready");
        assert!(ready["public_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
        script
    }

    /// The next event, whatever line it belongs to.
    pub fn next(&mut self) -> Value {
        self.events.recv_timeout(PATIENCE).expect("the program says more")
    }

    /// Writes a line as it is, and reads up to the end of its answers.
    pub fn write(&mut self, line: &[u8]) -> Vec<Value> {
        let input = self.input.as_mut().unwrap();
        input.write_all(line).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
        self.lines += 1;
        let mut events = Vec::new();
        loop {
            let event = self.next();
            if event["event"] == "done" && event["line"] == self.lines {
                self.last.clone_from(&events);
                return events;
            }
            events.push(event);
        }
    }

    /// Writes an object and shows the answers.
    pub fn does(&mut self, line: &Value) -> String {
        show(&self.write(line.to_string().as_bytes()))
    }

    /// Somebody says something.
    pub fn says(&mut self, user: &str, place: &str, text: &str) -> String {
        self.does(&json!({ "user": user, "in": place, "say": text }))
    }

    /// The id of a button of the last answers.
    pub fn button(&self, label: &str) -> Value {
        let mut buttons = self.last.iter().flat_map(|event| event["buttons"].as_array().into_iter().flatten());
        let button = buttons.find(|button| button["label"] == label);
        button.unwrap_or_else(|| panic!("no button {label} in {:?}", self.last))["id"].clone()
    }

    /// Somebody presses a button of the last answers.
    pub fn presses(&mut self, user: &str, place: &str, label: &str) -> String {
        let id = self.button(label);
        self.does(&json!({ "user": user, "in": place, "press": id }))
    }

    /// Somebody sends the form of the last answers, with values by label.
    pub fn submits(&mut self, user: &str, place: &str, values: &[(&str, &str)]) -> String {
        let form = self.last.iter().map(|event| &event["form"]).find(|form| form.is_object()).expect("a form").clone();
        let name = |label: &str| {
            let mut fields = form["fields"].as_array().unwrap().iter();
            fields.find(|field| field["label"] == label).expect("such a field")["name"].as_str().unwrap().to_owned()
        };
        let fields: serde_json::Map<String, Value> =
            values.iter().map(|(label, value)| (name(label), json!(value))).collect();
        self.does(&json!({ "user": user, "in": place, "submit": form["id"], "fields": fields }))
    }

    /// The address of the first link of the last answers.
    pub fn url(&self) -> String {
        let mut links = self.last.iter().flat_map(|event| event["links"].as_array().into_iter().flatten());
        links.next().expect("a link")["url"].as_str().unwrap().to_owned()
    }

    /// Walks the pages behind the link of the last answers; the code that comes of it.
    pub fn approves(&mut self, user: &str, person: &str) -> String {
        let url = self.url();
        let events = self.write(json!({ "user": user, "approve": url, "as": person }).to_string().as_bytes());
        let code =
            events.iter().find(|event| event["event"] == "code").unwrap_or_else(|| panic!("no code: {events:?}"));
        assert_eq!(code["user"], user);
        code["code"].as_str().unwrap().to_owned()
    }

    /// Ends the input; what is still in flight comes back, and the program ends well.
    pub fn end(mut self) -> Vec<Value> {
        drop(self.input.take());
        let mut rest = Vec::new();
        while let Ok(event) = self.events.recv_timeout(PATIENCE) {
            rest.push(event);
        }
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{status}");
        rest
    }

    /// Writes a line and waits for nothing.
    pub fn leaves(&mut self, line: &Value) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
        self.lines += 1;
    }

    /// The program is gone in the middle of whatever it did.
    pub fn kill(&mut self) {
        // It may be gone already; either way it is waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Events as people would see them.
pub fn show(events: &[Value]) -> String {
    events.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

fn one(event: &Value) -> String {
    let words = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let listed = |key: &str, part: &str, (open, close): (char, char)| {
        let parts = event[key].as_array().into_iter().flatten();
        parts.map(|item| format!("{open}{}{close}", item[part].as_str().unwrap())).collect::<Vec<_>>().join(" ")
    };
    if event["event"] == "error" {
        return format!("error in line {}: {}", event["line"], words("text"));
    }
    assert_eq!(event["event"], "reply", "{event}");
    let mut parts = vec![words("text")];
    if let Some(form) = event["form"].as_object() {
        let fields = form["fields"].as_array().unwrap().iter().map(|field| {
            let options = field["options"].as_array().map(|options| format!(" {}", json!(options))).unwrap_or_default();
            format!("{} ({}){options}", field["label"].as_str().unwrap(), field["kind"].as_str().unwrap())
        });
        parts.push(format!("form {}: {}", form["title"], fields.collect::<Vec<_>>().join(", ")));
    }
    if let Some(choices) = event["choices"].as_array() {
        parts.push(choices.iter().map(|choice| choice.as_str().unwrap()).collect::<Vec<_>>().join(" | "));
    }
    parts.push(
        [listed("links", "label", ('‹', '›')), listed("buttons", "label", ('[', ']'))].join(" ").trim().to_owned(),
    );
    parts.retain(|part| !part.is_empty());
    let to = if event["only"] == true { format!("only {} ", words("user")) } else { String::new() };
    format!("({to}in {}) {}", words("in"), parts.join("\n"))
}
