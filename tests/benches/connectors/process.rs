//! Processes of the bench: the program, and the bench itself in another part. What they use, as Linux tells it.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::program::program;

/// How Linux counts CPU time: a hundredth of a second, on every machine since 2.6.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that ends with this value.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

impl Running {
    /// Returns what it has used.
    pub(super) fn usage(&self) -> io::Result<Usage> {
        Usage::of(self.0.id())
    }
}

/// A gateway that runs.
pub(super) struct Gateway {
    pub(super) process: Running,
    /// What it says: read all the time, so that it never waits for whoever reads.
    messages: Receiver<String>,
}

impl Gateway {
    /// Starts the program on a configuration and waits until it runs and each of its connections is up.
    pub(super) fn start(plant: &Path, connections: usize) -> io::Result<Self> {
        let mut command = Command::new(program());
        command.arg("run").arg("-c").arg(plant).env_remove("RUST_LOG");
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let messages = process.stderr.take().ok_or_else(|| io::Error::other("standard error is a pipe"))?;
        let (told, heard) = mpsc::channel();
        std::thread::spawn(move || {
            for message in BufReader::new(messages).lines().map_while(Result::ok) {
                // Nobody may listen any more.
                let _unheard = told.send(message);
            }
        });
        let gateway = Self { process: Running(process), messages: heard };
        // Which of them comes first is chance.
        let ready = ["gateway runs", "connection up", "connected to the broker"];
        let is_ready = |line: &String| ready.iter().any(|news| line.contains(news));
        let ready = gateway.messages.iter().filter(is_ready).take(connections + 1).count();
        assert_eq!(ready, connections + 1, "the gateway does not run: `latchwork run -c {}`", plant.display());
        Ok(gateway)
    }

    /// Returns its messages up to one with this text, and whether that came; it did not if it says nothing for this long.
    pub(super) fn wait_for(&self, text: &str, silence_max: Duration) -> (Vec<String>, bool) {
        let mut before = Vec::new();
        while let Ok(message) = self.messages.recv_timeout(silence_max) {
            if message.contains(text) {
                return (before, true);
            }
            before.push(message);
        }
        (before, false)
    }
}

/// Starts this bench in another part, with the lines that it prints.
pub(super) fn part(arguments: &[&str]) -> io::Result<(Running, impl Iterator<Item = String> + use<>)> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut process = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let output = process.stdout.take().ok_or_else(|| io::Error::other("standard output is a pipe"))?;
    Ok((Running(process), BufReader::new(output).lines().map_while(Result::ok)))
}

/// What a process has used.
#[derive(Clone, Copy, Default)]
pub(super) struct Usage {
    cpu_seconds: f64,
    /// The most memory that it had, in MB.
    pub(super) most_megabytes: f64,
}

impl Usage {
    pub(super) fn of(process: u32) -> io::Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // Behind the name, which may hold anything: user time is the 12th field, the kernel's the 13th.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let kilobytes: f64 = most.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        Ok(Self { cpu_seconds: ticks / TICKS_PER_SECOND, most_megabytes: kilobytes / 1024.0 })
    }

    /// Returns how much of a core was used since then, in percent.
    pub(super) fn share_since(&self, before: &Self, time: Duration) -> f64 {
        100.0 * (self.cpu_seconds - before.cpu_seconds) / time.as_secs_f64()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2⁵³")]
pub(super) const fn lossless(count: u64) -> f64 {
    count as f64
}
