//! How fast collectors take what a broker has: a backlog from mosquitto into Postgres, beside what a bare socket takes from
//! mosquitto and what the disk synchronises, all on this machine.
//!
//! `cargo bench -p latchwork-tests --bench collect`, after `cargo build --release`; `LATCHWORK_PROGRAM` names another program,
//! `LATCHWORK_BACKLOG` another number of events, `LATCHWORK_COLLECTORS` how many collectors there are at most. mosquitto and
//! Postgres must be there (`tests/live/install.sh`).

mod events;
mod packets;
mod processes;
#[path = "../common/program.rs"]
mod program;

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use latchwork_cluster::Cluster;

use packets::{drain, prepare, publish};
use processes::{Collector, broker};

/// How many events wait.
const BACKLOG: u32 = 100_000;
/// Of how many gateways they are.
const GATEWAYS: u32 = 200;
/// How many collectors there are at most.
const COLLECTORS: u32 = 2;
/// How long the disk is tried.
const DISK_TIME: Duration = Duration::from_secs(2);
/// How long until it is looked at again.
const LOOK: Duration = Duration::from_millis(50);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(5);

fn main() -> io::Result<()> {
    let setting =
        |name: &str, ordinary| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary);
    let (backlog, collectors) = (setting("LATCHWORK_BACKLOG", BACKLOG), setting("LATCHWORK_COLLECTORS", COLLECTORS));
    let folder = std::env::temp_dir().join(format!("latchwork-collect-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    println!("{:<44}{:>9.0} a second", "fdatasync of 4 KiB", synchronised(&folder)?);
    for count in 1..=collectors {
        round(&folder, backlog, count)?;
    }
    fs::remove_dir_all(&folder)
}

/// Has a bare socket and so many collectors take the same backlog, one after the other.
fn round(folder: &Path, backlog: u32, collectors: u32) -> io::Result<()> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let _broker = broker(folder, port)?;
    let cluster = Cluster::start("");
    let address = cluster.database();
    let database = address.rsplit('/').next().unwrap_or_default().to_owned();
    let names: Vec<String> = (1..=collectors).map(|number| format!("c-{number}")).collect();
    // Each has a session at the broker before anything is published.
    for name in &names {
        Collector::start(folder, name, port, &address)?.stop()?;
    }
    prepare(port)?;
    let begun = Instant::now();
    publish(port, backlog, GATEWAYS)?;
    println!("{:<44}{:>9.0} a second", "published to mosquitto, QoS 1", rate(backlog, begun));
    let begun = Instant::now();
    drain(port, backlog)?;
    println!("{:<44}{:>9.0} a second", "taken from mosquitto by a bare socket, QoS 1", rate(backlog, begun));
    let begun = Instant::now();
    let running: io::Result<Vec<Collector>> =
        names.iter().map(|name| Collector::spawn(folder, name, port, &address)).collect();
    let running = running?;
    until(|| {
        let there = cluster.say(&database, "SELECT coalesce(sum(events), 0) FROM gateways");
        there.parse::<u64>().is_ok_and(|there| there >= u64::from(backlog))
    })?;
    let rate = rate(backlog, begun);
    let cpu: f64 = running.iter().map(Collector::cpu_seconds).sum::<io::Result<f64>>()?;
    println!(
        "{:<44}{rate:>9.0} a second, {:.0} µs of their CPU each",
        format!("taken into Postgres, collectors: {collectors}"),
        cpu * 1e6 / f64::from(backlog)
    );
    let whole = "SELECT count(*) FROM gateways WHERE contiguous_seq = highest_seq";
    println!("gateways without a gap: {} of {GATEWAYS}", cluster.say(&database, whole));
    running.into_iter().try_for_each(Collector::stop)
}

fn rate(count: u32, begun: Instant) -> f64 {
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// Returns how often a second the disk synchronises a page that was appended.
fn synchronised(folder: &Path) -> io::Result<f64> {
    let mut file = File::create(folder.join("disk"))?;
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < DISK_TIME {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(rate(count, begun))
}

/// Waits until it is so.
fn until(mut is_so: impl FnMut() -> bool) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if is_so() {
            return Ok(());
        }
        std::thread::sleep(LOOK);
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "it did not happen"))
}
