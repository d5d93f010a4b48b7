//! What stands at a path in a document: got, or set to another value.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::path::{Step, steps};
use super::read::read;
use crate::coerce::described;
use crate::diagnostic::quoted;
use crate::functions::arguments::{bounded, string};
use crate::functions::{Call, Failure};
use crate::json::value_to_json;
use crate::operate::from_json;
use crate::value::Value;

pub(super) fn get(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let path = string(&arguments[1], call.zone)?;
    let document = document_of(&arguments[0])?;
    find(&document, &path).map(from_json)
}

pub(super) fn set(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let path = string(&arguments[1], call.zone)?;
    let mut document = document_of(&arguments[0])?.into_owned();
    *find_mut(&mut document, &path)? = value_to_json(&arguments[2]);
    bounded(document.to_string())
}

/// Returns the document that a value is, or is the text of.
pub(super) fn document_of(value: &Value) -> Result<Cow<'_, Json>, Failure> {
    match value {
        Value::Document(document) => Ok(Cow::Borrowed(document)),
        Value::String(text) => read(text).map(Cow::Owned),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Quality(_) => Err(format!("{} is not JSON", described(value)).into()),
    }
}

fn find<'j>(document: &'j Json, path: &str) -> Result<&'j Json, Failure> {
    steps(path)?
        .into_iter()
        .try_fold(document, |json, step| match step {
            Step::Name(name) => json.as_object()?.get(name),
            Step::Index(index) => json.as_array()?.get(index),
        })
        .ok_or_else(|| nothing_at(path))
}

fn find_mut<'j>(document: &'j mut Json, path: &str) -> Result<&'j mut Json, Failure> {
    steps(path)?
        .into_iter()
        .try_fold(document, |json, step| match step {
            Step::Name(name) => json.as_object_mut()?.get_mut(name),
            Step::Index(index) => json.as_array_mut()?.get_mut(index),
        })
        .ok_or_else(|| nothing_at(path))
}

fn nothing_at(path: &str) -> Failure {
    format!("the document has nothing at {}", quoted(path)).into()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::limits::TEXT_BYTES_MAX;
    use crate::value::Timestamp;

    const CALL: Call = Call { now: Timestamp(0), zone: Tz::UTC };
    const ITEMS: &str = r#"{"items":[{"name":"alpha","pv":12.5,"on":true,"note":null},{"pv":7}],"empty":{}}"#;

    fn shown(result: Result<Value, Failure>) -> String {
        match result {
            Ok(value) => format!("{} {}", value.kind().name(), text(&value, Tz::UTC)),
            Err(failure) => failure.to_string(),
        }
    }

    fn check_get(json: impl Into<Value>, path: impl Into<Value>, wanted: &str) {
        assert_eq!(shown(get(&CALL, &[json.into(), path.into()])), wanted);
    }

    #[test]
    fn values_have_the_types_of_json() {
        check_get(ITEMS, "items[0].name", "string alpha");
        check_get(ITEMS, "items[0].pv", "float 12.5");
        check_get(ITEMS, "items[1].pv", "integer 7");
        check_get(ITEMS, "items[0].on", "boolean true");
        check_get(ITEMS, "items[0].note", "null null");
        check_get(ITEMS, "items[1]", "document {\"pv\":7}");
        check_get(ITEMS, "empty", "document {}");
        check_get("[[1,[2,3]]]", "[0][1][1]", "integer 3");
        let document = Value::Document(serde_json::json!({"a": [1]}).into());
        check_get(document, "a[0]", "integer 1");
    }

    #[test]
    fn a_path_that_is_not_there_is_an_error() {
        for path in ["items.1.pv", "items[2]", "item", "items[0].pv.x", "items[0].note.x", "[0]", "ITEMS"] {
            check_get(ITEMS, path, &format!("the document has nothing at `{path}`"));
        }
        check_get(ITEMS, "", "the path `` is empty");
        check_get(ITEMS, Value::Null, "null is not a text");
        check_get("[1]", 0, "the document has nothing at `0`");
        check_get("", "a", "`` is not JSON: it is empty");
        check_get("5", "a", "the document has nothing at `a`");
        check_get(5, "a", "5 is not JSON");
        check_get(Value::Null, "a", "null is not JSON");
    }

    #[test]
    fn a_value_is_set_where_there_is_one() {
        let set = |path: &str, value: Value| shown(set(&CALL, &["{'a':{b:[1,2]}}".into(), path.into(), value]));
        assert_eq!(set("a.b[1]", "x\"y".into()), r#"string {"a":{"b":[1,"x\"y"]}}"#);
        assert_eq!(set("a.b", Value::Null), r#"string {"a":{"b":null}}"#);
        assert_eq!(set("a", 2.0.into()), r#"string {"a":2.0}"#);
        assert_eq!(set("a", f64::NAN.into()), r#"string {"a":"NaN"}"#);
        assert_eq!(set("a.b", Value::Document(serde_json::json!({"c": []}).into())), r#"string {"a":{"b":{"c":[]}}}"#);
        assert_eq!(set("a.b[0]", Value::Date(Timestamp(0))), r#"string {"a":{"b":["1970-01-01T00:00:00.000000Z",2]}}"#);
        assert_eq!(set("a.c", 1.into()), "the document has nothing at `a.c`");
        assert_eq!(set("a.b[2]", 1.into()), "the document has nothing at `a.b[2]`");
    }

    #[test]
    fn what_is_set_is_bounded() {
        let long: Value = "x".repeat(TEXT_BYTES_MAX).into();
        assert!(set(&CALL, &["[0]".into(), "[0]".into(), long]).is_err());
    }
}
