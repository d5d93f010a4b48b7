//! What is measured over each run: expressions become programs whose values their modes can count.

use latchwork_engine::{Capture, CaptureMode, ExpectedDuration, Operation, OrderResolution};
use latchwork_expr::{Program, Type};

use super::Names;
use super::expressions::{Expectation, compile};
use super::unique::Unique;
use crate::desk::Desk;
use crate::problems;
use crate::raw::{RawCapture, RawOperation};
use crate::reader::ExpressionText;

/// What can be counted.
const NUMBER: Expectation = Expectation {
    refused: &[Type::Null, Type::String, Type::Date, Type::Dataset, Type::Document],
    expected: "a number or a boolean, which can be counted",
    hint: "AT_START, AT_STOP and COUNT_OF_CHANGES take any value; `toFloat(…)` makes a number of a text",
};

/// What can be true for some time.
const TRUTH: Expectation = Expectation {
    refused: &[Type::Null, Type::String, Type::Date, Type::Dataset, Type::Document],
    expected: "a boolean or a number, which can be true",
    hint: "compare it with something",
};

/// Lowers the captures of an operation.
pub(super) fn lower(operation: &RawOperation<'_>, names: Names<'_>, desk: &mut Desk<'_>) -> Vec<Capture> {
    let mut unique = Unique::names("captures of one operation");
    for name in operation.captures.iter().filter_map(|raw| raw.name.as_ref()) {
        unique.take(name.value.clone(), name.shown(), name.place, desk);
    }
    let scope = names.scope(&operation.identity.tag_folder);
    let capture = |RawCapture { name, expression, mode }: &RawCapture| {
        let expression = expression.as_ref()?;
        let program = compile(expression, &scope, desk)?;
        let mode = (*mode)?;
        check(mode, expression, &program, desk);
        Some(Capture { name: name.as_ref()?.value.as_str().into(), program, mode })
    };
    operation.captures.iter().filter_map(capture).collect()
}

/// Complains about an expression that is known to give nothing that the mode can count.
fn check(mode: CaptureMode, expression: &ExpressionText, program: &Program, desk: &mut Desk<'_>) {
    match mode {
        CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::CountOfChanges => {}
        CaptureMode::TrueSeconds => TRUTH.check(expression, program, desk),
        CaptureMode::Delta { .. }
        | CaptureMode::Min
        | CaptureMode::Max
        | CaptureMode::Mean
        | CaptureMode::SumOfIncreases => NUMBER.check(expression, program, desk),
    }
}

/// Complains about expressions of an operation that read a capture which it does not have.
pub(super) fn check_references(raw: &RawOperation<'_>, operation: &Operation, desk: &mut Desk<'_>) {
    let triggers = &raw.triggers;
    let expected = match &operation.expected_duration {
        ExpectedDuration::Expression(program) => Some(program),
        ExpectedDuration::Static(_) | ExpectedDuration::FromOrder => None,
    };
    let order = match &operation.order {
        OrderResolution::Expression(program, _) => Some(program),
        OrderResolution::None | OrderResolution::Manual | OrderResolution::Schedule => None,
    };
    let program = |trigger: &Option<latchwork_engine::Trigger>| trigger.as_ref().map(|trigger| trigger.program.clone());
    let mut programs = vec![
        (triggers.start.expression.as_ref(), program(&operation.start)),
        (triggers.stop.expression.as_ref(), program(&operation.stop)),
        (triggers.fault.as_ref(), program(&operation.fault)),
        (raw.order.expression.as_ref(), order.cloned()),
        (raw.duration.expression.as_ref(), expected.cloned()),
    ];
    for capture in &operation.captures {
        let written = raw.captures.iter().filter_map(|raw| raw.expression.as_ref());
        let written = written.into_iter().find(|written| written.text == capture.program.text());
        programs.push((written, Some(capture.program.clone())));
    }
    let names: Vec<&str> = raw.captures.iter().filter_map(|raw| Some(raw.name.as_ref()?.value.as_str())).collect();
    for (expression, program) in programs {
        if let (Some(expression), Some(program)) = (expression, program) {
            check_names(expression, &program, &names, desk);
        }
    }
}

fn check_names(expression: &ExpressionText, program: &Program, names: &[&str], desk: &mut Desk<'_>) {
    for name in program.captures().iter().filter(|name| !names.contains(&name.as_str())) {
        let hint = desk.suggest(name, names.iter().copied());
        let message = format!("the operation has no capture `{name}`");
        desk.findings.add(problems::UNKNOWN_CAPTURE, expression.place, message).hint_if(hint);
    }
}
