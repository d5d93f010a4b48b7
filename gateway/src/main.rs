//! `latchwork`: see `latchwork --help`.

use std::process::ExitCode;

/// A gateway makes and forgets as much at its start as it then keeps for years; this allocator gives that back, and the C
/// library's does not (`docs/decisions/0022`). What is written in C, SQLite above all, has its memory from here too. The
/// settings are in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    latchwork_gateway::cli::main(std::env::args_os())
}
