//! What every transition of a job comes to in the end: how the job stands, whose queue it is in, how its order stands.

use serde_json::{Map, json};

use super::draft::Draft;
use super::event::JobEventKind;
use super::leg::Leg;
use super::rows::OrderRow;
use super::state::JobState;
use crate::order::OrderStatus;

impl Draft<'_> {
    /// Works out how the job stands by its legs, and tells what that means for its order.
    pub(super) fn settle(&mut self) {
        // What a machine tells of it after its end changes nothing.
        if self.before.job.state.is_final() {
            return;
        }
        let job = &mut self.rows.job;
        job.last_online = job.last_online.max(Some(self.seen_at));
        if !job.state.is_final() {
            job.state = state_of(&self.rows.legs);
        }
        let open = self.rows.batches.iter().rev().find(|batch| batch.completed_at.is_none());
        job.active_batch = open.map(|batch| (batch.key, batch.quantity));
        if job.state.is_final() {
            job.completed_at = job.completed_at.or(Some(self.at));
            self.rows.queue.clear();
        }
        self.settle_order();
    }

    fn settle_order(&mut self) {
        let Some(order) = &self.rows.order else { return };
        let first_start = order.others.started == 0 && self.has_started();
        let Some(wanted) = self.wanted_status(order) else { return };
        let from = order.status;
        if from.is_final() {
            if from != wanted {
                self.tell_order(JobEventKind::ProductionOrderFinal, from, wanted);
            }
            return;
        }
        if from != wanted || (wanted == OrderStatus::Running && first_start) {
            self.rows.order.as_mut().expect("it was there").status = wanted;
            self.tell_order(kind_of(wanted), from, wanted);
        }
    }

    /// Tells whether the job ran for the first time.
    fn has_started(&self) -> bool {
        self.before.job.started_at.is_none() && self.rows.job.started_at.is_some()
    }

    /// Returns what an order is to be, if what happened says anything of it.
    fn wanted_status(&self, order: &OrderRow) -> Option<OrderStatus> {
        let job = &self.rows.job;
        if job.state.is_final() && order.others.unfinished == 0 {
            let own = if job.state == JobState::Completed { job.quantity } else { 0 };
            let is_made = order.quantity.is_none_or(|wanted| parts(order.others.completed_quantity + own) >= wanted);
            return Some(if is_made { OrderStatus::Closed } else { OrderStatus::Stopped });
        }
        let runs_again = job.state == JobState::Running && self.before.job.state != JobState::Running;
        (self.has_started() || runs_again).then_some(OrderStatus::Running)
    }

    fn tell_order(&mut self, kind: JobEventKind, from: OrderStatus, to: OrderStatus) {
        let mut info = Map::new();
        if let Some(order) = &self.rows.order {
            info.insert("production_order".to_owned(), json!(order.name));
            info.insert("production_order_id".to_owned(), json!(order.id.to_string()));
        }
        info.insert("from".to_owned(), json!(from.name()));
        info.insert("to".to_owned(), json!(to.name()));
        self.tell(kind, info);
    }
}

/// Returns how a job with such legs stands.
fn state_of(legs: &[Leg]) -> JobState {
    let has = |state: JobState| legs.iter().any(|leg| leg.state == state);
    let states = [JobState::Running, JobState::Paused, JobState::Queued, JobState::Pending];
    states.into_iter().find(|&state| has(state)).unwrap_or(JobState::Completed)
}

/// Returns the event that tells that jobs made an order's status what it is.
const fn kind_of(status: OrderStatus) -> JobEventKind {
    match status {
        OrderStatus::Running => JobEventKind::WorkOrderStarted,
        OrderStatus::Closed => JobEventKind::WorkOrderClosed,
        OrderStatus::Idle
        | OrderStatus::Scheduled
        | OrderStatus::Paused
        | OrderStatus::Stopped
        | OrderStatus::Cancelled => JobEventKind::WorkOrderStopped,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an order of 2⁵³ parts has never been")]
const fn parts(count: u64) -> f64 {
    count as f64
}
