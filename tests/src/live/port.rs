//! Ports that nobody listens at.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// Where the ports begin: below those that the system gives to who connects (32,768 and up on Linux). A server that
/// is started again would else find its port taken, or a client that connects to it be connected to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// Returns a port that is free, another one each time.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test runs side by side begin in different places.
    let begin = process::id().wrapping_mul(97) % u32::from(COUNT);
    let begin = u16::try_from(begin).unwrap();
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(next < COUNT, "no port from {FIRST} on is free");
        let port = FIRST + (begin + next) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
