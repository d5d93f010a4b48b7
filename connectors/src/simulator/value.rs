//! What a signal shows at an instant. Knows no register and no topic.

use std::sync::Arc;

/// What a signal shows.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalValue {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Float(f64),
    /// Text.
    Text(Arc<str>),
}

/// Which values a signal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignalKind {
    Boolean,
    Integer,
    Float,
    Text,
}

impl SignalKind {
    /// Returns what it is, for a sentence such as "a signal of text".
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Text => "text",
        }
    }

    /// Returns the kind of a signal that shows both, if there is one.
    pub(super) const fn joined(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Boolean, Self::Boolean) => Some(Self::Boolean),
            (Self::Integer, Self::Integer) => Some(Self::Integer),
            (Self::Integer | Self::Float, Self::Integer | Self::Float) => Some(Self::Float),
            (Self::Text, Self::Text) => Some(Self::Text),
            (Self::Boolean | Self::Integer | Self::Float | Self::Text, _) => None,
        }
    }
}

impl SignalValue {
    /// Returns the value as a JSON document; a number that JSON does not have is null.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Boolean(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(text) => text.as_ref().into(),
        }
    }

    /// Returns the value as plain text.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_plain_and_as_json() {
        let check = |value: SignalValue, plain: &str, json: &str| {
            assert_eq!((value.plain().as_str(), value.json().to_string().as_str()), (plain, json));
        };
        check(SignalValue::Boolean(true), "true", "true");
        check(SignalValue::Integer(-7), "-7", "-7");
        check(SignalValue::Float(119.25), "119.25", "119.25");
        check(SignalValue::Text("say \"RUN\"".into()), "say \"RUN\"", r#""say \"RUN\"""#);
    }

    #[test]
    fn numbers_join_and_nothing_else() {
        assert_eq!(SignalKind::Integer.joined(SignalKind::Float), Some(SignalKind::Float));
        assert_eq!(SignalKind::Integer.joined(SignalKind::Integer), Some(SignalKind::Integer));
        assert_eq!(SignalKind::Boolean.joined(SignalKind::Integer), None);
        assert_eq!(SignalKind::Float.joined(SignalKind::Text), None);
    }
}
