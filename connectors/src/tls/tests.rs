//! Links to servers whose certificates, or ours, are wrong in one way each.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use latchwork_config::connections::{Tls, TlsIdentity};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsAcceptor;

use super::{encrypted, explained};

/// An authority that signs certificates.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
pub(crate) struct Signed {
    certificate: Certificate,
    key: KeyPair,
}

/// A folder of this test, which is gone with it.
pub(crate) struct Folder(PathBuf);

impl Authority {
    /// Makes an authority; authorities of other names are others.
    pub(crate) fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(parameters, key) }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Signs a certificate for a name, valid up to the end of a year.
    pub(crate) fn signs(&self, name: &str, year: i32) -> Signed {
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        parameters.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        Signed { certificate: parameters.signed_by(&key, &self.issuer).unwrap(), key }
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        Arc::new(roots)
    }
}

impl Signed {
    fn der(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (vec![self.certificate.der().clone()], PrivateKeyDer::Pkcs8(self.key.serialize_der().into()))
    }

    /// Writes both into a folder, by a name.
    pub(crate) fn written(&self, folder: &Folder, name: &str) -> TlsIdentity {
        TlsIdentity {
            certificate_file: folder.write(&format!("{name}.pem"), &self.certificate.pem()),
            key_file: folder.write(&format!("{name}.key"), &self.key.serialize_pem()),
        }
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("latchwork-tls-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn shown(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_dir_all(&self.0);
    }
}

/// A server that shows a certificate, and wants one of an authority's if there is one here.
pub(crate) fn acceptor(
    shown: &Signed,
    wanted: Option<&Authority>,
    versions: &[&'static SupportedProtocolVersion],
) -> TlsAcceptor {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
    let builder = match wanted {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(authority.roots(), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let (certificates, key) = shown.der();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(certificates, key).unwrap()))
}

/// Says one byte to whoever comes in.
async fn greet(acceptor: TlsAcceptor, stream: DuplexStream) {
    if let Ok(mut stream) = acceptor.accept(stream).await {
        let _gone = stream.write_all(b"!").await;
        let _gone = stream.shutdown().await;
    }
}

/// Connects and hears the byte, or says what went wrong.
async fn heard(tls: &Tls, stream: DuplexStream) -> io::Result<u8> {
    let mut stream = encrypted(tls, stream).await?;
    stream.read_u8().await.map_err(explained)
}

async fn outcome(tls: &Tls, acceptor: TlsAcceptor, folder: &Folder) -> String {
    let (ours, theirs) = duplex(64 << 10);
    let (heard, ()) = tokio::join!(heard(tls, ours), greet(acceptor, theirs));
    heard.map_or_else(|error| folder.shown(&error.to_string()), |byte| char::from(byte).to_string())
}

const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS12, &version::TLS13];

fn tls(ca_file: PathBuf, server_name: &str) -> Tls {
    Tls { ca_file: Some(ca_file), identity: None, server_name: server_name.to_owned() }
}

#[tokio::test]
async fn each_bad_certificate_of_a_server_is_told_as_what_it_is() {
    let (authority, other, folder) = (Authority::new("ours"), Authority::new("other"), Folder::new());
    let good = tls(folder.write("ca.pem", &authority.pem()), "plc.example");
    let check = async |tls: &Tls, shown: &Signed, expected: &str| {
        for version in BOTH {
            assert_eq!(outcome(tls, acceptor(shown, None, &[version]), &folder).await, expected);
        }
    };
    check(&good, &authority.signs("plc.example", 2999), "!").await;
    let expired = "the certificate has expired: it was valid until 2001-12-31T00:00:00Z";
    check(&good, &authority.signs("plc.example", 2001), expired).await;
    let wrong_name =
        "the certificate is not for `plc.example` but for `other.example`: `server_name` says which is meant";
    check(&good, &authority.signs("other.example", 2999), wrong_name).await;
    let unknown = "the certificate is by an authority that is not believed: name that one in `ca_file`";
    check(&good, &other.signs("plc.example", 2999), unknown).await;
    let address = Tls { server_name: "192.168.10.21".to_owned(), ..good };
    check(&address, &authority.signs("192.168.10.21", 2999), "!").await;
}

#[tokio::test]
async fn a_server_that_refuses_our_certificate_says_why() {
    let (authority, other, folder) = (Authority::new("ours"), Authority::new("other"), Folder::new());
    let bare = tls(folder.write("ca.pem", &authority.pem()), "plc.example");
    let with = |signed: &Signed, name: &str| Tls { identity: Some(signed.written(&folder, name)), ..bare.clone() };
    let shown = authority.signs("plc.example", 2999);
    let check = async |tls: &Tls, version: &'static SupportedProtocolVersion, expected: &str| {
        assert_eq!(outcome(tls, acceptor(&shown, Some(&authority), &[version]), &folder).await, expected);
    };
    let missing = "the other side wants a certificate of ours: give `certificate_file` and `key_file`";
    check(&bare, &version::TLS13, missing).await;
    let unsaid = "the other side refuses the link: it may want a certificate of ours, or another encryption";
    let told = outcome(&bare, acceptor(&shown, Some(&authority), &[&version::TLS12]), &folder).await;
    assert!([missing, unsaid].contains(&told.as_str()), "{told}");
    for version in BOTH {
        check(&with(&authority.signs("gateway", 2999), "good"), version, "!").await;
        let refused = "the other side refuses our certificate: it does not believe the authority that signed it";
        check(&with(&other.signs("gateway", 2999), "foreign"), version, refused).await;
        let expired = "the other side refuses our certificate: it has expired";
        check(&with(&authority.signs("gateway", 2001), "old"), version, expired).await;
    }
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_told_as_such() {
    let folder = Folder::new();
    let tls = tls(folder.write("ca.pem", &Authority::new("ours").pem()), "plc.example");
    for (answer, expected) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "what came is not TLS: does the other side speak TLS at this port?"),
        (&[], "the other side ended the connection instead of encrypting it: does it speak TLS at this port?"),
    ] {
        let (ours, mut theirs) = duplex(64 << 10);
        theirs.write_all(answer).await.unwrap();
        theirs.shutdown().await.unwrap();
        assert_eq!(heard(&tls, ours).await.unwrap_err().to_string(), expected);
    }
}

