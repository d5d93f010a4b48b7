//! What other gateways on the same server did to jobs that this one must act on: looked for now and then, in a task of its own.

use std::sync::Arc;

use latchwork_engine::Plant;
use latchwork_expr::Timestamp;
use latchwork_store::jobs::{Abandoned, OrderStanding};
use latchwork_store::{Store, StoreError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::clock::wall_now;
use super::limits::{ELSEWHERE_EVERY, ELSEWHERE_SPAN_MICROS};

/// What was found.
#[derive(Debug)]
pub(super) struct Heard {
    /// Open records of this gateway whose legs are cancelled.
    pub(super) abandoned: Vec<Abandoned>,
    /// How the orders stand that jobs may have changed.
    pub(super) orders: Vec<OrderStanding>,
}

/// Who looks, if there may be other gateways.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(Option<Watcher>);

/// The task, which ends with this.
#[derive(Debug)]
struct Watcher {
    heard: mpsc::Receiver<Heard>,
    _task: AbortOnDropHandle<()>,
}

impl Elsewhere {
    /// Looks from now on, where several gateways may move the jobs of this plant.
    pub(super) fn watch(store: &Arc<Store>, plant: &Plant) -> Self {
        if !store.is_shared() || plant.stations.all().is_empty() {
            return Self::default();
        }
        let (tell, heard) = mpsc::channel(1);
        let task = AbortOnDropHandle::new(tokio::spawn(look(Arc::clone(store), tell)));
        Self(Some(Watcher { heard, _task: task }))
    }

    /// Returns what was found next; never where nobody looks.
    pub(super) async fn next(&mut self) -> Heard {
        if let Some(watcher) = &mut self.0
            && let Some(heard) = watcher.heard.recv().await
        {
            return heard;
        }
        std::future::pending().await
    }
}

/// Looks until nobody listens.
async fn look(store: Arc<Store>, tell: mpsc::Sender<Heard>) {
    let mut told = None;
    loop {
        tokio::time::sleep(ELSEWHERE_EVERY).await;
        match find(&store).await {
            Ok(heard) => {
                told = None;
                if tell.send(heard).await.is_err() {
                    return;
                }
            }
            // The loop says so too as soon as it has something to write.
            Err(error) if told.is_none() => {
                tracing::warn!(%error, "what other gateways did cannot be read");
                told = Some(error);
            }
            Err(_) => {}
        }
    }
}

async fn find(store: &Store) -> Result<Heard, StoreError> {
    let since = Timestamp(wall_now().0.saturating_sub(ELSEWHERE_SPAN_MICROS));
    Ok(Heard { abandoned: store.abandoned_records().await?, orders: store.order_standings(since).await? })
}
