//! The library's own client, as a first program would use it: one request after another, each with a timeout.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;
use tokio_modbus::client::{Context, Reader, tcp};
use tokio_modbus::slave::{Slave, SlaveContext};

/// What it does when an answer does not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterTimeout {
    /// It asks for the next.
    GoesOn,
    /// It connects anew.
    Reconnects,
}

/// Reads 14 input registers of each unit in turn, so many times in all; returns how many times it had them.
pub(super) async fn poll(
    address: SocketAddr,
    units: &[u8],
    (requests, patience, after): (usize, Duration, AfterTimeout),
) -> usize {
    let (mut client, mut read): (Option<Context>, usize) = (None, 0);
    for unit in units.iter().cycle().take(requests) {
        let connected = match client.take() {
            Some(connected) => Ok(connected),
            None => tcp::connect(address).await,
        };
        let Ok(mut connected) = connected else { continue };
        connected.set_slave(Slave(*unit));
        match timeout(patience, connected.read_input_registers(0, 14)).await {
            Ok(Ok(answer)) => {
                read += usize::from(answer.is_ok());
                client = Some(connected);
            }
            Ok(Err(error)) => client = error.to_string().starts_with("mismatching headers").then_some(connected),
            Err(_) if after == AfterTimeout::GoesOn => client = Some(connected),
            Err(_) => {}
        }
    }
    read
}
