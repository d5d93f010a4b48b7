//! What stands between the program and the system, so that a test sees or says what happens there.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::Folder;

/// Compiles a source beside the tests into a library in a folder, for `LD_PRELOAD`.
pub(super) fn preload(folder: &Folder, source: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let library = folder.join(source.file_name().unwrap().to_str().unwrap()).with_extension("so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&library).arg(source);
    assert!(compiler.status().expect("a C compiler").success());
    library
}
