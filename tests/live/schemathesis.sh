#!/usr/bin/env bash
# Asks a gateway all that its OpenAPI document allows, and much that it does not: no answer may be 5xx or differ from the
# document. `tests/live/schemathesis.sh [EXAMPLES [SEED]]`; needs Python and PyPI, some two minutes for 300 examples a route.
# Streams do not end, and a reload reads this very file: they have tests of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
program=${LATCHWORK_PROGRAM:-$target/release/latchwork}
[ -x "$program" ] || cargo build --release --locked
python=$target/schemathesis/bin
[ -x "$python/schemathesis" ] || { python3 -m venv "$target/schemathesis" && "$python/pip" install --quiet schemathesis==4.32.5; }

folder=$(mktemp -d)
cp tests/live/schemathesis.toml "$folder/plant.toml"
program=$(realpath "$program")
(cd "$folder" && exec "$program" run -c plant.toml) 2>"$folder/log" &
gateway=$!
trap 'kill $gateway; wait $gateway 2>/dev/null || true; rm -rf "$folder"' EXIT
until grep -q 'gateway runs' "$folder/log"; do kill -0 $gateway; sleep 0.1; done
"$python/schemathesis" run http://127.0.0.1:8470/api/openapi.json --exclude-path-regex 'stream|/events$|reload' \
    -n "${1:-300}" --seed "${2:-1}" --request-timeout 5 \
    --checks not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance
