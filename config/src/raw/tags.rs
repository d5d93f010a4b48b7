//! `[[tags]]`.

use chrono_tz::Tz;

use latchwork_expr::{Type, Value};

use super::feed::{self, RawFeed};
use super::initial;
use super::links::RawLinks;
use crate::desk::Desk;
use crate::document::{Item, Table};
use crate::path;
use crate::place::Place;
use crate::problems;
use crate::reader::{ExpressionText, Reader, Written, into_tables};
use crate::words::TYPES;

/// The section.
pub(crate) const SECTION: &str = "tags";
/// How an entry of it begins.
const HEADER: &str = "[[tags]]";

/// One of `[[tags]]`.
#[derive(Debug)]
pub(crate) struct RawTag {
    /// The path as written.
    pub(crate) path: Written,
    /// The declared type, if there is one.
    pub(crate) kind: Option<Type>,
    /// Where the type stands.
    pub(crate) kind_place: Option<Place>,
    /// The value of a memory tag before its first sample.
    pub(crate) initial: Option<Value>,
    /// The expression of a derived tag, which few are.
    pub(crate) expression: Option<Box<ExpressionText>>,
    /// What of which connection feeds it.
    pub(crate) feed: Option<Box<RawFeed>>,
}

/// Reads `[[tags]]` of all files; `zone` is that of dates without one. Each entry goes once it is read: there may be a
/// hundred thousand of them, and what is read is as large.
pub(crate) fn read_all(desk: &mut Desk<'_>, sections: Vec<Item>, links: &RawLinks, zone: Tz) -> Vec<RawTag> {
    let mut tags = Vec::new();
    for section in sections {
        for table in into_tables(section, SECTION, HEADER, desk) {
            tags.extend(read(desk, &table, links, zone));
        }
    }
    tags
}

/// Reads one of `[[tags]]`. One with an `array_length` is several tags.
fn read(desk: &mut Desk<'_>, table: &Table, links: &RawLinks, zone: Tz) -> Vec<RawTag> {
    let mut reader = Reader::new(desk, SECTION, table);
    let path = reader.required_name("path").filter(|path| path::check_tag(&mut reader, path));
    let kind = reader.optional_word("type", TYPES);
    let item = reader.item("initial");
    let initial = item.and_then(|item| initial::read(&mut reader, item, kind, zone));
    let expression = reader.expression("expression").map(Box::new);
    let feed = feed::read(&mut reader, links, kind);
    // For people and for what shows the tag; the engine does not read it.
    reader.text("notes");
    refuse_second_value(&mut reader);
    if let (Some(item), Some(_)) = (item, &expression) {
        let message = "`initial` has no effect: the tag has an expression";
        reader.problem(problems::NO_EFFECT, item.place, message, None);
    }
    reader.finish(HEADER);
    let kind_place = table.entry("type").map(|entry| entry.item.place);
    let Some(path) = path else { return Vec::new() };
    let feeds = feed.map_or_else(|| vec![(String::new(), None)], feed::elements);
    let tag = |(ending, feed): (String, Option<Box<RawFeed>>)| RawTag {
        path: path.with_ending(&ending),
        kind,
        kind_place,
        initial: initial.clone(),
        expression: expression.clone(),
        feed,
    };
    feeds.into_iter().map(tag).collect()
}

/// Complains about a tag of a connection that has a value from elsewhere too.
fn refuse_second_value(reader: &mut Reader<'_, '_>) {
    for key in ["initial", "expression"] {
        if let (Some(place), true) = (reader.key_place(key), reader.has("connection")) {
            let message = format!("`{key}` stands beside `connection`: the value would come from two places");
            reader.problem(problems::FED_TWICE, place, message, Some("leave one of them out".to_owned()));
        }
    }
}
