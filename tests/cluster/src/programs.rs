//! Where the programs of Postgres are.

use std::env;
use std::path::{Path, PathBuf};

/// Where Debian puts those that are not for everybody, below the version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Returns the path of a program: the newest that Debian has, else the one in the path.
pub(crate) fn program(name: &str) -> PathBuf {
    let found = of_debian(name).or_else(|| in_path(name));
    found.unwrap_or_else(|| panic!("no `{name}`: tests/live/install.sh gets Postgres"))
}

fn of_debian(name: &str) -> Option<PathBuf> {
    let versions = Path::new(DEBIAN).read_dir().ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|version| {
            let number = version.file_name().to_str()?.parse().ok()?;
            let program = version.path().join("bin").join(name);
            program.is_file().then_some((number, program))
        })
        .collect();
    found.sort_unstable();
    found.pop().map(|(_, program)| program)
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(name)).find(|program| program.is_file())
}
