//! The proof: case folders, a reference model, properties over random plants and traces, the program among real servers.

pub mod allocations;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod black_box;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod crashing;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod explaining;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod latching;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod live;
pub mod model;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reloading;
pub mod rerun;
#[cfg(test)]
mod restarting;
#[cfg(test)]
mod resuming;
#[cfg(test)]
mod scales;
