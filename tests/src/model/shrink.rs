//! The shortest case that still fails; knows nothing of why it fails.

use super::check::Case;
use super::expression::Expression;
use super::names::{BlockKind, ConflictScope, ConflictStrategy, FirstScan, Uncertain};
use super::plant::{ExpectedDuration, ModelOperation, ModelOrder, ModelTrigger, OrderRule, RestartRule, UnknownOrders};
use super::value::ModelQuality;

/// Returns a smaller case that fails like the given one, from which nothing more can be taken.
pub fn shrink(mut case: Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    while let Some(smaller) = smaller_cases(&case).into_iter().find(|smaller| fails(smaller)) {
        case = smaller;
    }
    case
}

/// Returns the cases that are one step simpler, the boldest steps first.
fn smaller_cases(case: &Case) -> Vec<Case> {
    let mut cases = without_reloads(case);
    cases.extend(without_operations(case));
    cases.extend(without_commands(case));
    cases.extend((0..case.trace.crashes.len()).map(|crash| with(case, |case| _ = case.trace.crashes.remove(crash))));
    cases.extend(without_rows(case));
    if case.trace.reloads.is_empty() {
        // Else the plants that come later would no longer be the same but for what changed.
        cases.extend(simpler_operations(case));
        cases.extend(simpler_plants(case));
    }
    cases.extend(better_rows(case));
    cases.retain(|smaller| smaller != case);
    cases
}

/// Each reload goes, or each operation of one is what it was before.
fn without_reloads(case: &Case) -> Vec<Case> {
    let reloads = 0..case.trace.reloads.len();
    let mut cases: Vec<Case> =
        reloads.clone().map(|gone| with(case, |case| _ = case.trace.reloads.remove(gone))).collect();
    for reload in reloads {
        let before = if reload == 0 { &case.plant } else { &case.trace.reloads[reload - 1].plant };
        for (operation, row) in before.operations.iter().enumerate() {
            cases.push(with(case, |case| case.trace.reloads[reload].plant.operations[operation] = row.clone()));
        }
    }
    cases
}

/// An operation goes together with those that follow it.
fn without_operations(case: &Case) -> Vec<Case> {
    let without = |gone: usize| {
        let mut smaller = case.clone();
        let stays = |operation: usize| !is_above(case, gone, operation);
        let later = smaller.trace.reloads.iter_mut().map(|reload| &mut reload.plant);
        for plant in later.chain([&mut smaller.plant]) {
            let mut index = 0..;
            plant.operations.retain(|_| index.next().is_some_and(stays));
            let operations = &plant.operations;
            plant.schedule.retain(|entry| operations.iter().any(|other| other.name == entry.operation));
        }
        smaller
    };
    (0..case.plant.operations.len()).map(without).collect()
}

fn is_above(case: &Case, above: usize, operation: usize) -> bool {
    above == operation || case.plant.parent_of(operation).is_some_and(|parent| is_above(case, above, parent))
}

/// Half of the rows goes, or a quarter, down to a single one.
fn without_rows(case: &Case) -> Vec<Case> {
    let rows = case.trace.rows.len();
    let mut cases = Vec::new();
    let mut size = rows.div_ceil(2);
    while size > 0 {
        for from in (0..rows).step_by(size) {
            let mut smaller = case.clone();
            smaller.trace.rows.drain(from..rows.min(from + size));
            cases.push(smaller);
        }
        size /= 2;
    }
    cases
}

/// All commands go, or one of them.
fn without_commands(case: &Case) -> Vec<Case> {
    let all = with(case, |case| case.trace.commands.clear());
    let each = 0..case.trace.commands.len();
    let one = each.map(|gone| with(case, |case| _ = case.trace.commands.remove(gone)));
    std::iter::once(all).chain(one).collect()
}

/// Each key of each operation goes back to its default.
fn simpler_operations(case: &Case) -> Vec<Case> {
    const STEPS: [fn(&mut ModelOperation); 18] = [
        |operation| operation.sequence = None,
        |operation| operation.restart = RestartRule::Resume(0),
        |operation| operation.captures.clear(),
        |operation| drop(operation.captures.pop()),
        |operation| operation.auto_add = false,
        |operation| operation.fault = None,
        |operation| operation.order = OrderRule::None,
        |operation| operation.order_status_on_start = None,
        |operation| operation.order_status_on_stop = None,
        |operation| operation.expected = ExpectedDuration::Static(0),
        |operation| operation.max_duration_seconds = 0,
        |operation| operation.restart_holdoff_millis = 0,
        |operation| operation.first_scan = None,
        |operation| operation.enabled = true,
        |operation| operation.stop = None,
        |operation| operation.conflict_scope = ConflictScope::Operation,
        |operation| operation.conflict_strategy = ConflictStrategy::StopPrevious,
        |operation| "Line".clone_into(&mut operation.location),
    ];
    const TRIGGER_STEPS: [fn(&mut ModelTrigger); 4] = [
        |trigger| trigger.hold_millis = 0,
        |trigger| trigger.deadband = 0.0,
        |trigger| trigger.expression = operand(&trigger.expression, Side::Left),
        |trigger| trigger.expression = operand(&trigger.expression, Side::Right),
    ];
    let mut cases = Vec::new();
    for operation in 0..case.plant.operations.len() {
        cases.extend(STEPS.iter().map(|step| with(case, |case| step(&mut case.plant.operations[operation]))));
        for step in TRIGGER_STEPS {
            let starts = |case: &mut Case| case.plant.operations[operation].start.iter_mut().for_each(step);
            let stops = |case: &mut Case| case.plant.operations[operation].stop.iter_mut().for_each(step);
            cases.extend([with(case, starts), with(case, stops)]);
        }
    }
    cases
}

