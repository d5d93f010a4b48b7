//! A line between client and broker that can be cut: the broker keeps what it holds for the client.

use std::net::Ipv4Addr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(super) struct Relay {
    pub(super) port: u16,
    cut: watch::Sender<u32>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Relays to a broker.
    pub(super) async fn to(broker: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, cuts) = watch::channel(0);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, broker, cuts.clone()));
            }
        });
        Self { port, cut, task }
    }

    /// Cuts every connection that there is.
    pub(super) fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(mut client: TcpStream, broker: u16, mut cuts: watch::Receiver<u32>) {
    cuts.mark_unchanged();
    let Ok(mut broker) = TcpStream::connect((Ipv4Addr::LOCALHOST, broker)).await else { return };
    tokio::select! {
        _ended = copy_bidirectional(&mut client, &mut broker) => {}
        _cut = cuts.changed() => {}
    }
}
