//! What a commit costs in a file of SQLite and on a server of Postgres: one transition of a run a commit, 50 and 500,
//! beside what the same disk takes for writing and synchronising a page, the driver alone for a row, and the server's own client
//! for the rows of a transition.
//!
//! `cargo bench -p latchwork-store` measures in the temporary directory; the first argument that is no
//! flag is another one for the file. The server is one of its own, in the temporary directory, spoken to over its socket.

mod bare;
mod own;
mod writer;

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use latchwork_cluster::Cluster;
use latchwork_expr::Timestamp;
use latchwork_store::{Options, Store, Written};

use bare::Bare;
use own::Own;
use writer::{BEGIN, Writer, plant};

/// How long each measurement lasts.
const SPAN: Duration = Duration::from_secs(2);

/// How often the disk and the store take turns, and for how long: the disk is not always the same.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let base = base.map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = base.join(format!("latchwork-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let outcome = measure(&directory).await;
    std::fs::remove_dir_all(&directory)?;
    outcome
}

async fn measure(directory: &Path) -> Result<(), Box<dyn Error>> {
    let file = Options::file(&directory.join("ledger.db"), "bench", Timestamp(BEGIN))?;
    measure_store("SQLite", &file, directory, (Bare::file(directory).await?, None)).await?;
    let cluster = Cluster::start("");
    let written = Written { url: Some(&cluster.database()), ca_file: None };
    let server = Options::of(written, directory, "bench", Timestamp(BEGIN))?;
    let own = Own::new(&cluster, directory).await?;
    measure_store("Postgres", &server, directory, (Bare::server(&cluster.database()).await?, Some(own))).await
}

async fn measure_store(
    name: &str,
    options: &Options,
    directory: &Path,
    peers: (Bare, Option<Own<'_>>),
) -> Result<(), Box<dyn Error>> {
    let store = Store::open(options).await?;
    let plant = plant();
    store.mirror(&plant, Timestamp(BEGIN)).await?;
    let mut writer = Writer::new(&store, &plant);
    measure_single(name, &mut writer, directory, peers).await?;
    for transitions in [50, 500] {
        let (commits, elapsed) = writer.run(transitions, SPAN).await?;
        let (commits, rate) = (f64::from(commits) / elapsed, f64::from(commits * transitions) / elapsed);
        println!("{transitions:>5} transitions a commit: {commits:>6.0} commits, {rate:>7.0} transitions a second");
    }
    Ok(store.close().await?)
}

/// Commits one transition at a time, in turn with the disk, the driver and the server's client alone.
async fn measure_single(
    name: &str,
    writer: &mut Writer<'_>,
    directory: &Path,
    (mut bare, mut own): (Bare, Option<Own<'_>>),
) -> Result<(), Box<dyn Error>> {
    let (mut ours, mut drivers, mut clients, mut rates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let disk = synchronisations(directory)?;
        drivers.push(bare.rate(ROUND).await? / disk * 100.0);
        if let Some(own) = &mut own {
            clients.push(own.rate()? / disk * 100.0);
        }
        let (commits, elapsed) = writer.run(1, ROUND).await?;
        rates.push(f64::from(commits) / elapsed);
        ours.push(f64::from(commits) / elapsed / disk * 100.0);
    }
    let [_, rate, _] = spread(rates);
    println!("{name}: {rate:.0} single transitions a second, each durable before the next");
    let shares =
        [("them", ours), ("the same rows by the server's client", clients), ("a row by the driver alone", drivers)];
    for (who, shares) in shares.into_iter().filter(|(_, shares)| !shares.is_empty()) {
        let [least, share, most] = spread(shares);
        println!("    {who}: {share:.0} % ({least:.0} to {most:.0}) of the rate of fdatasync of 4 KiB in turn with it");
    }
    Ok(())
}

/// Returns the least, the middle and the most.
fn spread(mut figures: Vec<f64>) -> [f64; 3] {
    figures.sort_by(f64::total_cmp);
    [figures[0], figures[ROUNDS / 2], figures[ROUNDS - 1]]
}

/// Returns how many pages a second the disk takes, each synchronised before the next.
fn synchronisations(directory: &Path) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(directory.join("page"))?;
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
