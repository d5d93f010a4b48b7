//! Modbus over TLS, over real sockets.

use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Modbus, Tls, Transport};
use latchwork_engine::{Notice, Reading};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::plant::{answer_frame, connection, modbus, point};
use crate::tls::tests::{Authority, Folder, acceptor};
use crate::{Batch, Health, LinkId};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers one request of each connection with the register 7.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
        let mut request = [0; 12];
        while stream.read_exact(&mut request).await.is_ok() {
            let id = u16::from_be_bytes([request[0], request[1]]);
            let _gone = stream.write_all(&answer_frame(id, 1, &[3, 2, 0, 7])).await;
        }
    }
}

/// Connects with these keys; returns the first reading, or why there is no connection.
async fn outcome(tls: Tls, acceptor: TlsAcceptor) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(serve(listener, acceptor));
    let modbus = Modbus { address, transport: Transport::Tls(tls), ..modbus(vec![point(0)]) };
    let (sender, mut batches) = mpsc::channel::<Batch>(100);
    let stop = CancellationToken::new();
    let run =
        crate::modbus::run(connection(modbus), LinkId(1), sender, Arc::new(Health::default()), None, stop.clone());
    let task = tokio::spawn(run);
    let told = loop {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        if let Some(Notice::ConnectionDown { reason, .. }) = &batch.notice {
            break reason.to_string();
        }
        if let Some(Reading::Value(value)) = batch.samples.first().map(|sample| &sample.reading) {
            break format!("{value:?}");
        }
    };
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
    server.abort();
    told
}

#[tokio::test]
async fn registers_are_read_over_an_encrypted_link_and_a_bad_certificate_is_told_as_the_reason() {
    let (authority, other, folder) = (Authority::new("ours"), Authority::new("other"), Folder::new());
    let ca_file = Some(folder.write("ca.pem", &authority.pem()));
    let bare = Tls { ca_file, identity: None, server_name: "127.0.0.1".to_owned() };
    let shown = authority.signs("127.0.0.1", 2999);
    let identity = Some(authority.signs("gateway", 2999).written(&folder, "ours"));
    let ours = Tls { identity, ..bare.clone() };
    for version in [&TLS12, &TLS13] {
        assert_eq!(outcome(bare.clone(), acceptor(&shown, None, &[version])).await, "Integer(7)");
        assert_eq!(outcome(ours.clone(), acceptor(&shown, Some(&authority), &[version])).await, "Integer(7)");
    }
    let foreign = other.signs("127.0.0.1", 2999);
    let told = outcome(bare.clone(), acceptor(&foreign, None, &[&TLS13])).await;
    assert_eq!(told, "the certificate is by an authority that is not believed: name that one in `ca_file`");
    let told = outcome(bare, acceptor(&shown, Some(&authority), &[&TLS13])).await;
    assert_eq!(told, "the other side wants a certificate of ours: give `certificate_file` and `key_file`");
}
