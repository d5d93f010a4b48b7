//! The schedule is planned: an entry is added, or removed. What runs and what is done stays.

use latchwork_expr::instant_text;
use ulid::Ulid;

use super::answer::{Accepted, Done, Rejection, RejectionKind};
use super::{EntryInfo, Fetched, OperationInfo};
use crate::effect::{EventKind, Info};
use crate::ids;
use crate::plant::OperationIndex;
use crate::schedule::{EntryStatus, ScheduleEntry};
use crate::step::{Engine, Turn};

impl Engine {
    /// Adds an entry.
    pub(super) fn plan(&mut self, info: &EntryInfo, turn: &mut Turn<'_>) -> Result<Accepted, Rejection> {
        let (name, location) = (info.operation.clone(), info.location.clone());
        let operation = self.named(&OperationInfo { operation: name, location, ..OperationInfo::default() })?;
        if self.plant.operations[operation.index()].is_removed {
            return Err(Rejection::conflict("the configuration no longer has the operation"));
        }
        if let Some(end) = info.end_date.filter(|&end| end <= info.start_date) {
            let text = format!("the window ends at {}, not after its start", instant_text(end));
            return Err(Rejection::new(RejectionKind::TimeBeforePrevious, text));
        }
        if let Some(order) = &info.production_order {
            self.plan_for(order, turn)?;
        }
        let event = self.scan_id(turn);
        let entry = ScheduleEntry {
            id: ids::commanded_entry_id(&self.plant.gateway_id, event, turn.now.wall),
            operation,
            order: info.production_order.clone(),
            start: info.start_date,
            end: info.end_date,
            priority: info.priority.unwrap_or_default(),
            quantity: info.quantity,
            status: info.status.unwrap_or_default(),
            record: None,
            until: None,
        };
        self.schedule.add(entry.clone());
        turn.tell(EventKind::ScheduleAdded, Info::Schedule(Box::new(entry.clone())));
        Ok(Accepted { event, done: Done::Entry(Box::new(entry)) })
    }

    /// Removes an entry. What the store knows of it says why one is not here.
    pub(super) fn unplan(
        &mut self,
        id: Ulid,
        fetched: Option<&Fetched>,
        turn: &mut Turn<'_>,
    ) -> Result<Accepted, Rejection> {
        let Some((operation, place)) = self.entry_of(id) else {
            let stray = self.schedule.strays.iter().find(|stray| stray.id == id);
            let stored = fetched.and_then(|fetched| fetched.entries.iter().find(|entry| entry.id == id));
            return Err(match stray.or(stored).map(|entry| entry.status) {
                None | Some(EntryStatus::Cancelled) => no_entry(id),
                Some(EntryStatus::Completed) => Rejection::conflict("the entry is completed"),
                Some(EntryStatus::Idle | EntryStatus::Scheduled | EntryStatus::Running | EntryStatus::Paused) => {
                    Rejection::conflict("the configuration no longer has the entry's operation")
                }
            });
        };
        let entry = &self.schedule.of(operation)[place];
        match entry.status {
            EntryStatus::Cancelled => return Err(no_entry(id)),
            EntryStatus::Completed => return Err(Rejection::conflict("the entry is completed")),
            EntryStatus::Running => {
                let running = Rejection::conflict("a record of the entry is open");
                return Err(entry.record.map_or_else(|| running.clone(), |record| running.clone().because_of(record)));
            }
            EntryStatus::Idle | EntryStatus::Scheduled | EntryStatus::Paused => {}
        }
        let entry = self.cancel_entry(operation, place, turn);
        Ok(Accepted { event: self.scan_id(turn), done: Done::Entry(Box::new(entry)) })
    }

    fn entry_of(&self, id: Ulid) -> Option<(OperationIndex, usize)> {
        let operations = (0_u32..).map(OperationIndex).take(self.operations.len());
        let mut places = operations.map(|operation| {
            let mut entries = self.schedule.of(operation).iter();
            entries.position(|entry| entry.id == id).map(|place| (operation, place))
        });
        places.find_map(|place| place)
    }
}

fn no_entry(id: Ulid) -> Rejection {
    Rejection::new(RejectionKind::NotFound, format!("the schedule has no entry {id}"))
}
