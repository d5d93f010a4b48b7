//! The other side of an encrypted link: who answers, with a certificate of its own.

use std::io;
use std::sync::Arc;

use latchwork_config::connections::TlsIdentity;
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::fault::TlsFault;
use super::files;

/// Encrypts what clients say and hear: TLS 1.2 or 1.3. Clones share what the files said.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Acceptor")
    }
}

impl Acceptor {
    /// Reads certificate and key; blocks as long as that takes.
    ///
    /// # Errors
    /// Says which file is wrong, and how.
    pub fn of(identity: &TlsIdentity) -> io::Result<Self> {
        config(identity).map(|config| Self(TlsAcceptor::from(Arc::new(config)))).map_err(TlsFault::into_io)
    }

    /// Encrypts the stream of a client.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        self.0.accept(stream).await
    }
}

fn config(identity: &TlsIdentity) -> Result<ServerConfig, TlsFault> {
    let certificates = files::certificates(&identity.certificate_file)?;
    let key = files::key(&identity.key_file)?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsFault::Setup)?
        .with_no_client_auth();
    let mut config =
        builder.with_single_cert(certificates, key).map_err(|error| TlsFault::of_identity(identity, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
