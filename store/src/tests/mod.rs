//! The store as a whole, on real files.

mod care;
mod committing;
mod damage;
mod families;
mod listing;
mod mirroring;
mod opening;
mod planning;
mod reading;
mod scheduling;
mod serving;
mod trouble;
