//! Choices: which argument is the result. `if`, `case`, `coalesce` and `try` evaluate only what
//! they need; what was not evaluated contributes no quality.

use super::{ROW, example};
use crate::coerce::{boolean, equal};
use crate::compile::ValueFn;
use crate::evaluate::{Context, Evaluated};
use crate::functions::{Basis, Body, Failure, Function};
use crate::quality::Quality;
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "if",
        arguments: "condition, then, otherwise",
        least: 3,
        most: Some(3),
        summary: "Gives `then` when the condition is true, else `otherwise`; only that branch is evaluated. \
                  The condition's quality joins the result, and a condition that is null is an evaluation error.",
        examples: &[
            example("if(2 > 1, \"a\", \"b\")", "\"a\""),
            example("if(isGood({Count}), {Count}, 0)", "0"),
            example("if({Count} > 5, \"full\", \"\")", "\"full\" (Bad_Stale)"),
            example("if({Weight}, 1, 2)", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Lazy(|context, arguments, _| choose_branch(context, arguments)),
        ..ROW
    },
    Function {
        name: "case",
        arguments: "value, case, result, …, otherwise",
        least: 4,
        most: None,
        step: 2,
        summary: "Gives the result that follows the first case equal to the value, else `otherwise`; cases and \
                  results are evaluated only as far as needed.",
        examples: &[
            example("case(3, 1, \"one\", 3, \"three\", \"many\")", "\"three\""),
            example("case(9, 1, \"one\", 3, \"three\", \"many\")", "\"many\""),
            example("case({Weight}, null, \"nothing\", \"something\")", "\"nothing\""),
        ],
        body: Body::Lazy(|context, arguments, _| Ok(choose_case(context, arguments))),
        ..ROW
    },
    Function {
        name: "switch",
        arguments: "value, case, …, result, …, otherwise",
        least: 4,
        most: None,
        step: 2,
        summary: "Gives the result at the place of the first case equal to the value, else `otherwise`: first all \
                  the cases, then as many results. Every argument is evaluated and its quality joins the result.",
        examples: &[
            example("switch(2, 1, 2, \"x\", \"y\", \"z\")", "\"y\""),
            example("switch(5, 1, 2, \"x\", \"y\", \"z\")", "\"z\""),
            example("switch(1, 1, 2, \"x\", {Count}, \"z\")", "\"x\" (Bad_Stale)"),
        ],
        body: Body::Plain(|_, arguments| Ok(choose_place(arguments))),
        ..ROW
    },
    Function {
        name: "coalesce",
        arguments: "value, …",
        most: None,
        summary: "Gives the first argument that is not null. A value of bad quality is a value and keeps its quality.",
        examples: &[
            example("coalesce(null, \"\", \"x\")", "\"\""),
            example("coalesce({Weight}, 0)", "0"),
            example("coalesce({Count}, 0)", "7 (Bad_Stale)"),
            example("coalesce({Missing}, 0)", "0 (Bad_NotFound)"),
            example("coalesce(null, null)", "null"),
        ],
        basis: Basis::Measured,
        body: Body::Lazy(|context, arguments, _| Ok(first_value(context, arguments))),
        ..ROW
    },
    Function {
        name: "try",
        arguments: "value, failover",
        least: 2,
        most: Some(2),
        summary: "Gives the value, or the failover when the value is an evaluation error. A value of bad quality is \
                  no error and keeps its quality.",
        examples: &[
            example("try(toInt(\"n/a\"), -1)", "-1"),
            example("try({Count} + 1, 0)", "8 (Bad_Stale)"),
            example("try({Weight} * 2, {Speed} * 2)", "83.0"),
        ],
        basis: Basis::Measured,
        body: Body::Lazy(|context, arguments, _| Ok(attempt(context, arguments))),
        ..ROW
    },
];

/// Returns what an operand gives when qualities evaluated before it join, the first on a tie.
fn joined(before: Quality, operand: Evaluated) -> Evaluated {
    Evaluated { quality: before.worst(operand.quality), value: operand.value }
}

fn choose_branch(context: &mut Context<'_>, arguments: &[ValueFn]) -> Result<Evaluated, Failure> {
    let condition = arguments[0](context);
    if condition.is_poison() {
        return Ok(condition);
    }
    let branch = if boolean(&condition.value)? { &arguments[1] } else { &arguments[2] };
    Ok(joined(condition.quality, branch(context)))
}

fn choose_case(context: &mut Context<'_>, arguments: &[ValueFn]) -> Evaluated {
    let (pairs, otherwise) = arguments[1..].as_chunks::<2>();
    let value = arguments[0](context);
    let mut quality = value.quality;
    if value.is_poison() {
        return value;
    }
    for [case, result] in pairs {
        let case = joined(quality, case(context));
        if case.is_poison() {
            return case;
        }
        quality = case.quality;
        if equal(&value.value, &case.value) {
            return joined(quality, result(context));
        }
    }
    joined(quality, otherwise[0](context))
}

