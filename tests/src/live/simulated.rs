//! A simulated device that says what it sent: `latchwork simulate --log`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::child::Child;
use super::folder::Folder;
use super::program::program;

/// How long nothing may happen before the test gives up.
const STANDSTILL_MAX: Duration = Duration::from_mins(1);
/// How long until it is looked again.
const PAUSE: Duration = Duration::from_millis(50);

/// A simulated device that runs.
#[derive(Debug)]
pub(super) struct Simulated {
    child: Child,
    log: PathBuf,
}

/// What a device did with its requests.
#[derive(Debug)]
pub(super) struct DeviceLog {
    lines: Vec<Asked>,
}

/// A request and what was sent for it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The connection and the request's number in it.
    pub(super) order: (u64, u64),
    pub(super) unit: u64,
    pub(super) function: u64,
    pub(super) address: u64,
    pub(super) after: Duration,
    pub(super) fault: Option<String>,
    /// What a client may believe.
    pub(super) values: Option<Vec<u16>>,
}

impl Simulated {
    /// Starts a device that serves at a port; its scenario is in the folder.
    pub(super) fn start(folder: &Folder, scenario: &str, port: u16, speed: u32) -> Self {
        let log = folder.join(&format!("{scenario}.jsonl"));
        let mut command = Command::new(program());
        command.arg("simulate").arg(folder.join(scenario)).args(["--speed", &speed.to_string()]);
        command.args(["--modbus", &format!("127.0.0.1:{port}")]).arg("--log").arg(&log);
        let child = Child::start("the simulation", &mut command);
        child.wait_for_message("Modbus TCP at", 1);
        Self { child, log }
    }

    /// Waits until it was asked so many times, for as long as it is asked at all.
    pub(super) fn wait_for_requests(&self, wanted: usize) {
        let (mut file, mut lines, mut moved) = (File::open(&self.log).unwrap(), 0, Instant::now());
        while lines < wanted {
            let mut news = Vec::new();
            file.read_to_end(&mut news).unwrap();
            lines += news.split(|&byte| byte == b'\n').count() - 1;
            moved = if news.is_empty() { moved } else { Instant::now() };
            assert!(moved.elapsed() < STANDSTILL_MAX, "nobody asks any more after {lines} requests");
            thread::sleep(PAUSE);
        }
    }

    /// Ends it; returns what it sent.
    pub(super) fn ended(mut self) -> DeviceLog {
        self.child.signal("TERM");
        assert_eq!(self.child.wait().code(), Some(0));
        let text = fs::read_to_string(&self.log).unwrap();
        let mut lines: Vec<Asked> = text.lines().map(asked).collect();
        lines.sort_by_key(|line| line.order);
        DeviceLog { lines }
    }
}

fn asked(line: &str) -> Asked {
    let json: Json = serde_json::from_str(line).unwrap();
    let number = |key: &str| json[key].as_u64().unwrap_or_else(|| panic!("no `{key}` in {line}"));
    let word = |value: &Json| u16::try_from(value.as_u64().unwrap()).unwrap();
    Asked {
        order: (number("connection"), number("request")),
        unit: number("unit"),
        function: number("function"),
        address: number("address"),
        after: Duration::from_micros(number("after_micros")),
        fault: json["fault"].as_str().map(str::to_owned),
        values: json["values"].as_array().map(|values| values.iter().map(word).collect()),
    }
}

impl DeviceLog {
    pub(super) fn lines(&self) -> &[Asked] {
        &self.lines
    }

    /// Returns how many requests each fault had.
    pub(super) fn faults(&self) -> BTreeMap<&str, usize> {
        let mut faults = BTreeMap::new();
        for fault in self.lines.iter().filter_map(|line| line.fault.as_deref()) {
            *faults.entry(fault).or_default() += 1;
        }
        faults
    }

    /// Returns what was sent of each register or bit, in the order of the requests: by unit, function and address of the
    /// first of so many words.
    pub(super) fn courses(&self) -> BTreeMap<(u64, u64, u64), Vec<&[u16]>> {
        let mut courses: BTreeMap<_, Vec<&[u16]>> = BTreeMap::new();
        for line in &self.lines {
            for (address, at) in (line.address..).zip(0..line.values.as_ref().map_or(0, Vec::len)) {
                let words = &line.values.as_deref().unwrap_or_default()[at..];
                courses.entry((line.unit, line.function, address)).or_default().push(words);
            }
        }
        courses
    }
}
