//! Documents as text over several lines.

use std::io::{self, Write};

use super::access::document_of;
use crate::functions::arguments::fits;
use crate::functions::{Call, Failure};
use crate::limits::TEXT_BYTES_MAX;
use crate::value::Value;

pub(super) fn format(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let mut text = BoundedText(Vec::new());
    // Nothing but the bound can keep JSON from being written into memory.
    serde_json::to_writer_pretty(&mut text, &document_of(&arguments[0])?).map_err(|_| too_long())?;
    String::from_utf8(text.0).map(Value::from).map_err(|_| "the text is not UTF-8".into())
}

fn too_long() -> Failure {
    fits(usize::MAX).err().unwrap_or_else(|| "the text would be too long".into())
}

/// A text that ends where texts may not be longer: indentation makes much of little.
struct BoundedText(Vec<u8>);

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > TEXT_BYTES_MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::value::Timestamp;

    fn formatted(json: impl Into<Value>) -> String {
        match format(&Call { now: Timestamp(0), zone: Tz::UTC }, &[json.into()]) {
            Ok(value) => text(&value, Tz::UTC),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn texts_are_bounded() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let many = format!("[{}]", vec![deep; 60].join(","));
        assert!(many.len() < TEXT_BYTES_MAX / 10);
        assert!(formatted(many).starts_with("the text would be longer than"), "indentation counts");
    }

    #[test]
    fn documents_are_written_over_several_lines() {
        let document = Value::Document(serde_json::json!({"a": [1, {"b": {}}]}).into());
        assert_eq!(formatted(document), "{\n  \"a\": [\n    1,\n    {\n      \"b\": {}\n    }\n  ]\n}");
        assert_eq!(formatted("words"), "`words` is not JSON: expected `{` or `[` at character 1");
        assert_eq!(formatted("\"words\""), "\"words\"");
        assert_eq!(formatted(Value::Null), "null is not JSON");
    }
}
