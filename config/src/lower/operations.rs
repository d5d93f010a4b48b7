//! Operations, in the order of the file.

use latchwork_engine::{Handshake, LocationIndex, Operation, OperationIndex};
use ulid::Ulid;

use super::locations::Locations;
use super::orders::OrderNames;
use super::unique::Unique;
use super::{Names, captures, parents, rules, triggers};
use crate::desk::Desk;
use crate::lint;
use crate::raw::{RawIdentity, RawOperation};

/// Lowers `[[operations]]`.
pub(super) fn lower(
    raw: &[RawOperation<'_>],
    names: Names<'_>,
    locations: &Locations,
    orders: &OrderNames,
    desk: &mut Desk<'_>,
) -> Vec<Operation> {
    check_identities(raw, desk);
    let parents = parents::resolve(raw, desk);
    raw.iter()
        .zip(parents)
        .map(|(raw, parent)| {
            lint::keys_without_effect(raw, desk);
            lint::uncounted_jobs(raw, desk);
            operation(raw, parent, names, locations, orders, desk)
        })
        .collect()
}

fn operation(
    raw: &RawOperation<'_>,
    parent: Option<OperationIndex>,
    names: Names<'_>,
    locations: &Locations,
    orders: &OrderNames,
    desk: &mut Desk<'_>,
) -> Operation {
    let RawIdentity { name, location, id, enabled, notes, spares, .. } = &raw.identity;
    let location = location.as_ref().and_then(|path| locations.find(&path.value));
    let triggers = triggers::lower(raw, names, desk);
    // What is missing here was told when it was read, and keeps the plant from being used.
    let operation = Operation {
        id: id.map_or_else(Ulid::nil, |(id, _)| id),
        name: name.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        location: location.unwrap_or(LocationIndex(0)),
        enabled: *enabled,
        is_removed: false,
        trigger_source: raw.triggers.source.unwrap_or_default(),
        parent,
        start: triggers.start,
        stop: triggers.stop,
        fault: triggers.fault,
        first_scan: raw.triggers.first_scan,
        restart_holdoff_millis: raw.running.restart_holdoff_millis,
        max_duration_seconds: raw.running.max_duration_seconds,
        conflict_strategy: raw.running.conflict_strategy,
        conflict_scope: raw.running.conflict_scope,
        order: rules::order(raw, names, desk),
        assigned_order: rules::assigned(raw, orders, desk),
        order_status_on_start: raw.order.status_on_start,
        order_status_on_stop: raw.order.status_on_stop,
        expected_duration: rules::duration(raw, names, desk),
        flush_interval_millis: raw.running.flush_interval_millis,
        auto_add_to_schedule: raw.running.auto_add_to_schedule,
        restart_policy: raw.running.restart_policy,
        resume_within_seconds: raw.running.resume_within_seconds,
        captures: captures::lower(raw, names, desk),
        // Filled in when it is known what may be written.
        handshake: Handshake::default(),
        job: raw.job,
        notes: notes.clone(),
        spares: spares.clone(),
    };
    captures::check_references(raw, &operation, desk);
    operation
}

/// Complains about two operations of one name at one location, and two of one id.
fn check_identities(raw: &[RawOperation<'_>], desk: &mut Desk<'_>) {
    let (mut names, mut unique_ids) = (Unique::names("operations at one location"), Unique::ids("operations"));
    for RawOperation { identity: RawIdentity { name, location, id, .. }, .. } in raw {
        let (Some(name), Some(location)) = (name, location) else { continue };
        let full = format!("{}\0{}", location.value, name.value);
        if names.take(full, name.shown(), name.place, desk)
            && let Some((id, place)) = id
        {
            let text = id.to_string();
            unique_ids.take(text.clone(), &text, *place, desk);
        }
    }
}
