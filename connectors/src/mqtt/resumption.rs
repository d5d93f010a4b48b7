//! What the client library for MQTT 5 wants to have kept of a session before it takes one up again.
//!
//! It refuses a session that the broker has kept if a client that was made anew knows nothing of it, or else refuses
//! to subscribe in it. A subscriber has nothing to keep: it has sent nothing that is still on its way, and which
//! messages it has in hand is known to the window. So what is loaded is a session in which nothing is open.

use std::future::{Future, ready};
use std::pin::Pin;

use rumqttc_v5::{PersistedAckMode, PersistedSession, SessionStore, SessionStoreError, SessionStoreKey};

/// The form of what is kept that the library reads.
const FORMAT_VERSION: u16 = 1;

type Kept<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionStoreError>> + Send + 'a>>;

/// Keeps nothing, and gives a session in which nothing is open.
#[derive(Debug)]
pub(super) struct Resumption {
    /// What the client is told of how many messages of its own may be under way.
    pub(super) packets_in_flight: u16,
}

impl SessionStore for Resumption {
    fn load<'a>(&'a self, key: &'a SessionStoreKey) -> Kept<'a, Option<PersistedSession>> {
        let session = PersistedSession {
            format_version: FORMAT_VERSION,
            client_id: key.client_id().to_owned(),
            clean_start: false,
            session_expiry_interval: None,
            outgoing_inflight_upper_limit: Some(self.packets_in_flight),
            ack_mode: PersistedAckMode::Manual,
            last_pkid: 0,
            last_puback: 0,
            replay: Vec::new(),
            incoming_qos2: Vec::new(),
        };
        Box::pin(ready(Ok(Some(session))))
    }

    fn save<'a>(&'a self, _: &'a SessionStoreKey, _: &'a PersistedSession) -> Kept<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    fn clear<'a>(&'a self, _: &'a SessionStoreKey) -> Kept<'a, ()> {
        Box::pin(ready(Ok(())))
    }
}
