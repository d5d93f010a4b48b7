//! `[[datasets]]`: lookup tables, written out or as a CSV file.

mod cells;
mod file;
mod rows;

use chrono_tz::Tz;

use latchwork_expr::Dataset;

use crate::desk::Desk;
use crate::document::Table;
use crate::path;
use crate::problems;
use crate::reader::{Reader, Written};

/// One of `[[datasets]]`.
#[derive(Debug)]
pub(crate) struct RawDataset {
    /// The path as written.
    pub(crate) path: Written,
    /// The table; an empty one if it could not be read.
    pub(crate) table: Dataset,
}

/// Reads one of `[[datasets]]`; `zone` is that of dates without one.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table, zone: Tz) -> Option<RawDataset> {
    let mut reader = Reader::new(desk, "datasets", table);
    let path = reader.required_name("path").filter(|path| path::check_tag(&mut reader, path));
    let table = if reader.has("file") { file::read(&mut reader) } else { rows::read(&mut reader, zone) };
    // For people and for what shows the dataset.
    reader.text("notes");
    refuse_second_table(&mut reader);
    reader.finish("[[datasets]]");
    Some(RawDataset { path: path?, table: table.unwrap_or_default() })
}

/// Complains about a dataset with rows from two places.
fn refuse_second_table(reader: &mut Reader<'_, '_>) {
    for key in ["columns", "rows"] {
        if let (Some(place), true) = (reader.key_place(key), reader.has("file")) {
            reader.pass_over(&[key]);
            let message = format!("`{key}` stands beside `file`, which has the columns and rows");
            reader.problem(problems::BAD_DATASET, place, message, Some("leave one of them out".to_owned()));
        }
    }
}
