//! What the plant is told: committed events go to a broker, each once at least and under one id.
//!
//! The log is the outbox. [`desk`] reads it and writes down what became of each event; a courier of the connectors has the
//! link to the broker. The pure parts stand beside: [`lanes`] says what is read next, [`refusals`] what is tried again,
//! [`marks`] what is to be written down, [`resends`] what was asked for.

mod alarms;
mod desk;
mod lanes;
mod marks;
mod orders;
mod ready;
mod refusals;
mod resends;
mod retention;

pub(super) use alarms::News;
pub(crate) use orders::Order;
pub(super) use orders::{Care, not_published};

use std::sync::Arc;

use latchwork_config::Publish;
use latchwork_connectors::mqtt::Courier;
use latchwork_store::Store;
use latchwork_store::outbox::Standing;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::limits::{LETTERS_WAITING_MAX, OUTBOX_ORDERS_WAITING_MAX, OUTBOX_STORE_PAUSE};
use desk::Desk;

/// What a publisher hears and tells.
pub(super) struct Ends {
    /// The last committed event.
    pub(super) head: watch::Receiver<u64>,
    /// What people ask for.
    pub(super) orders: mpsc::Receiver<Order>,
    /// What the log is to tell.
    pub(super) news: mpsc::Sender<News>,
}

/// What a publisher works with.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) store: Arc<Store>,
    pub(super) gateway_id: Arc<str>,
    pub(super) head: watch::Receiver<u64>,
    pub(super) news: mpsc::Sender<News>,
}

/// A publisher that runs.
#[derive(Debug)]
pub(super) struct Publisher {
    settings: Publish,
    orders: mpsc::Sender<Order>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Publisher {
    /// Publishes, once the publisher before has ended: two would be told by one client id and write down one outbox.
    pub(super) fn start(settings: Publish, means: Means, before: Option<Self>) -> Self {
        let (orders, asked) = mpsc::channel(OUTBOX_ORDERS_WAITING_MAX);
        let (stop, configured) = (CancellationToken::new(), settings.clone());
        let stopped = stop.clone();
        let publishing = async move {
            if let Some(before) = before {
                before.stop().await;
            }
            publish(configured, means, asked, stopped).await;
        };
        // A thread of its own: a backlog that goes out must not take the engine's time.
        let task = tokio::task::spawn_blocking(|| match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(publishing),
            Err(error) => tracing::error!(%error, "nothing is published: no runtime"),
        });
        Self { settings, orders, stop, task }
    }

    /// Tells whether it publishes as a configuration says.
    pub(super) fn is_as(&self, settings: &Publish) -> bool {
        self.settings == *settings
    }

    /// Has an order done; where too many wait, who asked is told that nothing was done.
    pub(super) fn ask(&self, order: Order) {
        if let Err(error) = self.orders.try_send(order) {
            let order = error.into_inner();
            let busy = super::socket::refusal(503, "Busy", "the outbox is busy: nothing was done");
            let _nobody_waits = order.answer.send(busy);
        }
    }

    /// Ends it: what the broker takes at once is still published.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "publisher ended by a fault");
        }
    }
}

/// Publishes until it is stopped.
async fn publish(settings: Publish, means: Means, orders: mpsc::Receiver<Order>, stop: CancellationToken) {
    let Means { store, gateway_id, head, news } = means;
    let Some(standing) = stop.run_until_cancelled(standing(&store)).await else { return };
    let (letters, to_carry) = mpsc::channel(LETTERS_WAITING_MAX);
    let (tell, deliveries) = mpsc::unbounded_channel();
    let courier = Courier {
        broker: settings.broker.clone(),
        requests: format!("{}/{gateway_id}/resend", settings.topic_prefix),
        letters: to_carry,
        deliveries: tell,
    };
    let leave = CancellationToken::new();
    let carrying = tokio::spawn(courier.run(leave.clone()));
    let ends = Ends { head, orders, news };
    let mut desk = Desk::new((store, settings, &gateway_id), standing, ends, letters, deliveries);
    desk.run(&stop).await;
    leave.cancel();
    if let Err(error) = carrying.await {
        tracing::error!(%error, "courier ended by a fault");
    }
    desk.close().await;
}

/// Returns how the outbox stands, however long it takes to find out.
async fn standing(store: &Store) -> Standing {
    loop {
        match store.outbox_standing().await {
            Ok(standing) => return standing,
            Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
        }
        tokio::time::sleep(OUTBOX_STORE_PAUSE).await;
    }
}
