//! One writer a store: a lock file beside the database, locked as long as the store is open.
//!
//! The system gives the lock back when the process ends, however it ends; the file itself stays.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};

use latchwork_expr::{Timestamp, instant_text};

use super::place::Place;
use crate::error::Failure;
use crate::limits::LOCK_TEXT_BYTES_MAX;

/// The lock on a store, held while this lives.
#[derive(Debug)]
pub(crate) struct InstanceLock(#[expect(dead_code, reason = "an open file is what holds the lock")] File);

impl InstanceLock {
    /// Takes the lock and writes down who has it, or tells who has it already.
    pub(crate) fn take(place: &Place, now: Timestamp) -> Result<Self, Failure> {
        let path = place.beside(".lock");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Failure::Locked { holder: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        writeln!(file, "process {} since {}", std::process::id(), instant_text(now))?;
        Ok(Self(file))
    }
}

/// Returns what the holder wrote about itself.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(LOCK_TEXT_BYTES_MAX).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        // It has the lock and has not written yet, or somebody wrote into the file.
        Ok(_) | Err(_) => "who that is cannot be read".to_owned(),
    }
}
