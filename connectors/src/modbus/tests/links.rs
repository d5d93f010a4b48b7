//! Connections that are refused, lost, half open, or not read.

use std::sync::Arc;
use std::time::Duration;

use super::bench::Bench;
use super::device::{Move, Script, after, numbered};
use super::plant::{modbus, point};
use crate::LinkState;

fn answers() -> Script {
    Arc::new(|asked| after(5, numbered(asked)))
}

fn two_registers() -> latchwork_config::connections::Modbus {
    modbus(vec![point(0), point(1)])
}

/// Returns when a line was told.
fn millis(line: &str) -> u64 {
    line.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_told_once() {
    let mut bench = Bench::new(&two_registers(), [None, None, None, Some(answers())]);
    let told = bench.told_until(1000).await;
    let down = "Press down (connection refused) T0=Bad_NotConnected T1=Bad_NotConnected";
    assert_eq!(told[..3], [down, "Press up", "T0=0 T1=0"]);
    assert_eq!(bench.health.state().0, LinkState::Up);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_is_bad_at_once_and_back_within_100_ms() {
    let hangs_up = |asked: super::device::Asked| match asked.number {
        0 => after(5, numbered(asked)),
        _ => vec![Move::HangUp(Duration::from_millis(1))],
    };
    let mut bench = Bench::new(&two_registers(), [Some(Arc::new(hangs_up) as Script), Some(answers())]);
    let told = bench.until(500).await;
    let down = "251 Press down (the device closed the connection) T0=Bad_NotConnected T1=Bad_NotConnected";
    assert_eq!(told[..3], ["0 Press up", "5 T0=0 T1=0", down]);
    assert!(told[3].ends_with("Press up") && millis(&told[3]) <= 351, "{told:?}");
    assert!(told[4].ends_with("T0=0 T1=0") && millis(&told[4]) <= 356, "{told:?}");
    assert_eq!(bench.health.reconnects.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_hangs_up_on_everybody_is_told_once() {
    let hangs_up: Script = Arc::new(|_| vec![Move::HangUp(Duration::ZERO)]);
    let mut bench = Bench::new(&two_registers(), [Some(hangs_up)]);
    let told = bench.told_until(3_600_000).await;
    let down = "Press down (the device closed the connection) T0=Bad_NotConnected T1=Bad_NotConnected";
    assert_eq!(told, ["Press up", down]);
    let reconnects = bench.health.reconnects.get();
    assert!((120..260).contains(&reconnects), "{reconnects}");
}

#[tokio::test(start_paused = true)]
async fn a_half_open_link_is_made_anew() {
    let falls_silent: Script = Arc::new(|asked| if asked.number < 2 { after(5, numbered(asked)) } else { vec![] });
    let mut bench = Bench::new(&two_registers(), [Some(falls_silent), Some(answers())]);
    let told = bench.told_until(30_000).await;
    assert_eq!(told[..3], ["Press up", "T0=0 T1=0", "T0=1 T1=1"]);
    assert_eq!(told[3..5], ["T0=Bad_Failure T1=Bad_Failure", "T0=Bad_NotConnected T1=Bad_NotConnected"]);
    assert!(told[5].starts_with("Press down (nothing came back for 1"), "{}", told[5]);
    assert_eq!(told[6..8], ["Press up", "T0=0 T1=0"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_device_behind_an_open_port_is_told_once() {
    let mut bench = Bench::new(&two_registers(), [Some(Arc::new(|_| vec![]) as Script)]);
    let told = bench.told_until(600_000).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[3].starts_with("Press down (nothing came back"), "{told:?}");
    assert!(bench.health.reconnects.get() > 10);
}

#[tokio::test(start_paused = true)]
async fn a_tag_without_a_reading_for_too_long_is_stale() {
    let mut modbus = two_registers();
    modbus.stale_after = Some(Duration::from_millis(300));
    modbus.points[1].period = Some(Duration::from_secs(1));
    let mut bench = Bench::new(&modbus, [Some(answers())]);
    let told = bench.until(1260).await;
    let of_the_slow_one: Vec<_> = told.iter().filter(|line| line.contains("T1")).collect();
    assert_eq!(of_the_slow_one, ["10 T1=1", "310 T1=Bad_Stale", "1010 T1=6"]);
    assert!(told.iter().all(|line| !line.contains("T0=Bad")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn polling_waits_for_the_engine() {
    let mut bench = Bench::with_room(&two_registers(), [Some(answers())], 2);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(bench.health.requests.get() < 6, "{}", bench.health.requests.get());
    let told = bench.told_until(61_000).await;
    // What could not be asked meanwhile is told.
    let lost = "Press lost 238 T0=Bad_Stale T1=Bad_Stale";
    assert_eq!(told[..5], ["Press up", "T0=0 T1=0", "T0=1 T1=1", lost, "T0=2 T1=2"]);
    assert!(told[4..].iter().all(|line| !line.contains("Bad")), "{told:?}");
    assert!(bench.health.overruns.get() > 200, "{}", bench.health.overruns.get());
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_for_the_engine_loses_nothing() {
    let mut bench = Bench::with_room(&two_registers(), [Some(answers())], 2);
    tokio::time::sleep(Duration::from_millis(990)).await;
    let told = bench.told_until(1_990).await;
    // The third reading waited to be handed over; what was asked for after it follows.
    assert_eq!(told[..4], ["Press up", "T0=0 T1=0", "T0=1 T1=1", "T0=2 T1=2"]);
    assert!(told.iter().all(|line| !line.contains("lost") && !line.contains("Bad")), "{told:?}");
    assert_eq!(bench.health.overruns.get(), 1, "the periods that passed are counted");
}

#[tokio::test(start_paused = true)]
async fn pauses_are_kept() {
    let mut modbus = modbus(vec![point(0), point(100)]);
    modbus.pause_after_connect = Duration::from_millis(40);
    modbus.pause_between_requests = Duration::from_millis(20);
    let mut bench = Bench::new(&modbus, [Some(answers())]);
    assert_eq!(bench.until(100).await, ["0 Press up", "45 T0=0", "70 T1=1"]);
}
