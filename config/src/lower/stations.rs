//! The stations of jobs: what the file declares as locations, and how they are connected.

use std::collections::BTreeMap;

use latchwork_engine::{Flow, StationIndex, Stations};

use super::graph;
use crate::desk::Desk;
use crate::place::Place;
use crate::problems;
use crate::raw::{RawLocation, RawOperation, RawStationConnection};
use crate::reader::Written;

/// Where each pair of stations is connected.
type Pairs = BTreeMap<(StationIndex, StationIndex), Place>;

/// Lowers `[[station_connections]]`; every declared location is a station.
pub(super) fn lower(raw: &[RawStationConnection], locations: &[RawLocation], desk: &mut Desk<'_>) -> Stations {
    let mut stations = Stations::default();
    for RawLocation { path, id: (id, _) } in locations {
        if stations.find(&path.value).is_none() {
            stations.add(path.value.as_str().into(), *id);
        }
    }
    let indices: BTreeMap<String, StationIndex> =
        stations.all().iter().map(|station| station.path.to_string()).zip((0..).map(StationIndex)).collect();
    let mut pairs = Pairs::new();
    for connection in raw {
        let find = |path: &Written| indices.get(&path.value).copied();
        let ends = (find(&connection.from), find(&connection.to));
        for (path, end) in [(&connection.from, ends.0), (&connection.to, ends.1)] {
            if end.is_none() {
                undeclared(path, "", locations, desk);
            }
        }
        if let (Some(from), Some(to)) = ends
            && is_new(connection, (from, to), &mut pairs, desk)
        {
            stations.connect(from, to, connection.flow);
        }
    }
    report_circles(&stations, &pairs, desk);
    stations
}

/// Complains about operations that follow jobs where there is no station.
pub(super) fn check_followers(operations: &[RawOperation<'_>], locations: &[RawLocation], desk: &mut Desk<'_>) {
    for operation in operations.iter().filter(|operation| operation.job.is_some()) {
        if let Some(path) = &operation.identity.location
            && !locations.iter().any(|location| location.path.value == path.value)
        {
            undeclared(path, ", at which an operation follows jobs,", locations, desk);
        }
    }
}

fn undeclared(path: &Written, which: &str, locations: &[RawLocation], desk: &mut Desk<'_>) {
    let suggestion = desk.suggest(&path.value, locations.iter().map(|location| location.path.value.as_str()));
    let otherwise = || format!("write `[[locations]]` with `path = \"{}\"`", path.shown());
    let message = format!("the station `{}`{which} is not among `[[locations]]`", path.shown());
    desk.findings.add(problems::UNDECLARED_STATION, path.place, message).hint(suggestion.unwrap_or_else(otherwise));
}

/// Takes the pair of a connection; complains if it is no pair, or is there already.
fn is_new(
    RawStationConnection { from, to, .. }: &RawStationConnection,
    pair: (StationIndex, StationIndex),
    pairs: &mut Pairs,
    desk: &mut Desk<'_>,
) -> bool {
    if pair.0 == pair.1 {
        let message = format!("`{}` is connected with itself", to.shown());
        let hint = "parts that are done again where they are stay there: complete what is good";
        desk.findings.add(problems::STATION_LOOP, to.place, message).hint(hint);
        return false;
    }
    if let Some(&first) = pairs.get(&pair) {
        let hint = format!("the first is at {}", desk.location(first));
        let message = format!("`{}` is connected to `{}` twice", from.shown(), to.shown());
        desk.findings.add(problems::CONNECTED_TWICE, from.place, message).hint(hint);
        return false;
    }
    pairs.insert(pair, from.place);
    true
}

/// Complains about stations that feed one another: parts would go round for ever.
fn report_circles(stations: &Stations, pairs: &Pairs, desk: &mut Desk<'_>) {
    let fed = |from: usize| stations.all()[from].feeds_into.iter().map(|to| to.index()).collect();
    let needs: Vec<Vec<usize>> = (0..stations.all().len()).map(fed).collect();
    for circle in graph::sort(&needs).circles {
        let way = circle.iter().chain(circle.first());
        let names: Vec<String> = way.map(|&index| format!("`{}`", stations.all()[index].path)).collect();
        let pair = |from: usize, to: usize| pairs.iter().find(|((a, b), _)| a.index() == from && b.index() == to);
        let Some((_, &place)) = pair(circle[0], circle[1]) else { continue };
        let message = format!("stations feed one another: {}", names.join(" feeds "));
        let hint = format!("the way back is of type `{}`", Flow::Rework.name());
        desk.findings.add(problems::STATION_CYCLE, place, message).hint(hint);
    }
}
