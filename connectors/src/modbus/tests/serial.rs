//! A noisy serial line over a pseudo-terminal, and a converter in front of one: no wrong value is Good.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Modbus, Parity, Point, Serial, SilentAfterErrors, Transport};
use latchwork_engine::{Notice, Reading};
use latchwork_expr::Value;
use serial2_tokio::SerialPort;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::plant::{connection, modbus, point};
use crate::modbus::rtu::with_checksum;
use crate::{Batch, Health, LinkId};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

const SERIAL: Serial = Serial { baud_rate: 115_200, parity: Parity::None, stop_bits: 1, rs485: None };

/// What the line does to an answer.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Whole,
    Late,
    Lost,
    BitTurned,
    NoiseBefore,
    NoiseBehind,
    CutShort,
}

/// Fates that a seed gives, the same each time; most answers come whole.
struct Chance(u64);

impl Chance {
    fn fate(&mut self) -> Fate {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (self.0 >> 33) % 20 {
            0 => Fate::Late,
            1 => Fate::Lost,
            2 => Fate::BitTurned,
            3 => Fate::NoiseBefore,
            4 => Fate::NoiseBehind,
            5 => Fate::CutShort,
            _ => Fate::Whole,
        }
    }
}

/// What a register of a unit holds, always.
const fn held(unit: u8, address: u16) -> u16 {
    1_000 * unit as u16 + address
}

/// Returns the path of the other end of a pseudo-terminal. Only what is printed of it tells its descriptor.
fn path_of(port: &SerialPort) -> String {
    let descriptor: String = format!("{port:?}").chars().filter(char::is_ascii_digit).collect();
    let path = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Devices on a line: each answer meets the fate that chance has for it.
async fn serve<S: AsyncRead + AsyncWrite + Send + 'static>(line: S, mut fate: impl FnMut(u8) -> Fate) {
    let (mut reader, writer): (ReadHalf<S>, WriteHalf<S>) = split(line);
    let writer = Arc::new(Mutex::new(writer));
    let mut request = [0; 8];
    while reader.read_exact(&mut request).await.is_ok() {
        assert_eq!(with_checksum(request[0], &request[1..6]), request, "a request is whole");
        let value = held(request[0], u16::from_be_bytes([request[2], request[3]]));
        let answer = with_checksum(request[0], &[&[request[1], 2], &value.to_be_bytes()[..]].concat());
        let (delay, bytes) = spoiled(answer, fate(request[0]));
        let writer = writer.clone();
        tokio::spawn(async move {
            sleep(delay).await;
            let _gone = writer.lock().await.write_all(&bytes).await;
        });
    }
}

fn spoiled(mut answer: Vec<u8>, fate: Fate) -> (Duration, Vec<u8>) {
    match fate {
        Fate::Whole => {}
        Fate::Late => return (Duration::from_millis(120), answer),
        Fate::Lost => answer.clear(),
        Fate::BitTurned => answer[4] ^= 4,
        Fate::NoiseBefore => answer.insert(0, 0xFF),
        Fate::NoiseBehind => answer.extend([0, 0xFF]),
        Fate::CutShort => answer.truncate(4),
    }
    (Duration::from_millis(1), answer)
}

/// Three units with two registers each, read one by one.
fn line(transport: Transport, address: String) -> Modbus {
    let points = (1..=3).flat_map(|unit| [0, 100].map(|address| (unit, address)));
    let point = |(unit, address)| Point { unit, period: Some(Duration::from_millis(20)), ..point(address) };
    Modbus {
        address,
        transport,
        timeout: Duration::from_millis(40),
        late_guard: Duration::from_millis(250),
        silent_after_errors: SilentAfterErrors::Unit,
        ..modbus(points.map(point).collect())
    }
}

/// Runs a connection until each tag had so many good readings, all of which must be what its register holds.
async fn check(modbus: Modbus, readings_each: u32) -> Arc<Health> {
    let points = modbus.points.clone();
    let (sender, mut batches) = mpsc::channel::<Batch>(1000);
    let (health, stop) = (Arc::new(Health::default()), CancellationToken::new());
    let run = crate::modbus::run(connection(modbus), LinkId(1), sender, health.clone(), None, stop.clone());
    let task = tokio::spawn(run);
    let mut counts = BTreeMap::new();
    let enough = async {
        while counts.len() < points.len() || counts.values().any(|&count| count < readings_each) {
            let batch = batches.recv().await.unwrap();
            if let Some(Notice::ConnectionDown { reason, .. }) = &batch.notice {
                panic!("{reason}");
            }
            for sample in batch.samples {
                let Point { unit, address, .. } = points[sample.tag.index()];
                if let Reading::Value(value) = sample.reading {
                    assert!(
                        matches!(value, Value::Integer(value) if value == i64::from(held(unit, address))),
                        "{value:?}"
                    );
                    *counts.entry(sample.tag.0).or_insert(0) += 1;
                }
            }
        }
    };
    timeout(PATIENCE, enough).await.unwrap();
    stop.cancel();
    timeout(PATIENCE, task).await.unwrap().unwrap();
    health
}

