//! `[store]`.

use crate::configuration::StorePlace;
use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::limits::RETENTION_DAYS_MAX;
use crate::notation::{ServerUrl, scheme_of};
use crate::problems;
use crate::reader::{Reader, Written};

/// What stands for the store if the file does not say where it is.
const DEFAULT_URL: &str = "sqlite:latchwork.db";

/// Reads `[store]`: where it is, and how long what is in it stays.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table) -> StorePlace {
    let mut reader = Reader::new(desk, "store", table);
    let place = read_place(&mut reader, DEFAULT_URL);
    let retention_days = reader.whole("retention_days", 1..=RETENTION_DAYS_MAX);
    reader.finish("[store]");
    StorePlace { retention_days, ..place }
}

/// Reads where a store is; `otherwise` is where it is if the file does not say.
pub(super) fn read_place(reader: &mut Reader<'_, '_>, otherwise: &str) -> StorePlace {
    let url = reader.name("url");
    if !reader.has("url") {
        reader.explain("url", None, || quoted(otherwise));
    }
    if let Some(url) = &url {
        check_url(reader, url);
    }
    let is_file = url.as_ref().is_none_or(|url| matches!(scheme_of(&url.value), Some(("sqlite", _))));
    let ca_file = if is_file {
        reader.refuse(&["ca_file"], "a store on a server");
        None
    } else {
        reader.name("ca_file").map(|written| reader.desk.folder(written.place).join(written.value))
    };
    StorePlace { url: url.map(|url| url.value), ca_file, retention_days: None }
}

fn check_url(reader: &mut Reader<'_, '_>, url: &Written) {
    let (fault, example) = match scheme_of(&url.value) {
        Some(("sqlite", "")) => ("names no file", SQLITE),
        Some(("sqlite", _)) => return,
        Some(("postgres" | "postgresql", rest)) => match ServerUrl::parse(rest) {
            Ok(_) => return check_password(reader, url),
            Err(fault) => (fault, POSTGRES),
        },
        Some(_) | None => ("does not begin with `sqlite:` or `postgres://`", SQLITE),
    };
    reader.malformed(problems::BAD_URL, "url", url, fault, Some(example));
}

/// Complains about a password in the file itself. The message shows nothing of it.
fn check_password(reader: &mut Reader<'_, '_>, url: &Written) {
    let shown = scheme_of(url.shown()).and_then(|(_, rest)| ServerUrl::parse(rest).ok());
    if shown.is_some_and(|shown| shown.password.is_some_and(|password| !password.contains("${"))) {
        let message = "the password of `url` stands in the file itself, which traces keep and tools show";
        let hint = "write `${NAME}` in its place, for a variable".to_owned();
        reader.problem(problems::BARE_SECRET, reader.place(), message, Some(hint));
    }
}

const SQLITE: &str = "write it like `sqlite:latchwork.db`; the path is relative to the data directory";
const POSTGRES: &str = "write it like `postgres://user:${DB_PASSWORD}@host/database`";
