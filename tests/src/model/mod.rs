//! A small, naive model of the engine, written from the contract alone.
//!
//! It holds two readings of the contract against one another: each difference is a mistake in one of them.
//! It loops over everything in every scan, recomputes every deadline, and shares no code with the engine.
//! It must never know the engine's structures, and never grow clever.
//!
//! Left out: dates under a clock that is set; what is measured back in time, and of a run that ends when it was seen last.

mod blocks;
mod captures;
mod check;
pub mod command;
pub mod crash;
mod derived;
pub(crate) mod dice;
pub mod expression;
mod json;
pub mod names;
mod obey;
mod orders;
pub mod plant;
mod plant_toml;
mod random;
mod random_block;
mod random_capture;
mod random_command;
mod random_connection;
mod random_crash;
mod random_operation;
mod random_reload;
mod random_schedule;
mod random_trace;
pub mod record;
pub mod reload;
mod run;
mod schedule;
mod sequence;
mod shrink;
mod starts;
mod stops;
#[cfg(test)]
mod stories;
mod time;
pub mod trace;
mod trigger;
mod validity;
pub mod value;
mod world;

pub use check::{Case, Observed, check_case, check_seed, check_seed_in_full};
pub use derived::plant_toml_with_derived_tags;
#[cfg(test)]
pub(crate) use dice::Dice;
pub use json::{events_from_json_lines, records_from_json_lines};
pub use plant_toml::plant_toml;
pub use random::random_case;
pub use random_command::take_effect_now;
pub use random_crash::random_crashing_case;
pub use random_reload::random_reloading_case;
pub use run::run;
pub use shrink::shrink;
pub use time::{time_from_text, time_text};
