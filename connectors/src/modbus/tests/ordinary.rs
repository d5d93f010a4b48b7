//! The ordinary path over real sockets, against a server that others wrote.

use std::future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{ByteOrder, Coding, Modbus, Point, RegisterTable};
use latchwork_engine::{Notice, Reading};
use latchwork_expr::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_modbus::server::Service;
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_modbus::{ExceptionCode, Request, Response};
use tokio_util::sync::CancellationToken;

use super::plant::{connection, modbus, point};
use crate::{Batch, Health, LinkId, LinkState};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A device whose registers hold 1000 and their address, and whose even bits are set; nothing stands beyond 1000.
struct Device;

impl Service for Device {
    type Request = Request<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = future::Ready<Result<Response, ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        let words = |address: u16, count| (address..address + count).map(|address| 1000 + address).collect();
        let bits = |address: u16, count| (address..address + count).map(|address| address % 2 == 0).collect();
        future::ready(match request {
            Request::ReadHoldingRegisters(address, _) | Request::ReadInputRegisters(address, _) if address >= 1000 => {
                Err(ExceptionCode::IllegalDataAddress)
            }
            Request::ReadHoldingRegisters(address, count) => Ok(Response::ReadHoldingRegisters(words(address, count))),
            Request::ReadInputRegisters(address, count) => Ok(Response::ReadInputRegisters(words(address, count))),
            Request::ReadCoils(address, count) => Ok(Response::ReadCoils(bits(address, count))),
            Request::ReadDiscreteInputs(address, count) => Ok(Response::ReadDiscreteInputs(bits(address, count))),
            Request::WriteSingleCoil(..)
            | Request::WriteMultipleCoils(..)
            | Request::WriteSingleRegister(..)
            | Request::WriteMultipleRegisters(..)
            | Request::ReportServerId
            | Request::MaskWriteRegister(..)
            | Request::ReadWriteMultipleRegisters(..)
            | Request::ReadDeviceIdentification(..)
            | Request::Custom(..) => panic!("only reads are sent"),
        })
    }
}

/// Starts the server; returns its address.
async fn device() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accept = |stream, from| async move { accept_tcp_connection(stream, from, |_| Ok(Some(Device))) };
    tokio::spawn(async move { Server::new(listener).serve(&accept, |_| {}).await });
    address
}

/// Runs a connection; returns its batches, its health and what stops it.
fn start(modbus: Modbus) -> (mpsc::Receiver<Batch>, Arc<Health>, CancellationToken, tokio::task::JoinHandle<()>) {
    let (sender, batches) = mpsc::channel(100);
    let (health, stop) = (Arc::new(Health::default()), CancellationToken::new());
    let task = crate::modbus::run(connection(modbus), LinkId(1), sender, health.clone(), None, stop.clone());
    (batches, health, stop, tokio::spawn(task))
}

#[tokio::test]
async fn every_table_is_read() {
    let mut points = vec![point(3), point(7), point(5), point(8), point(9), point(2000)];
    points[1].table = RegisterTable::InputRegisters;
    points[2] = Point { table: RegisterTable::Coils, coding: Coding::Bool, ..point(5) };
    points[3] = Point { table: RegisterTable::DiscreteInputs, coding: Coding::Bool, ..point(8) };
    points[4] = Point { coding: Coding::Uint32, order: ByteOrder::Cdab, ..point(9) };
    let modbus = Modbus { address: device().await.to_string(), ..modbus(points) };
    let (mut batches, health, stop, task) = start(modbus);
    let mut values = [const { None::<Value> }; 6];
    let mut failed = None;
    while values[..5].iter().any(Option::is_none) || failed.is_none() {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        for sample in batch.samples {
            match sample.reading {
                Reading::Value(value) => values[sample.tag.index()] = Some(value),
                Reading::Kept => failed = Some((sample.tag.index(), sample.quality.name())),
            }
        }
    }
    let shown = values.map(|value| format!("{value:?}"));
    let expected = [1003, 1007, 0, 1, 1010 * 65_536 + 1009].map(|number| format!("Some(Integer({number}))"));
    assert_eq!(shown[..5], expected);
    assert_eq!(failed, Some((5, "Bad_NotFound")));
    assert_eq!(health.state().0, LinkState::Up);
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_down_at_once() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (mut batches, health, stop, task) = start(Modbus { address: closed.to_string(), ..modbus(vec![point(0)]) });
    let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
    assert!(matches!(batch.notice, Some(Notice::ConnectionDown { .. })), "{batch:?}");
    assert_eq!(batch.samples.len(), 1);
    assert_eq!(health.state().0, LinkState::Down);
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
}

#[tokio::test]
async fn it_ends_when_nobody_takes_its_batches() {
    let modbus = Modbus { address: device().await.to_string(), ..modbus(vec![point(0)]) };
    let (batches, _, _, task) = start(modbus);
    drop(batches);
    timeout(PATIENCE, task).await.unwrap().unwrap();
}
