//! `latchwork ops` beside `latchwork run`: what is answered is durable, and replays.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

use super::black_box::replay;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::program::program;

const SOCKET: &str = "data/latchwork.sock";

fn start(folder: &Folder) -> Gateway {
    let mut command = Command::new(program());
    let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), folder);
    gateway.wait_for_message("gateway runs", 1);
    gateway
}

fn scene(name: &str) -> (Folder, Gateway) {
    let folder = Folder::new(name);
    folder.configure(&Plant::new().manual("Cleaning"));
    let gateway = start(&folder);
    (folder, gateway)
}

/// Gives a command.
fn ops(folder: &Folder, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("ops").args(words).args(["-c", "plant.toml", "--as", "anna"]);
    command.current_dir(folder.path()).output().unwrap()
}

/// Gives a command that is done; returns the record.
fn done(folder: &Folder, words: &[&str]) -> Json {
    let output = ops(folder, words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Gives a command that ends with an exit code; returns what people are told.
fn told(folder: &Folder, words: &[&str], code: i32) -> String {
    let output = ops(folder, words);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    assert!(output.stdout.is_empty(), "{words:?}");
    told
}

#[test]
fn what_is_answered_is_in_the_ledger_and_survives_a_kill() {
    let (folder, gateway) = scene("commands");
    let ledger = folder.ledger();
    let record = done(&folder, &["start", "Cleaning", "--order", "PO-1", "--notes", "smells"]);
    let id = record["id"].as_str().unwrap().to_owned();
    assert_eq!(ledger.open_record("Cleaning").unwrap().id, id);
    assert_eq!(done(&folder, &["pause", "Cleaning"])["status"], "PAUSED");
    gateway.kill();

    let gateway = start(&folder);
    assert_eq!(ledger.open_record("Cleaning").unwrap().status, "PAUSED");
    assert!(told(&folder, &["pause", "Cleaning"], 1).starts_with("StateConflict: "));
    done(&folder, &["resume", "Cleaning"]);
    let closed = done(&folder, &["stop", "Cleaning"]);
    assert_eq!((&closed["id"], &closed["status"]), (&json!(id), &json!("COMPLETED")));
    assert!(closed["paused_seconds"].as_f64().unwrap() > 0.0);

    // The clean time was shorter: the record says so, and who said it.
    let start_date = closed["start_date"].as_str().unwrap();
    let edited = done(&folder, &["edit", &id, "--end", start_date, "--notes", "by the book"]);
    assert_eq!((&edited["end_date"], &edited["id"]), (&closed["start_date"], &closed["id"]));
    let row = ledger.records("Cleaning").remove(0);
    assert_eq!((row.end_date.as_deref(), row.revision), (Some(start_date), 5));
    let by = "SELECT notes, created_by, modified_by FROM operation_records";
    assert_eq!(ledger.rows::<(String, String, String)>(by), [("by the book".into(), "anna".into(), "anna".into())]);

    let next = done(&folder, &["start", "Cleaning"]);
    let split_at = next["start_date"].as_str().unwrap();
    let second = done(&folder, &["split", next["id"].as_str().unwrap(), "--at", split_at]);
    assert_eq!(second["start_reason"], "SPLIT");
    assert_eq!(ledger.open_record("Cleaning").unwrap().id, second["id"].as_str().unwrap());
    gateway.stop();
    assert!(!folder.join(SOCKET).exists(), "the socket goes with the gateway");
    assert_eq!(replay(&folder), ledger.events().into_iter().map(|event| event.body + "\n").collect::<String>());
}

#[test]
fn each_end_of_a_command_has_its_exit_code() {
    let (folder, gateway) = scene("command-codes");
    for (words, reason) in [
        (&["stop", "Cleaning"][..], "StateConflict: there is no open record to stop"),
        (&["start", "Clean"], "NotFound: there is no operation `Clean`"),
        (&["start", "Cleaning", "--at", "2999-01-01T00:00:00Z"], "TimeInFuture: "),
        (&["edit", "017BT4K86YJQAHS8X7VWEFPAHH", "--notes", "x"], "NotFound: there is no record"),
    ] {
        let told = told(&folder, words, 1);
        assert!(told.starts_with(reason), "{told}");
    }
    told(&folder, &["edit", "017BT4K86YJQAHS8X7VWEFPAHH"], 2);
    told(&folder, &["start", "Cleaning", "--at", "yesterday"], 2);
    told(&folder, &["fly", "Cleaning"], 2);
    gateway.stop();
    assert!(told(&folder, &["stop", "Cleaning"], 3).starts_with("no gateway answers at `"));
}

#[test]
fn only_its_owner_may_open_the_socket_and_whatever_comes_is_answered() {
    let (folder, gateway) = scene("socket");
    let mode = fs::metadata(folder.join(SOCKET)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut stream = UnixStream::connect(folder.join(SOCKET)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for (line, status) in [
        ("no JSON", 400),
        ("{}", 422),
        (r#"{"event_type": "OPERATION_FLY"}"#, 404),
        (r#"{"event_type": "OPERATION_START", "info": {"operation": "Cleaning", "att": 1}}"#, 422),
        (r#"{"event_type": "OPERATION_STOP", "info": {"operation": "Cleaning"}}"#, 409),
        (r#"{"event_type": "OPERATION_EXECUTE", "info": {"operation": "Cleaning"}}"#, 200),
    ] {
        writeln!(stream, "{line}").unwrap();
        let answer: Json = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["status"], status, "{line}: {answer}");
    }
    stream.write_all("x".repeat(100_000).as_bytes()).unwrap();
    let answer: Json = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
    assert_eq!(answer["status"], 413);
    gateway.stop();
}
