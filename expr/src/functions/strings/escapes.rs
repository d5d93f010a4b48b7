//! Escapes for SQL, XML and URLs.

use std::fmt::Write as _;

use super::{ROW, example};
use crate::coerce::boolean;
use crate::functions::arguments::{bounded, string};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "escapeSQL",
        summary: "Doubles single quotes and backslashes.",
        examples: &[
            example("escapeSQL(\"Jim's Settings\")", "\"Jim''s Settings\""),
            example("escapeSQL(\"a\\\\b\")", "\"a\\\\\\\\b\""),
        ],
        body: Body::Plain(|call, arguments| escaped(call, arguments, sql)),
        ..ROW
    },
    Function {
        name: "escapeXML",
        summary: "Writes the characters `&`, `<`, `>`, `\"` and `'` as XML entities.",
        examples: &[
            example("escapeXML(\"Pork & <Beans>\")", "\"Pork &amp; &lt;Beans&gt;\""),
            example("escapeXML(\"it's\")", "\"it&apos;s\""),
        ],
        body: Body::Plain(|call, arguments| escaped(call, arguments, xml)),
        ..ROW
    },
    Function {
        name: "urlEncode",
        arguments: "text, percent?",
        most: Some(2),
        summary: "Escapes a text for a URL, as UTF-8: for a query, where a blank becomes `+`, or when `percent` is true \
                  for a fragment (RFC 3986 section 3.5), where it becomes `%20`.",
        examples: &[
            example("urlEncode(\"Hello World\")", "\"Hello+World\""),
            example("urlEncode(\"Hello World\", true)", "\"Hello%20World\""),
            example("urlEncode(\"a/b?c=ü\")", "\"a%2Fb%3Fc%3D%C3%BC\""),
            example("urlEncode(\"a/b?c=ü\", true)", "\"a/b?c=%C3%BC\""),
        ],
        body: Body::Plain(url_encode),
        ..ROW
    },
];

/// The bytes besides letters and digits that stand for themselves in a query's names and values.
const QUERY_SAFE: &[u8] = b"-_.*";

/// The bytes besides letters and digits that stand for themselves in a fragment: RFC 3986's
/// `pchar`, `/` and `?`.
const FRAGMENT_SAFE: &[u8] = b"-._~!$&'()*+,;=:@/?";

fn escaped(call: &Call, arguments: &[Value], escape: fn(&str) -> String) -> Result<Value, Failure> {
    bounded(escape(&string(&arguments[0], call.zone)?))
}

fn sql(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "''")
}

fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn url_encode(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?;
    let percent = arguments.get(1).map_or(Ok(false), boolean)?;
    bounded(if percent {
        percent_encoded(&text, FRAGMENT_SAFE)
    } else {
        percent_encoded(&text, QUERY_SAFE).replace("%20", "+")
    })
}

fn percent_encoded(text: &str, safe: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
