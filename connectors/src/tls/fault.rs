//! What is wrong with an encrypted link, in words that say who has to change what.

#![expect(clippy::wildcard_enum_match_arm, reason = "the library's errors may grow; the others are told in its words")]

use std::io;
use std::path::PathBuf;

use chrono::DateTime;
use latchwork_config::connections::TlsIdentity;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};
use thiserror::Error as ThisError;

/// What of our own is wrong, before anything was sent.
#[derive(Debug, ThisError)]
pub(super) enum TlsFault {
    /// A file cannot be read.
    #[error("`{}` cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file has none of what is looked for.
    #[error("`{}` holds no {what} in PEM", path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What is looked for.
        what: &'static str,
    },
    /// A file is not what it should be.
    #[error("`{}` is malformed: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key is another certificate's.
    #[error("the key in `{}` is not that of the certificate in `{}`", key.display(), certificate.display())]
    Mismatch {
        /// The file with the key.
        key: PathBuf,
        /// The file with the certificate.
        certificate: PathBuf,
    },
    /// The system trusts nobody, or does not say whom.
    #[error("the system has no certificates of authorities: name one in `ca_file`")]
    NoSystemRoots,
    /// No certificate can be for this name.
    #[error("`{0}` is no name of a host")]
    ServerName(String),
    /// The encryption cannot be set up.
    #[error("{0}")]
    Setup(Error),
}

impl TlsFault {
    /// Returns what is wrong with a certificate and a key of our own.
    pub(super) fn of_identity(identity: &TlsIdentity, error: &Error) -> Self {
        let TlsIdentity { certificate_file, key_file } = identity;
        if matches!(error, Error::InconsistentKeys(_)) {
            return Self::Mismatch { key: key_file.clone(), certificate: certificate_file.clone() };
        }
        Self::Malformed { path: key_file.clone(), reason: error.to_string() }
    }

    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidInput, self)
    }
}

/// Returns what went wrong while the encryption was agreed on.
pub(super) fn handshake(error: io::Error) -> io::Error {
    if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) {
        let text = "the other side ended the connection instead of encrypting it: does it speak TLS at this port?";
        return io::Error::new(error.kind(), text);
    }
    explained(error)
}

/// Returns an error of an encrypted stream in words for people; any other stays as it is.
pub(crate) fn explained(error: io::Error) -> io::Error {
    let text = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).map(told);
    text.map_or(error, |text| io::Error::new(io::ErrorKind::InvalidData, text))
}

fn told(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(fault) => theirs(fault),
        Error::AlertReceived(alert) => refused(*alert),
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => {
            "what came is not TLS: does the other side speak TLS at this port?".to_owned()
        }
        Error::PeerIncompatible(why) => format!("the two sides know no common encryption: {why:?}"),
        other => format!("the encryption failed: {other}"),
    }
}

/// Returns what is wrong with the certificate that the other side showed.
fn theirs(fault: &CertificateError) -> String {
    match fault {
        CertificateError::Expired => "the certificate has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate has expired: it was valid until {}", date(*not_after))
        }
        CertificateError::NotValidYet => "the certificate is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate is not valid before {}: is the clock right?", date(*not_before))
        }
        CertificateError::NotValidForName => "the certificate is for another name".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => other_name(expected, presented),
        CertificateError::UnknownIssuer => {
            "the certificate is by an authority that is not believed: name that one in `ca_file`".to_owned()
        }
        CertificateError::BadSignature => {
            "the certificate is not signed by the authority that it names: is `ca_file` up to date?".to_owned()
        }
        other => format!("the certificate is not valid: {other}"),
    }
}

fn other_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let expected = expected.to_str();
    if presented.is_empty() {
        return format!("the certificate is for nobody by name, expected `{expected}`");
    }
    let names: Vec<String> = presented.iter().map(|name| format!("`{}`", bare(name))).collect();
    let names = names.join(", ");
    format!("the certificate is not for `{expected}` but for {names}: `server_name` says which is meant")
}

/// Returns a name without what kind of name it is: `DnsName("plc.example")`, `IpAddress(192.168.10.21)`.
fn bare(presented: &str) -> &str {
    let inside = presented.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(presented).trim_matches('"')
}

/// Returns why the other side ended the link.
fn refused(alert: AlertDescription) -> String {
    let ours = "the other side refuses our certificate";
    match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            "the other side wants a certificate of ours: give `certificate_file` and `key_file`".to_owned()
        }
        AlertDescription::UnknownCA => format!("{ours}: it does not believe the authority that signed it"),
        AlertDescription::CertificateExpired => format!("{ours}: it has expired"),
        AlertDescription::CertificateRevoked => format!("{ours}: it is revoked"),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => format!("{ours} ({alert:?})"),
        // TLS 1.2 has no word of its own for a certificate that is missing.
        AlertDescription::HandshakeFailure => {
            "the other side refuses the link: it may want a certificate of ours, or another encryption".to_owned()
        }
        AlertDescription::ProtocolVersion => "the other side knows only older versions of TLS than 1.2".to_owned(),
        AlertDescription::UnrecognisedName => "the other side is not called by this `server_name`".to_owned(),
        other => format!("the other side ended the encryption ({other:?})"),
    }
}

fn date(time: UnixTime) -> String {
    let instant = i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    instant.map_or_else(|| "the end of time".to_owned(), |instant| instant.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
