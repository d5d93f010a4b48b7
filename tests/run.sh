#!/usr/bin/env bash
# Checks formatting, lints and documentation, builds the program and runs every test.
# Needs Rust, and for the live tests Python; gets the servers that those run against itself (tests/live/install.sh).
# Says what it does; ends with the first thing that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; shift; "$@"; }

for component in rustfmt clippy; do
    if ! cargo "${component/rust/}" --version >/dev/null 2>&1; then
        step "installing $component" rustup component add "$component"
    fi
done

step "servers for the live tests" bash tests/live/install.sh
step "formatting" cargo fmt --all --check
step "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
step "the program" cargo build --release --locked
# The live tests start the program that was just built, instead of building one.
step "tests" env LATCHWORK_PROGRAM="$(realpath "${CARGO_TARGET_DIR:-target}")/release/latchwork" \
    cargo test --workspace --locked
step "the README's first command" bash tests/readme.sh
