//! Triggers of an operation: expressions become programs that an edge can be asked of.

use std::sync::Arc;

use latchwork_engine::{Tag, Trigger, TriggerSource, TriggerType};
use latchwork_expr::{Program, Scope, Type};

use super::Names;
use super::expressions::{Expectation, compile};
use crate::desk::Desk;
use crate::lint::{self, key_place};
use crate::problems;
use crate::raw::{RawOperation, RawTrigger};
use crate::reader::ExpressionText;

/// The triggers of an operation.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    /// What opens a record.
    pub(super) start: Option<Trigger>,
    /// What closes it.
    pub(super) stop: Option<Trigger>,
    /// What closes it FAULTED.
    pub(super) fault: Option<Trigger>,
}

/// What has a rising and a falling edge.
const TRUTH: Expectation = Expectation {
    refused: &[Type::Null, Type::String, Type::Date, Type::Dataset, Type::Document],
    expected: "a boolean or a number, which has edges",
    hint: "compare it with something, or ask for CHANGE",
};

/// Lowers the triggers of an operation; one that does not listen to them has none.
pub(super) fn lower(operation: &RawOperation<'_>, names: Names<'_>, desk: &mut Desk<'_>) -> Triggers {
    match operation.triggers.source {
        Some(TriggerSource::Manual | TriggerSource::Parent) => return Triggers::default(),
        Some(TriggerSource::Expression) => check_start(operation, desk),
        None => {}
    }
    let raw = &operation.triggers;
    let mut compiler = TriggerCompiler { scope: names.scope(&operation.identity.tag_folder), tags: names.tags, desk };
    let start = compiler.trigger(&raw.start, None);
    let stop = compiler.trigger(&raw.stop, start.as_ref());
    let fault = raw.fault.as_ref().and_then(|expression| compiler.fault(expression));
    if let (Some(start), Some(stop)) = (&start, &stop) {
        lint::short_stops(operation, start, stop, names.tags, desk);
    }
    Triggers { start, stop, fault }
}

/// Compiles the triggers of one operation.
struct TriggerCompiler<'n, 'd, 'f> {
    scope: Scope<'n>,
    tags: &'n [Tag],
    desk: &'d mut Desk<'f>,
}

impl TriggerCompiler<'_, '_, '_> {
    /// Returns a start or stop trigger. One that is spelled like `other` has the same program, so
    /// that the engine can see that one evaluation is enough.
    fn trigger(&mut self, raw: &RawTrigger, other: Option<&Trigger>) -> Option<Trigger> {
        let expression = raw.expression.as_ref()?;
        let program = match other {
            Some(other) if other.program.text() == expression.text => Arc::clone(&other.program),
            Some(_) | None => self.program(expression)?,
        };
        match raw.kind {
            TriggerType::RisingEdge | TriggerType::FallingEdge => TRUTH.check(expression, &program, self.desk),
            TriggerType::Change => {}
        }
        Some(Trigger { program, kind: raw.kind, hold_millis: raw.hold_millis, deadband: raw.deadband })
    }

    fn fault(&mut self, expression: &ExpressionText) -> Option<Trigger> {
        let program = self.program(expression)?;
        TRUTH.check(expression, &program, self.desk);
        Some(Trigger { program, kind: TriggerType::RisingEdge, hold_millis: 0, deadband: 0.0 })
    }

    /// Compiles an expression, with the lints that matter only in a trigger.
    fn program(&mut self, expression: &ExpressionText) -> Option<Arc<Program>> {
        let program = compile(expression, &self.scope, self.desk)?;
        // A derived tag may be null and Good; of a fed tag that is hardly what a comparison means.
        let lints = program.trigger_lints(|slot| self.tags[slot.index()].expression.is_some());
        self.desk.add_diagnostics(expression.place, lints, self.tags.len());
        Some(program)
    }
}

/// Complains about an operation that waits for a start that can never come.
fn check_start(operation: &RawOperation<'_>, desk: &mut Desk<'_>) {
    const KEY: &str = "start_trigger_expression";
    // A `parent` that is given means something else, and has its own problem.
    if operation.table.entry(KEY).is_some() || operation.triggers.parent.is_some() {
        return;
    }
    let place = key_place(operation.table, "trigger_source");
    let message = format!("`trigger_source` is EXPRESSION, but there is no `{KEY}`");
    let hint = "give the expression, or write `trigger_source = \"MANUAL\"`";
    desk.findings.add(problems::EXPRESSION_MISSING, place, message).hint(hint);
}
