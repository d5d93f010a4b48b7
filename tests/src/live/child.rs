//! A process that a test starts, hears, and ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::patience::until;

/// How many of its last lines are shown when the test failed.
const SHOWN_LINES: usize = 40;

/// A process that does not outlive its test.
#[derive(Debug)]
pub(super) struct Child {
    name: &'static str,
    process: process::Child,
    output: Lines,
    messages: Lines,
}

/// The lines that a process has written so far.
#[derive(Debug)]
struct Lines {
    heard: Arc<Mutex<Vec<String>>>,
    /// Ends with what it hears.
    listener: Option<JoinHandle<()>>,
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let into = Arc::clone(&heard);
        let listener = thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                into.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { heard, listener: Some(listener) }
    }

    fn so_far(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the last line of a process that has ended: it may have ended faster than it was heard.
    fn hear_out(&mut self) {
        self.listener.take().into_iter().for_each(|listener| listener.join().unwrap());
    }
}

impl Child {
    /// Starts a command.
    pub(super) fn start(name: &'static str, command: &mut Command) -> Self {
        command.env_remove("RUST_LOG").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}: {command:?}"));
        let (output, messages) = (process.stdout.take().unwrap(), process.stderr.take().unwrap());
        Self { name, output: Lines::of(output), messages: Lines::of(messages), process }
    }

    /// Returns what it wrote to standard output.
    pub(super) fn output(&self) -> Vec<String> {
        self.output.so_far()
    }

    /// Returns what it wrote to standard error.
    pub(super) fn messages(&self) -> Vec<String> {
        self.messages.so_far()
    }

    /// Waits for a message that contains this text, the `nth` such from 1; returns it.
    pub(super) fn wait_for_message(&self, text: &str, nth: usize) -> String {
        until(&format!("message {nth} of {} with `{text}`", self.name), || {
            self.messages().into_iter().filter(|line| line.contains(text)).nth(nth - 1)
        })
    }

    /// Waits for its `nth` line of output, from 1.
    pub(super) fn wait_for_output(&self, nth: usize) -> String {
        until(&format!("line {nth} of {}", self.name), || self.output().into_iter().nth(nth - 1))
    }

    /// Writes a line to its standard input.
    pub(super) fn tell(&mut self, line: &str) {
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "{line}").and_then(|()| input.flush()).unwrap();
    }

    /// Sends a signal: `TERM`, `HUP`.
    pub(super) fn signal(&self, signal: &str) {
        // The shell's own `kill` is everywhere; the program of that name is not.
        let script = "kill -s \"$0\" \"$1\"";
        let status = Command::new("sh").args(["-c", script, signal, &self.id()]).status().unwrap();
        assert!(status.success(), "{} takes no signal", self.name);
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits until it has ended.
    pub(super) fn wait(&mut self) -> ExitStatus {
        let status = until(&format!("the end of {}", self.name), || self.process.try_wait().unwrap());
        self.output.hear_out();
        self.messages.hear_out();
        status
    }

    /// Returns its number.
    pub(super) fn id(&self) -> String {
        self.process.id().to_string()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _waited = self.process.wait();
        if thread::panicking() {
            let messages = self.messages();
            let shown = messages.len().saturating_sub(SHOWN_LINES);
            eprintln!("--- {}\n{}", self.name, messages[shown..].join("\n"));
        }
    }
}
