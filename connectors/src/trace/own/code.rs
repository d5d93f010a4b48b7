//! Readings of own traces as JSON: a value as `latchwork_expr::exact` writes it, or that the last one is kept.

use latchwork_engine::Reading;
use latchwork_expr::exact;
use serde_json::{Value as Json, json};

/// The reading that keeps the last value.
const KEPT: &str = "kept";

/// Returns a reading as JSON.
pub(crate) fn encode_reading(reading: &Reading) -> Json {
    match reading {
        Reading::Value(value) => exact::to_json(value),
        Reading::Kept => json!({KEPT: true}),
    }
}

/// Returns the reading of a JSON value.
pub(crate) fn decode_reading(json: Json) -> Option<Reading> {
    if json.get(KEPT).is_some() { Some(Reading::Kept) } else { exact::from_json(json).map(Reading::Value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_and_what_nobody_writes_differ_from_every_value() {
        let kept = encode_reading(&Reading::Kept);
        assert_eq!(kept.to_string(), "{\"kept\":true}");
        assert!(matches!(decode_reading(kept), Some(Reading::Kept)));
        assert!(decode_reading(json!({"colour": 1})).is_none());
    }
}
