//! The small languages that stand inside strings of the file, or in files of their own: addresses, urls,
//! filters, patterns, paths and tables. Each is text in, meaning out, or a fault as the end of a sentence that begins with the text.
//!
//! Knows neither files nor places; who asks tells where the text stands.

mod csv;
mod json_path;
mod modbus_address;
mod network;
mod server_url;
mod tag_pattern;
mod topic_filter;

pub(crate) use csv::{CsvCell, CsvFault, records as csv_records};
pub(crate) use json_path::{
    PathRoot, parse as parse_json_path, parse_of_point as parse_path_of_point, render as render_json_path,
};
pub(crate) use modbus_address::{AddressBase, ModbusAddress};
pub(crate) use network::{Authority, scheme_of};
pub(crate) use server_url::ServerUrl;
pub(crate) use tag_pattern::{Fillers, TagPattern};
pub(crate) use topic_filter::{check as check_topic_filter, wildcards};