#[tokio::test]
async fn a_noisy_serial_line_gives_no_wrong_value() {
    let (devices, ours) = SerialPort::pair().unwrap();
    let path = path_of(&ours);
    let mut chance = Chance(7);
    tokio::spawn(serve(devices, move |_| chance.fate()));
    let health = check(line(Transport::Rtu(SERIAL), path), 25).await;
    assert!(health.timeouts.get() > 0 && health.malformed.get() > 0 && health.unknown_dropped.get() > 0, "{health:?}");
}

#[tokio::test]
async fn a_converter_with_noise_behind_it_gives_no_wrong_value() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut chance = Chance(11);
        serve(listener.accept().await.unwrap().0, move |_| chance.fate()).await;
    });
    let health = check(line(Transport::RtuOverTcp, address), 25).await;
    assert!(health.timeouts.get() > 0 && health.malformed.get() > 0, "{health:?}");
}

#[tokio::test]
async fn a_dead_unit_on_a_line_does_not_hold_up_the_others() {
    for silent_after_errors in [SilentAfterErrors::Line, SilentAfterErrors::Unit] {
        readings_beside_a_dead_unit(silent_after_errors).await;
    }
}

async fn readings_beside_a_dead_unit(silent_after_errors: SilentAfterErrors) {
    let (devices, ours) = SerialPort::pair().unwrap();
    let path = path_of(&ours);
    tokio::spawn(serve(devices, |unit| if unit == 9 { Fate::Lost } else { Fate::Whole }));
    let mut modbus = Modbus { silent_after_errors, ..line(Transport::Rtu(SERIAL), path) };
    // Nobody has this number; its tag never has a value.
    let dead = Point { unit: 9, ..modbus.points[0].clone() };
    modbus.points.push(dead);
    let (sender, mut batches) = mpsc::channel::<Batch>(1000);
    let stop = CancellationToken::new();
    let run =
        crate::modbus::run(connection(modbus), LinkId(1), sender, Arc::new(Health::default()), None, stop.clone());
    tokio::spawn(run);
    let mut good = 0;
    let enough = async {
        while good < 300 {
            let batch = batches.recv().await.unwrap();
            good += batch.samples.iter().filter(|sample| matches!(sample.reading, Reading::Value(_))).count();
        }
    };
    timeout(PATIENCE, enough).await.unwrap();
    stop.cancel();
}

/// Returns how long after the first question to unit 2, which was not answered, the next one came, and to whom.
async fn question_after_an_error(silent_after_errors: SilentAfterErrors) -> (Duration, u8) {
    let (devices, ours) = SerialPort::pair().unwrap();
    let path = path_of(&ours);
    let (asked, mut questions) = mpsc::unbounded_channel();
    let mut has_failed = false;
    tokio::spawn(serve(devices, move |unit| {
        asked.send((Instant::now(), unit)).unwrap();
        if unit == 2 && !std::mem::replace(&mut has_failed, true) { Fate::Lost } else { Fate::Whole }
    }));
    let modbus = Modbus { silent_after_errors, ..line(Transport::Rtu(SERIAL), path) };
    let (sender, _batches) = mpsc::channel::<Batch>(1000);
    let stop = CancellationToken::new();
    let run =
        crate::modbus::run(connection(modbus), LinkId(1), sender, Arc::new(Health::default()), None, stop.clone());
    tokio::spawn(run);
    let mut next = async || timeout(PATIENCE, questions.recv()).await.unwrap().unwrap();
    let failed = loop {
        let (at, unit) = next().await;
        if unit == 2 {
            break at;
        }
    };
    let (at, unit) = next().await;
    stop.cancel();
    (at - failed, unit)
}

#[tokio::test]
async fn after_an_error_the_line_is_silent_or_the_unit_is_left_alone() {
    let (silence, _) = question_after_an_error(SilentAfterErrors::Line).await;
    assert!(silence >= Duration::from_millis(250), "{silence:?}");
    let (_, next) = question_after_an_error(SilentAfterErrors::Unit).await;
    assert_ne!(next, 2);
}

#[tokio::test]
async fn a_line_that_is_not_there_is_told_by_its_name() {
    let modbus = line(Transport::Rtu(SERIAL), "/dev/no-such-line".to_owned());
    let (sender, mut batches) = mpsc::channel::<Batch>(1000);
    let stop = CancellationToken::new();
    let run =
        crate::modbus::run(connection(modbus), LinkId(1), sender, Arc::new(Health::default()), None, stop.clone());
    tokio::spawn(run);
    let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
    let Some(Notice::ConnectionDown { reason, .. }) = batch.notice else { panic!("{batch:?}") };
    assert_eq!(&*reason, "`/dev/no-such-line`: No such file or directory (os error 2)");
    stop.cancel();
}
