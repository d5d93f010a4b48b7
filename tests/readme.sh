#!/usr/bin/env bash
# Runs the README's first command as it stands there, and looks at what it prints.
set -euo pipefail
cd "$(dirname "$0")/.."

command=$(grep -m 1 '^cargo run --release -- ' README.md)
records=$(eval "$command" 2>/dev/null)
echo "$records"
[ "$(wc -l <<<"$records")" = 6 ] || { echo "expected six records"; exit 1; }
grep -q '"id":"017BT4K86YJQAHS8X7VWEFPAHH"' <<<"$records" || { echo "the run's id is not that of the specification"; exit 1; }
