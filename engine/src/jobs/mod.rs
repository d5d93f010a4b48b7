//! Jobs: quantities of orders on their way over stations (`spec/jobs.md`).

mod settings;

pub use settings::{GOOD, JobSettings, LegCompletion, SCRAP};
