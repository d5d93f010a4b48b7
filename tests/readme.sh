#!/usr/bin/env bash
# Runs the README's commands for the demo, shortened, and the replay as they stand there, and looks at what they print.
set -euo pipefail
cd "$(dirname "$0")/.."

demo=$(grep -m 1 '^cargo run --release -- demo' README.md)
shown=$(eval "${demo%%#*} --for 12s" 2>/dev/null)
echo "$shown"
[ "$(grep -c '  closed  ' <<<"$shown")" -ge 10 ] || { echo "expected ten records that closed"; exit 1; }

command=$(grep -m 1 '^cargo run --release -- replay ' README.md)
records=$(eval "$command" 2>/dev/null)
echo "$records"
[ "$(wc -l <<<"$records")" = 6 ] || { echo "expected six records"; exit 1; }
grep -q '"id":"017BT4K86YJQAHS8X7VWEFPAHH"' <<<"$records" || { echo "the run's id is not that of the specification"; exit 1; }
