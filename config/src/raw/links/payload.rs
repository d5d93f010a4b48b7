//! The keys that say what a message means: its form, and where value, time and quality stand in it.

use crate::connections::{JsonPaths, JsonStep, Payload, PointPaths, TimeUnit};
use crate::explain::quoted;
use crate::notation::{PathRoot, parse_json_path, parse_path_of_point};
use crate::problems;
use crate::reader::{Reader, Written};
use crate::words::{PAYLOAD, PayloadKind, TIME_UNIT};

/// The keys that only JSON has.
const JSON_KEYS: &[&str] = &["value", "time", "time_unit", "quality"];

/// How a path into a document is written.
const PATH_HINT: &str = "write it like `$.v`, `$.values[0]` or `$['a key']`";

/// How a path of a point is written.
const POINT_PATH_HINT: &str = "write it like `@.v` within a point, `$.ts` for what all points have in common";

/// Reads how a message holds its values; `None` if its form is wrong, which is a problem.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Payload> {
    let kind = reader.right_word("payload", PAYLOAD, PayloadKind::Raw);
    match kind {
        Some(PayloadKind::Raw | PayloadKind::Json | PayloadKind::Document) => {
            reader.refuse(&["points", "name"], "many points: write `payload = \"json-array\"`");
        }
        Some(PayloadKind::Object) => {
            reader.refuse(&["name"], "json-array: the members of an object have names");
        }
        Some(PayloadKind::Array) => {}
        None => reader.pass_over(&["points", "name"]),
    }
    match kind {
        Some(PayloadKind::Raw) => {
            reader.refuse(JSON_KEYS, "JSON: write `payload = \"json\"`");
            Some(Payload::Raw)
        }
        Some(PayloadKind::Json) => Some(Payload::Json(json_paths(reader))),
        Some(PayloadKind::Document) => {
            reader.refuse(&["value"], "a part of a document: write `payload = \"json\"`");
            Some(Payload::Document(paths_beside(reader, Vec::new())))
        }
        Some(PayloadKind::Object) => {
            let points = points(reader);
            Some(Payload::Object(point_paths(reader, points, None, SharedRoot::Document)))
        }
        Some(PayloadKind::Array) => Some(Payload::Array(array(reader))),
        None => {
            reader.pass_over(JSON_KEYS);
            None
        }
    }
}

fn json_paths(reader: &mut Reader<'_, '_>) -> JsonPaths {
    if !reader.has("value") {
        reader.explain("value", None, || quoted("$"));
    }
    let value = json_path(reader, "value").unwrap_or_default();
    paths_beside(reader, value)
}

/// Reads where time and quality stand in a document.
fn paths_beside(reader: &mut Reader<'_, '_>, value: Vec<JsonStep>) -> JsonPaths {
    let time = json_path(reader, "time");
    JsonPaths { value, time, time_unit: time_unit(reader), quality: json_path(reader, "quality") }
}

fn array(reader: &mut Reader<'_, '_>) -> PointPaths {
    let points = points(reader);
    let name = point_path(reader, "name").map(|(_, steps)| steps);
    // Where the array is all there is, nothing can be common to its points.
    let root = if points.is_empty() { SharedRoot::Nowhere } else { SharedRoot::Document };
    point_paths(reader, points, name, root)
}

/// Where what all points have in common can stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SharedRoot {
    /// In the document around them.
    Document,
    /// There is nothing around them: `$` is the point.
    Nowhere,
}

fn points(reader: &mut Reader<'_, '_>) -> Vec<JsonStep> {
    if !reader.has("points") {
        reader.explain("points", None, || quoted("$"));
    }
    json_path(reader, "points").unwrap_or_default()
}

fn point_paths(
    reader: &mut Reader<'_, '_>,
    points: Vec<JsonStep>,
    name: Option<Vec<JsonStep>>,
    root: SharedRoot,
) -> PointPaths {
    if !reader.has("value") {
        reader.explain("value", None, || quoted("@"));
    }
    let value = point_path(reader, "value").map(|(_, steps)| steps).unwrap_or_default();
    let (time, shared_time) = divided(point_path(reader, "time"), root);
    let time_unit = time_unit(reader);
    let (quality, shared_quality) = divided(point_path(reader, "quality"), root);
    let each = JsonPaths { value, time, time_unit, quality };
    PointPaths { points, name, each, shared_time, shared_quality }
}

type Path = Option<Vec<JsonStep>>;

/// Returns a path as one of each point, or as one that all points share.
fn divided(path: Option<(PathRoot, Vec<JsonStep>)>, root: SharedRoot) -> (Path, Path) {
    match path {
        Some((PathRoot::Document, steps)) if root == SharedRoot::Document => (None, Some(steps)),
        Some((PathRoot::Document | PathRoot::Point, steps)) => (Some(steps), None),
        None => (None, None),
    }
}

/// Reads a path into the document; the document itself if the path is wrong, which is a problem.
fn json_path(reader: &mut Reader<'_, '_>, key: &'static str) -> Path {
    let written = reader.text(key)?;
    let steps = parse_json_path(&written.value);
    Some(steps.unwrap_or_else(|fault| bad_path(reader, &written, &fault, PATH_HINT)))
}

/// Reads a path of points; the point itself if the path is wrong, which is a problem.
fn point_path(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<(PathRoot, Vec<JsonStep>)> {
    let written = reader.text(key)?;
    let path = parse_path_of_point(&written.value);
    Some(path.unwrap_or_else(|fault| (PathRoot::Point, bad_path(reader, &written, &fault, POINT_PATH_HINT))))
}

fn bad_path(reader: &mut Reader<'_, '_>, written: &Written, fault: &str, hint: &str) -> Vec<JsonStep> {
    reader.malformed(problems::BAD_JSON_PATH, "path", written, fault, Some(hint));
    Vec::new()
}

/// Reads the unit of times, which nothing but a time has.
fn time_unit(reader: &mut Reader<'_, '_>) -> TimeUnit {
    if let (Some(place), false) = (reader.key_place("time_unit"), reader.has("time")) {
        reader.problem(problems::NO_EFFECT, place, "`time_unit` has no effect: there is no `time`", None);
    }
    reader.word("time_unit", TIME_UNIT, TimeUnit::Millis)
}