/// One of two operands.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Returns one operand of `&&` or `||`, or what a block or comparison looks at; any other expression stays as it is.
fn operand(expression: &Expression, side: Side) -> Expression {
    match (expression, side) {
        (Expression::And(operand, _) | Expression::Or(operand, _) | Expression::Above(operand, _), Side::Left)
        | (Expression::And(_, operand) | Expression::Or(_, operand), Side::Right) => (**operand).clone(),
        // What stays stable may be a text, of which no plant makes an edge.
        (Expression::Block(block), Side::Left) if block.kind != BlockKind::StableFor => block.inputs[0].clone(),
        (other, Side::Left | Side::Right) => other.clone(),
    }
}

fn simpler_plants(case: &Case) -> Vec<Case> {
    const STEPS: [fn(&mut Case); 10] = [
        |case| case.plant.connections.clear(),
        |case| case.plant.connections.iter_mut().for_each(|connection| connection.valid_when = None),
        |case| case.plant.connections.iter_mut().for_each(|connection| connection.heartbeat = None),
        |case| case.plant.schedule.truncate(case.plant.schedule.len() / 2),
        |case| {
            case.plant.materials.clear();
            case.plant.orders.iter_mut().for_each(|order| order.material = None);
        },
        |case| case.plant.first_scan = FirstScan::Arm,
        |case| case.plant.uncertain = Uncertain::Good,
        |case| case.plant.unknown_orders = UnknownOrders::Report,
        |case| {
            // A plant file may assign configured orders only.
            let assigned = |order: &ModelOrder| OrderRule::Manual(Some(order.name.clone()));
            let (operations, schedule) = (&case.plant.operations, &case.plant.schedule);
            case.plant.orders.retain(|order| {
                operations.iter().any(|operation| operation.order == assigned(order))
                    || schedule.iter().any(|entry| entry.order.as_ref() == Some(&order.name))
            });
        },
        |case| {
            let read = case.plant.tags_read();
            case.plant
                .tags
                .retain(|tag| read.contains(&tag.path) || case.trace.rows.iter().any(|row| row.tag == tag.path));
        },
    ];
    let mut cases: Vec<Case> = STEPS.iter().map(|step| with(case, step)).collect();
    let without_entry = |entry| with(case, |case| _ = case.plant.schedule.remove(entry));
    cases.extend((0..case.plant.schedule.len()).map(without_entry));
    cases
}

/// Each row that is not Good becomes Good.
fn better_rows(case: &Case) -> Vec<Case> {
    let rows = 0..case.trace.rows.len();
    rows.map(|row| with(case, |case| case.trace.rows[row].quality = ModelQuality::Good)).collect()
}

fn with(case: &Case, step: impl FnOnce(&mut Case)) -> Case {
    let mut changed = case.clone();
    step(&mut changed);
    changed
}

#[cfg(test)]
mod tests {
    use super::super::check::{Observed, difference};
    use super::super::random::random_case;
    use super::super::run::run;
    use super::*;

    /// An engine that has never heard of stop holds.
    fn holdless(case: &Case) -> Observed {
        let mut plant = case.plant.clone();
        plant.operations.iter_mut().filter_map(|operation| operation.stop.as_mut()).for_each(|stop| {
            stop.hold_millis = 0;
        });
        Observed::from(run(&plant, &case.trace))
    }

    #[test]
    fn a_difference_shrinks_to_one_operation_and_a_handful_of_rows() {
        let fails = |case: &Case| difference(case, &holdless).is_some();
        let failing = (0..100).map(random_case).find(fails).expect("a seed whose stop hold matters");
        let shortest = shrink(failing, &fails);
        assert!(fails(&shortest));
        let (operations, rows) = (shortest.plant.operations.len(), shortest.trace.rows.len());
        assert!(operations == 1 && rows <= 5, "{operations} operations and {rows} rows");
        assert!(smaller_cases(&shortest).iter().all(|smaller| !fails(smaller)));
    }

    #[test]
    fn an_operation_goes_together_with_its_children() {
        let family = |case: &Case| (0..case.plant.operations.len()).any(|child| case.plant.parent_of(child).is_some());
        let case = (0..100).map(random_case).find(family).expect("a seed with a family");
        for smaller in without_operations(&case) {
            for operation in &smaller.plant.operations {
                let parent = |parent: &String| smaller.plant.operations.iter().any(|other| other.name == *parent);
                assert!(operation.parent.as_ref().is_none_or(parent), "{operation:?}");
            }
        }
    }
}
