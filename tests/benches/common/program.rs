//! The program that a bench measures.

use std::path::PathBuf;

/// Returns the program: the one that the environment names, else the release build beside this bench.
pub(crate) fn program() -> PathBuf {
    let beside = || std::env::current_exe().ok().and_then(|bench| Some(bench.ancestors().nth(2)?.join("latchwork")));
    let program = std::env::var_os("LATCHWORK_PROGRAM").map(PathBuf::from).or_else(beside).unwrap_or_default();
    assert!(program.is_file(), "no program at `{}`: `cargo build --release` makes it", program.display());
    program
}
