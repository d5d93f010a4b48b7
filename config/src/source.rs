//! Where a configuration comes from: files, directories, environment. The only place in this crate
//! that touches the system; everything else works on a [`Source`].

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::files::normal;
use crate::limits::FILE_BYTES_MAX;

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The name, without the directory.
    pub name: String,
    /// Whether it is itself a directory.
    pub directory: bool,
}

/// What a configuration is read from.
pub trait Source {
    /// Returns the bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Returns the names in a directory, in any order.
    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>>;

    /// Returns the value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// Returns the bytes of a file that holds a value, as a string `file:path` asks for.
    fn value_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read(path)
    }

    /// Tells whether values of variables and files may be names that stand in for them, so that
    /// nothing can be said about how they are written.
    fn hides_values(&self) -> bool {
        false
    }
}

/// The files and the environment of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Source for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // All at once: a list that grows may end up twice as long.
        let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX).min(FILE_BYTES_MAX);
        let mut bytes = Vec::with_capacity(length + 1);
        fs::File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > FILE_BYTES_MAX { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>> {
        // A relative pattern such as `*.toml` has the empty path as its directory.
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let mut listed = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string() {
                listed.push(Listed { name, directory: entry.path().is_dir() });
            }
        }
        Ok(listed)
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// Files and variables in memory: a text sent over HTTP, the text in a trace, a test.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The files by their path.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// The variables by their name.
    pub variables: BTreeMap<String, String>,
}

impl Memory {
    /// Returns a source with one file.
    pub fn of(path: impl Into<PathBuf>, text: impl Into<Vec<u8>>) -> Self {
        Self::default().with(path, text)
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl Source for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.files.get(path) {
            return Ok(bytes.clone());
        }
        // A disk follows `.` and `..`; here two spellings of a path must be compared.
        let path = normal(path);
        if let Some((_, bytes)) = self.files.iter().find(|(file, _)| normal(file) == path) {
            return Ok(bytes.clone());
        }
        let directory = self.files.keys().any(|file| normal(file).starts_with(&path));
        Err(if directory { io::ErrorKind::IsADirectory } else { io::ErrorKind::NotFound }.into())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>> {
        let directory = normal(directory);
        let mut listed: Vec<Listed> = self.files.keys().filter_map(|file| child(&normal(file), &directory)).collect();
        listed.sort();
        listed.dedup();
        Ok(listed)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

/// Returns the name right below `directory` on the way to `file`.
fn child(file: &Path, directory: &Path) -> Option<Listed> {
    let mut below = file.strip_prefix(directory).ok()?.components();
    let name = below.next()?.as_os_str().to_str()?.to_owned();
    Some(Listed { name, directory: below.next().is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_lists_each_name_below_a_directory_once() {
        let source = Memory::of("plant.toml", "").with("lines/a.toml", "").with("lines/b.toml", "");
        let listed = |path: &str| -> Vec<(String, bool)> {
            source.list(Path::new(path)).unwrap().into_iter().map(|entry| (entry.name, entry.directory)).collect()
        };
        assert_eq!(listed(""), [("lines".to_owned(), true), ("plant.toml".to_owned(), false)]);
        assert_eq!(listed("lines"), [("a.toml".to_owned(), false), ("b.toml".to_owned(), false)]);
    }

    #[test]
    fn memory_follows_dots_as_a_disk_does() {
        let source = Memory::of("./plants/plant.toml", "a").with("shared/x.toml", "b");
        assert_eq!(source.read(Path::new("plants/../shared/x.toml")).unwrap(), b"b");
        assert_eq!(source.read(Path::new("plants/./plant.toml")).unwrap(), b"a");
        assert_eq!(source.list(Path::new("plants/../shared")).unwrap().len(), 1);
        assert_eq!(source.read(Path::new("./plants")).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }

    #[test]
    fn disk_tells_a_directory_from_a_missing_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(Disk.read(folder).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(Disk.read(&folder.join("missing.toml")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(Disk.read(&folder.join("Cargo.toml")).unwrap().starts_with(b"[package]"));
        assert!(Disk.list(folder).unwrap().contains(&Listed { name: "src".to_owned(), directory: true }));
    }
}
