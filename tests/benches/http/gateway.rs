//! The program, on a plant of operations that people drive and of one station.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::program::program;

/// A gateway that runs; it ends with this value.
pub(crate) struct Gateway {
    process: Child,
    /// Where it serves HTTP.
    pub(crate) port: u16,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _waited = self.process.wait();
    }
}

impl Gateway {
    /// Starts the program with so many operations, on a server's store or on a file.
    pub(crate) fn start(folder: &Path, operations: usize, url: Option<&str>) -> io::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let plant = folder.join("plant.toml");
        std::fs::write(&plant, configuration(folder, port, operations, url))?;
        let mut command = Command::new(program());
        command.arg("run").arg("-c").arg(&plant).env_remove("RUST_LOG");
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut gateway = Self { process, port };
        let messages = gateway.process.stderr.take().ok_or_else(|| io::Error::other("standard error is a pipe"))?;
        let mut messages = BufReader::new(messages).lines().map_while(Result::ok);
        let runs = messages.by_ref().find(|line| line.contains("gateway runs"));
        assert!(runs.is_some(), "the gateway does not run: `latchwork run -c {}`", plant.display());
        std::thread::spawn(move || messages.for_each(drop));
        Ok(gateway)
    }

    /// Ends it as a service manager does.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status()?;
        self.process.wait().map(|_| ())
    }
}

/// Returns the name of the operation that the client of this number drives.
pub(crate) fn operation(client: usize) -> String {
    format!("Run {client}")
}

fn configuration(folder: &Path, port: u16, operations: usize, url: Option<&str>) -> String {
    let mut text = format!(
        "[gateway]\nid = \"http\"\ndata_directory = '{}'\n[http]\nbind = \"127.0.0.1:{port}\"\n\
         [[locations]]\npath = \"Line/A\"\n",
        folder.join("data").display()
    );
    if let Some(url) = url {
        write!(text, "[store]\nurl = \"{url}\"\n").expect("a string takes it");
    }
    for number in 0..operations {
        let name = operation(number);
        write!(text, "[[operations]]\nname = \"{name}\"\nlocation = \"Line/A\"\ntrigger_source = \"MANUAL\"\n")
            .expect("a string takes it");
    }
    text
}
