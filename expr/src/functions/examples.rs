//! The tags that examples read, and the tests that run every example.

use crate::quality::Quality;
use crate::value::Value;

/// A tag that the examples read.
#[derive(Debug)]
pub(super) struct ExampleTag {
    pub path: &'static str,
    pub value: Value,
    pub quality: Quality,
}

/// The tags that the examples may read; `{Missing}` stands for any other.
pub(super) const EXAMPLE_TAGS: &[ExampleTag] = &[
    ExampleTag { path: "Speed", value: Value::Float(41.5), quality: Quality::Good },
    ExampleTag { path: "Level", value: Value::Float(3.0), quality: Quality::UncertainLastKnownValue },
    ExampleTag { path: "Count", value: Value::Integer(7), quality: Quality::BadStale },
    ExampleTag { path: "Weight", value: Value::Null, quality: Quality::Good },
];

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::evaluate::{Context, Evaluated, Host};
    use crate::functions::functions;
    use crate::image::Cell;
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope, UnknownTag};
    use crate::site::Site;
    use crate::value::{Timestamp, Type};

    fn run(expression: &str) -> String {
        let mut scheme = Scheme::new();
        for tag in EXAMPLE_TAGS {
            scheme.add(tag.path, if tag.value.is_null() { Type::Any } else { tag.value.kind() });
        }
        let cell = |tag: &ExampleTag| Cell { value: tag.value.clone(), time: Timestamp(0), quality: tag.quality };
        let image: Vec<Cell> = EXAMPLE_TAGS.iter().map(cell).collect();
        let scope = Scope { unknown_tag: UnknownTag::BadNotFound, ..Scope::of(&scheme) };
        let program = match Program::compile(expression, &scope) {
            Ok((program, _)) => program,
            Err(problems) => return format!("{problems:?}"),
        };
        let mut sites = vec![Site::Fresh; program.sites()];
        let (host, now, zone) = (Host::default(), Timestamp(0), Tz::UTC);
        let mut context = Context::of(&image, now, zone, &host, &mut sites);
        shown(&program.evaluate(&mut context))
    }

    /// Writes a result as [`crate::Example::gives`] has it.
    fn shown(result: &Evaluated) -> String {
        if result.is_error() {
            return "error".to_owned();
        }
        let plain = text(&result.value, Tz::UTC);
        let value = if let Value::String(_) = result.value { format!("\"{}\"", escaped(&plain)) } else { plain };
        if result.quality == Quality::Good { value } else { format!("{value} ({})", result.quality.name()) }
    }

    fn escaped(text: &str) -> String {
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t")
    }

    #[test]
    fn every_example_gives_what_it_says() {
        let examples = functions().flat_map(|function| function.examples);
        let differing = examples.filter_map(|example| {
            let gives = run(example.expression);
            (gives != example.gives).then(|| format!("{} gives {gives}, not {}", example.expression, example.gives))
        });
        let differing: Vec<String> = differing.collect();
        assert!(differing.is_empty(), "{}", differing.join("\n"));
    }
}
