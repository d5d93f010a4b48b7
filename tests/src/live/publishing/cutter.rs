//! A line to a broker that is cut again and again: right after it has carried a random number of bytes to the broker, and
//! with whatever the broker has answered to that.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::model::Dice;

/// How many bytes a line carries to the broker before it is cut.
const BYTES: [i64; 2] = [100_000, 4_000_000];
/// How much is carried at once.
const PIECE_BYTES: usize = 4096;

/// What both threads of a line and the test know.
#[derive(Debug, Default)]
struct State {
    cuts: AtomicUsize,
    is_healed: AtomicBool,
}

/// The line. It is listened to as long as the test runs.
pub(super) struct Cutter {
    port: u16,
    state: Arc<State>,
}

impl Cutter {
    /// Starts a line to the broker at a port; the seed says where it is cut.
    pub(super) fn start(broker: u16, seed: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (port, state) = (listener.local_addr().unwrap().port(), Arc::<State>::default());
        let (cutting, mut dice) = (Arc::clone(&state), Dice::new(seed));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(broker) = TcpStream::connect((Ipv4Addr::LOCALHOST, broker)) else { return };
                let bytes = usize::try_from(dice.between(BYTES[0], BYTES[1])).unwrap();
                carry(client, broker, bytes, &cutting);
            }
        });
        Self { port, state }
    }

    /// Returns where it is listened to.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Returns how often it was cut.
    pub(super) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }

    /// Has it not be cut any more.
    pub(super) fn heal(&self) {
        self.state.is_healed.store(true, Ordering::SeqCst);
    }
}

/// Carries both ways until one side ends, or so many bytes went to the broker.
fn carry(mut client: TcpStream, mut broker: TcpStream, bytes_max: usize, state: &Arc<State>) {
    let (mut answers, mut to_client) = (broker.try_clone().unwrap(), client.try_clone().unwrap());
    let back = thread::spawn(move || _ = std::io::copy(&mut answers, &mut to_client));
    let (mut piece, mut carried) = ([0; PIECE_BYTES], 0);
    while let Ok(count @ 1..) = client.read(&mut piece) {
        carried += count;
        let is_cut = carried >= bytes_max && !state.is_healed.load(Ordering::SeqCst);
        if is_cut {
            // The client's side first: what the broker still takes now is answered to nobody.
            let _gone = client.shutdown(Shutdown::Both);
            state.cuts.fetch_add(1, Ordering::SeqCst);
        }
        if broker.write_all(&piece[..count]).is_err() || is_cut {
            break;
        }
    }
    for side in [&client, &broker] {
        let _gone = side.shutdown(Shutdown::Both);
    }
    back.join().unwrap();
}
