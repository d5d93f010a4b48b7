//! How fast events are taken and records given over HTTP, on a file of SQLite and on a server of Postgres, beside what the
//! store commits by itself and what the disk synchronises.
//!
//! `cargo bench -p latchwork-tests --bench http`, after `cargo build --release`; `LATCHWORK_PROGRAM` names another program.
//! `-- SQLite` and `-- Postgres` measure one of them. Clients are tasks of one thread, each with a connection that it keeps.
//! Postgres must be there (`tests/live/install.sh`).

mod client;
mod gateway;
#[path = "../common/program.rs"]
mod program;
#[path = "../../../store/benches/commit/writer.rs"]
mod writer;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use latchwork_cluster::Cluster;
use latchwork_expr::Timestamp;
use latchwork_store::{Options, Store, Written};
use serde_json::{Value as Json, json};

use client::{Asked, Asks, Client};
use gateway::Gateway;
use writer::{BEGIN, Writer};

/// How many ask at once.
const CROWD: usize = 64;
/// How often one client and many take turns, and for how long: a machine is not always the same.
const ROUNDS: usize = 11;
const ROUND: Duration = Duration::from_millis(500);
/// How long the disk and the store alone are tried.
const ALONE: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("latchwork-http-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let asked = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_asked = |name| asked.as_deref().is_none_or(|asked| asked == name);
    if is_asked("SQLite") {
        measure("SQLite", &folder.join("file"), None).await?;
    }
    if is_asked("Postgres") {
        measure("Postgres", &folder.join("server"), Some(&Cluster::start(""))).await?;
    }
    Ok(fs::remove_dir_all(&folder)?)
}

async fn measure(name: &str, folder: &Path, cluster: Option<&Cluster>) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    println!("{name}");
    println!("  {:<60}{:>8.0} a second", "fdatasync of 4 KiB", synchronised(folder)?);
    let single = commits(folder, cluster.map(Cluster::database).as_deref()).await?;
    println!("  {:<60}{single:>8.0} a second", "the store alone: single transitions");
    let gateway = Gateway::start(folder, CROWD, cluster.map(Cluster::database).as_deref())?;
    let jobs = make_jobs(gateway.port).await?;
    let log = move |client: usize, turn: usize| {
        let info = json!({"job_key": jobs[client], "line": format!("line {turn}")});
        ("POST", "/event".to_owned(), json!({"event_type": "LOG_APPENDED", "info": info}).to_string())
    };
    let times = show("POST /event of a job", gateway.port, Rc::new(log)).await?;
    show_gain(times, single);
    // Every other request of a client opens a record, the next one closes it.
    let run = |client: usize, turn: usize| {
        let event = if turn.is_multiple_of(2) { "OPERATION_START" } else { "OPERATION_STOP" };
        let info = json!({"operation": gateway::operation(client)});
        ("POST", "/event".to_owned(), json!({"event_type": event, "info": info}).to_string())
    };
    let times = show("POST /event of an operation", gateway.port, Rc::new(run)).await?;
    show_gain(times, single);
    let records = |_, _| ("GET", "/api/records?limit=100".to_owned(), String::new());
    show("GET /api/records, 100 a page", gateway.port, Rc::new(records)).await?;
    gateway.stop()?;
    Ok(())
}

/// Prints how fast one client and many are answered, in turn. Returns how many times as fast many were in each turn, and how
/// fast they were in all.
async fn show(name: &str, port: u16, asks: Asks) -> io::Result<(Vec<f64>, f64)> {
    let (mut alone, mut crowd, mut times) = (Asked::default(), Asked::default(), Vec::new());
    for _ in 0..ROUNDS {
        let one = Asked::at_once(port, 1, ROUND, &asks).await?;
        let many = Asked::at_once(port, CROWD, ROUND, &asks).await?;
        times.push(many.rate() / one.rate());
        alone.add(one);
        crowd.add(many);
    }
    println!("  {:<60}{alone}", format!("{name}, 1 client"));
    println!("  {:<60}{crowd}", format!("{name}, {CROWD} clients"));
    Ok((times, crowd.rate()))
}

/// Prints what it gains to commit what many ask at once.
fn show_gain((mut times, rate): (Vec<f64>, f64), single: f64) {
    times.sort_by(f64::total_cmp);
    let (least, middle, most) = (times[0], times[ROUNDS / 2], times[ROUNDS - 1]);
    let of_store = rate / single;
    println!("  {:<60}{middle:>8.1} ({least:.1} to {most:.1}) times one client in turn with them", "");
    println!("  {:<60}{of_store:>8.1} times the store's single transitions", "");
}

/// Makes a job for each client; returns their ids.
async fn make_jobs(port: u16) -> io::Result<Vec<String>> {
    let mut client = Client::new(port).await?;
    let mut jobs = Vec::new();
    for _ in 0..CROWD {
        let wish = r#"{"quantity": 12, "station": "Line/A"}"#.to_owned();
        let answer = client.ask(&("POST", "/api/jobs".to_owned(), wish)).await?;
        let job: Json = serde_json::from_str(&answer)?;
        jobs.push(job["id"].as_str().unwrap_or_default().to_owned());
    }
    Ok(jobs)
}

/// Returns how often a second the disk synchronises a page that was appended.
fn synchronised(folder: &Path) -> io::Result<f64> {
    let mut file = File::create(folder.join("disk"))?;
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < ALONE {
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// Returns how many runs a second the store commits, each by itself.
async fn commits(folder: &Path, url: Option<&str>) -> Result<f64, Box<dyn Error>> {
    let options = match url {
        None => Options::file(&folder.join("alone.db"), "bench", Timestamp(BEGIN))?,
        url => Options::of(Written { url, ca_file: None }, folder, "bench", Timestamp(BEGIN))?,
    };
    let store = Store::open(&options).await?;
    let plant = writer::plant();
    store.mirror(&plant, Timestamp(BEGIN)).await?;
    let (commits, elapsed) = Writer::new(&store, &plant).run(1, ALONE).await?;
    store.close().await?;
    Ok(f64::from(commits) / elapsed)
}
