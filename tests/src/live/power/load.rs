//! People who give commands as fast as they are answered, and what they were answered.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use serde_json::{Value as Json, json};

use super::super::ledger::Ledger;

/// A record that an answer told of, and whether it had ended by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    record: String,
    is_closed: bool,
}

/// People at a gateway, until that is gone.
pub(super) struct Load {
    count: Arc<AtomicUsize>,
    people: Vec<JoinHandle<Vec<Answer>>>,
}

impl Load {
    /// Has each of the operations started and stopped by somebody of his own.
    pub(super) fn start(socket: &Path, operations: &[String]) -> Self {
        let count = Arc::<AtomicUsize>::default();
        let person = |operation: &String| {
            // Here, not in the thread: the gateway goes when there are enough answers, whoever has them.
            let stream = UnixStream::connect(socket).unwrap();
            let (operation, count) = (operation.clone(), Arc::clone(&count));
            thread::spawn(move || {
                let mut answers = Vec::new();
                let end = give(stream, &operation, &count, &mut answers).expect_err("only its end ends it");
                assert!(is_gone(&end), "{end}");
                answers
            })
        };
        let people = operations.iter().map(person).collect();
        Self { count, people }
    }

    /// Returns how many answers came so far.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Returns what a gateway that is gone had answered.
    pub(super) fn end(self) -> Vec<Answer> {
        self.people.into_iter().flat_map(|person| person.join().unwrap()).collect()
    }
}

fn is_gone(end: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    [BrokenPipe, ConnectionReset, UnexpectedEof].contains(&end.kind())
}

fn give(mut stream: UnixStream, operation: &str, count: &AtomicUsize, answers: &mut Vec<Answer>) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    // Whether it runs is what nobody knows after a power cut: the wrong one of these is refused, and the other is next.
    for word in ["OPERATION_STOP", "OPERATION_START"].into_iter().cycle() {
        let command = json!({"event_type": word, "info": {"operation": operation}}).to_string() + "\n";
        stream.write_all(command.as_bytes())?;
        let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        let answer: Json = serde_json::from_str(&line)?;
        if answer["status"] == 200 {
            let record = &answer["record"];
            answers.push(Answer {
                record: record["id"].as_str().unwrap().to_owned(),
                is_closed: !record["end_date"].is_null(),
            });
            count.fetch_add(1, Ordering::AcqRel);
        } else {
            assert_eq!(answer["status"], 409, "{answer}");
        }
    }
    Ok(())
}

/// Returns the answers that a ledger knows nothing of.
pub(super) fn missing(ledger: &Ledger, answers: &[Answer]) -> Vec<Answer> {
    let rows: Vec<(String, bool)> = ledger.rows("SELECT id, end_date IS NOT NULL FROM operation_records ORDER BY id");
    let is_there = |answer: &Answer| {
        let place = rows.binary_search_by(|(id, _)| id.cmp(&answer.record));
        place.is_ok_and(|place| rows[place].1 || !answer.is_closed)
    };
    answers.iter().filter(|answer| !is_there(answer)).cloned().collect()
}
