//! Reads JSON from text; where it is none, as JSON is often written by hand: names and words without
//! quotes, or in single ones.

use serde_json::{Map, Number, Value as Json};

use super::scanner::Scanner;
use crate::coerce::{Number as Numeric, parse_number};
use crate::diagnostic::quoted;
use crate::functions::Failure;
use crate::limits::JSON_DEPTH_MAX;

/// Returns the document, or the single value, that a text is.
pub(super) fn read(text: &str) -> Result<Json, Failure> {
    serde_json::from_str(text).or_else(|_| lenient(text))
}

fn lenient(text: &str) -> Result<Json, Failure> {
    let mut scanner = Scanner::new(text);
    let read = match scanner.peek() {
        None => Err("it is empty".to_owned()),
        Some('{' | '[') => value(&mut scanner, JSON_DEPTH_MAX).and_then(|json| end(&mut scanner).map(|()| json)),
        // A word alone is a text, not a document without its brackets.
        Some(_) => Err(scanner.expected("`{` or `[`")),
    };
    read.map_err(|reason| format!("{} is not JSON: {reason}", quoted(text)).into())
}

fn end(scanner: &mut Scanner<'_>) -> Result<(), String> {
    if scanner.peek().is_none() { Ok(()) } else { Err(scanner.expected("nothing more")) }
}

fn value(scanner: &mut Scanner<'_>, depth: usize) -> Result<Json, String> {
    let Some(inner) = depth.checked_sub(1) else { return Err(format!("it is deeper than {JSON_DEPTH_MAX}")) };
    match scanner.peek() {
        Some('{') => object(scanner, inner),
        Some('[') => list(scanner, inner),
        Some('"' | '\'') => scanner.quoted().map(Json::String),
        Some(_) | None => scanner.word().map(plain),
    }
}

fn object(scanner: &mut Scanner<'_>, depth: usize) -> Result<Json, String> {
    let mut members = Map::new();
    scanner.take('{');
    if scanner.take('}') {
        return Ok(Json::Object(members));
    }
    loop {
        let name = match scanner.peek() {
            Some('"' | '\'') => scanner.quoted()?,
            Some(_) | None => scanner.word()?.to_owned(),
        };
        if !scanner.take(':') {
            return Err(scanner.expected("`:`"));
        }
        members.insert(name, value(scanner, depth)?);
        if scanner.take('}') {
            return Ok(Json::Object(members));
        }
        if !scanner.take(',') {
            return Err(scanner.expected("`,` or `}`"));
        }
    }
}

fn list(scanner: &mut Scanner<'_>, depth: usize) -> Result<Json, String> {
    let mut elements = Vec::new();
    scanner.take('[');
    if scanner.take(']') {
        return Ok(Json::Array(elements));
    }
    loop {
        elements.push(value(scanner, depth)?);
        if scanner.take(']') {
            return Ok(Json::Array(elements));
        }
        if !scanner.take(',') {
            return Err(scanner.expected("`,` or `]`"));
        }
    }
}

/// Returns what a word without quotes means.
fn plain(word: &str) -> Json {
    match (word.to_ascii_lowercase().as_str(), parse_number(word)) {
        ("null", _) => Json::Null,
        ("true", _) => Json::Bool(true),
        ("false", _) => Json::Bool(false),
        (_, Some(Numeric::Integer(number))) => Json::from(number),
        (_, Some(Numeric::Float(number))) => Number::from_f64(number).map_or_else(|| Json::from(word), Json::Number),
        (_, None) => Json::from(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &str) {
        assert_eq!(read(text).map(|json| json.to_string()).as_deref(), Ok(wanted), "{text}");
    }

    fn refused(text: &str, reason: &str) {
        let Err(found) = read(text) else { panic!("{text}") };
        assert_eq!(found.to_string(), format!("{} is not JSON: {reason}", quoted(text)));
    }

    #[test]
    fn json_is_read_as_it_is() {
        check(r#" {"a": [1, 2.50, -3e2, "xé\n", null, true]} "#, r#"{"a":[1,2.5,-300.0,"xé\n",null,true]}"#);
        check("5", "5");
        check("\"x\"", "\"x\"");
        check("{\"a\":1,\"a\":2}", "{\"a\":2}");
    }

    #[test]
    fn what_people_write_is_read_too() {
        check("{item1:10,item2:20}", r#"{"item1":10,"item2":20}"#);
        check("[{'a b':'it\\'s'},{\"c\":'d\"e'}]", r#"[{"a b":"it's"},{"c":"d\"e"}]"#);
        check("{ a : two words , b : { c : [ ] } }", r#"{"a":"two words","b":{"c":[]}}"#);
        check(
            "{a:True,b:NULL,c:-1.5,d:1e999,e:007,f:'5'}",
            r#"{"a":true,"b":null,"c":-1.5,"d":"1e999","e":7,"f":"5"}"#,
        );
        check("{a:'\\t\\\\\\/\\b\\f\\r\\u00e9\\ud83c\\udfed'}", "{\"a\":\"\\t\\\\/\\b\\f\\ré🏭\"}");
    }

    #[test]
    fn what_is_neither_says_where() {
        refused("", "it is empty");
        refused("  ", "it is empty");
        refused("word", "expected `{` or `[` at character 1");
        refused("{a 1}", "expected `:` at character 5");
        refused("{a:1", "expected `,` or `}` at the end");
        refused("{a:}", "expected a value at character 4");
        refused("[1,]", "expected a value at character 4");
        refused("{'ä':1}x", "expected nothing more at character 8");
        refused("['a", "the quote at character 2 is not closed");
        refused("['\\x']", "there is no `\\x`, at character 3");
        refused("['\\ud83c']", "`\\u` is not followed by a character's four digits, at character 3");
        refused("['\\u00g0']", "`\\u` is not followed by a character's four digits, at character 3");
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}a{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(JSON_DEPTH_MAX - 1)).is_ok());
        assert!(read(&nested(JSON_DEPTH_MAX)).is_err());
        assert!(read(&nested(1_000_000)).is_err());
        assert!(read(&"[".repeat(1_000_000).replace('[', "{a:")).is_err());
    }
}
