//! The proof: case folders, a reference model, properties over random plants and traces.

#[cfg(test)]
mod cases;
pub mod model;
#[cfg(test)]
mod properties;
pub mod rerun;
