//! Why an operation started, stopped, or did neither at a moment: from a trace, or of a running gateway.
//!
//! What the engine remembers is looked at and told; nothing here decides anything.

mod clock;
mod findings;
mod json;
mod limits;
mod observer;
mod page;
mod phrases;
mod subject;
#[cfg(test)]
mod tests;
mod trigger;
mod verdict;

pub use findings::{Findings, Source};
pub use observer::{Observer, Question};
