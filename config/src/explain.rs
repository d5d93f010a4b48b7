//! The effective configuration: every key with its value and where that came from.

use std::fmt;

/// The effective configuration, in the order in which it was read; its [`fmt::Display`] is the text
/// of `check --explain`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The sections, each entry of a list section for itself.
    pub sections: Vec<ExplainedSection>,
}

/// One section or entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedSection {
    /// The header as TOML writes it, such as `[[operations]]`.
    pub header: String,
    /// Its keys that have a value.
    pub rows: Vec<ExplainedRow>,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedRow {
    /// The key.
    pub key: &'static str,
    /// The value as TOML writes it. A value from the environment or from a file is shown as it is
    /// written, never as what it stands for.
    pub value: String,
    /// Where it came from: `plant.toml:12`, `default`, or what it was derived from.
    pub origin: String,
    /// Whether the file says it, and not a default or a rule.
    pub is_given: bool,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, section) in self.sections.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{section}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ExplainedSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.header)?;
        let assignments: Vec<String> = self.rows.iter().map(|row| format!("{} = {}", row.key, row.value)).collect();
        let width = assignments.iter().map(|text| text.chars().count()).filter(|&width| width <= COLUMN_MAX).max();
        for (row, assignment) in self.rows.iter().zip(&assignments) {
            writeln!(f, "{assignment:<width$}  # {}", row.origin, width = width.unwrap_or(0))?;
        }
        Ok(())
    }
}

/// A longer assignment does not push the origins of the others to the right.
const COLUMN_MAX: usize = 72;

/// Returns a text as a TOML string on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.extend(format!("\\u{:04X}", u32::from(control)).chars()),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_up_the_origins() {
        let row = |key, value: &str, origin: &str| ExplainedRow {
            key,
            value: value.into(),
            origin: origin.into(),
            is_given: origin != "default",
        };
        let section = |header: &str, rows| ExplainedSection { header: header.into(), rows };
        let explanation = Explanation {
            sections: vec![
                section("[gateway]", vec![row("id", "\"x\"", "plant.toml:2"), row("timezone", "\"UTC\"", "default")]),
                section("[replay]", vec![]),
            ],
        };
        let expected = "\
[gateway]
id = \"x\"          # plant.toml:2
timezone = \"UTC\"  # default

[replay]
";
        assert_eq!(explanation.to_string(), expected);
    }

    #[test]
    fn quotes_as_toml_reads_it() {
        for text in ["a\"b\\c", "line\r\n\tend", "\u{1b}\u{7f}é"] {
            let quoted = quoted(text);
            assert_eq!(toml::de::DeValue::parse(&quoted).unwrap().get_ref().as_str(), Some(text));
        }
    }
}
