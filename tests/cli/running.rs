//! The program as an operator runs it: with a conversation, a log and signals.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::shell::Shell;

/// The program, with its conversation and its log.
pub struct Running {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    log: Receiver<String>,
    /// The last answers.
    pub last: Vec<Value>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Running {
    /// Starts it and waits until it is ready.
    pub fn start(shell: &Shell) -> Self {
        let mut child = shell.start_with_log(&["run"], "info");
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        thread::spawn(move || errors.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut running = Self { child, input, output: BufReader::new(output).lines(), log, last: Vec::new() };
        assert_eq!(running.next()["event"], "ready");
        running
    }

    /// The next event.
    pub fn next(&mut self) -> Value {
        serde_json::from_str(&self.output.next().unwrap().unwrap()).unwrap()
    }

    /// What is answered to ada in her direct chat.
    pub fn says(&mut self, text: &str) -> String {
        self.writes(text);
        self.hears()
    }

    /// What ada writes there, without waiting for an answer.
    pub fn writes(&mut self, text: &str) {
        writeln!(self.input, "{}", json!({ "user": "ada", "in": "dm", "say": text })).unwrap();
    }

    /// The answers to a line, up to their end.
    pub fn hears(&mut self) -> String {
        self.last.clear();
        loop {
            let event = self.next();
            if event["event"] == "done" {
                return self.last.iter().filter_map(|event| event["text"].as_str()).collect::<Vec<_>>().join("\n");
            }
            self.last.push(event);
        }
    }

    /// Sends SIGHUP and waits for what the log says to it.
    pub fn hang_up(&self) -> String {
        self.signal("-HUP");
        loop {
            let line = self.log.recv_timeout(Duration::from_secs(60)).unwrap();
            if let Some((_, said)) = line.split_once("the configuration was read") {
                return said.trim().to_owned();
            }
        }
    }

    /// Sends a signal.
    pub fn signal(&self, which: &str) {
        let killed = Command::new("kill").args([which, &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Waits until it is gone: what else it said, and its exit code.
    pub fn ends(mut self) -> (Vec<Value>, Option<i32>) {
        let rest = self.output.by_ref().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        (rest, self.child.wait().unwrap().code())
    }
}
