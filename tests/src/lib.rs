//! The proof.

pub mod model;
