//! Where events are published (`[publish]`).

use std::time::Duration;

use crate::connections::Mqtt;

/// Where events are published, and how long they wait and stay.
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    /// The broker. Nothing is subscribed to here, and it keeps no session.
    pub broker: Mqtt,
    /// What topics begin with (`topic_prefix`, `latchwork`).
    pub topic_prefix: String,
    /// How long events stay after the broker took them (`keep_days`, 7).
    pub keep: Duration,
    /// How old an event may become while it waits (`max_age_days`); without it any age.
    pub age_max: Option<Duration>,
    /// How many events may wait (`max_events`); without it any number.
    pub events_max: Option<u64>,
}
