//! Faults over real lines: a client that reads bytes sees each of them, and the log tells what was sent.

use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// How long something may take that happens at once on a machine with nothing else to do.
const PATIENCE: Duration = Duration::from_secs(20);
/// Register 1 of every unit is 258.
const RIGHT: [u8; 4] = [3, 2, 1, 2];

/// A device whose units each have the fault of a line.
struct Sick {
    running: Running,
    log: PathBuf,
    stop: CancellationToken,
}

impl Sick {
    /// Starts a device; unit 1 has the first fault. Units 250 and 251 have none.
    async fn start(name: &str, faults: &[&str], speed: f64) -> Self {
        let units = (1..=faults.len()).chain([250, 251]);
        let signal = |unit: usize| format!("{{ name = \"{unit}\", modbus = \"{unit}!HR1\", otherwise = 258 }},\n");
        let signals: String = units.map(signal).collect();
        let mut text = format!(
            "seed = 5\n[modbus]\nbind = \"127.0.0.1:0\"\n[[machines]]\nname = \"M\"\nstates = [{{ name = \"S\" }}]\n\
             signals = [\n{signals}]\n"
        );
        for (fault, unit) in faults.iter().zip(1..) {
            let unit = if fault.contains("off") { String::new() } else { format!("unit = {unit}\n") };
            text += "[[modbus.faults]]\n";
            text += &unit;
            text += fault;
            text += "\n";
        }
        let mut scenario = Scenario::parse("sick.toml", &text).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
        let log = std::env::temp_dir().join(format!("latchwork-sick-{name}-{}.jsonl", std::process::id()));
        scenario.log_requests_to(log.clone());
        let stop = CancellationToken::new();
        let running = Simulation::start(scenario, speed, stop.clone()).await.unwrap();
        Self { running, log, stop }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.running.modbus.unwrap()).await.unwrap()
    }

    /// Ends it and returns the lines of its log.
    async fn ended(self) -> Vec<serde_json::Value> {
        self.stop.cancel();
        self.running.ended().await;
        // The last task to hold the log has been dropped with the others.
        let text = std::fs::read_to_string(&self.log).unwrap();
        std::fs::remove_file(&self.log).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn ask(stream: &mut TcpStream, transaction: u8, unit: u8) {
    stream.write_all(&[0, transaction, 0, 0, 0, 6, unit, 3, 0, 0, 0, 1]).await.unwrap();
}

/// Returns so many bytes.
async fn hear<const COUNT: usize>(stream: &mut TcpStream) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    timeout(PATIENCE, stream.read_exact(&mut bytes)).await.expect("bytes").unwrap();
    bytes
}

/// Hears the right answer.
async fn hear_right(stream: &mut TcpStream, transaction: u8, unit: u8) {
    let right = [&[0, transaction, 0, 0, 0, 5, unit][..], &RIGHT].concat();
    assert_eq!(hear::<11>(stream).await[..], right);
}

