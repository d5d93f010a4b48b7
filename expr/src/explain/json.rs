//! An explanation for programs.

use serde_json::{Map, Value as Json, json};

use super::source::cut;
use super::{Explained, Outcome, Part};
use crate::coerce::text;
use crate::evaluate::Note;
use crate::json::value_to_json;
use crate::limits::EXPLAINED_LONG_CHARS_MAX;
use crate::value::Value;

impl Explained {
    /// Returns the tree of parts: `{"text", "start", "end", "value", "type", "quality", "notes"?, "state"?, "parts"?,
    /// "left_out"?}`, or `{"text", "start", "end", "evaluated": false}`. `start` and `end` count characters.
    ///
    /// Values are those of [`value_to_json`], but for long texts, which are cut, and for datasets and documents,
    /// which are texts: a tree has a value for each of its parts.
    pub fn to_json(&self) -> Json {
        let places = Places::of(&self.text);
        part_json(&self.root, &places, self)
    }
}

/// Where each character begins, in bytes.
struct Places(Vec<usize>);

impl Places {
    fn of(text: &str) -> Self {
        Self(text.char_indices().map(|(start, _)| start).collect())
    }

    /// Returns how many characters are before a place in bytes.
    fn characters(&self, bytes: usize) -> usize {
        self.0.partition_point(|&start| start < bytes)
    }
}

fn part_json(part: &Part, places: &Places, explained: &Explained) -> Json {
    let mut object = Map::new();
    let mut add = |key: &str, value: Json| object.insert(key.to_owned(), value);
    add("text", Json::from(part.text.as_str()));
    add("start", Json::from(places.characters(part.span.start)));
    add("end", Json::from(places.characters(part.span.end)));
    let Some(Outcome { result, notes, state }) = &part.outcome else {
        add("evaluated", Json::from(false));
        return Json::Object(object);
    };
    add("value", short_value(&result.value, explained));
    add("type", Json::from(result.value.kind().name()));
    add("quality", Json::from(result.quality.name()));
    if !notes.is_empty() {
        add("notes", notes.iter().map(|note| note_json(note, places)).collect());
    }
    if let Some(state) = state {
        add("state", Json::from(state.as_str()));
    }
    if !part.parts.is_empty() {
        add("parts", part.parts.iter().map(|part| part_json(part, places, explained)).collect());
    }
    if part.left_out > 0 {
        add("left_out", Json::from(part.left_out));
    }
    Json::Object(object)
}

fn note_json(note: &Note, places: &Places) -> Json {
    json!({
        "message": cut(&note.message, EXPLAINED_LONG_CHARS_MAX),
        "quality": note.quality.name(),
        "start": places.characters(note.start),
        "end": places.characters(note.end),
    })
}

fn short_value(value: &Value, explained: &Explained) -> Json {
    match value {
        Value::String(_) | Value::Dataset(_) | Value::Document(_) => {
            Json::from(cut(&text(value, explained.zone), EXPLAINED_LONG_CHARS_MAX))
        }
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Date(_) | Value::Quality(_) => {
            value_to_json(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use serde_json::{Value as Json, json};

    use crate::evaluate::{Context, Host};
    use crate::image::Cell;
    use crate::program::Program;
    use crate::quality::Quality;
    use crate::scheme::{Scheme, Scope};
    use crate::value::{Timestamp, Type};

    /// Explains an expression over `ü`, which is 7 and stale.
    fn explained(text: &str) -> Json {
        let mut scheme = Scheme::new();
        scheme.add("ü", Type::Integer);
        let (program, _) = Program::compile(text, &Scope::of(&scheme)).expect(text);
        let image = [Cell { value: 7.into(), time: Timestamp(0), quality: Quality::BadStale }];
        let (host, mut sites) = (Host::default(), program.fresh_sites());
        program.explain(&mut Context::of(&image, Timestamp(0), Tz::UTC, &host, &mut sites)).to_json()
    }

    #[test]
    fn places_count_characters() {
        let stale = "the tag has the quality `Bad_Stale`";
        let notes = json!([{"message": stale, "quality": "Bad_Stale", "start": 0, "end": 3}]);
        let tag = json!({
            "text": "{ü}", "start": 0, "end": 3, "value": 7, "type": "integer", "quality": "Bad_Stale", "notes": notes,
        });
        let five = json!({"text": "5", "start": 6, "end": 7, "value": 5, "type": "integer", "quality": "Good"});
        let first = json!({
            "text": "{ü} > 5", "start": 0, "end": 7, "value": true, "type": "boolean", "quality": "Bad_Stale",
            "parts": [tag, five],
        });
        let skipped = json!({"text": "ton({ü}, 5)", "start": 11, "end": 22, "evaluated": false});
        let whole = json!({
            "text": "{ü} > 5 || ton({ü}, 5)", "start": 0, "end": 22, "value": true, "type": "boolean",
            "quality": "Bad_Stale", "parts": [first, skipped],
        });
        assert_eq!(explained("{ü} > 5 || ton({ü}, 5)"), whole);
    }

    #[test]
    fn large_values_are_cut_texts() {
        let part = |text: &str| explained(text)["value"].clone();
        assert_eq!(part("split('a;b', ';')"), "Dataset [2R x 1C]");
        assert_eq!(part("repeat('x', 5000)"), format!("{}…", "x".repeat(999)));
        assert_eq!(part("jsonGet('{\"a\": {\"b\": [1]}}', 'a')"), "{\"b\":[1]}");
        assert_eq!(part("0.0 / 0"), "NaN");
    }

    #[test]
    fn any_reader_takes_the_deepest_tree() {
        let deep = format!("{}{{ü}}{}", "ton(abs(".repeat(60), "), 5)".repeat(60));
        let json = json!({"results": [{"tree": explained(&deep)}]}).to_string();
        assert!(json.contains("\"left_out\":1"));
        assert!(serde_json::from_str::<Json>(&json).is_ok());
    }
}
