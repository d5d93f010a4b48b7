//! `latchwork`: see `latchwork --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    latchwork_gateway::cli::main(std::env::args_os())
}
