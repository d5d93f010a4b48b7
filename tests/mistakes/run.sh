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

# What the engine decides, as stories, against the model, over restarts: what the first catch the others need not look for.
stages=("cases:: clocks:: commands:: latching:: restarting::" "properties::" "resuming::")
# The names of the filters stand in those of others too, which look at what is around the engine.
others=(--skip live:: --skip expressions:: --skip black_box:: --skip crashing:: --skip explaining::)
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
    git -C "$tree" add --all
}

# Builds the tests; where they are is the log's last line.
build() { (cd "$tree" && cargo test --locked -p latchwork-tests --lib --no-run) >"$1" 2>&1; }

# Runs the tests that are built; 0 if they pass, 124 if they do not end.
run_tests() {
    local log=$1 tests
    tests=$(sed -n 's/^ *Executable .* (\(.*\))$/\1/p' "$log")
    for filters in "${stages[@]}"; do
        # shellcheck disable=SC2086 # words that stand apart
        (cd "$tree/tests" && timeout "$seconds_max" "$tests" $filters "${others[@]}") >>"$log" 2>&1 || return $?
    done
}

# Says what failed, case folders before tests: the first few by name.
failures() {
    {
        sed -n 's/^\([a-z0-9_]*\): $/case \1/p' "$1"
        sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$1" | grep -v '^cases::every_case_gives' | sort
    } | awk -v max="$names_max" '
        NR <= max { names = names (NR > 1 ? ", " : "") $0 }
        END { print names (NR > max ? " and " NR - max " more" : "") }'
}

# Plants one mistake and says what came of it; fails if it is not caught.
try() {
    local name=$1 patch=$root/tests/mistakes/$1.patch log=$logs/$1.log status=0 said
    # Where the neighbours have changed since the patch was made, its own lines find the place.
    if ! git -C "$tree" apply -C0 "$patch" 2>"$log"; then
        echo "$name: DOES NOT APPLY, see $log"
        return 1
    fi
    if ! build "$log"; then
        status=1 said="DOES NOT BUILD, see $log"
    elif run_tests "$log"; then
        status=1 said="NOT CAUGHT"
    elif [ $? = 124 ]; then
        said="caught by a test that does not end"
    else
        said=$(failures "$log")
        said="caught by ${said:-the end of the tests, see $log}"
    fi
    git -C "$tree" checkout --quiet -- .
    echo "$name: $said"
    return "$status"
}

names=("$@")
if [ ${#names[@]} = 0 ]; then
    for patch in "$root"/tests/mistakes/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

copy_tree
if ! build "$logs/none.log" || ! run_tests "$logs/none.log"; then
    echo "the tests fail without any mistake: $(failures "$logs/none.log"), see $logs/none.log"
    exit 1
fi
missed=0
for name in "${names[@]}"; do try "$name" || missed=$((missed + 1)); done
echo "$((${#names[@]} - missed)) of ${#names[@]} mistakes are caught"
[ "$missed" = 0 ]
