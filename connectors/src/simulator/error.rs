//! Why a simulation could not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::scenario::Mistakes;
use crate::limits::{SCENARIO_BYTES_MAX, SPEED_MAX, SPEED_MIN};

/// Why a simulation could not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The scenario's file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The scenario's file is too large to be one.
    #[error("`{}` has {bytes} bytes; a scenario has at most {SCENARIO_BYTES_MAX}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The scenario has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// The speed is out of range.
    #[error("the speed `{0}` is not a number from {SPEED_MIN} to {SPEED_MAX}")]
    Speed(f64),
    /// The log of requests cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address to serve registers at is taken, or not ours.
    #[error("cannot listen at `{address}`: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}