#[test]
fn a_client_sees_each_fault() {
    runtime().block_on(async {
        let faults = ["wrong_unit", "wrong_transaction", "too_short", "too_long", "doubled", "trickle"];
        let faults = faults.map(|kind| format!("kind = \"{kind}\""));
        let exception = "kind = \"exception\"\ncode = 6".to_owned();
        let faults: Vec<&str> = faults.iter().chain([&exception]).map(String::as_str).collect();
        let sick = Sick::start("each", &faults, 1.0).await;
        let mut stream = sick.connect().await;
        ask(&mut stream, 1, 1).await;
        let frame: [u8; 11] = hear(&mut stream).await;
        assert!(frame[6] != 1 && frame[7..] == RIGHT, "{frame:?}");
        ask(&mut stream, 2, 2).await;
        let frame: [u8; 11] = hear(&mut stream).await;
        assert!(frame[..2] != [0, 2] && frame[6..] == [2, 3, 2, 1, 2], "{frame:?}");
        ask(&mut stream, 3, 3).await;
        assert_eq!(hear::<9>(&mut stream).await, [0, 3, 0, 0, 0, 3, 3, 3, 0]);
        ask(&mut stream, 4, 4).await;
        assert_eq!(hear::<13>(&mut stream).await, [0, 4, 0, 0, 0, 7, 4, 3, 4, 1, 2, 7, 7]);
        ask(&mut stream, 5, 5).await;
        hear_right(&mut stream, 5, 5).await;
        hear_right(&mut stream, 5, 5).await;
        ask(&mut stream, 6, 6).await;
        hear_right(&mut stream, 6, 6).await;
        ask(&mut stream, 7, 7).await;
        assert_eq!(hear::<9>(&mut stream).await, [0, 7, 0, 0, 0, 3, 7, 0x83, 6]);
        drop(stream);
        let lines = sick.ended().await;
        let told: Vec<_> = lines.iter().map(|line| (line["unit"].as_u64(), line["fault"].as_str())).collect();
        let expected = ["wrong_unit", "wrong_transaction", "too_short", "too_long", "doubled", "trickle", "exception"];
        let expected: Vec<_> = (1..).map(Some).zip(expected.map(Some)).collect();
        assert_eq!(told, expected);
        // What a client may believe is told as values, and nothing else is.
        let believed = lines.iter().filter(|line| line["values"] == serde_json::json!([258]));
        assert_eq!(believed.map(|line| line["unit"].as_u64().unwrap()).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(lines[6]["exception"], 6);
        assert_eq!(lines[2]["bytes"], "000300000003030300");
    });
}

#[test]
fn later_requests_are_answered_before_those_that_wait() {
    runtime().block_on(async {
        let faults = ["kind = \"late\"\nmillis = 60000", "kind = \"overtaken\"\nmillis = 3600000", "kind = \"never\""];
        let sick = Sick::start("order", &faults, 200.0).await;
        let mut stream = sick.connect().await;
        for (transaction, unit) in [(1, 1), (2, 3), (3, 2), (4, 250)] {
            ask(&mut stream, transaction, unit).await;
        }
        hear_right(&mut stream, 4, 250).await;
        hear_right(&mut stream, 3, 2).await;
        hear_right(&mut stream, 1, 1).await;
        let lines = sick.ended().await;
        let late = lines.iter().find(|line| line["fault"] == "late").unwrap();
        assert!(late["after_micros"].as_u64().unwrap() >= 300_000, "{late}");
        let never = lines.iter().find(|line| line["fault"] == "never").unwrap();
        assert!(never.get("values").or(never.get("exception")).or(never.get("bytes")).is_none(), "{never}");
    });
}

#[test]
fn lines_end_or_fall_silent() {
    runtime().block_on(async {
        let sick = Sick::start("lines", &["kind = \"closed\"", "kind = \"reset\"", "kind = \"silent\""], 1.0).await;
        let mut closed = sick.connect().await;
        ask(&mut closed, 1, 1).await;
        assert_eq!(timeout(PATIENCE, closed.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
        let mut reset = sick.connect().await;
        ask(&mut reset, 1, 2).await;
        let error = timeout(PATIENCE, reset.read(&mut [0; 9])).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        let mut silent = sick.connect().await;
        ask(&mut silent, 1, 250).await;
        hear_right(&mut silent, 1, 250).await;
        ask(&mut silent, 2, 3).await;
        ask(&mut silent, 3, 250).await;
        let mut other = sick.connect().await;
        ask(&mut other, 9, 251).await;
        hear_right(&mut other, 9, 251).await;
        // What was asked is read before the end is.
        silent.shutdown().await.unwrap();
        assert_eq!(timeout(PATIENCE, silent.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
        let lines = sick.ended().await;
        let silenced = lines.iter().filter(|line| line["fault"] == "silent");
        assert_eq!(silenced.map(|line| line["request"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3]);
    });
}

#[test]
fn a_device_that_is_off_takes_nobody_and_comes_again() {
    runtime().block_on(async {
        let off = "kind = \"off\"\nfrom_millis = 20000\nlasts_millis = 40000";
        let sick = Sick::start("off", &[off], 100.0).await;
        let address = sick.running.modbus.unwrap();
        let mut before = sick.connect().await;
        ask(&mut before, 1, 250).await;
        hear_right(&mut before, 1, 250).await;
        let ended = timeout(PATIENCE, before.read(&mut [0; 9])).await.unwrap();
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
        assert!(TcpStream::connect(address).await.is_err());
        let again = async {
            loop {
                if let Ok(stream) = TcpStream::connect(address).await {
                    break stream;
                }
            }
        };
        let mut after = timeout(PATIENCE, again).await.unwrap();
        ask(&mut after, 2, 250).await;
        hear_right(&mut after, 2, 250).await;
        drop(sick.ended().await);
    });
}

#[test]
fn a_recorded_device_does_again_what_it_did() {
    runtime().block_on(async {
        let sick = Sick::start("recorded", &["kind = \"recorded\"\nfates = \"never 40 closed\""], 1.0).await;
        for _ in 0..2 {
            let mut stream = sick.connect().await;
            ask(&mut stream, 1, 1).await;
            ask(&mut stream, 2, 1).await;
            hear_right(&mut stream, 2, 1).await;
            ask(&mut stream, 3, 1).await;
            assert_eq!(timeout(PATIENCE, stream.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
        }
        let lines = sick.ended().await;
        let sent: Vec<bool> = lines.iter().map(|line| line.get("values").is_some()).collect();
        assert_eq!(sent, [false, true, false, false, true, false]);
    });
}

#[test]
fn the_same_requests_have_the_same_fates() {
    runtime().block_on(async {
        let mut runs = Vec::new();
        for _ in 0..2 {
            let faults = ["kind = \"never\"\nprobability = 0.3", "kind = \"garbage\"\nprobability = 0.5"];
            let sick = Sick::start("seeded", &faults, 1.0).await;
            let mut stream = sick.connect().await;
            for number in 0..200 {
                ask(&mut stream, number, 1 + number % 2).await;
            }
            ask(&mut stream, 250, 250).await;
            // What comes is garbage and answers; the last of it is the last answer.
            let mut heard = Vec::new();
            while !heard.ends_with(&[0, 250, 0, 0, 0, 5, 250, 3, 2, 1, 2]) {
                let mut bytes = [0; 1024];
                let read = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
                heard.extend_from_slice(&bytes[..read]);
            }
            let lines = sick.ended().await;
            let faults: Vec<_> = lines.iter().map(|line| line["fault"].as_str().map(str::to_owned)).collect();
            let count = |kind: &str| faults.iter().filter(|fault| fault.as_deref() == Some(kind)).count();
            assert!((15..45).contains(&count("never")) && (35..65).contains(&count("garbage")), "{faults:?}");
            runs.push((faults, heard));
        }
        assert_eq!(runs[0], runs[1]);
    });
}
