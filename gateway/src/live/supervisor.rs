//! The service manager that started the gateway, if one did: it is told when the gateway runs, reloads and ends, and again
//! and again that its loop turns (`sd_notify(3)`).
//!
//! Only the loop says that it turns, after what it did: a task of its own would go on saying so while the loop hangs. A
//! gateway whose store cannot be written turns; one that waits for ever for something does not.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;
use std::time::{Duration, Instant};

use super::limits::{BEATS_PER_PATIENCE, NOTIFY_PATIENCE};

/// Who started the gateway, and wants to know how it goes. The default is nobody.
#[derive(Debug, Default)]
pub struct Supervisor {
    line: Option<Line>,
    watchdog: Option<Watchdog>,
}

/// Where a service manager listens.
#[derive(Debug)]
struct Line {
    socket: UnixDatagram,
    /// Looked up for each message: the manager may bind its socket anew.
    address: SocketAddr,
}

/// How often the manager wants to hear that the loop turns.
#[derive(Debug)]
struct Watchdog {
    every: Duration,
    due_at: Instant,
}

/// What the environment says of the service manager.
#[derive(Debug, Default)]
struct Environment {
    /// `NOTIFY_SOCKET`: a path, or behind `@` an abstract name.
    socket: Option<OsString>,
    /// `WATCHDOG_USEC`: after how many microseconds without a word the gateway counts as hung.
    patience_micros: Option<String>,
    /// `WATCHDOG_PID`: whose word counts.
    process: Option<String>,
}

impl Supervisor {
    /// Returns the service manager that the environment names.
    pub fn from_environment() -> Self {
        let (patience_micros, process) = (env::var("WATCHDOG_USEC").ok(), env::var("WATCHDOG_PID").ok());
        Self::of(&Environment { socket: env::var_os("NOTIFY_SOCKET"), patience_micros, process })
    }

    fn of(environment: &Environment) -> Self {
        let Some(name) = environment.socket.as_deref().filter(|name| !name.is_empty()) else { return Self::default() };
        match Line::to(name) {
            Ok(line) => Self { line: Some(line), watchdog: Watchdog::of(environment) },
            Err(error) => {
                tracing::warn!(socket = %name.display(), %error, "the service manager cannot be told anything");
                Self::default()
            }
        }
    }

    /// Tells that the gateway runs; after a reload, that it runs again.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// Tells that it reads its configuration again.
    pub(super) fn reloading(&self) {
        self.tell("RELOADING=1");
    }

    /// Tells that it ends, as it was asked to.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Tells that the loop has turned, if it is time to. To be called only after it did.
    pub(super) fn beat(&mut self) {
        let now = Instant::now();
        let Some(watchdog) = self.watchdog.as_mut().filter(|watchdog| watchdog.due_at <= now) else { return };
        watchdog.due_at = now + watchdog.every;
        self.tell("WATCHDOG=1");
    }

    /// Returns when the loop has to turn next for the manager's sake.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.watchdog.as_ref().map(|watchdog| watchdog.due_at)
    }

    fn tell(&self, word: &str) {
        let Some(line) = &self.line else { return };
        if let Err(error) = line.socket.send_to_addr(word.as_bytes(), &line.address) {
            tracing::warn!(word, %error, "the service manager was not told");
        }
    }
}

impl Line {
    fn to(name: &OsStr) -> io::Result<Self> {
        let address = match name.as_bytes() {
            #[cfg(target_os = "linux")]
            [b'@', hidden @ ..] => SocketAddr::from_abstract_name(hidden)?,
            [b'/', ..] => SocketAddr::from_pathname(name)?,
            _ => return Err(io::Error::new(io::ErrorKind::Unsupported, "neither a path nor an abstract name")),
        };
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(NOTIFY_PATIENCE))?;
        Ok(Self { socket, address })
    }
}

impl Watchdog {
    /// Returns when the loop is to say that it turns, if the manager waits for this very process to.
    fn of(environment: &Environment) -> Option<Self> {
        let patience = Duration::from_micros(environment.patience_micros.as_ref()?.parse().ok()?);
        let is_meant = environment.process.as_ref().is_none_or(|process| *process == process::id().to_string());
        (is_meant && !patience.is_zero()).then(|| Self { every: patience / BEATS_PER_PATIENCE, due_at: Instant::now() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(socket: &str) -> Environment {
        Environment { socket: Some(socket.into()), patience_micros: Some("3600000000".into()), process: None }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_manager_at_an_abstract_name_is_told() {
        let name = format!("latchwork-supervisor-{}", process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        let mut supervisor = Supervisor::of(&environment(&format!("@{name}")));
        supervisor.ready();
        // The second is not due for twenty minutes.
        supervisor.beat();
        supervisor.beat();
        supervisor.stopping();
        let mut words = Vec::new();
        for _ in 0..3 {
            let mut buffer = [0; 64];
            let length = manager.recv(&mut buffer).unwrap();
            words.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
        }
        assert_eq!(words, ["READY=1", "WATCHDOG=1", "STOPPING=1"]);
    }

    #[test]
    fn a_watchdog_waits_only_for_the_process_that_it_names() {
        let own = process::id().to_string();
        for (patience, named, expected) in [
            (Some("60000000"), None, Some(Duration::from_secs(20))),
            (Some("60000000"), Some(own.as_str()), Some(Duration::from_secs(20))),
            (Some("60000000"), Some("1"), None),
            (Some("0"), None, None),
            (Some("soon"), None, None),
            (None, None, None),
        ] {
            let (patience_micros, process) = (patience.map(str::to_owned), named.map(str::to_owned));
            let environment = Environment { patience_micros, process, ..environment("/nowhere") };
            let watchdog = Supervisor::of(&environment).watchdog;
            assert_eq!(watchdog.map(|watchdog| watchdog.every), expected, "{patience:?} {named:?}");
        }
    }

    #[test]
    fn without_a_manager_nobody_is_told_and_nothing_is_due() {
        for socket in ["", "vsock:2:1234", "/nowhere/at/all"] {
            let mut supervisor = Supervisor::of(&Environment { patience_micros: None, ..environment(socket) });
            supervisor.ready();
            supervisor.beat();
            assert_eq!(supervisor.due_at(), None, "{socket}");
        }
    }
}
