//! `latchwork collect`: the events of any number of gateways, kept in one database.
//!
//! [`gather`] makes batches of what the broker brings, [`keep`] commits them and then has them acknowledged, [`keeper`] looks
//! for what is missing. [`message`] says what a message tells. What is decided of numbers and rows is the store's.

mod counts;
mod event;
mod gather;
mod keep;
mod keeper;
mod limits;
mod message;
mod status;

pub(crate) use status::{Form, status};

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::CollectorConfiguration;
use latchwork_connectors::mqtt::{Listener, Saying};
use latchwork_expr::Timestamp;
use latchwork_store::collected::{Collection, Patience};
use latchwork_store::{Options, StoreError, Written};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::live::wall_now;
use counts::Counts;
use gather::Gatherer;
use keep::Keeping;
use keeper::Keeper;
use limits::{ASK_AGAIN_MAX, BATCHES_WAITING_MAX, SAYINGS_WAITING_MAX, STOP_GRACE};

/// The file when the configuration names none.
const DEFAULT_URL: &str = "sqlite:collected.db";

/// Returns what the collection of a configuration is opened with.
pub(crate) fn options(configuration: &CollectorConfiguration) -> Result<Options, StoreError> {
    let CollectorConfiguration { collect, store, data_directory } = configuration;
    let url = store.url.as_deref().unwrap_or(DEFAULT_URL);
    let written = Written { url: Some(url), ca_file: store.ca_file.as_deref() };
    let directory: &Path = data_directory;
    Options::of(written, directory, &collect.broker.client_id, wall_now())
}

/// What every part of a collector knows.
#[derive(Clone)]
struct Common {
    collection: Arc<Collection>,
    counts: Arc<Counts>,
    sayings: mpsc::Sender<Saying>,
}

/// Collects until it is stopped; returns whether every part of it ended as it should.
pub(crate) async fn collect(
    configuration: CollectorConfiguration,
    collection: Collection,
    stop: CancellationToken,
) -> bool {
    let CollectorConfiguration { collect, .. } = configuration;
    let (hearings, heard) = mpsc::unbounded_channel();
    let (sayings, to_say) = mpsc::channel(SAYINGS_WAITING_MAX);
    let (batches, gathered) = mpsc::channel(BATCHES_WAITING_MAX);
    let (tell_up, up) = watch::channel(None::<Timestamp>);
    let common = Common { collection: Arc::new(collection), counts: Arc::default(), sayings };
    let listener = Listener {
        broker: collect.broker.clone(),
        filter: collect.filter(),
        receive_maximum: collect.receive_maximum,
        hearings,
        sayings: to_say,
    };
    let keeping = Keeping { common: common.clone(), letters_max: collect.dead_letters_max };
    let keeper = Keeper::new(&collect, patience(&collect), common.clone(), up);
    let leave = CancellationToken::new();
    let listening = begin(&stop, listener.run(leave.clone()));
    let gathering = begin(&stop, Gatherer::new(&collect, heard, tell_up, batches).run(stop.clone()));
    let keeping = begin(&stop, keeping.run(gathered, stop.clone()));
    let looking = begin(&stop, keeper.run(stop.clone()));
    stop.cancelled().await;
    // What is under way is finished, unless the store takes too long: then the broker sends it again.
    let is_well = end("gathering", gathering).await & end("keeping", keeping).await;
    leave.cancel();
    let is_well = is_well & end("listening", listening).await & end("looking", looking).await;
    common.counts.log("collector ended");
    close(common).await;
    is_well
}

/// Begins a part; whenever it ends, all others are to end.
fn begin(stop: &CancellationToken, part: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let guard = stop.clone().drop_guard();
    tokio::spawn(async move {
        part.await;
        drop(guard);
    })
}

/// Waits for the end of a part, but not for ever; returns whether there was no fault.
async fn end(part: &str, mut task: JoinHandle<()>) -> bool {
    match timeout(STOP_GRACE, &mut task).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, part, "ended by a fault");
            false
        }
        Err(_) => {
            task.abort();
            tracing::warn!(part, seconds = STOP_GRACE.as_secs_f32(), "not ended in time");
            true
        }
    }
}

async fn close(common: Common) {
    let Some(collection) = Arc::into_inner(common.collection) else { return };
    if let Ok(Err(error)) = timeout(STOP_GRACE, collection.close()).await {
        tracing::warn!(%error, "store could not be closed");
    }
}

fn patience(collect: &latchwork_config::Collect) -> Patience {
    let &latchwork_config::Collect { gap_wait, ask_again, requests_max, .. } = collect;
    let (ask_again_max, away_max) = (ASK_AGAIN_MAX.max(ask_again), collect.broker.session_expiry);
    Patience { gap_wait, ask_again, ask_again_max, requests_max, away_max }
}

/// Waits, unless it is stopped; returns whether it goes on.
async fn pause(time: Duration, stop: &CancellationToken) -> bool {
    stop.run_until_cancelled(tokio::time::sleep(time)).await.is_some()
}
