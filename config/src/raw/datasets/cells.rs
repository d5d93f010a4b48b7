//! Cells become a table: each column of one type, if its cells are.

use std::collections::BTreeMap;

use latchwork_expr::{Column, Dataset, Type, Value};

use crate::limits::DATASET_CELLS_MAX;
use crate::place::Place;
use crate::problems;
use crate::reader::{Reader, float_of};

/// The name of a column and where it stands.
pub(super) struct Heading {
    pub(super) name: String,
    pub(super) place: Place,
}

/// Checks the names of columns: there are some, none is empty, and no two are the same in any case.
pub(super) fn check_headings(reader: &mut Reader<'_, '_>, headings: &[Heading]) -> bool {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut sound = true;
    for Heading { name, place } in headings {
        let fault = if name.trim().is_empty() {
            "a column has no name".to_owned()
        } else if let Some(first) = taken.insert(name.to_lowercase(), name) {
            format!("two columns are called `{name}`{}", if first == name { "" } else { ", but for their case" })
        } else {
            continue;
        };
        reader.problem(problems::BAD_DATASET, *place, fault, None);
        sound = false;
    }
    sound
}

/// Checks that a row has a cell for each column.
pub(super) fn check_width(reader: &mut Reader<'_, '_>, cells: usize, columns: usize, place: Place) -> bool {
    if cells != columns {
        let plural = if cells == 1 { "cell" } else { "cells" };
        let message = format!("the row has {cells} {plural}, expected {columns}: one for each column");
        reader.problem(problems::BAD_DATASET, place, message, None);
    }
    cells == columns
}

/// Checks that a table is not larger than tables may be.
pub(super) fn check_size(reader: &mut Reader<'_, '_>, rows: usize, columns: usize, place: Place) -> bool {
    let fits = rows.saturating_mul(columns) <= DATASET_CELLS_MAX;
    if !fits {
        let message = format!("the dataset has more than {DATASET_CELLS_MAX} cells");
        reader.problem(problems::OUT_OF_RANGE, place, message, None);
    }
    fits
}

/// Returns the table of sound headings and rows of their width.
pub(super) fn table(headings: Vec<Heading>, mut rows: Vec<Vec<Value>>) -> Dataset {
    let kinds: Vec<Type> = (0..headings.len()).map(|column| kind(rows.iter().map(|row| &row[column]))).collect();
    for (cell, kind) in rows.iter_mut().flat_map(|row| row.iter_mut().zip(&kinds)) {
        if let (Value::Integer(number), Type::Float) = (&*cell, kind) {
            *cell = Value::Float(float_of(*number));
        }
    }
    let columns = headings.into_iter().zip(kinds).map(|(heading, kind)| Column { name: heading.name, kind });
    Dataset::new(columns.collect(), rows)
}

/// Returns the type that all cells of a column have, whole numbers among others being floats.
fn kind<'v>(cells: impl Iterator<Item = &'v Value>) -> Type {
    let kinds = cells.filter(|cell| !cell.is_null()).map(Value::kind);
    let common = |one, other| match (one, other) {
        (Type::Integer, Type::Float) | (Type::Float, Type::Integer) => Type::Float,
        (one, other) if one == other => one,
        (_, _) => Type::Any,
    };
    kinds.reduce(common).unwrap_or(Type::Any)
}
