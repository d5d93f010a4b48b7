//! Several links to one device (`parallel`), over real sockets.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::Modbus;
use latchwork_engine::{Notice, Reading};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::plant::{answer_frame, connection, modbus, point};
use crate::{Batch, Health, LinkId};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers requests with registers that hold their addresses; tells each address that was asked for.
async fn serve(mut stream: TcpStream, asked: mpsc::UnboundedSender<u16>) {
    let mut request = [0; 12];
    while stream.read_exact(&mut request).await.is_ok() {
        let word = |at: usize| u16::from_be_bytes([request[at], request[at + 1]]);
        let words = (word(8)..word(8) + word(10)).flat_map(u16::to_be_bytes);
        let length = u8::try_from(2 * word(10)).unwrap();
        let body: Vec<u8> = [request[7], length].into_iter().chain(words).collect();
        let _nobody_asks = asked.send(word(8));
        let _gone = stream.write_all(&answer_frame(word(0), request[6], &body)).await;
    }
}

#[tokio::test]
async fn links_share_the_plan_out_and_the_connection_is_up_while_one_is() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let points = [0, 100, 200, 300].map(point).to_vec();
    let address = listener.local_addr().unwrap().to_string();
    let modbus = Modbus { links: 2, address, ..modbus(points) };
    let (sender, mut batches) = mpsc::channel::<Batch>(1000);
    let stop = CancellationToken::new();
    let run =
        crate::modbus::run(connection(modbus), LinkId(1), sender, Arc::new(Health::default()), None, stop.clone());
    let task = tokio::spawn(run);
    let mut links = Vec::new();
    for _ in 0..2 {
        let (told, mut asked) = mpsc::unbounded_channel();
        let (stream, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
        links.push(tokio::spawn(serve(stream, told)));
        let first = [asked.recv().await.unwrap(), asked.recv().await.unwrap()];
        assert!([BTreeSet::from([0, 200]), BTreeSet::from([100, 300])].contains(&BTreeSet::from(first)), "{first:?}");
    }
    drop(listener);
    let mut good = BTreeSet::new();
    let mut notices = 0;
    while good.len() < 4 {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        notices += usize::from(batch.notice.is_some());
        good.extend(batch.samples.iter().filter(|sample| matches!(sample.reading, Reading::Value(_))).map(|s| s.tag.0));
    }
    assert_eq!(notices, 1, "the connection is up once");
    links.remove(0).abort();
    let lost = loop {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        if batch.samples.iter().all(|sample| matches!(sample.reading, Reading::Kept)) {
            break batch;
        }
    };
    assert!(lost.notice.is_none() && lost.samples.len() == 2, "only what that link reads: {lost:?}");
    links.remove(0).abort();
    let down = loop {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        if batch.notice.is_some() {
            break batch;
        }
    };
    assert!(matches!(down.notice, Some(Notice::ConnectionDown { .. })));
    assert_eq!(down.samples.len(), 4);
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
}
