//! Writes: what reaches a server that others wrote, and what becomes of them when devices are late, deaf or unwilling.

use std::future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use latchwork_config::connections::{Connection, Wire};
use latchwork_expr::{Type, Value};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout};
use tokio_modbus::server::Service;
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_modbus::{ExceptionCode, Request, Response, SlaveRequest};
use tokio_util::sync::CancellationToken;

use super::bench::poller;
use super::device::{Asked, Devices, Move, Script, after, echo, exception, numbered, writes};
use super::plant::{connection, modbus, point, writing_connection};
use crate::limits::WRITE_REFUSALS_MAX;
use crate::modbus::poll::{Outside, poll};
use crate::{Backoff, Batch, Health, LinkId, WriteJob, WriteOutcome, WriteReport, Writer};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A device that takes every write and remembers it.
#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<Vec<String>>>);

impl Service for Notebook {
    type Request = SlaveRequest<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = future::Ready<Result<Response, ExceptionCode>>;

    fn call(&self, SlaveRequest { slave, request }: Self::Request) -> Self::Future {
        let note = |what: String| self.0.lock().unwrap().push(format!("{slave} {what}"));
        future::ready(match request {
            Request::ReadHoldingRegisters(_, count) => Ok(Response::ReadHoldingRegisters(vec![0; count.into()])),
            Request::ReadCoils(_, count) => Ok(Response::ReadCoils(vec![false; count.into()])),
            Request::WriteSingleCoil(address, value) => {
                note(format!("coil {address} {value}"));
                Ok(Response::WriteSingleCoil(address, value))
            }
            Request::WriteSingleRegister(address, value) => {
                note(format!("register {address} {value}"));
                Ok(Response::WriteSingleRegister(address, value))
            }
            Request::WriteMultipleRegisters(address, words) => {
                note(format!("registers {address} {words:?}"));
                Ok(Response::WriteMultipleRegisters(address, u16::try_from(words.len()).unwrap()))
            }
            Request::ReadDiscreteInputs(..)
            | Request::ReadInputRegisters(..)
            | Request::WriteMultipleCoils(..)
            | Request::ReportServerId
            | Request::MaskWriteRegister(..)
            | Request::ReadWriteMultipleRegisters(..)
            | Request::ReadDeviceIdentification(..)
            | Request::Custom(..) => panic!("nothing asks for this"),
        })
    }
}

async fn served(device: Notebook) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accept = move |stream, from| {
        let device = device.clone();
        async move { accept_tcp_connection(stream, from, move |_| Ok(Some(device.clone()))) }
    };
    tokio::spawn(async move { Server::new(listener).serve(&accept, |_| {}).await });
    address
}

#[tokio::test]
async fn a_server_that_others_wrote_takes_every_kind_of_write() {
    let device = Notebook::default();
    let address = served(device.clone()).await.to_string();
    let tags = [
        ("C6", Type::Boolean, ""),
        ("HR8", Type::Integer, "offset = -9"),
        ("2!40010", Type::Integer, "data_type = \"int32\"\nbyte_order = \"DCBA\""),
        ("HR12", Type::Float, "data_type = \"float64\""),
    ];
    let connection = Arc::new(writing_connection(&address, &tags));
    let (reports_to, mut reports) = unbounded_channel();
    let (writer, jobs) = Writer::to(&connection, LinkId(1), reports_to).unwrap();
    let (batches, _taken) = mpsc::channel(1000);
    let stop = CancellationToken::new();
    let health = Arc::new(Health::default());
    let task = crate::modbus::run(connection, LinkId(1), batches, health.clone(), Some(jobs), stop.clone());
    let task = tokio::spawn(task);
    let values = [Value::Boolean(true), Value::Integer(1), Value::Integer(-2), Value::Float(1.5)];
    for (tag, value) in values.into_iter().enumerate() {
        writer.write(WriteJob { tag, value, number: tag as u64 });
        let report = timeout(PATIENCE, reports.recv()).await.unwrap().unwrap();
        let outcome = WriteOutcome::Written;
        assert_eq!(report, WriteReport { link: LinkId(1), tag, number: tag as u64, outcome });
    }
    let expected =
        ["1 coil 5 true", "1 register 7 10", "2 registers 9 [65279, 65535]", "1 registers 11 [16376, 0, 0, 0]"];
    assert_eq!(*device.0.lock().unwrap(), expected);
    assert_eq!(health.writes.get(), 4);
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
}

