//! The quality of a value: read, and set to another. The propagation of quality stops here.

use super::old_codes::quality_of_code;
use super::{ROW, example};
use crate::coerce::{described, integer, parse_number, text};
use crate::compile::ValueFn;
use crate::diagnostic::closest;
use crate::evaluate::{Context, Evaluated};
use crate::functions::{Basis, Body, Call, Failure, Function, Span};
use crate::quality::{Level, Quality};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "qualityOf",
        result: Type::String,
        summary: "Gives the quality of a value, itself Good: it compares with names such as `Bad_Stale` and with \
                  codes, and is shown as its name.",
        examples: &[
            example("qualityOf({Count})", "Bad_Stale"),
            example("qualityOf({Count}) = 516", "true"),
            example("qualityOf({Missing}) = \"Bad_NotFound\"", "true"),
            example("qualityOf({Weight} + 1)", "Error_ExpressionEval"),
        ],
        basis: Basis::Measured,
        body: Body::Qualified(|_, arguments| Ok(Evaluated::good(Value::Quality(arguments[0].quality)))),
        ..ROW
    },
    Function {
        name: "forceQuality",
        arguments: "value, code?",
        most: Some(2),
        summary: "Gives the value with another quality, Good without a code. The codes are the old ones: 192 Good, 0 \
                  Bad, 64 Uncertain, 410 disabled, 500 stale, 404 not found; what is none of them may be a subcode of \
                  today.",
        examples: &[
            example("forceQuality({Count})", "7"),
            example("forceQuality({Speed}, 0)", "41.5 (Bad)"),
            example("forceQuality({Speed}, 410)", "41.5 (Bad_Disabled)"),
            example("forceQuality({Speed}, 7)", "error"),
        ],
        body: Body::Qualified(force),
        ..ROW
    },
    Function {
        name: "qualifiedValue",
        arguments: "value, level, subcode?, message?",
        least: 2,
        most: Some(4),
        summary: "Gives the value with another quality: a level (0 or `Good`, 1 or `Uncertain`, 2 or `Bad`, 3 or \
                  `Error`, in any case), a subcode of that level if more is to be said, and a message that explains \
                  it.",
        examples: &[
            example("qualifiedValue({Speed}, \"Uncertain\")", "41.5 (Uncertain)"),
            example("qualifiedValue({Speed}, 2, 516, \"no contact\")", "41.5 (Bad_Stale)"),
            example("qualifiedValue({Count}, 0)", "7"),
            example("try(qualifiedValue({Speed}, \"Error\"), 0)", "0"),
            example("qualifiedValue({Speed}, \"Good\", 516)", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Lazy(qualify),
        ..ROW
    },
];

fn force(_: &Call, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    let value = arguments[0].value.clone();
    let quality = arguments.get(1).map_or(Ok(Quality::Good), |code| quality_of_code(integer(&code.value)?))?;
    Ok(Evaluated { value, quality })
}

fn qualify(context: &mut Context<'_>, arguments: &[ValueFn], span: Span) -> Result<Evaluated, Failure> {
    let evaluated: Vec<Evaluated> = arguments.iter().map(|argument| argument(context)).collect();
    let level = level(&evaluated[1].value)?;
    let (subcode, message) = subcode_and_message(&evaluated[2..]);
    let quality = subcode.map_or(Ok(plain(level)), |subcode| of_level(level, subcode))?;
    if let Some(message) = message.filter(|_| !quality.is_good()) {
        let message = text(message, context.zone);
        context.note(quality, span, || message);
    }
    Ok(Evaluated { value: evaluated[0].value.clone(), quality })
}

/// Tells a subcode from a message that stands in its place; null is neither.
fn subcode_and_message(arguments: &[Evaluated]) -> (Option<&Value>, Option<&Value>) {
    let given = |place: usize| arguments.get(place).map(|argument| &argument.value).filter(|value| !value.is_null());
    match (given(0), given(1)) {
        (Some(Value::String(words)), None) if parse_number(words).is_none() && Quality::from_name(words).is_none() => {
            (None, given(0))
        }
        other => other,
    }
}

/// The levels, in the order of their numbers.
const LEVELS: [(&str, Level); 4] =
    [("Good", Level::Good), ("Uncertain", Level::Uncertain), ("Bad", Level::Bad), ("Error", Level::Error)];

fn level(value: &Value) -> Result<Level, Failure> {
    if let Value::String(word) = value
        && parse_number(word).is_none()
    {
        let named = LEVELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, level)| *level);
        return named.ok_or_else(|| no_level(word));
    }
    let number = integer(value)?;
    let level = usize::try_from(number).ok().and_then(|number| LEVELS.get(number));
    level.map(|(_, level)| *level).ok_or_else(|| format!("there is no level {number}, the last is 3").into())
}

fn no_level(word: &str) -> Failure {
    let hint = match closest(word, LEVELS.map(|(name, _)| name)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "there are Good, Uncertain, Bad and Error".to_owned(),
    };
    format!("{} is no level; {hint}", described(&word.into())).into()
}

