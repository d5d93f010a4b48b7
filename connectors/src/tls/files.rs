//! PEM files → certificates and keys.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::fault::TlsFault;
use crate::limits::TLS_FILE_BYTES_MAX;

/// Returns the certificates of a file, of which there is one at least.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let text = text(path)?;
    let certificates: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&text).collect();
    let certificates = certificates.map_err(|error| malformed(path, &error))?;
    if certificates.is_empty() {
        return Err(TlsFault::Nothing { path: path.to_owned(), what: "certificate" });
    }
    Ok(certificates)
}

/// Returns the private key of a file.
pub(super) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    match PrivateKeyDer::from_pem_slice(&text(path)?) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => {
            Err(TlsFault::Nothing { path: path.to_owned(), what: "private key without a password" })
        }
        Err(error) => Err(malformed(path, &error)),
    }
}

fn malformed(path: &Path, error: &pem::Error) -> TlsFault {
    TlsFault::Malformed { path: path.to_owned(), reason: error.to_string() }
}

/// Returns the bytes of a file, if they are no more than such a file has.
fn text(path: &Path) -> Result<Vec<u8>, TlsFault> {
    let unreadable = |error: io::Error| TlsFault::Unreadable { path: path.to_owned(), error };
    let mut text = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(TLS_FILE_BYTES_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    if text.len() as u64 > TLS_FILE_BYTES_MAX {
        let reason = format!("it is longer than {TLS_FILE_BYTES_MAX} bytes");
        return Err(TlsFault::Malformed { path: path.to_owned(), reason });
    }
    Ok(text)
}
