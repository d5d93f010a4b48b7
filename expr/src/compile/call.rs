//! The closures of function calls: arguments are evaluated, or handed over, as the row's body asks.

use super::ValueFn;
use super::value::{failed, finished};
use crate::evaluate::{Context, Evaluated};
use crate::functions::{Body, Call, Cycle, Failure, Function};
use crate::quality::Quality;
use crate::site::Site;
use crate::value::Value;

/// Most arguments that live on the stack; more are rare.
const STACK_ARGUMENTS: usize = 8;

type PlainBody = fn(&Call, &[Value]) -> Result<Value, Failure>;
type QualifiedBody = fn(&Call, &[Evaluated]) -> Result<Evaluated, Failure>;
type StatefulBody = fn(&Cycle, &mut Site, &[Evaluated]) -> Result<Evaluated, Failure>;

/// Compiles the call of a function that keeps no state.
pub(super) fn call(function: &Function, arguments: Vec<ValueFn>, span: (usize, usize)) -> ValueFn {
    match function.body {
        Body::Plain(body) => plain(body, arguments, span),
        Body::Qualified(body) => qualified(body, arguments, span),
        Body::Lazy(body) => Box::new(move |context| {
            let result = body(context, &arguments, span);
            decided(context, result, span)
        }),
        Body::TimestampOf => Box::new(move |context| {
            let value = arguments[0](context);
            if value.is_poison() { value } else { Evaluated::good(Value::Date(context.now)) }
        }),
        Body::Stateful(_) | Body::Tag | Body::Refused(_) => {
            unreachable!("`{}` is no call without state", function.name)
        }
    }
}

/// Compiles the call of a function that keeps state at its site.
pub(super) fn stateful_call(
    function: &Function,
    site: usize,
    arguments: Vec<ValueFn>,
    span: (usize, usize),
) -> ValueFn {
    match function.body {
        Body::Stateful(body) => stateful(body, site, arguments, span),
        Body::Plain(_) | Body::Qualified(_) | Body::Lazy(_) | Body::Tag | Body::TimestampOf | Body::Refused(_) => {
            unreachable!("`{}` keeps no state", function.name)
        }
    }
}

fn plain(body: PlainBody, arguments: Vec<ValueFn>, span: (usize, usize)) -> ValueFn {
    Box::new(move |context| {
        with_evaluated(context, &arguments, |context, evaluated| {
            let quality = worst(evaluated);
            if evaluated.iter().any(Evaluated::is_poison) {
                return Evaluated { value: Value::Null, quality };
            }
            let call = call_of(context);
            let read = context.handle(read_bytes(evaluated));
            let result = read.and_then(|()| with_values(evaluated, |values| body(&call, values)));
            finished(context, result, quality, span)
        })
    })
}

fn qualified(body: QualifiedBody, arguments: Vec<ValueFn>, span: (usize, usize)) -> ValueFn {
    Box::new(move |context| {
        with_evaluated(context, &arguments, |context, evaluated| {
            let call = call_of(context);
            let read = context.handle(read_bytes(evaluated));
            let result = read.and_then(|()| body(&call, evaluated));
            decided(context, result, span)
        })
    })
}

fn stateful(body: StatefulBody, site: usize, arguments: Vec<ValueFn>, span: (usize, usize)) -> ValueFn {
    Box::new(move |context| {
        with_evaluated(context, &arguments, |context, evaluated| {
            let Context { now, monotonic, first_scan, .. } = *context;
            let cycle = Cycle { now, monotonic, first_scan };
            let result = body(&cycle, &mut context.sites[site], evaluated);
            decided(context, result, span)
        })
    })
}

const fn call_of(context: &Context<'_>) -> Call {
    Call { now: context.now, zone: context.zone }
}

/// Returns what a body decided, its quality included, or the error of its failure.
fn decided(context: &mut Context<'_>, result: Result<Evaluated, Failure>, span: (usize, usize)) -> Evaluated {
    result.unwrap_or_else(|failure| failed(context, &failure, Quality::Good, span))
}

fn read_bytes(evaluated: &[Evaluated]) -> usize {
    evaluated.iter().map(|argument| argument.value.read_bytes()).sum()
}

pub(super) fn worst(evaluated: &[Evaluated]) -> Quality {
    evaluated.iter().map(|argument| argument.quality).reduce(Quality::worst).unwrap_or(Quality::Good)
}

/// Evaluates arguments and hands them on; as many as calls usually have without allocating.
pub(super) fn with_evaluated<R>(
    context: &mut Context<'_>,
    arguments: &[ValueFn],
    then: impl FnOnce(&mut Context<'_>, &mut [Evaluated]) -> R,
) -> R {
    match arguments.len() {
        0 | 1 => with_row::<1, R>(context, arguments, then),
        2 => with_row::<2, R>(context, arguments, then),
        3 | 4 => with_row::<4, R>(context, arguments, then),
        5..=STACK_ARGUMENTS => with_row::<STACK_ARGUMENTS, R>(context, arguments, then),
        _ => {
            let mut evaluated: Vec<Evaluated> = arguments.iter().map(|argument| argument(context)).collect();
            then(context, &mut evaluated)
        }
    }
}

fn with_row<const MOST: usize, R>(
    context: &mut Context<'_>,
    arguments: &[ValueFn],
    then: impl FnOnce(&mut Context<'_>, &mut [Evaluated]) -> R,
) -> R {
    let mut row = [const { Evaluated::good(Value::Null) }; MOST];
    for (place, argument) in row.iter_mut().zip(arguments) {
        *place = argument(context);
    }
    then(context, &mut row[..arguments.len()])
}

/// Hands on the values alone; as many as calls usually have without allocating.
pub(super) fn with_values<R>(evaluated: &mut [Evaluated], then: impl FnOnce(&[Value]) -> R) -> R {
    let take = |evaluated: &mut Evaluated| std::mem::take(&mut evaluated.value);
    match evaluated {
        [] => then(&[]),
        [first] => then(&[take(first)]),
        [first, second] => then(&[take(first), take(second)]),
        more if more.len() <= STACK_ARGUMENTS => {
            let mut row = [const { Value::Null }; STACK_ARGUMENTS];
            for (place, evaluated) in row.iter_mut().zip(more.iter_mut()) {
                *place = take(evaluated);
            }
            then(&row[..more.len()])
        }
        more => then(&more.iter_mut().map(take).collect::<Vec<Value>>()),
    }
}
