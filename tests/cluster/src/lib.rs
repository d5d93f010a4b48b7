//! A Postgres server of a test: its own files, its own socket, gone with the test however that ends.
//!
//! The server is the one of the system (`tests/live/install.sh` gets it). It refuses to run as root; then it runs as
//! `postgres`, or as `nobody`.

mod account;
mod guard;
mod programs;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use account::Account;
use guard::Guard;
use programs::program;

/// Who owns everything in a server of a test.
const USER: &str = "latchwork";

/// How long a server may take to start or to end: far longer than it does on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server.
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    account: Option<Account>,
    guard: Option<Guard>,
}

impl Cluster {
    /// Returns the server that all tests of this process share: each has a database of its own there.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(""))
    }

    /// Makes a server with these lines in its configuration, and starts it.
    pub fn start(settings: &str) -> Self {
        let account = Account::for_servers();
        let directory = new_directory();
        if let Some(account) = &account {
            account.give(&directory);
        }
        let mut cluster = Self { directory, account, guard: None };
        cluster.make(settings);
        cluster.go_on();
        cluster
    }

    /// Returns the address of a new, empty database. It needs no password.
    pub fn database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("ledger_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.say("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// Returns the address of a new database with what `pg_dump` wrote into a file.
    pub fn restored(&self, file: &Path) -> String {
        let address = self.database();
        let name = address.rsplit('/').next().unwrap_or_default();
        // Whoever runs the server may not be allowed to read where the file is.
        let input = fs::File::open(file).expect("the file is there");
        let mut restore = self.command("pg_restore");
        restore.args(["-U", USER, "--exit-on-error", "-d", name, "-h"]).arg(&self.directory).stdin(input);
        let output = restore.output().expect("pg_restore starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        address
    }

    /// Runs a statement as the owner of everything, and returns what it gives: a line a row, `|` between its values.
    pub fn say(&self, database: &str, statement: &str) -> String {
        let mut psql = self.command("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-c", statement]);
        let output = psql.arg("-h").arg(&self.directory).output().expect("psql starts");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Runs a program of Postgres, and returns what it prints.
    pub fn run(&self, name: &str, arguments: &[&str]) -> String {
        let output = self.command(name).args(arguments).output().expect("it starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Stops the server as a restart does: sessions are ended, nothing is lost.
    pub fn stop(&mut self) {
        self.guard.take().into_iter().for_each(|guard| guard.end(Some(&self.directory)));
    }

    /// Starts a server that was stopped.
    pub fn go_on(&mut self) {
        let mut shell = self.command("sh");
        shell.arg("-c").arg(guard::SCRIPT).arg("guard").arg(program("postgres")).arg(&self.directory);
        self.guard = Some(Guard::start(shell, &self.directory));
        self.wait();
    }

    fn address(&self, database: &str) -> String {
        let directory = self.directory.to_string_lossy().replace('/', "%2F");
        format!("postgres://{USER}@{directory}/{database}")
    }

    fn make(&self, settings: &str) {
        let mut initdb = self.command("initdb");
        initdb.args(["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(self.data()).output().expect("initdb starts");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let file = self.data().join("postgresql.conf");
        let directory = self.directory.display();
        let ours = format!(
            "listen_addresses = ''\nunix_socket_directories = '{directory}'\nmax_connections = 200\n\
             shared_buffers = '64MB'\n{settings}\n"
        );
        fs::write(file, ours).expect("its configuration can be written");
    }

    fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let asked = self.command("pg_isready").arg("-q").arg("-h").arg(&self.directory).status();
            if asked.is_ok_and(|status| status.success()) {
                return;
            }
            let told = || fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(Instant::now() < end, "the server does not start: {}", told());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(if name == "sh" { Path::new("/bin/sh").into() } else { program(name) });
        command.current_dir(&self.directory);
        self.account.iter().for_each(|account| account.become_it(&mut command));
        command
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.guard.take().into_iter().for_each(|guard| guard.end(None));
        let _gone = fs::remove_dir_all(&self.directory);
    }
}

/// Makes a directory whose path is short enough for a socket in it.
fn new_directory() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("latchwork-pg-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let directory = env::temp_dir().join(name);
    let _absent = fs::remove_dir_all(&directory);
    fs::create_dir(&directory).expect("a directory can be made");
    directory
}