#[tokio::test]
async fn what_is_wrong_with_our_own_files_is_told_before_anything_is_sent() {
    let (authority, folder) = (Authority::new("ours"), Folder::new());
    let good = tls(folder.write("ca.pem", &authority.pem()), "plc.example");
    let ours = authority.signs("gateway", 2999).written(&folder, "ours");
    let other = authority.signs("gateway", 2999).written(&folder, "other");
    let text = folder.write("text", "no certificate");
    let long = folder.write("long", &"x".repeat((1 << 20) + 1));
    let ca = |ca_file: &Path| Tls { ca_file: Some(ca_file.to_owned()), ..good.clone() };
    let with = |certificate_file: &Path, key_file: &Path| {
        let identity = TlsIdentity { certificate_file: certificate_file.to_owned(), key_file: key_file.to_owned() };
        Tls { identity: Some(identity), ..good.clone() }
    };
    for (tls, expected) in [
        (ca(&folder.0.join("none")), "`none` cannot be read: No such file or directory (os error 2)"),
        (ca(&text), "`text` holds no certificate in PEM"),
        (ca(&long), "`long` is malformed: it is longer than 1048576 bytes"),
        (with(&text, &ours.key_file), "`text` holds no certificate in PEM"),
        (with(&ours.certificate_file, &text), "`text` holds no private key without a password in PEM"),
        (
            with(&ours.certificate_file, &other.key_file),
            "the key in `other.key` is not that of the certificate in `ours.pem`",
        ),
        (Tls { server_name: "no name".to_owned(), ..good.clone() }, "`no name` is no name of a host"),
    ] {
        let (link, _theirs) = duplex(64);
        let told = heard(&tls, link).await.unwrap_err().to_string();
        assert_eq!(folder.shown(&told), expected);
    }
}