/// A connection that may be written, to scripted devices in virtual time.
struct Desk {
    writer: Writer,
    reports: UnboundedReceiver<WriteReport>,
    batches: mpsc::Receiver<Batch>,
    health: Arc<Health>,
    start: Instant,
}

impl Desk {
    fn new(connection: Connection, scripts: impl IntoIterator<Item = Option<Script>>) -> Self {
        let (reports_to, reports) = unbounded_channel();
        let (writer, jobs) = Writer::to(&connection, LinkId(3), reports_to).unwrap();
        let (sender, batches) = mpsc::channel(10_000);
        let health = Arc::new(Health::default());
        let Wire::Modbus(wire) = &connection.wire else { panic!("it is Modbus") };
        let patience = wire.timeout;
        let poller = poller(Arc::new(connection), health.clone());
        let (devices, outside) =
            (Devices::new(scripts), Outside { batches: sender, room: Outside::room(), jobs: Some(jobs) });
        tokio::spawn(async move { poll(poller, devices, outside, Backoff::new(7), patience).await });
        Self { writer, reports, batches, health, start: Instant::now() }
    }

    /// A press with a register that is written, and a second unit that is only read.
    fn press(scripts: impl IntoIterator<Item = Option<Script>>) -> Self {
        let tags = [("HR8", Type::Integer, ""), ("2!HR1", Type::Integer, "")];
        Self::new(writing_connection("127.0.0.1:502", &tags), scripts)
    }

    fn write(&self, value: i64, number: u64) {
        self.writer.write(WriteJob { tag: 0, value: Value::Integer(value), number });
    }

    /// Returns the next report: its number, what became of it, and after how many milliseconds.
    async fn report(&mut self) -> (u64, WriteOutcome, u128) {
        let report = timeout(Duration::from_hours(1), self.reports.recv()).await.unwrap().unwrap();
        (report.number, report.outcome, self.start.elapsed().as_millis())
    }
}

/// The functions and values of the writes that a device saw.
type Seen = Arc<Mutex<Vec<(u8, u16)>>>;

/// A device that reads at once, and does as `answer` says about the writes, which it also notes.
fn device(answer: impl Fn(Asked) -> Vec<Move> + Send + Sync + 'static) -> (Script, Seen) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let script = move |asked: Asked| {
        if !writes(asked) {
            return after(5, numbered(asked));
        }
        noted.lock().unwrap().push((asked.function, asked.count));
        answer(asked)
    };
    (Arc::new(script), seen)
}

