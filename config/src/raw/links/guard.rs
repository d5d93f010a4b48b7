//! On what condition a connection is believed: `valid_when` and the heartbeat.

use crate::limits::WIRE_MILLIS_MAX;
use crate::place::Place;
use crate::problems;
use crate::reader::{ExpressionText, Reader, Written};

/// Within how many milliseconds a heartbeat moves that does not say it.
const HEARTBEAT_TIMEOUT_MILLIS: u64 = 5_000;

/// On what condition a connection is believed.
#[derive(Debug)]
pub(crate) struct RawGuard {
    /// What must be true.
    pub(crate) valid_when: Option<ExpressionText>,
    /// The tag that must change again and again.
    pub(crate) heartbeat_tag: Option<Written>,
    /// Within how many milliseconds.
    pub(crate) heartbeat_timeout_millis: u64,
}

impl RawGuard {
    /// Returns where the condition stands; `None` where there is none.
    pub(crate) fn place(&self) -> Option<Place> {
        let condition = self.valid_when.as_ref().map(|expression| expression.place);
        condition.or_else(|| self.heartbeat_tag.as_ref().map(|tag| tag.place))
    }
}

/// Reads the keys.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> RawGuard {
    let valid_when = reader.expression("valid_when");
    let heartbeat_tag = reader.name("heartbeat_tag");
    RawGuard { valid_when, heartbeat_timeout_millis: timeout(reader, heartbeat_tag.is_some()), heartbeat_tag }
}

fn timeout(reader: &mut Reader<'_, '_>, is_used: bool) -> u64 {
    let key = "heartbeat_timeout_millis";
    if is_used {
        return reader.whole_or(key, 1..=WIRE_MILLIS_MAX, HEARTBEAT_TIMEOUT_MILLIS);
    }
    if let Some(place) = reader.key_place(key) {
        let message = format!("`{key}` has no effect: there is no `heartbeat_tag`");
        reader.problem(problems::NO_EFFECT, place, message, None);
        reader.whole(key, 1..=WIRE_MILLIS_MAX);
    } else {
        reader.pass_over(&[key]);
    }
    HEARTBEAT_TIMEOUT_MILLIS
}
