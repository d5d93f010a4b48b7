//! A file of scenario tests: what goes into a plant over time, and what must come of it.
//!
//! Read like a configuration: all problems at once, each with its place. It must never know how tests are run.

mod command;
mod expected;
mod keys;
mod names;
mod scalar;
mod settings;
mod status;
mod step;
mod test;
mod test_file;
mod value;
mod when;

pub use command::StepCommand;
pub use expected::{Expected, ExpectedField, ExpectedValue};
pub use keys::{event_keys, record_keys};
pub use status::{ExpectedStatus, Subject};
pub use step::{Step, StepQuality, StepSample};
pub use test::{AbsentEvent, ScenarioTest};
pub use test_file::{TestFile, load, read};
pub use when::When;