#[tokio::test(start_paused = true)]
async fn a_write_goes_out_before_the_next_reading() {
    let (script, seen) = device(|asked| after(5, echo(asked)));
    let mut desk = Desk::press([Some(script)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    desk.write(7, 1);
    assert_eq!(desk.report().await, (1, WriteOutcome::Written, 105));
    assert_eq!(*seen.lock().unwrap(), [(6, 7)]);
}

#[tokio::test(start_paused = true)]
async fn a_late_echo_is_one_and_the_reading_of_other_units_goes_on() {
    let (script, seen) = device(|asked| after(1500, echo(asked)));
    let mut desk = Desk::press([Some(script)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    desk.write(7, 1);
    let (number, outcome, millis) = desk.report().await;
    assert_eq!((number, outcome), (1, WriteOutcome::Written));
    assert!((1500..1700).contains(&millis), "{millis}");
    // It was asked for again after its timeout, as nobody knew; that is the same value once more.
    assert!(seen.lock().unwrap().iter().all(|write| *write == (6, 7)));
    let readings = std::iter::from_fn(|| desk.batches.try_recv().ok());
    let of_other = readings.flat_map(|batch| batch.samples).filter(|sample| sample.tag.index() == 1);
    assert!(of_other.filter(|sample| sample.quality.is_good()).count() >= 5);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_nobody_answers_is_tried_again_over_new_links() {
    let (deaf, unheard) = device(|_| vec![Move::HangUp(Duration::ZERO)]);
    let (script, seen) = device(|asked| after(5, echo(asked)));
    let mut desk = Desk::press([Some(deaf), None, None, Some(script)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    desk.write(7, 1);
    assert_eq!(desk.report().await.1, WriteOutcome::Written);
    assert_eq!((&unheard.lock().unwrap()[..], &seen.lock().unwrap()[..]), (&[(6, 7)][..], &[(6, 7)][..]));
}

#[tokio::test(start_paused = true)]
async fn only_the_newest_of_what_waits_for_a_link_is_written() {
    let (script, seen) = device(|asked| after(5, echo(asked)));
    let mut desk = Desk::press([None, None, Some(script)]);
    desk.write(7, 1);
    desk.write(8, 2);
    assert_eq!(desk.report().await.0, 2);
    assert_eq!(*seen.lock().unwrap(), [(6, 8)]);
}

#[tokio::test(start_paused = true)]
async fn a_device_without_the_function_for_one_is_asked_with_that_for_many() {
    let (script, seen) = device(|asked| {
        let frame = if asked.function == 16 { echo(asked) } else { exception(asked, 1) };
        after(5, frame)
    });
    let mut desk = Desk::press([Some(script)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    desk.write(7, 1);
    assert_eq!(desk.report().await, (1, WriteOutcome::Written, 110));
    desk.write(8, 2);
    assert_eq!(desk.report().await.1, WriteOutcome::Written);
    assert_eq!(*seen.lock().unwrap(), [(6, 7), (16, 1), (16, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_device_is_asked_as_often_as_it_takes() {
    let (script, seen) = device(|asked| after(5, if asked.number < 200 { exception(asked, 6) } else { echo(asked) }));
    let mut desk = Desk::press([Some(script)]);
    desk.write(7, 1);
    assert_eq!(desk.report().await.1, WriteOutcome::Written);
    assert!(seen.lock().unwrap().len() > 3);
    assert_eq!(desk.health.writes_refused.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_again_and_again_is_given_up_and_told() {
    let (script, seen) = device(|asked| after(5, exception(asked, 2)));
    let mut desk = Desk::press([Some(script)]);
    desk.write(7, 1);
    let (_, outcome, _) = desk.report().await;
    assert_eq!(outcome, WriteOutcome::GivenUp("exception 2: Illegal data address".to_owned()));
    assert_eq!(seen.lock().unwrap().len(), WRITE_REFUSALS_MAX as usize);
    assert_eq!(desk.health.writes_refused.get(), u64::from(WRITE_REFUSALS_MAX));
}

#[tokio::test(start_paused = true)]
async fn an_echo_of_another_write_is_none() {
    let (script, _) =
        device(|asked| after(5, echo(Asked { count: asked.count + u16::from(asked.number < 9), ..asked })));
    let mut desk = Desk::press([Some(script)]);
    desk.write(7, 1);
    assert_eq!(desk.report().await.1, WriteOutcome::Written);
    assert!(desk.health.malformed.get() > 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_over_a_connection_that_does_not_allow_it() {
    let (script, seen) = device(|asked| after(5, echo(asked)));
    let unwritable = connection(modbus(vec![point(7)]));
    assert!(Writer::to(&unwritable, LinkId(3), unbounded_channel().0).is_none());
    let mut machine = poller(unwritable.clone(), Arc::default());
    let now = crate::modbus::poll::now();
    machine.connected(now);
    // Nobody outside can have such a job; even so nothing comes of it.
    machine.write(WriteJob { tag: 0, value: Value::Integer(1), number: 1 }, now);
    machine.turn(now).unwrap();
    let requests = machine.take_requests();
    assert_eq!((requests.len(), requests[7]), (12, 3), "one request, which reads");

    let mut bench = super::bench::Bench::new(&modbus(vec![point(7)]), [Some(script)]);
    bench.until(5_000).await;
    assert_eq!(*seen.lock().unwrap(), []);
}
