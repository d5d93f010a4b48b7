//! A real broker for one test: mosquitto on a free port, with its own folder, ended with the test.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a broker may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many ports are tried: another process may take one between finding it free and using it.
const PORTS_TRIED: usize = 5;

/// Where the ports begin, and how many there are: below those that the system gives to who connects (32,768 and up on
/// Linux).
const FIRST_PORT: u16 = 10_000;
const PORTS: u16 = 10_000;

/// Each broker of this process has a folder of its own.
static FOLDERS: AtomicU32 = AtomicU32::new(0);

pub(super) struct Broker {
    folder: PathBuf,
    child: Child,
    pub(super) port: u16,
}

impl Broker {
    /// Starts a broker that lets everybody in.
    pub(super) fn start() -> Self {
        Self::with("allow_anonymous true")
    }

    /// Starts a broker that lets in only `operator` with the password `secret`.
    pub(super) fn with_password() -> Self {
        // Made by `mosquitto_passwd`.
        const PASSWORDS: &str = "operator:$7$101$C66q16jXo/vRdbwz$sGHR7NGIBhXzWsiYdsmlsCG/RVWG2wVbCom7XGhil/3xFkCDZRobWMLcyq2U9q3n4UM4KVpViIaMWNNjwGb9cA==\n";
        let (folder, port) = (folder(), free_port());
        fs::write(folder.join("passwords"), PASSWORDS).unwrap();
        let passwords = folder.join("passwords");
        Self::within(folder, port, &format!("allow_anonymous false\npassword_file {}", passwords.display()))
    }

    /// Starts a broker with these settings of its listener.
    pub(super) fn with(settings: &str) -> Self {
        Self::within(folder(), free_port(), settings)
    }

    /// Starts a broker in a folder; on another port if this one is taken.
    fn within(folder: PathBuf, mut port: u16, settings: &str) -> Self {
        for _ in 0..PORTS_TRIED {
            configure(&folder, port, settings);
            let mut child = spawn(&folder);
            if listens(&mut child, port) {
                return Self { folder, child, port };
            }
            port = free_port();
        }
        panic!("mosquitto did not start; see {}", folder.join("log").display());
    }

    /// Ends the broker at once: it forgets sessions and what it retained.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on its port.
    pub(super) fn restart(&mut self) {
        self.child = spawn(&self.folder);
        assert!(listens(&mut self.child, self.port), "mosquitto did not start again");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Either may have happened already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// Returns a port that is free, another one each time, and none that the system gives to who connects: a client would
/// else be connected to itself, and take that for a broker.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test runs side by side begin in different places.
    let begin = std::process::id().wrapping_mul(89) % u32::from(PORTS);
    let begin = u16::try_from(begin).unwrap();
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(next < PORTS, "no port from {FIRST_PORT} on is free");
        let port = FIRST_PORT + (begin + next) % PORTS;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

fn folder() -> PathBuf {
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("latchwork-mosquitto-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn configure(folder: &Path, port: u16, settings: &str) {
    let mut file = fs::File::create(folder.join("mosquitto.conf")).unwrap();
    // Started by root it would become a user who may not read the folder.
    writeln!(file, "user root\nlistener {port} 127.0.0.1\npersistence false\n{settings}").unwrap();
}

fn spawn(folder: &Path) -> Child {
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(program());
    command.arg("-c").arg(folder.join("mosquitto.conf"));
    command.stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Returns where mosquitto is. Without it nothing here can be tested, and that must be seen.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    let found = folders.map(|folder| folder.join("mosquitto")).find(|program| program.is_file());
    found.expect("the tests of MQTT need mosquitto: install it (Debian: `apt-get install mosquitto`)")
}

/// Waits until a broker listens; false if it ended instead.
fn listens(child: &mut Child, port: u16) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}
