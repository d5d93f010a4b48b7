//! The keys of an encrypted link: whom it believes, and what it shows of itself.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::connections::{Tls, TlsIdentity};
use crate::explain::quoted;
use crate::problems;
use crate::reader::{Reader, Written};

/// Every key that only an encrypted link has.
pub(super) const KEYS: &[&str] = &["ca_file", "certificate_file", "key_file", "server_name"];

/// Reads the keys of an encrypted link to a host, which people may see as `shown_host`.
pub(super) fn read(reader: &mut Reader<'_, '_>, host: &str, shown_host: &str) -> Tls {
    let ca_file = file(reader, "ca_file");
    let identity = identity(reader);
    Tls { ca_file, identity, server_name: server_name(reader, host, shown_host) }
}

/// Reads a file's name, which is relative to the file in which it stands.
fn file(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<PathBuf> {
    let written = reader.name(key)?;
    Some(reader.desk.folder(written.place).join(written.value))
}

/// Reads certificate and key of our own, of which neither is any use alone.
pub(crate) fn identity(reader: &mut Reader<'_, '_>) -> Option<TlsIdentity> {
    for (key, other) in [("certificate_file", "key_file"), ("key_file", "certificate_file")] {
        if let (Some(place), false) = (reader.key_place(key), reader.has(other)) {
            let hint = "a certificate is shown together with its private key".to_owned();
            reader.problem(problems::MISSING_KEY, place, format!("`{other}` is missing"), Some(hint));
        }
    }
    let (certificate_file, key_file) = (file(reader, "certificate_file"), file(reader, "key_file"));
    Some(TlsIdentity { certificate_file: certificate_file?, key_file: key_file? })
}

/// Reads whom the other side's certificate must be for.
fn server_name(reader: &mut Reader<'_, '_>, host: &str, shown_host: &str) -> String {
    let key = "server_name";
    if !reader.has(key) {
        reader.pass_over(&[key]);
        reader.explain_from(key, None, "the host that is connected to", || quoted(shown_host));
        return host.to_owned();
    }
    let Some(written) = reader.name(key) else { return host.to_owned() };
    check_name(reader, &written);
    written.value
}

/// Complains about what no certificate can be for.
fn check_name(reader: &mut Reader<'_, '_>, written: &Written) {
    let is_label = |label: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=LABEL_BYTES_MAX).contains(&label.len()) && label.bytes().all(is_letter)
    };
    let name = &written.value;
    let is_name = name.len() <= NAME_BYTES_MAX && name.strip_suffix('.').unwrap_or(name).split('.').all(is_label);
    if !is_name && name.parse::<IpAddr>().is_err() {
        let hint = "write it as it stands in the certificate, such as `plc.plant.example` or `192.168.10.21`";
        reader.malformed(problems::BAD_URL, "server name", written, "is no name of a host", Some(hint));
    }
}

/// Longest name of a host in bytes, by the standard of names.
const NAME_BYTES_MAX: usize = 253;

/// Longest part of such a name between two dots, by the same.
const LABEL_BYTES_MAX: usize = 63;
