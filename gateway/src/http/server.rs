//! The server: listens, takes clients, and ends with all that it began.

use std::io;
use std::net::{SocketAddr, TcpListener as Unbound};
use std::sync::Arc;
use std::time::Instant;

use latchwork_config::{Http, HttpEncryption};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::serve;
use super::encryption::Encryption;
use super::feed::Feed;
use super::limits::{ACCEPT_PAUSE, BIND_PATIENCE, BIND_PAUSE, END_PATIENCE};
use super::places::connections_max;
use super::site::{Means, Site};

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    settings: Http,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves.
    ///
    /// # Errors
    /// Tells why it cannot listen there, or what is wrong with its certificate.
    pub(crate) fn start(settings: Http, means: Means) -> io::Result<Self> {
        let encryption = Encryption::of(&settings.encryption)?;
        let listener = listen(settings.bind)?;
        tracing::info!(address = %settings.bind, "http is served");
        Ok(Self::spawn(settings, means, |_| async { Some((listener, encryption)) }))
    }

    /// Serves in the place of another server, once that has ended. What is wrong is told in the log: the gateway goes on.
    pub(crate) fn follow(settings: Http, means: Means, before: Option<Self>) -> Self {
        Self::spawn(settings, means, |settings| async move {
            if let Some(before) = before {
                before.stop().await;
            }
            match again(&settings).await {
                Ok(begun) => {
                    tracing::info!(address = %settings.bind, "http is served");
                    Some(begun)
                }
                Err(error) => {
                    tracing::error!(address = %settings.bind, %error, "nothing is served over http");
                    None
                }
            }
        })
    }

    fn spawn<B>(settings: Http, means: Means, begin: impl FnOnce(Http) -> B + Send + 'static) -> Self
    where
        B: Future<Output = Option<(Unbound, Encryption)>>,
    {
        let (stop, configured) = (CancellationToken::new(), settings.clone());
        let stopped = stop.clone();
        let serving = move || async move {
            if let Some((listener, encryption)) = begin(configured.clone()).await {
                run(listener, encryption, (configured, means), stopped).await;
            }
        };
        // A thread of its own: whoever asks must not take the engine's time.
        let task = tokio::task::spawn_blocking(|| match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(serving()),
            Err(error) => tracing::error!(%error, "nothing is served over http: no runtime"),
        });
        Self { settings, stop, task }
    }

    /// Tells whether it serves as a configuration says. One that encrypts begins anew: its certificate may be another.
    pub(crate) fn is_as(&self, settings: &Http) -> bool {
        self.settings == *settings && !matches!(settings.encryption, HttpEncryption::Server(_))
    }

    /// Asks it to end; the future is done when it has.
    pub(crate) fn stop(self) -> impl Future<Output = ()> + Send + use<> {
        self.stop.cancel();
        async {
            if let Err(error) = self.task.await {
                tracing::error!(%error, "the http server ended by a fault");
            }
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<Unbound> {
    let listener = Unbound::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Listens where another server did until a moment ago.
async fn again(settings: &Http) -> io::Result<(Unbound, Encryption)> {
    let encryption = Encryption::of(&settings.encryption)?;
    let end = Instant::now() + BIND_PATIENCE;
    loop {
        match listen(settings.bind) {
            Ok(listener) => return Ok((listener, encryption)),
            Err(error) if error.kind() != io::ErrorKind::AddrInUse || Instant::now() >= end => return Err(error),
            Err(_) => tokio::time::sleep(BIND_PAUSE).await,
        }
    }
}

/// Serves until it is stopped.
async fn run(listener: Unbound, encryption: Encryption, (settings, means): (Http, Means), stop: CancellationToken) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "nothing is served over http"),
    };
    let tasks = TaskTracker::new();
    let (feed, feeding) = Feed::new(means.clone());
    tasks.spawn(stop.clone().run_until_cancelled_owned(feeding));
    let site = Arc::new(Site::new(settings, means, feed, stop.clone()));
    stop.run_until_cancelled(accept(&listener, &encryption, &site, &tasks)).await;
    drop(listener);
    tasks.close();
    // Who has not had an answer by then goes without: its connection is closed with the runtime.
    let _late = tokio::time::timeout(END_PATIENCE, tasks.wait()).await;
}

/// Takes clients, a bounded number at a time; who comes beyond is sent away.
async fn accept(listener: &TcpListener, encryption: &Encryption, site: &Arc<Site>, tasks: &TaskTracker) {
    let places = Arc::new(Semaphore::new(connections_max()));
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no http client can be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            site.counts.turn_away();
            continue;
        };
        let (site, encryption) = (Arc::clone(site), encryption.clone());
        tasks.spawn(async move {
            site.counts.begin();
            serve(stream, peer, &encryption, &site).await;
            site.counts.end();
            drop(place);
        });
    }
}
