//! A device that always answers too late, beside one that does not.

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

/// How long each answer of the slow device takes: six times as long as it may.
const DELAY_SECONDS: f64 = 1.2;
const TIMEOUT_MILLIS: u32 = 200;
/// How many runs the quick device has meanwhile.
const RUNS: usize = 8;
/// How late the quick device's edges may be seen, in microseconds: sooner than the slow one answers anything.
const LATE_MICROS_MAX: i64 = 1_000_000;

#[test]
fn a_slow_device_holds_up_no_other() {
    let (folder, slow_port, quick_port) = (Folder::new("slow"), free_port(), free_port());
    let plant = Plant::new().device("slow", slow_port, TIMEOUT_MILLIS).device("quick", quick_port, TIMEOUT_MILLIS);
    let plant = plant.register("Slow", "slow", 1).register("Quick", "quick", 1);
    folder.configure(&plant.operation("Heating", "{Slow} = 1").operation("Filling", "{Quick} = 1"));
    let (mut slow, mut quick) = (Device::start(slow_port, &[]), Device::start(quick_port, &[]));
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Slow", "Good");
    ledger.wait_for_quality("Quick", "Good");
    slow.delay(DELAY_SECONDS);
    slow.set(1, 1);
    until("a late answer", || ledger.quality("Slow").filter(|quality| quality != "Good"));

    let mut made = Vec::new();
    for _ in 0..RUNS {
        let start = quick.set(1, 1);
        let run = ledger.wait_for_open("Filling");
        let end = quick.set(1, 0);
        ledger.wait_for_closed(&run);
        made.push((start, end));
    }
    let records = ledger.records("Filling");
    assert_eq!(records.len(), RUNS);
    for (record, (start, end)) in records.iter().zip(made) {
        start.assert_dates_within(&record.start_date, LATE_MICROS_MAX);
        end.assert_dates_within(record.end_date.as_deref().unwrap(), LATE_MICROS_MAX);
    }
    // What the slow device says is late, and true all the same.
    ledger.wait_for_open("Heating");
    assert_eq!(ledger.records("Heating").len(), 1);
    gateway.stop();
}
