//! The file: TOML → [`Plant`](latchwork_engine::Plant), or all its problems at once.
//!
//! The only place where names become indices. It must never know how the engine decides, nor what
//! runs beside it.
//!
//! The way of a configuration: `files` reads the text and what it includes, `document` makes a tree
//! with places of it, `raw` reads the sections into typed values, `lower` resolves their names.
//! Every one of them adds what is wrong to the findings and goes on.

mod cells;
mod coding;
mod collect;
mod configuration;
pub mod connections;
mod conversion;
mod date;
mod decoded;
mod desk;
mod document;
mod explain;
mod files;
mod findings;
mod http;
mod later;
mod limits;
mod lint;
mod lower;
mod notation;
mod path;
mod pieces;
mod place;
mod problem;
mod problems;
mod publish;
mod raw;
mod reader;
mod render;
pub mod scenario;
mod serial;
mod shaping;
mod source;
mod tls;
mod value_source;
mod wildcard;
mod without_secrets;
mod words;
mod writing;

#[cfg(test)]
mod book;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;

pub use cells::{cell_of, value_of};
pub use collect::{Collect, CollectorConfiguration, load_collector, read_collector};
pub use configuration::{Configuration, Replay, ReplayColumn, SourceFile, StorePlace, explain, load, read};
pub use explain::{ExplainedRow, ExplainedSection, Explanation};
pub use http::{Http, HttpEncryption, HttpToken, Role};
pub use problem::{Position, Problem, Problems};
pub use problems::PROBLEMS;
pub use publish::Publish;
pub use render::Colour;
pub use source::{Disk, Listed, Memory, Source};
pub use without_secrets::WithoutSecrets;
