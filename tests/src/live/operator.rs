//! Somebody who gives commands all the time over the socket, and writes down what was answered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::folder::Folder;
use super::ledger::Ledger;
use super::patience::PATIENCE;

/// How long until the next command, and until it is looked again for a gateway.
const PAUSE: Duration = Duration::from_millis(5);

/// A command that was written to a gateway.
#[derive(Debug)]
pub(super) struct Given {
    /// What only this command says.
    notes: String,
    /// The event and the record of the answer; `None`: the gateway died before it answered.
    answer: Option<(String, String)>,
}

/// Somebody who has an operation run for a moment, again and again.
pub(super) struct Operator {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Given>>,
}

impl Operator {
    /// Begins to give commands to whatever gateway runs over the plant of a folder.
    pub(super) fn start(folder: &Folder, operation: &'static str) -> Self {
        let (is_over, socket) = (Arc::<AtomicBool>::default(), folder.join("data/latchwork.sock"));
        let asked = Arc::clone(&is_over);
        Self { is_over, thread: thread::spawn(move || give(&socket, operation, &asked)) }
    }

    /// Gives no more commands; returns all that were given.
    pub(super) fn stop(self) -> Vec<Given> {
        self.is_over.store(true, Ordering::Release);
        self.thread.join().unwrap()
    }
}

fn give(socket: &Path, operation: &str, is_over: &AtomicBool) -> Vec<Given> {
    let mut given = Vec::new();
    while !is_over.load(Ordering::Acquire) {
        // Until the gateway is gone.
        let _gone = UnixStream::connect(socket).and_then(|stream| give_to(stream, operation, is_over, &mut given));
        thread::sleep(PAUSE);
    }
    given
}

fn give_to(stream: UnixStream, operation: &str, is_over: &AtomicBool, given: &mut Vec<Given>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let (mut lines, mut stream) = (BufReader::new(stream.try_clone()?).lines(), stream);
    while !is_over.load(Ordering::Acquire) {
        let notes = format!("command {}", given.len());
        let info = json!({"operation": operation, "notes": notes});
        let command = json!({"event_type": "OPERATION_EXECUTE", "info": info}).to_string() + "\n";
        given.push(Given { notes, answer: None });
        stream.write_all(command.as_bytes())?;
        let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        let answer: Json = serde_json::from_str(&line)?;
        assert_eq!(answer["status"], 200, "{answer}");
        let word = |json: &Json| json.as_str().unwrap().to_owned();
        given.last_mut().unwrap().answer = Some((word(&answer["event_id"]), word(&answer["record"]["id"])));
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Sees to it that each command that was answered is in a ledger, once, and none twice; returns how many were answered.
pub(super) fn look_for_commands(ledger: &Ledger, given: &[Given]) -> usize {
    let rows: Vec<(String, String)> =
        ledger.rows("SELECT notes, id FROM operation_records WHERE notes LIKE 'command %' ORDER BY id");
    let events: Vec<(String,)> = ledger.rows("SELECT id FROM events ORDER BY id");
    compare(&rows, &events.into_iter().map(|(id,)| id).collect(), given)
}

/// Compares the notes and ids of records, and the ids of events, with the commands that were given, as [`look_for_commands`]
/// does.
pub(super) fn compare(rows: &[(String, String)], events: &BTreeSet<String>, given: &[Given]) -> usize {
    let mut records: BTreeMap<&str, &str> = BTreeMap::new();
    for (notes, id) in rows {
        assert_eq!(records.insert(notes, id), None, "`{notes}` was done twice");
    }
    for Given { notes, answer } in given {
        let Some((event, record)) = answer else { continue };
        assert_eq!(records.get(notes.as_str()), Some(&record.as_str()), "`{notes}` was answered");
        assert!(events.contains(event), "`{notes}` was answered with event {event}");
    }
    let known = |notes: &str| given.iter().any(|given| given.notes == notes);
    assert!(records.keys().all(|notes| known(notes)), "a command was done that nobody gave");
    given.iter().filter(|given| given.answer.is_some()).count()
}
