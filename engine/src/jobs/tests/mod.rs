//! Jobs, held against their rules.

mod asking;
mod examples;
mod flows;
mod invariants;
mod legality;
mod machines;
mod orders;
mod people;
mod recount;
mod world;

use super::*;
