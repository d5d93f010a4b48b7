//! The language: text → [`Program`]; program + image → value with quality.
//!
//! The Ignition expression language, unchanged. This crate knows nothing of triggers, records,
//! files or clocks: the current time is a parameter of every evaluation.

mod ast;
mod check;
mod coerce;
mod compile;
mod dataset;
mod diagnostic;
mod evaluate;
pub mod exact;
mod explain;
mod functions;
mod image;
mod instant;
mod json;
pub mod limits;
mod monotonic;
mod operate;
mod parse;
mod print;
mod program;
#[cfg(test)]
mod proof;
mod quality;
mod question;
mod rung;
mod scheme;
mod site;
mod truth;
mod value;

pub use ast::{BinaryOperator, Expression, Node, Property, Reference, UnaryOperator};
pub use chrono_tz::Tz;
pub use coerce::{Number, compare_numbers, date_text, equal, float_text, text};
pub use dataset::{Column, Dataset};
pub use diagnostic::{CODES, Code, CodeRow, Diagnostic, Severity, closest};
pub use evaluate::{Context, Evaluated, FirstScan, Host, Note};
pub use explain::{Explained, Outcome, Part};
pub use functions::{Basis, Category, Example, Function, functions, language_markdown};
pub use image::{Cell, TagSlot};
pub use instant::{instant_of, instant_text, write_instant};
pub use json::value_to_json;
pub use monotonic::Monotonic;
pub use parse::parse;
pub use program::Program;
pub use quality::{Level, Quality};
pub use question::Question;
pub use rung::{Contact, Ladder, Rung};
pub use scheme::{Scheme, Scope, UnknownTag};
pub use site::{Block, Site};
pub use truth::{Status, Truth};
pub use value::{Text, Timestamp, Type, Value};
