//! A relay between a gateway and its database server: passes on every byte, until it is told to cut a commit off, right
//! before the server hears of it or right before the gateway hears what became of it.
//!
//! Knows of Postgres only how a `COMMIT` is said and answered.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, fs, process, thread};

/// The name of a server's socket in its directory.
const SOCKET: &str = ".s.PGSQL.5432";
/// How a commit is said, and how it is answered.
const COMMIT: &[u8] = b"COMMIT\0";

/// Where a commit is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The server never hears of it.
    Before,
    /// It is done, and nobody hears of that.
    After,
}

/// The commit that is to be cut off: the first of a transaction that says something.
#[derive(Clone, Debug)]
struct Order {
    cut: Cut,
    marker: &'static str,
}

/// A relay that runs until the tests end.
#[derive(Debug)]
pub(super) struct ServerRelay {
    directory: PathBuf,
    order: Arc<Mutex<Option<Order>>>,
}

impl ServerRelay {
    /// Starts a relay to the server of an address; returns it with the address that leads through it.
    pub(super) fn start(address: &str) -> (Self, String) {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (before, after) = address.split_once('@').unwrap();
        let (host, database) = after.split_once('/').unwrap();
        let server = Path::new(&host.replace("%2F", "/")).join(SOCKET);
        // Short: the path of a socket has 107 characters.
        let name = format!("latchwork-relay-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = env::temp_dir().join(name);
        let _absent = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        let listener = UnixListener::bind(directory.join(SOCKET)).unwrap();
        let order: Arc<Mutex<Option<Order>>> = Arc::default();
        let orders = Arc::clone(&order);
        thread::spawn(move || {
            for gateway in listener.incoming().map_while(Result::ok) {
                if let Ok(server) = UnixStream::connect(&server) {
                    Line { order: Arc::clone(&orders), is_cut: Arc::default() }.open(gateway, server);
                }
            }
        });
        let address = format!("{before}@{}/{database}", directory.to_string_lossy().replace('/', "%2F"));
        (Self { directory, order }, address)
    }

    /// Cuts the commit off of the next transaction that says this.
    pub(super) fn cut(&self, cut: Cut, marker: &'static str) {
        *lock(&self.order) = Some(Order { cut, marker });
    }

    /// Tells whether that was done.
    pub(super) fn has_cut(&self) -> bool {
        lock(&self.order).is_none()
    }
}

impl Drop for ServerRelay {
    fn drop(&mut self) {
        let _kept = fs::remove_dir_all(&self.directory);
    }
}

/// One connection of the gateway.
#[derive(Clone)]
struct Line {
    order: Arc<Mutex<Option<Order>>>,
    /// Whether the gateway hears nothing more.
    is_cut: Arc<AtomicBool>,
}

impl Line {
    fn open(self, gateway: UnixStream, server: UnixStream) {
        let (from_gateway, from_server) = (gateway.try_clone().unwrap(), server.try_clone().unwrap());
        let other = self.clone();
        thread::spawn(move || other.pass_to_server(from_gateway, server));
        thread::spawn(move || self.pass_to_gateway(from_server, gateway));
    }

    fn pass_to_server(&self, mut gateway: UnixStream, mut server: UnixStream) {
        // What the transaction said so far.
        let mut said = Vec::new();
        while let Some(piece) = next(&mut gateway) {
            said.extend_from_slice(&piece);
            if ends_with_commit(&said) {
                match self.order_of(&said) {
                    Some(Cut::Before) => break,
                    Some(Cut::After) => self.is_cut.store(true, Ordering::SeqCst),
                    None => {}
                }
                said.clear();
            }
            if server.write_all(&piece).is_err() {
                break;
            }
        }
        end(&gateway, &server);
    }

    /// Takes the order to cut off a transaction that said this, if it is the one that is meant.
    fn order_of(&self, said: &[u8]) -> Option<Cut> {
        let mut order = lock(&self.order);
        let is_meant =
            |order: &&mut Order| said.windows(order.marker.len()).any(|part| part == order.marker.as_bytes());
        let cut = order.as_mut().filter(is_meant)?.cut;
        *order = None;
        Some(cut)
    }

    fn pass_to_gateway(&self, mut server: UnixStream, mut gateway: UnixStream) {
        let mut unheard = Vec::new();
        while let Some(piece) = next(&mut server) {
            if self.is_cut.load(Ordering::SeqCst) {
                unheard.extend_from_slice(&piece);
                if unheard.windows(COMMIT.len()).any(|part| part == COMMIT) {
                    break;
                }
            } else if gateway.write_all(&piece).is_err() {
                break;
            }
        }
        end(&gateway, &server);
    }
}

/// Tells whether the last thing that was said is a commit.
fn ends_with_commit(said: &[u8]) -> bool {
    said.ends_with(COMMIT)
}

fn next(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut piece = vec![0; 8192];
    let length = stream.read(&mut piece).ok().filter(|&length| length > 0)?;
    piece.truncate(length);
    Some(piece)
}

fn end(gateway: &UnixStream, server: &UnixStream) {
    let _gone = gateway.shutdown(Shutdown::Both);
    let _gone = server.shutdown(Shutdown::Both);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
