//! `usher demo --jsonl` as a process: lines in, events out.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout},
};

use serde_json::{Value, json};

use super::shell::Shell;

/// A demo at work.
pub struct Demo {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    line: u64,
}

impl Demo {
    /// Starts one that keeps its keys and database in the shell's folder.
    pub fn start(shell: &Shell) -> Self {
        let mut child = shell.start(&["demo", "--jsonl", "--data", "."]);
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut demo = Self { child, input, output, line: 0 };
        assert_eq!(demo.event()["event"], "ready");
        demo
    }

    /// One line in; the events that it calls for.
    pub fn send(&mut self, line: Value) -> Vec<Value> {
        self.line += 1;
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        let mut events = Vec::new();
        loop {
            let event = self.event();
            if event["event"] == "done" && event["line"] == self.line {
                return events;
            }
            events.push(event);
        }
    }

    /// Links a person's account on the Cloud site, the whole way.
    pub fn link(&mut self, person: &str) {
        let connect = self.send(json!({"user": person, "in": "eng", "say": "jira connect acme"}));
        let url = connect[0]["links"][0]["url"].clone();
        let walked = self.send(json!({"user": person, "approve": url, "as": person}));
        let code = walked.iter().find(|event| event["event"] == "code").unwrap()["code"].clone();
        let linked = self.send(json!({"user": person, "in": "dm", "say": code}));
        assert!(linked[0]["text"].as_str().unwrap().contains("Linked"), "{linked:?}");
    }

    /// Closes the input and waits for the end.
    pub fn end(mut self) {
        drop(self.input.take());
        assert!(self.output.by_ref().all(|line| line.is_ok()));
        assert!(self.child.wait().unwrap().success());
    }

    fn event(&mut self) -> Value {
        serde_json::from_str(&self.output.next().unwrap().unwrap()).unwrap()
    }
}
