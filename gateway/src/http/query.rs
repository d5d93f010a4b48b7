//! The query of a request: only what the route takes, each of its kind.

use hyper::StatusCode;
use latchwork_expr::{Timestamp, closest, instant_of};

use super::limits::PARAMETER_CHARS_MAX;
use super::problem::{Outcome, Problem};
use super::route::{Kind, Parameter};

/// The parameters that were given, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Reads the text behind a path's `?`.
    pub(super) fn read(text: &str, known: &[Parameter]) -> Outcome<Self> {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name, Plus::Space)?, decoded(value, Plus::Space)?);
            let parameter = known.iter().find(|parameter| parameter.name == name);
            let parameter = parameter.ok_or_else(|| unknown(&name, known))?;
            if given.iter().any(|(other, _)| *other == parameter.name) {
                return Err(Problem::unfit("BadParameter", &name, format!("`{name}` is given twice")));
            }
            check(parameter, &value)?;
            given.push((parameter.name, value));
        }
        Ok(Self(given))
    }

    /// Returns a parameter's text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// Returns a parameter's time.
    pub(super) fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name).and_then(instant_of)
    }

    /// Returns a parameter's number.
    pub(super) fn whole(&self, name: &str) -> Option<u32> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// Returns the text of this query with another value for a parameter.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(other, _)| *other != name);
        let pairs = others.map(|(name, value)| (*name, value.as_str())).chain([(name, value)]);
        pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
    }
}

fn unknown(name: &str, known: &[Parameter]) -> Problem {
    let names = || known.iter().map(|parameter| parameter.name);
    let hint = match closest(name, names()) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known.is_empty() => "there are none here".to_owned(),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    Problem::unfit("UnknownParameter", name, format!("there is no parameter `{name}`; {hint}"))
}

fn check(parameter: &Parameter, value: &str) -> Outcome<()> {
    let is_right = value.chars().count() <= PARAMETER_CHARS_MAX
        && match parameter.kind {
            Kind::Text => true,
            Kind::Name => !value.is_empty(),
            Kind::Instant => instant_of(value).is_some(),
            Kind::Whole(least, most) => value.parse().is_ok_and(|number| (least..=most).contains(&number)),
            Kind::Word(words) => words.contains(&value),
        };
    if is_right {
        return Ok(());
    }
    let expected = match parameter.kind {
        Kind::Text => format!("at most {PARAMETER_CHARS_MAX} characters"),
        Kind::Name => format!("1 to {PARAMETER_CHARS_MAX} characters"),
        Kind::Instant => "a time such as 2026-03-02T06:00:00Z".to_owned(),
        Kind::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Kind::Word(words) => words.join(" or "),
    };
    let name = parameter.name;
    Err(Problem::unfit("BadParameter", name, format!("`{name}` must be {expected}")))
}

/// What a plus sign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    /// A space, as forms write it.
    Space,
    /// Itself.
    Plus,
}

/// Takes the percent signs out of a text.
pub(super) fn decoded(text: &str, plus: Plus) -> Outcome<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let code = high.zip(low).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                bytes.push(code.ok_or_else(|| bad_address(text))?);
            }
            b'+' if plus == Plus::Space => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(|| bad_address(text))
}

fn bad_address(text: &str) -> Problem {
    let detail = format!("`{text}` is no percent-encoded text in UTF-8");
    Problem::new(StatusCode::BAD_REQUEST, "MalformedAddress", detail)
}

/// Puts percent signs into a text, wherever it has more than letters, digits and `-._~`.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded.extend(char::from_digit(nibble.into(), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [Parameter; 4] = [
        Parameter { name: "operation", kind: Kind::Name, about: "" },
        Parameter { name: "from", kind: Kind::Instant, about: "" },
        Parameter { name: "limit", kind: Kind::Whole(1, 10), about: "" },
        Parameter { name: "order", kind: Kind::Word(&["newest", "oldest"]), about: "" },
    ];

    #[test]
    fn parameters_are_read_and_written() {
        let query = Query::read("operation=Fill+A%2FB&limit=5&&from=2026-03-02T06:00:00%2B01:00", &KNOWN).unwrap();
        assert_eq!((query.text("operation"), query.whole("limit")), (Some("Fill A/B"), Some(5)));
        assert!(query.instant("from").is_some());
        let next = query.with("cursor", "a b");
        assert!(next.starts_with("operation=Fill%20A%2FB&limit=5&from=") && next.ends_with("&cursor=a%20b"), "{next}");
    }

    #[test]
    fn what_is_wrong_with_them_is_told_by_name() {
        for (text, name, part) in [
            ("operations=A", "UnknownParameter", "did you mean `operation`?"),
            ("x=1", "UnknownParameter", "there are operation, from, limit, order"),
            ("limit=0", "BadParameter", "from 1 to 10"),
            ("limit=-1", "BadParameter", "from 1 to 10"),
            ("order=best", "BadParameter", "newest or oldest"),
            ("from=yesterday", "BadParameter", "a time such as"),
            ("operation=", "BadParameter", "1 to 512"),
            ("limit=1&limit=2", "BadParameter", "twice"),
            ("operation=%ff", "MalformedAddress", "UTF-8"),
            ("operation=%4", "MalformedAddress", "percent"),
        ] {
            let problem = Query::read(text, &KNOWN).unwrap_err();
            assert!(problem.name == name && problem.detail.contains(part), "{text}: {}", problem.detail);
        }
    }
}