fn choose_place(arguments: &[Value]) -> Value {
    let (cases, results) = arguments[1..].split_at((arguments.len() - 2) / 2);
    let place = cases.iter().position(|case| equal(&arguments[0], case)).unwrap_or(cases.len());
    results[place].clone()
}

fn first_value(context: &mut Context<'_>, arguments: &[ValueFn]) -> Evaluated {
    let mut result = arguments[0](context);
    for argument in &arguments[1..] {
        if !result.value.is_null() || result.is_error() {
            break;
        }
        result = joined(result.quality, argument(context));
    }
    result
}

fn attempt(context: &mut Context<'_>, arguments: &[ValueFn]) -> Evaluated {
    let notes_before = context.notes.as_ref().map_or(0, |notes| notes.len());
    let value = arguments[0](context);
    if !value.is_error() {
        return value;
    }
    // The error is dealt with: its explanation would tell of a problem that the result does not have.
    if let Some(notes) = &mut context.notes {
        notes.truncate(notes_before);
    }
    arguments[1](context)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::evaluate::{Host, Note};
    use crate::value::Timestamp;

    fn good(value: impl Into<Value>) -> ValueFn {
        gives(value, Quality::Good)
    }

    fn gives(value: impl Into<Value>, quality: Quality) -> ValueFn {
        let value = value.into();
        Box::new(move |_| Evaluated { value: value.clone(), quality })
    }

    fn never() -> ValueFn {
        Box::new(|_| panic!("what is not needed was evaluated"))
    }

    fn fails() -> ValueFn {
        Box::new(|context| {
            context.note(Quality::ErrorExpressionEval, (0, 1), || "no number".to_owned());
            Evaluated::error()
        })
    }

    fn with_context<R>(notes: &mut Vec<Note>, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
        let (host, now) = (Host::default(), Timestamp(0));
        let mut sites = [];
        let context = Context::of(&[], now, Tz::UTC, &host, &mut sites);
        run(&mut Context { notes: Some(notes), ..context })
    }

    fn check(result: &Evaluated, value: &str, quality: Quality) {
        assert_eq!((crate::coerce::text(&result.value, Tz::UTC).as_str(), result.quality), (value, quality));
    }

    #[test]
    fn what_is_not_chosen_is_not_evaluated() {
        with_context(&mut Vec::new(), |context| {
            let result = choose_branch(context, &[good(true), good(1), never()]).unwrap();
            check(&result, "1", Quality::Good);
            let case = [good(2), good(1), never(), good(2), good("two"), never(), never(), never()];
            check(&choose_case(context, &case), "two", Quality::Good);
            check(&first_value(context, &[good(1), never()]), "1", Quality::Good);
            check(&attempt(context, &[good(1), never()]), "1", Quality::Good);
        });
    }

    #[test]
    fn what_was_evaluated_joins_the_quality() {
        with_context(&mut Vec::new(), |context| {
            let uncertain = || gives(1, Quality::Uncertain);
            let result = choose_branch(context, &[uncertain(), gives(5, Quality::BadStale), never()]).unwrap();
            check(&result, "5", Quality::BadStale);
            let result = choose_branch(context, &[uncertain(), good(5), never()]).unwrap();
            check(&result, "5", Quality::Uncertain);
            let case = [good(2), gives(1, Quality::Bad), never(), good("else")];
            check(&choose_case(context, &case), "else", Quality::Bad);
            let nothing = gives(Value::Null, Quality::BadNotFound);
            check(&first_value(context, &[nothing, gives(0, Quality::Bad)]), "0", Quality::BadNotFound);
        });
    }

    #[test]
    fn an_error_decides_nothing_and_stays_the_error_that_it_is() {
        with_context(&mut Vec::new(), |context| {
            let broken = || gives(Value::Null, Quality::ErrorIo);
            check(&choose_branch(context, &[broken(), never(), never()]).unwrap(), "null", Quality::ErrorIo);
            check(&choose_case(context, &[broken(), never(), never(), never()]), "null", Quality::ErrorIo);
            check(&choose_case(context, &[good(1), broken(), never(), never()]), "null", Quality::ErrorIo);
            check(&first_value(context, &[broken(), never()]), "null", Quality::ErrorIo);
            assert!(choose_branch(context, &[good(Value::Null), never(), never()]).is_err());
        });
    }

    #[test]
    fn an_error_that_was_dealt_with_leaves_no_note() {
        let mut notes = Vec::new();
        with_context(&mut notes, |context| {
            context.note(Quality::Bad, (0, 1), || "before".to_owned());
            check(&attempt(context, &[fails(), good(0)]), "0", Quality::Good);
        });
        assert_eq!(notes.iter().map(|note| note.message.as_str()).collect::<Vec<_>>(), ["before"]);
    }
}
