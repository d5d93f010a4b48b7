//! What a store is opened with.

use std::path::{Path, PathBuf};

use latchwork_expr::Timestamp;

use crate::error::{Failure, StoreError};

/// The file when the configuration names none.
const DEFAULT_FILE: &str = "latchwork.db";

/// What a store is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The database file. It and its directory are made if they are not there.
    pub path: PathBuf,
    /// Whose rows are written.
    pub gateway_id: String,
    /// When it is opened.
    pub opened_at: Timestamp,
}

impl Options {
    /// Returns the options for `[store] url`: `sqlite:` and a path relative to the data directory, or a
    /// path alone; `None` is `latchwork.db` in that directory.
    pub fn from_url(
        url: Option<&str>,
        data_directory: &Path,
        gateway_id: &str,
        opened_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let file = file_of(url.unwrap_or(DEFAULT_FILE)).map_err(|reason| refused(url, reason))?;
        Ok(Self { path: data_directory.join(file), gateway_id: gateway_id.to_owned(), opened_at })
    }
}

/// Returns the path in an address.
fn file_of(url: &str) -> Result<&str, &'static str> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let path = match scheme {
        Some("sqlite") => &url["sqlite:".len()..],
        Some("postgres" | "postgresql") => return Err("Postgres is not known to this version"),
        Some(_) if url.contains("://") => return Err("only `sqlite:` is known"),
        Some(_) | None => url,
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    match path {
        "" => Err("the path is empty"),
        ":memory:" => Err("a ledger in memory keeps nothing"),
        path if path.contains('?') => Err("parameters after `?` are not taken"),
        path => Ok(path),
    }
}

/// Says why an address is refused. Its text stays out: it may hold a password.
fn refused(url: Option<&str>, reason: &str) -> StoreError {
    let scheme = url.and_then(|url| url.split_once(':')).map_or("url", |(scheme, _)| scheme);
    StoreError { path: PathBuf::from(format!("{scheme}:")), failure: Failure::Address { reason: reason.to_owned() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(url: Option<&str>) -> Result<PathBuf, String> {
        let options = Options::from_url(url, Path::new("data"), "gw", Timestamp(0));
        options.map(|options| options.path).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_is_a_path_in_the_data_directory() {
        for (url, path) in [
            (None, "data/latchwork.db"),
            (Some("sqlite:plant.db"), "data/plant.db"),
            (Some("sqlite://plant.db"), "data/plant.db"),
            (Some("sqlite:///var/lib/plant.db"), "/var/lib/plant.db"),
            (Some("sub/plant.db"), "data/sub/plant.db"),
        ] {
            assert_eq!(path_of(url), Ok(PathBuf::from(path)), "{url:?}");
        }
    }

    #[test]
    fn an_address_that_is_refused_keeps_its_secrets() {
        let error = path_of(Some("postgres://user:secret@host/db")).unwrap_err();
        assert_eq!(error, "store `postgres:`: no place for a ledger: Postgres is not known to this version");
        assert!(path_of(Some("sqlite::memory:")).unwrap_err().ends_with("a ledger in memory keeps nothing"));
        assert!(path_of(Some("sqlite:a.db?mode=ro")).unwrap_err().ends_with("parameters after `?` are not taken"));
        assert!(path_of(Some("mysql://host/db")).unwrap_err().ends_with("only `sqlite:` is known"));
        assert!(path_of(Some("sqlite:")).unwrap_err().ends_with("the path is empty"));
    }
}
