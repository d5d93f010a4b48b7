//! The proof: case folders, a reference model, properties over random plants and traces.

pub mod allocations;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod latching;
pub mod model;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod properties;
pub mod rerun;
#[cfg(test)]
mod restarting;
#[cfg(test)]
mod resuming;
