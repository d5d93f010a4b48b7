//! What holds for every expression: the properties that tie parser, printer, folding, the two compiled
//! forms and an independent evaluator together.

mod arbitrary;
mod depth;
mod evaluation;
mod explained;
mod naive;
mod soup;
mod text;

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Returns a runner that tries the same cases each time; a failure shrinks and is printed.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, rng_seed: RngSeed::Fixed(44), failure_persistence: None, ..Config::default() })
}
