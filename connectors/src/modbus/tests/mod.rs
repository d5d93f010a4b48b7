//! The whole path, from the wire to batches: scripted devices in virtual time, and a server that others wrote.

mod bench;
mod chaos;
mod control;
mod device;
mod faults;
mod links;
mod ordinary;
pub(crate) mod plant;
mod units;
mod writes;
