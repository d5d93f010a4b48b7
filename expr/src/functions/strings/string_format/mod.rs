//! `stringFormat`: a format of Java's `Formatter`, in the locale en-US.

use super::{ROW, example};
use crate::coerce::{described, text};
use crate::functions::arguments::{fits, string};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

mod layout;
mod real;
mod specifier;
mod whole;

use specifier::{Piece, Source, Specifier};

pub(super) const ROWS: &[Function] = &[Function {
    name: "stringFormat",
    arguments: "format, value?, …",
    most: None,
    summary: "Fills a format of Java's `Formatter`: `%[index$][flags][width][.precision]conversion` with the \
              conversions `b s c d o x e f g % n`, in upper case too where Java has them. A value of another type than \
              the conversion's, an unknown conversion and those of dates (`%t`) are evaluation errors.",
    examples: &[
        example("stringFormat(\"%05d|%s|%.2f\", 42, \"x\", 1.5)", "\"00042|x|1.50\""),
        example("stringFormat(\"%2$s-%1$s %<S\", \"a\", \"b\")", "\"b-a A\""),
        example("stringFormat(\"%,d|%(d|%+d|%x\", 1234567, -5, 3, 255)", "\"1,234,567|(5)|+3|ff\""),
        example("stringFormat(\"%-6s|%6s|%.2s\", \"ab\", \"cd\", \"efg\")", "\"ab    |    cd|ef\""),
        example("stringFormat(\"%e %g %d%%\", 12345.678, 0.0001, 50)", "\"1.234568e+04 0.000100000 50%\""),
        example("stringFormat(\"The value is: %b\", null)", "\"The value is: false\""),
        example("stringFormat(\"%d\", 1.5)", "error"),
        example("stringFormat(\"%s %s\", 1)", "error"),
    ],
    body: Body::Plain(string_format),
    ..ROW
}];

fn string_format(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let format = string(&arguments[0], call.zone)?;
    let values = &arguments[1..];
    let mut filled = String::new();
    let mut cursor = Cursor::default();
    for piece in specifier::pieces(&format)? {
        match piece {
            Piece::Plain(plain) => filled.push_str(plain),
            Piece::Specifier(specifier) if specifier.takes_no_value() => filled.push_str(&constant(&specifier)),
            Piece::Specifier(specifier) => {
                let index = cursor.index(specifier.source)?;
                let value = values.get(index).ok_or_else(|| format!("the format wants {} values", index + 1))?;
                filled.push_str(&converted(call, &specifier, value)?);
            }
        }
        fits(filled.len())?;
    }
    Ok(filled.into())
}

/// Where the specifiers are in the list of values.
#[derive(Debug, Default)]
struct Cursor {
    next: usize,
    last: Option<usize>,
}

impl Cursor {
    fn index(&mut self, source: Source) -> Result<usize, Failure> {
        let index = match source {
            Source::Next => {
                self.next += 1;
                self.next - 1
            }
            Source::Same => self.last.ok_or("`%<` has no specifier before it whose value it could repeat")?,
            Source::At(index) => index,
        };
        self.last = Some(index);
        Ok(index)
    }
}

/// Returns what `%%` and `%n` stand for.
fn constant(specifier: &Specifier<'_>) -> String {
    if specifier.conversion == 'n' { "\n".to_owned() } else { layout::in_width("%", specifier) }
}

fn converted(call: &Call, specifier: &Specifier<'_>, value: &Value) -> Result<String, Failure> {
    match (specifier.conversion.to_ascii_lowercase(), value) {
        ('b', Value::Null) => Ok(layout::cut("false", specifier)),
        ('b', Value::Boolean(truth)) => Ok(layout::cut(&truth.to_string(), specifier)),
        ('b', _) => Ok(layout::cut("true", specifier)),
        (_, Value::Null) => Ok(layout::cut("null", specifier)),
        ('s', value) => Ok(layout::cut(&text(value, call.zone), specifier)),
        ('c', Value::Integer(code)) => character(*code, specifier),
        ('d' | 'o' | 'x', Value::Integer(number)) => Ok(whole::written(*number, specifier)),
        ('e' | 'f' | 'g', Value::Float(number)) => Ok(real::written(*number, specifier)),
        (conversion, value) => Err(mismatch(conversion, value)),
    }
}

