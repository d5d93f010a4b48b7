//! Encrypted links, for brokers and for devices: the configuration's files → a client, and a stream → an encrypted one.
//!
//! Knows nothing of what is said over them. The files are read for each link that is made, so that a certificate that was
//! renewed is taken without a restart.

mod fault;
mod files;
mod server;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use fault::explained;
pub use server::Acceptor;

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use latchwork_config::connections::Tls;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use fault::{TlsFault, handshake};

/// Encrypts a stream: TLS 1.2 or 1.3, whatever both sides know.
///
/// An error says what of which side is wrong. One that comes later over the stream, such as the refusal of our own
/// certificate in TLS 1.3, becomes as clear by [`explained`].
pub(crate) async fn encrypted<S>(tls: &Tls, stream: S) -> io::Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(tls.server_name.clone())
        .map_err(|_| TlsFault::ServerName(tls.server_name.clone()).into_io())?;
    let tls = tls.clone();
    // The files may lie on a disk that is slow or gone, and the system's certificates are many.
    let client = tokio::task::spawn_blocking(move || client(&tls)).await.map_err(io::Error::other)?;
    let client = client.map_err(TlsFault::into_io)?;
    TlsConnector::from(client).connect(name, stream).await.map_err(handshake)
}

/// Encrypts a stream that is read and written in turn, in the caller's own thread. The first write makes the link.
pub fn encrypted_blocking(tls: &Tls, stream: TcpStream) -> io::Result<impl io::Read + io::Write + use<>> {
    let name = ServerName::try_from(tls.server_name.clone())
        .map_err(|_| TlsFault::ServerName(tls.server_name.clone()).into_io())?;
    let client = client(tls).map_err(TlsFault::into_io)?;
    let connection = ClientConnection::new(client, name).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

/// Returns a client that believes and shows what the configuration says.
fn client(tls: &Tls) -> Result<Arc<ClientConfig>, TlsFault> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsFault::Setup)?
        .with_root_certificates(believed(tls)?);
    let client = match &tls.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let certificates = files::certificates(&identity.certificate_file)?;
            let key = files::key(&identity.key_file)?;
            builder.with_client_auth_cert(certificates, key).map_err(|error| TlsFault::of_identity(identity, &error))?
        }
    };
    Ok(Arc::new(client))
}

/// Returns the authorities that are believed: those of the file, or else those that the system trusts.
fn believed(tls: &Tls) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    let Some(path) = &tls.ca_file else {
        // Some of a system's certificates are always odd; what counts is whether any are left.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return if roots.is_empty() { Err(TlsFault::NoSystemRoots) } else { Ok(roots) };
    };
    for certificate in files::certificates(path)? {
        roots
            .add(certificate)
            .map_err(|error| TlsFault::Malformed { path: path.clone(), reason: error.to_string() })?;
    }
    Ok(roots)
}
