//! How a link is encrypted, and whom it believes. The same keys for brokers and for devices.
//!
//! Pure data: the files are read when a link is made, so that a renewed certificate is taken without a restart.

use std::path::PathBuf;

/// How a link is encrypted, and whom it believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// PEM certificates of the authorities that are believed (`ca_file`); `None` is those that the system trusts.
    pub ca_file: Option<PathBuf>,
    /// What the other side is shown, if it wants to know who asks.
    pub identity: Option<TlsIdentity>,
    /// The name or address that the other side's certificate must be for (`server_name`, the host that is connected to).
    pub server_name: String,
}

/// A certificate of ours and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsIdentity {
    /// PEM certificates, ours first (`certificate_file`).
    pub certificate_file: PathBuf,
    /// The PEM private key (`key_file`).
    pub key_file: PathBuf,
}
