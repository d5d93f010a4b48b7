//! The broker and the collectors.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::program::program;
use crate::until;

/// A process that ends with this value.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Starts mosquitto, which keeps whatever waits in memory.
pub(crate) fn broker(folder: &Path, port: u16) -> io::Result<Running> {
    let settings = folder.join("mosquitto.conf");
    let text = "allow_anonymous true\nuser root\npersistence false\nmax_queued_messages 0\nmax_inflight_messages 0\n";
    fs::write(&settings, format!("listener {port} 127.0.0.1\n{text}"))?;
    let path = format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("mosquitto");
    command.env("PATH", path).arg("-c").arg(settings).stdout(Stdio::null()).stderr(Stdio::null());
    let broker = Running(command.spawn()?);
    until(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
    Ok(broker)
}

/// A collector.
pub(crate) struct Collector {
    process: Running,
    messages: BufReader<ChildStderr>,
}

impl Collector {
    /// Starts a collector.
    pub(crate) fn spawn(folder: &Path, name: &str, port: u16, store: &str) -> io::Result<Self> {
        let file = folder.join(format!("{name}.toml"));
        let text = format!(
            "[collect]\nurl = \"mqtt://127.0.0.1:{port}\"\nclient_id = \"{name}\"\n[store]\nurl = \"{store}\"\n"
        );
        fs::write(&file, text)?;
        let mut command = Command::new(program());
        command.arg("collect").arg("-c").arg(file).env_remove("RUST_LOG");
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let messages = process.stderr.take().ok_or_else(|| io::Error::other("standard error is a pipe"))?;
        Ok(Self { process: Running(process), messages: BufReader::new(messages) })
    }

    /// Starts a collector, and waits until it has subscribed.
    pub(crate) fn start(folder: &Path, name: &str, port: u16, store: &str) -> io::Result<Self> {
        let mut collector = Self::spawn(folder, name, port, store)?;
        let mut lines = collector.messages.by_ref().lines().map_while(Result::ok);
        if lines.any(|line| line.contains("events are collected")) {
            Ok(collector)
        } else {
            Err(io::Error::other("the collector ended before it had subscribed"))
        }
    }

    /// Returns the CPU time that it has taken, in seconds.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.0.id()))?;
        // User and system time, in hundredths of a second, are the 12th and 13th words after the name in brackets.
        let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        Ok(words.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / 100.0)
    }

    /// Ends it as a service manager does.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        Command::new("sh").args(["-c", "kill -s TERM $0", &self.process.0.id().to_string()]).status()?;
        self.process.0.wait().map(|_| ())
    }
}
