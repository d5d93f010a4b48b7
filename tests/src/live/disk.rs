//! A disk without room: the gateway says so and goes on, and when there is room everything is written.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::Command;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::{Done, micros, until};
use super::plant::Plant;
use super::port::free_port;
use super::program::program;

const FILLER: u16 = 1;
/// How many runs there are while nothing can be written.
const RUNS: usize = 10;
/// What the log says when turns wait, and when they do not any more.
pub(super) const WAITING: &str = "store cannot be written: turns wait";
pub(super) const WRITTEN: &str = "store written again";

/// Makes a folder whose plant has a device at this port.
pub(super) fn folder(name: &str, port: u16) -> Folder {
    let folder = Folder::new(name);
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER);
    folder.configure(&plant.operation("Filling", "{Filler} = 1"));
    folder
}

/// Has the machine run so many times, each edge seen by the gateway before the next; returns when.
pub(super) fn run_unwritten(device: &mut Device) -> Vec<(Done, Done)> {
    (0..RUNS).map(|_| (device.set_and_read(FILLER, 1), device.set_and_read(FILLER, 0))).collect()
}

/// Has the machine run once more when the ledger is written again, and sees to it that all runs, and no others, are in
/// it: turns are committed in their order.
pub(super) fn assert_written(gateway: &Gateway, ledger: &Ledger, device: &mut Device, mut runs: Vec<(Done, Done)>) {
    let count = |text| gateway.count_messages(text);
    until("a ledger that is written again", || (count(WRITTEN) == count(WAITING)).then_some(()));
    let last = (device.set_and_read(FILLER, 1), device.set_and_read(FILLER, 0));
    let is_last = |date: &str| micros(date) >= last.1.from;
    let ends = || ledger.records("Filling").into_iter().filter_map(|record| record.end_date);
    until("the last run", || ends().find(|end| is_last(end)));
    runs.push(last);
    let records = ledger.records("Filling");
    assert_eq!(records.len(), runs.len());
    for (record, (start, end)) in records.iter().zip(&runs) {
        start.assert_dates(&record.start_date);
        end.assert_dates(record.end_date.as_deref().unwrap());
        assert!(!record.detected_after_gap);
    }
    assert_eq!(ledger.operation_event_types(), ["operation.started", "operation.stopped"].repeat(runs.len()));
}

/// A file system of a few megabytes, which is gone with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Makes one if this user may.
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "latchwork-test"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        let full = loop {
            if let Err(error) = ballast.write_all(&[0; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }

    /// Has nobody write to it any more.
    fn seal(&self) {
        let sealed = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status();
        assert!(sealed.is_ok_and(|status| status.success()));
    }

    /// Makes room again.
    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_no_run() {
    let port = free_port();
    let folder = folder("full-disk", port);
    let Some(disk) = SmallDisk::mount(folder.join("data")) else {
        // tests/live/install.sh says so, too. The test below shows nearly the same.
        println!("not shown here: this user may mount no file system");
        return;
    };
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");

    disk.fill();
    // As long as somebody reads, the ledger finds no room within itself.
    let reader = ledger.begin_to_read();
    let mut runs = run_unwritten(&mut device);
    let told = gateway.wait_for_message(WAITING, 1);
    assert!(told.contains("ERROR") && told.contains("the disk is full"), "{told}");
    assert_eq!(ledger.records("Filling"), []);
    assert_eq!(gateway.count_messages(WRITTEN), 0);
    reader.end();
    runs.extend(run_unwritten(&mut device));
    disk.make_room();
    assert_written(&gateway, &ledger, &mut device, runs);
    gateway.stop();
}

#[test]
fn a_disk_that_can_only_be_read_is_told_at_the_start() {
    let folder = folder("sealed", free_port());
    let Some(disk) = SmallDisk::mount(folder.join("data")) else {
        println!("not shown here: this user may mount no file system");
        return;
    };
    Gateway::start(&folder).stop();
    disk.seal();
    let (code, messages) = Gateway::spawn(&folder).ended();
    assert_eq!(code, Some(3), "{messages}");
    assert!(messages.contains("latchwork.db`: it can only be read") && !messages.contains("panicked"), "{messages}");
}

/// Sets how large the files of a process may become.
fn limit_files(process: &str, bytes: &str) {
    // Only the soft limit: anybody may raise it again.
    let limit = format!("--fsize={bytes}:");
    let limited = Command::new("prlimit").args(["--pid", process, &limit]).status().expect("prlimit starts");
    assert!(limited.success(), "the files of {process} cannot be limited");
}

/// Starts a gateway to which a file that it may not write is an error, as a full disk is, and not a deadly signal.
fn start_unharmed(folder: &Folder) -> Gateway {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program()).args(["run", "-c", "plant.toml"]);
    let gateway = Gateway::of(&mut command, folder);
    gateway.wait_for_message("gateway runs", 1);
    gateway
}

#[test]
fn a_ledger_that_may_not_be_written_for_a_while_loses_no_run() {
    let port = free_port();
    let folder = folder("unwritable", port);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (start_unharmed(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");

    limit_files(&gateway.id(), "0");
    let runs = run_unwritten(&mut device);
    let told = gateway.wait_for_message(WAITING, 1);
    assert!(told.contains("ERROR"), "{told}");
    assert_eq!(ledger.records("Filling"), []);
    assert_eq!(gateway.count_messages(WRITTEN), 0);
    limit_files(&gateway.id(), "unlimited");
    assert_written(&gateway, &ledger, &mut device, runs);
    gateway.stop();
}
