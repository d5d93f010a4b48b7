//! What is missing is asked for, told when it is given up, and how it all stands is written down.

use std::time::Instant;

use latchwork_config::Collect;
use latchwork_connectors::mqtt::Saying;
use latchwork_expr::Timestamp;
use latchwork_store::StoreError;
use latchwork_store::collected::{CollectorRow, LossReason, Lost, Patience, Reviewed, Wanted};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Common;
use super::limits::{LOG_EVERY, LOOK_EVERY};
use super::message::resend_topic;
use crate::live::wall_now;

/// Who looks for what is missing.
pub(super) struct Keeper {
    topic_prefix: String,
    patience: Patience,
    common: Common,
    /// Since when the broker is there.
    up: watch::Receiver<Option<Timestamp>>,
    row: CollectorRow,
    logged: (Instant, u64),
}

impl Keeper {
    pub(super) fn new(
        settings: &Collect,
        patience: Patience,
        common: Common,
        up: watch::Receiver<Option<Timestamp>>,
    ) -> Self {
        let now = wall_now();
        let row = CollectorRow {
            id: settings.broker.client_id.clone(),
            started_at: now,
            seen_at: now,
            is_running: true,
            events: 0,
            repeated: 0,
            dead_letters: 0,
            requests: 0,
            lost: 0,
        };
        Self { topic_prefix: settings.topic_prefix.clone(), patience, common, up, row, logged: (Instant::now(), 0) }
    }

    /// Looks until it is stopped.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            // Whoever keeps batches tells of a store that is away, and tries it again.
            if let Err(error) = self.look().await {
                tracing::debug!(%error, "nobody looked for what is missing");
            }
        }
        self.row.is_running = false;
        if let Err(error) = self.write_row().await {
            tracing::debug!(%error, "the end is not written down");
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let up = *self.up.borrow();
        // Without a broker nobody could be asked.
        if let Some(since) = up {
            let Reviewed { wanted, lost } =
                self.common.collection.review(&self.patience, LOOK_EVERY, wall_now()).await?;
            self.common.counts.lost.add(
                lost.iter()
                    .filter(|lost| lost.reason != LossReason::Before)
                    .fold(0, |sum: u64, lost| sum.saturating_add(lost.range.count())),
            );
            lost.iter().for_each(tell_lost);
            self.ask(wanted, "gap").await;
            // What a broker threw away last, while nobody of this group was there, or keeps for one who is away, would else
            // show with the next event.
            let tails = self.common.collection.tails(since, &self.patience, wall_now()).await?;
            self.ask(tails, "tail").await;
        }
        self.write_row().await?;
        self.log();
        Ok(())
    }

    /// Asks gateways for events.
    async fn ask(&self, wanted: Vec<Wanted>, what: &str) {
        for Wanted { gateway_id, range } in wanted {
            let (from, to) = (range.0, range.1);
            if what == "gap" {
                tracing::info!(gateway = %gateway_id, from, to, "events are missing: asked for");
            } else {
                tracing::debug!(gateway = %gateway_id, from, to, "asked for what came last");
            }
            let topic = resend_topic(&self.topic_prefix, &gateway_id);
            let payload = json!({"from": from, "to": to}).to_string().into_bytes();
            self.common.counts.requests.add(1);
            // One that does not go out is asked again.
            let _unheard = self.common.sayings.send(Saying::Publish { topic, payload }).await;
        }
    }

    async fn write_row(&mut self) -> Result<(), StoreError> {
        let counts = &self.common.counts;
        let row = CollectorRow {
            events: counts.events.get(),
            repeated: counts.repeated.get(),
            dead_letters: counts.dead_letters.get(),
            requests: counts.requests.get(),
            lost: counts.lost.get(),
            seen_at: wall_now(),
            ..self.row.clone()
        };
        self.common.collection.put_collector(&row).await?;
        self.row = row;
        Ok(())
    }

    fn log(&mut self) {
        let (at, sum) = self.logged;
        if at.elapsed() >= LOG_EVERY {
            if sum != self.common.counts.sum() {
                self.common.counts.log("collected so far");
            }
            self.logged = (Instant::now(), self.common.counts.sum());
        }
    }
}

/// Tells of events that will not come.
pub(super) fn tell_lost(lost: &Lost) {
    let Lost { gateway_id, log, range, reason } = lost;
    let (from, to, reason_name) = (range.0, range.1, reason.name());
    match reason {
        LossReason::Before => {
            tracing::info!(gateway = %gateway_id, log, to, "the gateway's log begins after this event");
        }
        LossReason::Dropped | LossReason::Unanswered | LossReason::TooManyGaps => {
            tracing::warn!(gateway = %gateway_id, log, from, to, reason = reason_name, "events are lost");
        }
    }
}
