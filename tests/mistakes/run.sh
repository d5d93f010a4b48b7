#!/usr/bin/env bash
# Plants mistakes in the engine, one at a time, and says which tests catch each.
#
#   tests/mistakes/run.sh [NAME...]     those of tests/mistakes/NAME.patch; without a name all
#
# Works in a copy of the tree under target/mistakes (MISTAKES_DIR says otherwise), which it keeps: what a mistake does not
# touch is not built again. The logs are there too. First of all the tests must pass without any mistake. Ends with 1 if a
# mistake is not caught, does not apply or does not build. tests/mistakes/README.md says how to add one.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=${MISTAKES_DIR:-$root/target/mistakes}
tree=$scratch/tree
logs=$scratch/logs
export CARGO_TARGET_DIR=$scratch/target

# The tests of what the engine decides; the rest looks at its surroundings.
filters=(cases:: clocks:: commands:: model:: properties:: restarting:: resuming::)
# A mistake may keep a test from ending.
seconds_max=600
# How many failing tests are told by name.
names_max=3

copy_tree() {
    rm -rf "$tree"
    mkdir -p "$tree" "$logs"
    # Not the commit but what is there. Dated now, for what stands in the target directory may be a mistake's.
    (cd "$root" && git ls-files -z --cached --others --exclude-standard) |
        (cd "$root" && tar --create --null --files-from=- --file=-) | tar --extract --touch --directory="$tree"
    # A repository of its own: inside another one `git apply` leaves out what that one ignores.
    git -C "$tree" init --quiet
}

# Builds the tests and runs them; 0 if they pass, 1 if they fail, 2 if they do not build, 124 if they do not end.
run_tests() {
    local log=$1 tests status=0
    (cd "$tree" && cargo test --locked -p latchwork-tests --lib --no-run) >"$log" 2>&1 || return 2
    tests=$(sed -n 's/^ *Executable .* (\(.*\))$/\1/p' "$log")
    (cd "$tree/tests" && timeout "$seconds_max" "$tests" "${filters[@]}") >>"$log" 2>&1 || status=$?
    case $status in
        0 | 124) return "$status" ;;
        *) return 1 ;;
    esac
}

# Says which tests failed: the first few by name.
failures() {
    sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$1" | sort | awk -v max="$names_max" '
        NR <= max { names = names (NR > 1 ? ", " : "") $0 }
        END { print names (NR > max ? " and " NR - max " more" : "") }'
}

# Applies a patch. Where its neighbours have changed since it was made, its own lines find the place.
change() { git -C "$tree" apply -C0 "$@"; }

verdict() {
    local name=$1 status=$2 log=$3 caught
    case $status in
        0) echo "$name: NOT CAUGHT" ;;
        2) echo "$name: DOES NOT BUILD, see $log" ;;
        124) echo "$name: caught by no end within $seconds_max s" ;;
        *)
            caught=$(failures "$log")
            echo "$name: ${caught:+caught by }${caught:-NOT CAUGHT: the tests ended with a failure of no test, see $log}"
            [ -n "$caught" ]
            return
            ;;
    esac
    [ "$status" = 124 ]
}

try() {
    local name=$1 patch=$root/tests/mistakes/$1.patch status=0
    if ! change "$patch"; then
        echo "$name: DOES NOT APPLY"
        return 1
    fi
    run_tests "$logs/$name.log" || status=$?
    change --reverse "$patch" || exit 1
    verdict "$name" "$status" "$logs/$name.log"
}

names=("$@")
if [ ${#names[@]} = 0 ]; then
    for patch in "$root"/tests/mistakes/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

copy_tree
if ! run_tests "$logs/none.log"; then
    echo "the tests fail without any mistake: $(failures "$logs/none.log"), see $logs/none.log"
    exit 1
fi
missed=0
for name in "${names[@]}"; do try "$name" || missed=$((missed + 1)); done
echo "$((${#names[@]} - missed)) of ${#names[@]} mistakes are caught"
[ "$missed" = 0 ]
