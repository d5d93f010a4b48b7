//! One client: its requests one after the other, each within bounds of length and time.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dispatch::dispatch;
use super::encryption::Encryption;
use super::limits::{HANDSHAKE_PATIENCE, HEAD_BYTES_MAX, HEAD_PATIENCE, HEADERS_MAX, WRITE_PATIENCE};
use super::patience::Patient;
use super::site::Site;

/// Serves a client until it goes, or the server ends. What it did wrong is told to it, not to the log: anybody may be it.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, encryption: &Encryption, site: &Arc<Site>) {
    // Answers are whole, or pieces that somebody waits for.
    let quick = stream.set_nodelay(true);
    let ended = match encryption {
        Encryption::None => talk(stream, peer, site).await,
        Encryption::Server(acceptor) => match timeout(HANDSHAKE_PATIENCE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => talk(stream, peer, site).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        },
    };
    if let Err(error) = quick.and(ended) {
        tracing::debug!(%peer, %error, "an http client went away");
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    peer: SocketAddr,
    site: &Arc<Site>,
) -> io::Result<()> {
    let service = service_fn(|request| dispatch(request, peer, Arc::clone(site)));
    let stream = TokioIo::new(Patient::new(stream, WRITE_PATIENCE));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = site.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    ended.map_err(io::Error::other)
}
