//! From the running engine to what survives.

use latchwork_expr::{Program, Site, TagSlot};

use super::form::Exact;
use super::{
    Retained, RetainedLink, RetainedLocation, RetainedOperation, RetainedOrder, RetainedOrderProgram, RetainedRecord,
    RetainedRun, RetainedTrigger, retain_captures, retain_sites,
};
use crate::operation::{OperationState, Run};
use crate::plant::{LocationIndex, Operation, OperationIndex};
use crate::record::{OrderLink, Record};
use crate::scan::Moment;
use crate::step::Engine;
use crate::timer::TimerKind;
use crate::touched::Tasks;
use crate::trigger::TriggerState;

impl Engine {
    /// Returns everything that survives, as of now.
    pub fn retained(&self, now: Moment) -> Retained {
        let slots = (0_u32..).map(TagSlot).take(self.image.len());
        let operations = (0_u32..).map(OperationIndex).take(self.operations.len());
        Retained {
            tags: slots.filter_map(|slot| self.retained_tag(slot)).collect(),
            operations: operations.map(|operation| self.retained_operation(operation, now)).collect(),
            orders: self.retained_orders(),
            schedule: self.retained_schedule(),
            connections: self.retained_connections(),
            clock_ahead_micros: self.clock.retained(),
            last: self.last,
        }
    }

    /// Returns the call sites of a derived tag, if it has any.
    pub(super) fn sites_of(&self, slot: TagSlot, program: &Program) -> &[Site] {
        if program.sites() == 0 {
            return &[];
        }
        let rank = self.plant.derived.iter().position(|&derived| derived == slot);
        rank.map_or(&[], |rank| &self.derived_sites[rank])
    }

    /// Returns what survives of every order.
    pub fn retained_orders(&self) -> Vec<RetainedOrder> {
        let retain = |order: &crate::order::Order| RetainedOrder {
            name: order.name.clone(),
            id: order.id,
            status: order.status,
            quantity: order.quantity,
            rate_per_hour: order.rate_per_hour,
            material: order.material,
            plan: order.plan.clone(),
        };
        self.orders().iter().map(retain).collect()
    }

    /// Returns what survives of an operation, as of now.
    pub fn retained_operation(&self, operation: OperationIndex, now: Moment) -> RetainedOperation {
        let (row, state) = (&self.plant.operations[operation.index()], self.state(operation));
        let trigger = |task: Tasks, state: &TriggerState| -> Option<RetainedTrigger> {
            row.triggers().find(|(other, _)| *other == task).map(|(_, trigger)| state.retain(trigger))
        };
        RetainedOperation {
            id: row.id,
            name: row.name.clone(),
            location: self.retained_location(row.location),
            start: trigger(Tasks::START, &state.start),
            stop: trigger(Tasks::STOP, &state.stop),
            fault: trigger(Tasks::FAULT, &state.fault),
            order: retained_order_program(row, state),
            assigned_order: state.assigned_order.clone(),
            run: state.run.as_deref().map(|run| Box::new(self.retained_run(run))),
            captures: retain_captures(&row.captures, &state.captures),
            handshake: state.handshake.retain(&row.handshake, &self.plant),
            last_status: state.last_status,
            latest: state.latest,
            latest_end: state.latest_end,
            last_seen: self.last_seen(operation, now),
            counters: state.counters,
            trouble: state.trouble.clone(),
        }
    }

    fn retained_run(&self, run: &Run) -> RetainedRun {
        RetainedRun {
            record: self.retained_record(&run.record),
            lineage: run.lineage,
            interrupted: run.interrupted,
            unknown_order_told: run.unknown_order_told,
            overrun_told_early: run.record.overrun && self.timers.is_set(run.record.operation, TimerKind::Overrun),
            order_seen: run.order_seen.clone(),
            order_is_commanded: run.order_is_commanded,
            pauses: run.pauses.clone(),
        }
    }

    fn retained_record(&self, record: &Record) -> RetainedRecord {
        let link = |OrderLink { name, order }: &OrderLink| RetainedLink {
            name: name.clone(),
            order: order.map(|order| self.orders.get(order).name.clone()),
        };
        let captures = record.captures.iter().map(|(name, value)| (name.clone(), Exact(value.clone())));
        RetainedRecord {
            id: record.id,
            location: self.retained_location(record.location),
            status: record.status,
            start: record.start,
            detected_at: record.detected_at,
            order: record.order.as_ref().map(link),
            parent: record.parent,
            schedule: record.schedule,
            start_reason: record.start_reason,
            expected_duration_seconds: record.expected_duration_seconds,
            overrun: record.overrun,
            paused_micros: record.paused_micros,
            detected_after_gap: record.detected_after_gap,
            captures: captures.collect(),
            revision: record.revision,
            notes: record.notes.clone(),
            created_by: record.created_by.clone(),
        }
    }

    fn retained_location(&self, location: LocationIndex) -> RetainedLocation {
        let row = &self.plant.locations[location.index()];
        RetainedLocation { path: row.path.clone(), id: row.id }
    }
}

fn retained_order_program(row: &Operation, state: &OperationState) -> Option<RetainedOrderProgram> {
    let program = row.order_program()?;
    Some(RetainedOrderProgram {
        expression: program.text().to_owned(),
        good: state.good_order.clone(),
        sites: retain_sites(&state.order_sites),
    })
}
