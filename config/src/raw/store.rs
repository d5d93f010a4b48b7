//! `[store]`.

use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::notation::scheme_of;
use crate::problems;
use crate::reader::{Reader, Written};

/// What stands for the store if the file does not say where it is.
const DEFAULT_URL: &str = "sqlite:latchwork.db";

/// Reads `[store]`: its url, if there is one.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<String> {
    let mut reader = Reader::new(desk, "store", table);
    let url = reader.name("url");
    if !reader.has("url") {
        reader.explain("url", None, || quoted(DEFAULT_URL));
    }
    if let Some(url) = &url {
        check_url(&mut reader, url);
    }
    reader.finish("[store]");
    url.map(|url| url.value)
}

fn check_url(reader: &mut Reader<'_, '_>, url: &Written) {
    let fault = match scheme_of(&url.value) {
        Some(("sqlite", "")) => "names no file",
        Some(("sqlite", _)) => return,
        Some(("postgres" | "postgresql", _)) => {
            if let Some(later) = reader.later("url", "postgres") {
                reader.not_in_version(url.place, "postgres", later);
            }
            return;
        }
        Some(_) | None => "does not begin with `sqlite:`",
    };
    let hint = format!("write it like `{DEFAULT_URL}`; the path is relative to the data directory");
    reader.malformed(problems::BAD_URL, "url", url, fault, Some(&hint));
}
