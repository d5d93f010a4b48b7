//! Rows of `station_connections`: they follow the configuration.

use std::sync::Arc;

use latchwork_engine::{Flow, Plant, Station};
use latchwork_expr::Timestamp;
use serde_json::{Value as Json, json};

use crate::cell::Cells;
use crate::error::Failure;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static MIRROR: Bulk = bulk!("jobs/connections/mirror", 5);
static RETIRE: Statement = statement!("jobs/connections/retire", "station_connections");

/// A connection of two stations.
type Connection<'a> = (&'a Station, &'a Station, Flow);

/// Brings the table to what the configuration says. Its locations are there.
pub(crate) async fn mirror(
    session: &mut Session,
    gateway_id: &Arc<str>,
    at: Timestamp,
    plant: &Plant,
) -> Result<(), Failure> {
    let connections: Vec<Connection<'_>> = plant.stations.all().iter().flat_map(|from| leading(from, plant)).collect();
    let pairs: Json = connections.iter().map(|(from, to, _)| json!([from.id.to_string(), to.id.to_string()])).collect();
    session.execute(&RETIRE, Cells::default().with(gateway_id).with_json(pairs.to_string())).await?;
    let cells = |(from, to, flow): &Connection<'_>| {
        Cells::with_capacity(5).with(gateway_id).with(from.id).with(to.id).with(at).with(flow.name())
    };
    session.put(&MIRROR, &connections, cells).await
}

/// Returns the connections that begin at a station.
fn leading<'a>(from: &'a Station, plant: &'a Plant) -> impl Iterator<Item = Connection<'a>> {
    let feeding = plant.stations.among(&from.feeds_into).map(move |to| (from, to, Flow::FeedsInto));
    feeding.chain(plant.stations.among(&from.reworks_to).map(move |to| (from, to, Flow::Rework)))
}
