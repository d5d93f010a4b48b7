//! Where a server is, and how it is spoken to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// A database on a server. What it shows of itself has no password in it.
#[derive(Clone)]
pub(crate) struct Address {
    options: PgConnectOptions,
    password: Option<String>,
    ca_file: Option<PathBuf>,
    shown: String,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=…`, or says what is wrong without showing any of it.
    /// With a file of certificates the server must show one of theirs, unless `sslmode` asks for less.
    pub(crate) fn of_url(url: &str, ca_file: Option<&Path>) -> Result<Self, &'static str> {
        let (scheme, rest) = url.split_once("://").ok_or("it is not written like `postgres://user@host/database`")?;
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        // The last `@` and not the first: a password from the environment is put in as it is.
        let (user, host) = before_query.rsplit_once('@').unwrap_or(("", before_query));
        let address = format!("{scheme}://{host}?{query}");
        let mut options = PgConnectOptions::from_str(&address).map_err(|_| "host, port or a parameter is malformed")?;
        let (name, password) = user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)));
        if !name.is_empty() {
            options = options.username(&decoded(name)?);
        }
        let password = password.map(decoded).transpose()?;
        if let Some(password) = &password {
            options = options.password(password);
        }
        if let Some(file) = ca_file {
            options = options.ssl_root_cert(file);
            if !query.contains("sslmode=") {
                options = options.ssl_mode(PgSslMode::VerifyFull);
            }
        }
        let shown = format!("postgres://{host}");
        let options = options.statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self { options, password, ca_file: ca_file.map(Path::to_owned), shown })
    }

    /// Returns how a connection is made, under this name.
    pub(super) fn options(&self, name: &str) -> PgConnectOptions {
        self.options.clone().application_name(name)
    }

    /// Tells a program of Postgres where to connect: in its environment, which nobody else sees.
    pub(super) fn tell(&self, command: &mut Command) {
        let options = &self.options;
        let directory = options.get_socket().map(|socket| socket.as_os_str());
        command.env("PGHOST", directory.unwrap_or_else(|| options.get_host().as_ref()));
        command.env("PGPORT", options.get_port().to_string()).env("PGUSER", options.get_username());
        command.env("PGSSLMODE", mode(options.get_ssl_mode()));
        command.envs(options.get_database().map(|name| ("PGDATABASE", name)));
        command.envs(self.password.as_ref().map(|password| ("PGPASSWORD", password)));
        command.envs(self.ca_file.as_ref().map(|file| ("PGSSLROOTCERT", file)));
    }

    /// Returns the address without who connects.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

const fn mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

/// How many prepared statements a connection keeps: more than an ordinary plant has it say.
const STATEMENTS_KEPT: usize = 128;

/// Undoes the escapes of an address.
fn decoded(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = (first == b'%').then(|| after.get(..2).and_then(hexadecimal)).flatten();
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).map_err(|_| "name or password is no text in UTF-8")
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_everything_but_who_connects() {
        let address = Address::of_url("postgres://anna:p%40s/s@w%3Frd@db.plant:5433/ledger?sslmode=require", None);
        let address = address.unwrap();
        assert_eq!(address.shown(), "postgres://db.plant:5433/ledger");
        let options = address.options("gw");
        assert_eq!((options.get_username(), options.get_host(), options.get_port()), ("anna", "db.plant", 5433));
        assert_eq!(options.get_database(), Some("ledger"));
        assert!(matches!(options.get_ssl_mode(), PgSslMode::Require));
        assert_eq!(format!("{address:?}"), "Address(\"postgres://db.plant:5433/ledger\")");
        assert!(Address::of_url("postgres:ledger", None).is_err());
    }

    #[test]
    fn a_file_of_certificates_asks_for_one() {
        let mode = |url| Address::of_url(url, Some(Path::new("ca.pem"))).unwrap().options("gw").get_ssl_mode();
        assert!(matches!(mode("postgres://db/ledger"), PgSslMode::VerifyFull));
        assert!(matches!(mode("postgres://db/ledger?sslmode=verify-ca"), PgSslMode::VerifyCa));
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(decoded("50%25 %zz%"), Ok("50% %zz%".to_owned()));
        assert!(decoded("%ff").is_err());
    }
}
