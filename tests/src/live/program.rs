//! What the tests start: the program, and the Python that the Modbus device runs in.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Names the program under test; without it the test builds one.
const PROGRAM: &str = "LATCHWORK_PROGRAM";

/// Returns the program: the one that the environment names, else one that is built of what is here now.
pub(super) fn program() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let program = env::var_os(PROGRAM).map_or_else(build, PathBuf::from);
        assert!(program.is_file(), "no program at `{}`", program.display());
        program
    })
}

/// Returns the Python that has pymodbus.
pub(super) fn python() -> PathBuf {
    let python = target().join("live/bin/python");
    assert!(python.is_file(), "no `{}`: tests/live/install.sh puts it there", python.display());
    python
}

/// Returns the path of a file beside the tests.
pub(super) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("live").join(name)
}

/// Returns where everything is built: `target/debug/deps/` holds this test.
pub(super) fn target() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}

fn build() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "latchwork", "--bin", "latchwork", "--locked", "--target-dir"]);
    let built = command.arg(target()).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(built.status.success(), "the program does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    target().join("debug/latchwork")
}
