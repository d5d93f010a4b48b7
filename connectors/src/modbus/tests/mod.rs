//! The whole path, from the wire to batches: scripted devices in virtual time, and a server that others wrote.

mod bench;
mod captured;
mod chaos;
mod control;
mod device;
mod encrypted;
mod faults;
mod holes;
mod links;
mod many;
mod ordinary;
pub(crate) mod plant;
mod serial;
mod units;
mod writes;
