//! The memory of a gateway that works for long: a device is polled, messages come, each is a record, the outbox drains and the
//! black box is written. What is resident is looked at all the time, and its slope is told.
//!
//!     LATCHWORK_SOAK_MINUTES=30 cargo test --release -p latchwork-tests --lib -- live::soak --ignored --nocapture

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::kills::setting;
use super::parts::{Packer, taken, with_parts};
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;
use super::subscriber::Subscriber;

/// How long it works, unless `LATCHWORK_SOAK_MINUTES` says otherwise.
const MINUTES: f64 = 30.0;
/// How long it warms up at most, of what it works: caches fill, and the 8,192 messages that are known after a restart, some 1.5 MB,
/// are there after three minutes.
const WARM_UP_MINUTES_MAX: f64 = 5.0;
/// From how long on the slope is judged: before, one page of a cache more or less is much of it.
const JUDGED_MINUTES_MIN: f64 = 10.0;
/// What the slope may be at most, in kB a minute: of 2,000 samples, 50 messages, 100 transitions and as many publications a
/// second, one that leaves 8 bytes behind is seen.
const SLOPE_MAX: f64 = 20.0;
/// How long until the next message, until the machine starts or stops, and between two looks.
const MESSAGE_PAUSE: Duration = Duration::from_millis(20);
const LEVEL_PAUSE: Duration = Duration::from_millis(250);
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// The registers that are polled, each 50 times a second; the first is the machine's.
const REGISTERS: u16 = 40;
const FILLER: u16 = 1;

/// What a process had at a time.
struct Look {
    minutes: f64,
    resident_kb: f64,
    /// Of it, what is no file.
    own_kb: f64,
}

impl Look {
    fn at(begun: Instant, process: &str) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the gateway lives");
        let kb = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("a line for each");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        Self { minutes: begun.elapsed().as_secs_f64() / 60.0, resident_kb: kb("VmRSS:"), own_kb: kb("RssAnon:") }
    }
}

/// Returns by how much values grow a minute, by least squares.
fn slope(looks: &[Look], value: impl Fn(&Look) -> f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "one a second")]
    let mean = |value: &dyn Fn(&Look) -> f64| looks.iter().map(value).sum::<f64>() / looks.len() as f64;
    let (time, height) = (mean(&|look| look.minutes), mean(&value));
    let products: f64 = looks.iter().map(|look| (look.minutes - time) * (value(look) - height)).sum();
    products / looks.iter().map(|look| (look.minutes - time).powi(2)).sum::<f64>()
}

#[test]
fn a_slope_is_that_of_the_nearest_line() {
    let look = |(minute, kb): (i32, i32)| Look { minutes: minute.into(), resident_kb: kb.into(), own_kb: 7.0 };
    let looks: Vec<Look> = [(0, 100), (1, 130), (2, 120), (3, 150)].into_iter().map(look).collect();
    assert!((slope(&looks, |look| look.resident_kb) - 14.0).abs() < 1e-9);
    assert!(slope(&looks, |look| look.own_kb).abs() < 1e-9);
}

fn plant(port: u16, broker: u16) -> Plant {
    let mut plant = Plant::new().device("plc", port, 500);
    for register in 1..=REGISTERS {
        let tag = format!("R{register}");
        plant = plant.register(&tag, "plc", register).operation(&tag, &format!("{{{tag}}} = 1"));
    }
    with_parts(plant, broker).and(&format!("[publish]\nurl = \"mqtt://127.0.0.1:{broker}\""))
}

#[test]
#[ignore = "takes half an hour, or as long as LATCHWORK_SOAK_MINUTES says"]
fn a_gateway_that_works_for_long_takes_no_more_memory_than_in_the_beginning() {
    let minutes = setting("LATCHWORK_SOAK_MINUTES", MINUTES);
    let (folder, port, broker_port) = (Folder::new("soak"), free_port(), free_port());
    folder.configure(&plant(port, broker_port));
    let _broker = Broker::start(&folder, broker_port);
    let subscriber = Subscriber::start(broker_port);
    let mut device = Device::start(port, &[]);
    let mut command = Command::new(program());
    let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), &folder);
    gateway.wait_for_message("gateway runs", 1);
    let ledger = folder.ledger();
    // The broker keeps a session for the gateway from here on.
    let is_subscribed =
        || ledger.events_of("connection.up").iter().any(|event| event["info"]["connection"] == "broker");
    until("the broker's connection", || is_subscribed().then_some(()));
    ledger.wait_for_quality("R1", "Good");

    let packer = Packer::start(broker_port, MESSAGE_PAUSE);
    let looks = work(&mut device, &gateway.id(), minutes);
    let parts = *packer.stop().keys().next_back().unwrap();
    until("the last part", || {
        (ledger.open_record("Part")?.production_order.as_deref() == Some(&*parts.to_string())).then_some(())
    });
    gateway.stop();
    assert!(taken(&ledger).into_iter().eq(1..=parts), "each part is one record");
    let log: Vec<(i64, String)> = ledger.rows("SELECT seq, id FROM events ORDER BY seq");
    subscriber.wait_for_all(&log);
    println!("{parts} parts, {} runs of the machine, {} events", ledger.records("R1").len(), log.len());
    judge(&looks, minutes);
}

/// Has the machine start and stop for so long; returns what the gateway took meanwhile.
fn work(device: &mut Device, gateway: &str, minutes: f64) -> Vec<Look> {
    let (begun, mut looks) = (Instant::now(), Vec::new());
    let (mut is_running, mut look_at) = (false, begun);
    while begun.elapsed().as_secs_f64() < minutes * 60.0 {
        is_running = !is_running;
        device.set(FILLER, is_running.into());
        thread::sleep(LEVEL_PAUSE);
        if look_at <= Instant::now() {
            look_at += LOOK_PAUSE;
            looks.push(Look::at(begun, gateway));
        }
    }
    looks
}

/// Tells what a gateway took once it was warm, and sees to it that it did not become more.
fn judge(looks: &[Look], minutes: f64) {
    let warm_up = WARM_UP_MINUTES_MAX.min(minutes / 3.0);
    let warm = &looks[looks.partition_point(|look| look.minutes < warm_up)..];
    let [resident, own] = [slope(warm, |look| look.resident_kb), slope(warm, |look| look.own_kb)];
    let most = warm.iter().map(|look| look.resident_kb).fold(0.0, f64::max);
    let [first, last] = [&warm[0], &warm[warm.len() - 1]].map(|look| look.resident_kb);
    println!(
        "{} looks in {minutes} min, the first {warm_up:.1} left out: {first} kB, then {last}, {most} at most; \
         {resident:+.1} kB a minute, without files {own:+.1}",
        warm.len(),
    );
    assert!(minutes < JUDGED_MINUTES_MIN || resident <= SLOPE_MAX, "memory grows by {resident:.1} kB a minute");
}