const fn plain(level: Level) -> Quality {
    match level {
        Level::Good => Quality::Good,
        Level::Uncertain => Quality::Uncertain,
        Level::Bad => Quality::Bad,
        Level::Error => Quality::Error,
    }
}

/// Returns the quality of a subcode, given as its number or name, if it is of the level.
fn of_level(level: Level, subcode: &Value) -> Result<Quality, Failure> {
    let quality = match subcode {
        Value::Quality(quality) => Some(*quality),
        Value::String(name) if parse_number(name).is_none() => Quality::from_name(name),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_) => Quality::from_code(integer(subcode)?),
    };
    quality
        .filter(|quality| quality.level() == level)
        .ok_or_else(|| format!("{} is no subcode of {}", described(subcode), plain(level).name()).into())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::evaluate::{Host, Note};
    use crate::value::Timestamp;

    /// Sets the quality of 5, which is stale; shows the result or the failure, and the notes.
    fn qualified(arguments: &[Value]) -> (String, Vec<String>) {
        let stale = Evaluated { value: 5.into(), quality: Quality::BadStale };
        let rest = arguments.iter().map(|value| Evaluated::good(value.clone()));
        let constant = |argument: Evaluated| -> ValueFn { Box::new(move |_| argument.clone()) };
        let parts: Vec<ValueFn> = std::iter::once(stale).chain(rest).map(constant).collect();
        let (host, mut notes) = (Host::default(), Vec::<Note>::new());
        let (now, zone) = (Timestamp(0), Tz::UTC);
        let mut context = Context { notes: Some(&mut notes), ..Context::of(&[], now, zone, &host, &mut []) };
        let shown = match qualify(&mut context, &parts, (0, 1)) {
            Ok(result) => format!("{} {}", text(&result.value, zone), result.quality.name()),
            Err(failure) => failure.to_string(),
        };
        (shown, notes.into_iter().map(|note| format!("{} {}", note.quality.name(), note.message)).collect())
    }

    fn check(arguments: &[Value], wanted: &str) {
        assert_eq!(qualified(arguments).0, wanted, "{arguments:?}");
    }

    #[test]
    fn levels_are_numbers_or_names() {
        for (number, name) in (0..).zip(["good", "UNCERTAIN", "Bad", "error"]) {
            assert_eq!(qualified(&[Value::Integer(number)]), qualified(&[name.into()]));
        }
        check(&["2".into()], "5 Bad");
        check(&[4.into()], "there is no level 4, the last is 3");
        check(&["Bda".into()], "`Bda` is no level; did you mean `Bad`?");
        check(&["".into()], "`` is no level; there are Good, Uncertain, Bad and Error");
        check(&[Value::Null], "null is not a number");
        check(&[f64::NAN.into()], "NaN is not a whole number of 64 bits");
    }

    #[test]
    fn subcodes_are_of_their_level() {
        check(&["Bad".into(), 515.into()], "5 Bad_Disabled");
        check(&["Bad".into(), "516".into()], "5 Bad_Stale");
        check(&["Bad".into(), "bad_notfound".into()], "5 Bad_NotFound");
        check(&["Error".into(), Value::Quality(Quality::ErrorIo)], "5 Error_IO");
        check(&["Bad".into(), Value::Null], "5 Bad");
        check(&["Good".into(), 516.into()], "516 is no subcode of Good");
        check(&["Bad".into(), 9999.into()], "9999 is no subcode of Bad");
        check(&["Bad".into(), "x".into(), "y".into()], "`x` is no subcode of Bad");
    }

    #[test]
    fn a_message_explains_what_is_not_good() {
        let notes = |arguments: &[Value]| qualified(arguments).1;
        assert_eq!(notes(&["Bad".into(), 516.into(), "old".into()]), ["Bad_Stale old"]);
        assert_eq!(notes(&["Bad".into(), "no contact".into()]), ["Bad no contact"]);
        assert_eq!(notes(&["Bad".into(), Value::Null, 7.into()]), ["Bad 7"]);
        assert_eq!(notes(&["Good".into(), Value::Null, "fine".into()]), [""; 0]);
        assert_eq!(notes(&["Bad".into(), 516.into(), Value::Null]), [""; 0]);
    }

    #[test]
    fn old_codes_have_names_of_today() {
        let forced = |code: Value| {
            let call = Call { now: Timestamp(0), zone: Tz::UTC };
            let value = Evaluated { value: 5.into(), quality: Quality::Uncertain };
            force(&call, &[value, Evaluated::good(code)]).map(|result| result.quality)
        };
        assert_eq!(forced(192.into()), Ok(Quality::Good));
        assert_eq!(forced("500".into()), Ok(Quality::BadStale));
        assert_eq!(forced(901.into()), Ok(Quality::BadGatewayCommOff));
        assert_eq!(forced(519.into()), Ok(Quality::BadNotFound));
        assert_eq!(forced(Value::Integer(-2_147_483_132)), Ok(Quality::BadStale));
        assert_eq!(forced(7.into()), Err("there is no quality 7".into()));
        assert!(forced(Value::Null).is_err() && forced("Bad".into()).is_err());
    }
}
