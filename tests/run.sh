#!/usr/bin/env bash
# Checks formatting, lints and documentation, builds the program and runs every test.
# Needs nothing but Rust. Says what it does; ends with the first thing that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; shift; "$@"; }

for component in rustfmt clippy; do
    if ! cargo "${component/rust/}" --version >/dev/null 2>&1; then
        step "installing $component" rustup component add "$component"
    fi
done

step "formatting" cargo fmt --all --check
step "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
step "the program" cargo build --release --locked
step "tests" cargo test --workspace --locked
step "the README's first command" bash tests/readme.sh
