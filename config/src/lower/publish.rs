//! Whether what publishes gets on with the connections.

use crate::connections::{Connection, Mqtt, Wire};
use crate::desk::Desk;
use crate::problems;
use crate::publish::Publish;
use crate::raw::RawPublish;

/// Lowers `[publish]`: a broker ends the older of two clients of one id.
pub(super) fn lower(raw: Option<RawPublish>, connections: &[Connection], desk: &mut Desk<'_>) -> Option<Publish> {
    let RawPublish { publish, client_id_place } = raw?;
    for connection in connections {
        let Wire::Mqtt(mqtt) = &connection.wire else { continue };
        if is_same_client(mqtt, &publish.broker) {
            let message = format!("connection `{}` has the client id of what publishes", connection.name);
            let hint =
                "the broker would end one for the other, again and again: give `[publish]` a `client_id` of its own";
            desk.findings.add(problems::CLIENT_ID_TAKEN, client_id_place, message).hint(hint);
        }
    }
    Some(publish)
}

fn is_same_client(one: &Mqtt, other: &Mqtt) -> bool {
    (&one.host, one.port, &one.client_id) == (&other.host, other.port, &other.client_id)
}
