//! Where a ledger is: the database file and what lies beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::Failure;

/// The database file, as an absolute path.
#[derive(Clone, Debug)]
pub(crate) struct Place(PathBuf);

impl Place {
    /// Returns the place of a path, absolute: SQLite reads a relative one that begins with `file:` as
    /// an address, and the working directory may change.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let absolute = std::path::absolute(path).map_err(|error| Failure::Address { reason: error.to_string() })?;
        if absolute.to_str().is_none_or(|text| text.contains('\0')) {
            return Err(Failure::Address { reason: "the path is no text in UTF-8".to_owned() });
        }
        Ok(Self(absolute))
    }

    /// Returns the database file.
    pub(crate) fn database(&self) -> &Path {
        &self.0
    }

    /// Returns a file beside the database: its name with this ending.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(&self.0);
        name.push(ending);
        name.into()
    }

    /// Makes the directory and refuses what cannot be a file: the database's own words for it say little.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        if let Some(directory) = self.0.parent() {
            std::fs::create_dir_all(directory)?;
        }
        if self.0.is_dir() {
            return Err(Failure::CannotOpen { reason: "it is a directory".to_owned() });
        }
        Ok(())
    }
}
