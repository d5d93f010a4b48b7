//! Operations that the plant no longer has while records of theirs are open: they come back without triggers and
//! disabled, so that the ordinary path closes their records under their names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ulid::Ulid;

use super::{Retained, RetainedLocation, RetainedOperation};
use crate::handshake::Handshake;
use crate::plant::{
    ConflictScope, ConflictStrategy, ExpectedDuration, FirstScan, Location, LocationIndex, Operation, OrderResolution,
    Plant, RestartPolicy, TriggerSource,
};

/// A plant with its locations by id.
struct Places {
    plant: Arc<Plant>,
    by_id: BTreeMap<Ulid, LocationIndex>,
}

/// Returns the plant with what open records need besides; the very plant if that is nothing.
pub(super) fn with_removed(plant: Arc<Plant>, retained: &Retained) -> Arc<Plant> {
    let known: BTreeSet<Ulid> = plant.operations.iter().map(|row| row.id).collect();
    let mut places = Places { by_id: by_id(&plant), plant };
    for row in &retained.operations {
        let Some(run) = &row.run else { continue };
        places.find_or_add(&run.record.location);
        if !known.contains(&row.id) {
            let location = places.find_or_add(&row.location);
            Arc::make_mut(&mut places.plant).operations.push(removed(row, location));
        }
    }
    places.plant
}

/// Returns the locations of a plant by their ids.
pub(super) fn by_id(plant: &Plant) -> BTreeMap<Ulid, LocationIndex> {
    (0_u32..).map(LocationIndex).zip(&plant.locations).map(|(index, row)| (row.id, index)).collect()
}

impl Places {
    fn find_or_add(&mut self, RetainedLocation { path, id }: &RetainedLocation) -> LocationIndex {
        if let Some(&index) = self.by_id.get(id) {
            return index;
        }
        let plant = Arc::make_mut(&mut self.plant);
        let index = LocationIndex(u32::try_from(plant.locations.len()).expect("more locations than indices"));
        plant.locations.push(Location { path: path.clone(), id: *id });
        self.by_id.insert(*id, index);
        index
    }
}

fn removed(row: &RetainedOperation, location: LocationIndex) -> Operation {
    Operation {
        id: row.id,
        name: row.name.clone(),
        location,
        enabled: false,
        is_removed: true,
        trigger_source: TriggerSource::Manual,
        parent: None,
        start: None,
        stop: None,
        fault: None,
        first_scan: FirstScan::Arm,
        restart_holdoff_millis: 0,
        max_duration_seconds: 0.0,
        conflict_strategy: ConflictStrategy::StopPrevious,
        conflict_scope: ConflictScope::Operation,
        order: OrderResolution::None,
        assigned_order: None,
        order_status_on_start: None,
        order_status_on_stop: None,
        expected_duration: ExpectedDuration::Static(0.0),
        flush_interval_millis: 0,
        auto_add_to_schedule: false,
        restart_policy: RestartPolicy::Resume,
        resume_within_seconds: 0.0,
        captures: Vec::new(),
        handshake: Handshake::default(),
        job: None,
        notes: None,
        spares: [None, None, None],
    }
}
