//! JSON held against JSON Schema: what is published, and what the HTTP interface gives.

use serde_json::{Value as Json, json};

/// The part of JSON Schema that ours is written in; any other keyword is a mistake. References lead into this document.
pub(super) struct Schema(pub(super) Json);

impl Schema {
    /// Returns what is wrong with a value.
    pub(super) fn faults(&self, value: &Json) -> Vec<String> {
        self.faults_of(&self.0, value)
    }

    /// Returns what is wrong with a value that is to be as a part of the document says.
    pub(super) fn faults_of(&self, schema: &Json, value: &Json) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Json, value: &Json, place: &str, faults: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "then" => {}
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.0.pointer(pointer).unwrap(), value, place, faults);
                }
                "allOf" => rule.as_array().unwrap().iter().for_each(|part| self.check(part, value, place, faults)),
                "anyOf" | "oneOf" => {
                    let fits = |part: &Json| self.faults_of(part, value).is_empty();
                    let fitting = rule.as_array().unwrap().iter().filter(|part| fits(part)).count();
                    if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                        faults.push(format!("{place}: {fitting} parts of {keyword} fit {value}"));
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{place}/{index}"), faults);
                    }
                }
                "if" => {
                    let mut otherwise = Vec::new();
                    self.check(rule, value, place, &mut otherwise);
                    if otherwise.is_empty() {
                        self.check(&schema["then"], value, place, faults);
                    }
                }
                "properties" => {
                    for (key, part) in rule.as_object().unwrap() {
                        if let Some(inner) = value.get(key) {
                            self.check(part, inner, &format!("{place}/{key}"), faults);
                        }
                    }
                }
                _ => {
                    if !holds(keyword, rule, schema, value) {
                        faults.push(format!("{place}: {keyword} {rule}, found {value}"));
                    }
                }
            }
        }
    }
}

fn holds(keyword: &str, rule: &Json, schema: &Json, value: &Json) -> bool {
    match keyword {
        "type" => rule.as_array().map_or_else(|| is(rule, value), |types| types.iter().any(|kind| is(kind, value))),
        "const" => rule == value,
        // Told to people, or held by what takes it.
        "format" | "minLength" | "maxLength" | "maxItems" | "uniqueItems" => true,
        "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
        "additionalProperties" => {
            let known = schema["properties"].as_object();
            let is_known = |key: &String| known.is_some_and(|known| known.contains_key(key));
            rule == &json!(true) || value.as_object().is_none_or(|object| object.keys().all(is_known))
        }
        "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        _ => panic!("the schema has `{keyword}`, which this test does not know"),
    }
}

fn is(kind: &Json, value: &Json) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schema has the type `{other}`"),
    }
}

/// Matches the few patterns that the schema has: classes of characters, each as often as it says.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap();
    let mut characters = text.chars().peekable();
    while !rest.is_empty() {
        let (class, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap(),
            None => rest.split_at(if rest.starts_with('\\') { 2 } else { 1 }),
        };
        let (count, after) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').map(|(count, after)| (count.parse().unwrap(), after)).unwrap(),
            None if after.starts_with('+') => (usize::MAX, &after[1..]),
            None => (1, after),
        };
        let taken = std::iter::from_fn(|| characters.next_if(|&character| is_in(class, character))).take(count).count();
        if taken == 0 || (count != usize::MAX && taken != count) {
            return false;
        }
        rest = after;
    }
    characters.next().is_none()
}

fn is_in(class: &str, character: char) -> bool {
    let class: Vec<char> = class.trim_start_matches('\\').chars().collect();
    let ranges =
        class.windows(3).filter(|range| range[1] == '-').any(|range| (range[0]..=range[2]).contains(&character));
    ranges || class.contains(&character)
}

#[test]
fn patterns_are_matched_as_they_are_meant() {
    for (pattern, text, expected) in [
        ("^[0-9a-f]{4}$", "0af9", true),
        ("^[0-9a-f]{4}$", "0af", false),
        ("^[0-9a-f]{4}$", "0afg", false),
        ("^[a-z_]+\\.[a-z_]+$", "operation.started", true),
        ("^[a-z_]+\\.[a-z_]+$", "operation", false),
        ("^[0-7][0-9A-HJKMNP-TV-Z]{2}$", "7ZI", false),
        ("^[0-9]{2}T$", "12T", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}
