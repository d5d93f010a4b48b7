//! What connections bring, written down as it comes: no engine decides anything.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use latchwork_config::connections::Connection;
use latchwork_connectors::Batch;
use latchwork_connectors::trace::{Catalog, TraceFile};
use latchwork_engine::Moment;
use tokio::sync::mpsc;

use super::clock::Clock;
use super::gateway::Control;
use super::limits::{BATCHES_WAITING_MAX, END_PATIENCE, HEARTBEAT};
use super::links::Links;
use super::taken::TakenMessages;
use crate::exit::{Failure, write_failure};

/// A recording that runs.
pub struct Recording {
    links: Links,
    inbox: mpsc::Receiver<Batch>,
    clock: Clock,
    catalog: Catalog,
    file: TraceFile,
    path: PathBuf,
    last: Option<Moment>,
    scans: u64,
    samples: u64,
}

impl Recording {
    /// Connects, and records the tags of a catalog into a file.
    pub fn start(connections: Vec<Connection>, catalog: Catalog, file: TraceFile, path: &Path) -> Self {
        let (sender, inbox) = mpsc::channel(BATCHES_WAITING_MAX);
        let mut links = Links::new(sender);
        links.run(connections, &TakenMessages::default());
        let (clock, path) = (Clock::new(None, 1.0), path.to_owned());
        Self { links, inbox, clock, catalog, file, path, last: None, scans: 0, samples: 0 }
    }

    /// Records until somebody asks it to stop; returns how many samples it wrote.
    pub async fn run(mut self, mut control: mpsc::Receiver<Control>) -> Result<u64, Failure> {
        let mut flush = tokio::time::interval(HEARTBEAT);
        loop {
            tokio::select! {
                biased;
                asked = control.recv() => match asked {
                    Some(Control::Reload) => tracing::warn!("a recording keeps its configuration"),
                    Some(Control::Stop) | None => break,
                },
                Some(batch) = self.inbox.recv() => self.take(batch)?,
                _ = flush.tick() => self.flush()?,
            }
        }
        self.end().await
    }

    fn take(&mut self, mut batch: Batch) -> Result<(), Failure> {
        if !self.links.translate(&mut batch) || batch.samples.is_empty() {
            return Ok(());
        }
        let at = self.clock.moment(batch.received);
        let at = self.last.map_or(at, |last| if at.monotonic > last.monotonic { at } else { last.plus_micros(1) });
        self.last = Some(at);
        self.scans += 1;
        self.samples += batch.samples.len() as u64;
        let written = self.file.scan(&self.catalog, self.scans, at, &batch.samples);
        written.map_err(|error| self.failed(&error))?;
        if let Some(receipt) = batch.receipt {
            receipt.committed();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|error| self.failed(&error))
    }

    /// Takes what is still on the way, and finishes the file.
    async fn end(mut self) -> Result<u64, Failure> {
        let links = self.links.stop();
        tokio::pin!(links);
        let patience = Instant::now() + END_PATIENCE;
        loop {
            tokio::select! {
                biased;
                Some(batch) = self.inbox.recv() => self.take(batch)?,
                () = &mut links => break,
                () = tokio::time::sleep_until(patience.into()) => break,
            }
        }
        let Self { file, path, samples, .. } = self;
        file.finish().map_err(|error| write_failure(&path.display().to_string(), &error))?;
        Ok(samples)
    }

    fn failed(&self, error: &io::Error) -> Failure {
        write_failure(&self.path.display().to_string(), error)
    }
}