fn character(code: i64, specifier: &Specifier<'_>) -> Result<String, Failure> {
    let character = u32::try_from(code).ok().and_then(char::from_u32);
    let character = character.ok_or_else(|| Failure::from(format!("{code} is not the code of a character")))?;
    Ok(layout::in_width(character.encode_utf8(&mut [0; 4]), specifier))
}

fn mismatch(conversion: char, value: &Value) -> Failure {
    let wanted = if matches!(conversion, 'e' | 'f' | 'g') { "a float" } else { "an integer" };
    format!("`%{conversion}` wants {wanted}, found {}", described(value)).into()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::limits::TEXT_BYTES_MAX;
    use crate::value::Timestamp;

    fn format(format: &str, values: &[Value]) -> Result<String, Failure> {
        let call = Call { now: Timestamp(0), zone: Tz::UTC };
        let arguments: Vec<Value> = std::iter::once(format.into()).chain(values.iter().cloned()).collect();
        string_format(&call, &arguments).map(|value| text(&value, Tz::UTC))
    }

    fn check(pattern: &str, value: impl Into<Value>, wanted: &str) {
        assert_eq!(format(pattern, &[value.into()]).as_deref(), Ok(wanted), "{pattern}");
    }

    // What is expected here is what OpenJDK 17 wrote.

    #[test]
    fn integers() {
        check("%d", i64::MIN, "-9223372036854775808");
        check("%+,d", 1_234_567, "+1,234,567");
        check("%,010d", 1_234_567, "01,234,567");
        check("%(08d", -42, "(000042)");
        check("% d", 42, " 42");
        check("%-5d|", 42, "42   |");
        check("%x", -1, "ffffffffffffffff");
        check("%#08X", 255, "0X0000FF");
        check("%#o", 8, "010");
        check("%c%%", 252, "ü%");
        check("%5d", Value::Null, " null");
    }

    #[test]
    fn floats() {
        check("%f", 1.5, "1.500000");
        check("%.2f", 0.125, "0.13");
        check("%.2f", 1.005, "1.01");
        check("%.0f", 2.5, "3");
        check("%#.0f", 2.5, "3.");
        check("%,.1f", -12345.67, "-12,345.7");
        check("%012.3f", -1.5, "-0000001.500");
        check("%e", 0.0, "0.000000e+00");
        check("%.2E", 0.000_123_45, "1.23E-04");
        check("%.3e", 9.9999e99, "1.000e+100");
        check("%g", 123_456.7, "123457");
        check("%g", 1e-5, "1.00000e-05");
        check("%.3g", 0.0, "0.00");
        check("%.0g", 12.0, "1e+01");
        check("%08.1f", f64::NEG_INFINITY, "-Infinity");
        check("%(f", f64::NEG_INFINITY, "(Infinity)");
        check("%5f", f64::NAN, "  NaN");
    }

    #[test]
    fn texts() {
        check("%-8S|", "straße", "STRASSE |");
        check("%.3s", "conveyor", "con");
        check("%8.3s", "conveyor", "     con");
        check("%s", 1.0, "1.0");
        check("%b %<B", "x", "true TRUE");
        check("%-3%|%n", Value::Null, "%  |\n");
    }

    #[test]
    fn what_java_refuses_is_refused() {
        let formats = [
            "%",
            "%5",
            "%y",
            "%D",
            "%-d",
            "%0d",
            "%-05d",
            "%+ d",
            "%##x",
            "%,x",
            "%+x",
            "%.2d",
            "%#s",
            "%0s",
            "%.1c",
            "%d",
            "%1$",
            "%0$s",
            "%2$s",
            "%<s",
            "%s %s",
            "%<%",
            "%5n",
            "%.1%",
            "%tY",
            "%h",
            "%a",
            "%f",
            "%.f",
            "%99999999999s",
        ];
        for pattern in formats {
            assert!(format(pattern, &["x".into()]).is_err(), "{pattern}");
        }
        assert!(format("%f", &[1.into()]).is_err());
        assert!(format("%d", &[1.0.into()]).is_err());
        assert!(format("%c", &[Value::Integer(-1)]).is_err());
    }

    #[test]
    fn widths_cannot_grow_a_text_beyond_the_bound() {
        assert_eq!(format(&format!("%{TEXT_BYTES_MAX}s"), &["x".into()]).map(|text| text.len()), Ok(TEXT_BYTES_MAX));
        assert!(format(&format!("%{}s", TEXT_BYTES_MAX + 1), &["x".into()]).is_err());
        assert!(format(&format!("%1${TEXT_BYTES_MAX}s%1$s"), &["x".into()]).is_err());
    }
}
