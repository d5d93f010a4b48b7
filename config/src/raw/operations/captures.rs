//! `[[operations.captures]]`: what is measured over each run.

use latchwork_engine::CaptureMode;

use crate::desk::Desk;
use crate::document::Table;
use crate::problems;
use crate::reader::{ExpressionText, Reader, Written};
use crate::words::CAPTURE_MODE;

/// One of `[[operations.captures]]`; what is missing of it is a problem.
#[derive(Debug)]
pub(crate) struct RawCapture {
    /// The name.
    pub(crate) name: Option<Written>,
    /// What is measured.
    pub(crate) expression: Option<ExpressionText>,
    /// How.
    pub(crate) mode: Option<CaptureMode>,
}

/// Reads one of `[[operations.captures]]`.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table) -> RawCapture {
    let mut reader = Reader::new(desk, "operations.captures", table);
    let name = reader.required_name("name");
    if !reader.has("expression") {
        reader.missing("expression");
    }
    let expression = reader.expression("expression");
    let mode = reader.required_word("mode", CAPTURE_MODE);
    let rollover = rollover(&mut reader);
    let mode = mode.map(|mode| with_rollover(mode, rollover, &mut reader));
    reader.finish("[[operations.captures]]");
    RawCapture { name, expression, mode }
}

/// Reads at which value a counter begins again at 0.
fn rollover(reader: &mut Reader<'_, '_>) -> Option<f64> {
    let rollover = reader.amount("rollover")?;
    if rollover > 0.0 {
        return Some(rollover);
    }
    let place = reader.value_place(&["rollover"]);
    reader.problem(problems::OUT_OF_RANGE, place, "`rollover` is 0, expected a number greater than 0", None);
    None
}

fn with_rollover(mode: CaptureMode, rollover: Option<f64>, reader: &mut Reader<'_, '_>) -> CaptureMode {
    match mode {
        CaptureMode::Delta { .. } => CaptureMode::Delta { rollover },
        CaptureMode::AtStart
        | CaptureMode::AtStop
        | CaptureMode::Min
        | CaptureMode::Max
        | CaptureMode::Mean
        | CaptureMode::SumOfIncreases
        | CaptureMode::CountOfChanges
        | CaptureMode::TrueSeconds => {
            if let Some(place) = reader.key_place("rollover") {
                reader.problem(problems::NO_EFFECT, place, "`rollover` has no effect: `mode` is not DELTA", None);
            }
            mode
        }
    }
}
