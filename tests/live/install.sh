#!/usr/bin/env bash
# Gets what the build needs, and what the tests run against: mosquitto, Postgres and systemd-analyze from the system's packages,
# pymodbus from PyPI into a directory beside what is built. Does what is missing, says what it did, and fails when it cannot.
set -euo pipefail
cd "$(dirname "$0")/../.."

pymodbus=3.16.1
# Where src/live/program.rs looks for it.
python=${CARGO_TARGET_DIR:-target}/live/bin/python

has_servers() { command -v mosquitto >/dev/null && command -v mosquitto_pub >/dev/null; }
has_postgres() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_systemd() { command -v systemd-analyze >/dev/null; }
has_venv() { python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
has_pymodbus() { "$python" -c "import pymodbus, sys; sys.exit(pymodbus.__version__ != '$pymodbus')" 2>/dev/null; }
fail() { printf '%s\n' "the live tests need $1" >&2; exit 1; }

export PATH=$PATH:/usr/sbin
missing=()
command -v make >/dev/null || missing+=(make)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
has_servers || missing+=(mosquitto mosquitto-clients)
has_postgres || missing+=(postgresql)
has_systemd || missing+=(systemd)
has_pymodbus || has_venv || missing+=(python3 python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    sudo=$([ "$(id -u)" = 0 ] || command -v sudo || true)
    echo "installing ${missing[*]}"
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >/dev/null ||
        fail "${missing[*]}, and apt-get cannot install that here: install it by hand"
fi
has_servers || fail "mosquitto and mosquitto_pub in the path"
has_postgres || fail "initdb and postgres in the path"
has_systemd || fail "systemd-analyze in the path"

if ! has_pymodbus; then
    has_venv || fail "a python3 of version 3.10 or later with the modules venv and ensurepip"
    echo "installing pymodbus $pymodbus from PyPI into ${python%/bin/python}"
    python3 -m venv --clear "${python%/bin/python}"
    "$python" -m pip install --quiet --disable-pip-version-check "pymodbus==$pymodbus" ||
        fail "pymodbus $pymodbus, and pip cannot get it"
fi

# Only said: the test then passes without having shown anything.
disk=$(mktemp -d)
if mount -t tmpfs -o size=1m latchwork-test "$disk" 2>/dev/null; then
    umount "$disk"
else
    echo "no file system may be mounted here: a full disk is shown by files that may not grow, not by a full file system"
fi
rmdir "$disk"
