//! What a store is opened with.

use std::path::Path;

use latchwork_expr::Timestamp;

use crate::error::{Failure, StoreError};
use crate::{postgres, sqlite};

/// The file when the configuration names none.
const DEFAULT_FILE: &str = "latchwork.db";

/// What a store is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) place: Place,
    pub(crate) gateway_id: String,
    pub(crate) opened_at: Timestamp,
}

/// Where a ledger is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In a file of SQLite.
    File(sqlite::Place),
    /// On a server of Postgres.
    Server(Box<postgres::Address>),
}

/// Where `[store]` says that the ledger is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written<'a> {
    /// `url`: `sqlite:` and a path relative to the data directory, a path alone, or `postgres://`; without it
    /// `latchwork.db` in that directory.
    pub url: Option<&'a str>,
    /// `ca_file`: certificates of which a server must show one.
    pub ca_file: Option<&'a Path>,
}

impl Options {
    /// Returns the options for what is written, opened at this time for this gateway.
    pub fn of(
        written: Written<'_>,
        data_directory: &Path,
        gateway_id: &str,
        opened_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let url = written.url.unwrap_or(DEFAULT_FILE);
        let place = match scheme_of(url) {
            Some("postgres" | "postgresql") => postgres::Address::of_url(url, written.ca_file)
                .map(|address| Place::Server(Box::new(address)))
                .map_err(|reason| refused(url, reason))?,
            Some(_) | None => {
                Place::of_path(&data_directory.join(file_of(url).map_err(|reason| refused(url, reason))?))?
            }
        };
        Ok(Self { place, gateway_id: gateway_id.to_owned(), opened_at })
    }

    /// Returns where the ledger is, as people may see it: without a password.
    pub fn shown_place(&self) -> String {
        self.place.shown()
    }

    /// Tells whether there is certainly no ledger: a file that is not there.
    pub fn is_absent(&self) -> bool {
        match &self.place {
            Place::File(file) => !file.database().exists(),
            Place::Server(_) => false,
        }
    }

    /// Returns the options for a file. It and its directory are made if they are not there.
    pub fn file(path: &Path, gateway_id: &str, opened_at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { place: Place::of_path(path)?, gateway_id: gateway_id.to_owned(), opened_at })
    }
}

impl Place {
    fn of_path(path: &Path) -> Result<Self, StoreError> {
        let place = sqlite::Place::of(path);
        place.map(Self::File).map_err(|failure| StoreError { place: path.display().to_string(), failure })
    }

    /// Tells whether others do the work of a commit.
    pub(crate) const fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    fn shown(&self) -> String {
        match self {
            Self::File(file) => file.database().display().to_string(),
            Self::Server(address) => address.shown().to_owned(),
        }
    }

    /// Puts the place to a failure.
    pub(crate) fn error(&self, failure: Failure) -> StoreError {
        StoreError { place: self.shown(), failure }
    }
}

fn scheme_of(url: &str) -> Option<&str> {
    url.split_once(':').map(|(scheme, _)| scheme)
}

/// Returns the path in an address.
fn file_of(url: &str) -> Result<&str, &'static str> {
    let path = match scheme_of(url) {
        Some("sqlite") => &url["sqlite:".len()..],
        Some(_) if url.contains("://") => return Err("only `sqlite:` and `postgres://` are known"),
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
fn refused(url: &str, reason: &str) -> StoreError {
    let place = format!("{}:", scheme_of(url).unwrap_or("url"));
    StoreError { place, failure: Failure::Address { reason: reason.to_owned() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(url: Option<&str>) -> Result<String, String> {
        let options = Options::of(Written { url, ca_file: None }, Path::new("/data"), "gw", Timestamp(0));
        options.map(|options| options.place.error(Failure::Full).place).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_is_a_path_in_the_data_directory() {
        for (url, path) in [
            (None, "/data/latchwork.db"),
            (Some("sqlite:plant.db"), "/data/plant.db"),
            (Some("sqlite://plant.db"), "/data/plant.db"),
            (Some("sqlite:///var/lib/plant.db"), "/var/lib/plant.db"),
            (Some("sub/plant.db"), "/data/sub/plant.db"),
            (Some("postgres://anna:secret@host/db"), "postgres://host/db"),
        ] {
            assert_eq!(place_of(url).as_deref(), Ok(path), "{url:?}");
        }
    }

    #[test]
    fn an_address_that_is_refused_keeps_its_secrets() {
        let error = place_of(Some("postgres://user:secret@host:port/db")).unwrap_err();
        assert_eq!(error, "store `postgres:`: no place for a ledger: host, port or a parameter is malformed");
        assert!(place_of(Some("sqlite::memory:")).unwrap_err().ends_with("a ledger in memory keeps nothing"));
        assert!(place_of(Some("sqlite:a.db?mode=ro")).unwrap_err().ends_with("parameters after `?` are not taken"));
        assert!(place_of(Some("mysql://host/db")).unwrap_err().ends_with("only `sqlite:` and `postgres://` are known"));
        assert!(place_of(Some("sqlite:")).unwrap_err().ends_with("the path is empty"));
    }
}
