//! The server's own client: the rows of transitions in tables of the ledger's, which is the least that they cost there.

use std::error::Error;
use std::path::{Path, PathBuf};

use latchwork_cluster::Cluster;
use latchwork_expr::Timestamp;
use latchwork_store::{Options, Store, Written};

use crate::writer::{BEGIN, body, plant};

const TRANSITIONS: &str = include_str!("transitions.sql");
/// How many transitions these are.
const TRANSITIONS_TOLD: f64 = 2.0;

/// `pgbench`, and a ledger of its own.
pub(crate) struct Own<'a> {
    cluster: &'a Cluster,
    url: String,
    script: PathBuf,
    /// The number of the last event.
    told: u64,
}

impl<'a> Own<'a> {
    /// Makes the ledger.
    pub(crate) async fn new(cluster: &'a Cluster, directory: &Path) -> Result<Self, Box<dyn Error>> {
        let url = cluster.database();
        let written = Written { url: Some(&url), ca_file: None };
        let store = Store::open(&Options::of(written, directory, "bench", Timestamp(BEGIN))?).await?;
        store.mirror(&plant(), Timestamp(BEGIN)).await?;
        store.close().await?;
        let script = directory.join("transitions.sql");
        std::fs::write(&script, TRANSITIONS)?;
        Ok(Self { cluster, url, script, told: 0 })
    }

    /// Returns how many transitions a second are durable, each before the next: over one second, the shortest that the
    /// client takes.
    pub(crate) fn rate(&mut self) -> Result<f64, Box<dyn Error>> {
        let plant = plant();
        let variables = [
            format!("n={}", self.told),
            format!("location={}", plant.locations[0].id),
            format!("operation={}", plant.operations[0].id),
            format!("body={}", body()),
        ];
        let script = self.script.to_string_lossy();
        let mut arguments = vec!["--no-vacuum", "--protocol=prepared", "--time=1", "--file", &script];
        arguments.extend(variables.iter().flat_map(|variable| ["--define", variable]));
        arguments.push(&self.url);
        let printed = self.cluster.run("pgbench", &arguments);
        let number = |name| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
                .ok_or(format!("{name}: {printed}"))
        };
        let scripts: u64 = number("number of transactions actually processed: ")?.to_string().parse()?;
        self.told += scripts * 2;
        Ok(number("tps = ")? * TRANSITIONS_TOLD)
    }
}
