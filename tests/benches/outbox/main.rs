//! How fast a backlog goes out: events of a log at `QoS` 1 to mosquitto, beside what mosquitto takes from a bare socket.
//!
//! `cargo bench -p latchwork-tests --bench outbox`, after `cargo build --release`; `LATCHWORK_PROGRAM` names another
//! program, `LATCHWORK_BACKLOG` another number of events. Nobody subscribes: what subscribers cost the broker is not
//! ours. mosquitto must be there (`tests/live/install.sh`).

#[path = "../common/program.rs"]
mod program;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use program::program;

/// How many events go out.
const BACKLOG: u32 = 200_000;
/// How long until it is looked at again.
const LOOK: Duration = Duration::from_millis(20);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

fn main() -> io::Result<()> {
    let backlog = std::env::var("LATCHWORK_BACKLOG").ok().and_then(|text| text.parse().ok()).unwrap_or(BACKLOG);
    let folder = std::env::temp_dir().join(format!("latchwork-outbox-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let _broker = broker(&folder, port)?;
    for version in [4, 5] {
        println!("bare socket,    MQTT {}  {:>9.0} messages a second", name(version), bare(port, version, backlog)?);
    }
    for version in [4, 5] {
        let (rate, cpu) = gateway(&folder, port, version, backlog)?;
        println!("latchwork run,  MQTT {}  {rate:>9.0} events a second, {cpu:.0} µs of CPU each", name(version));
    }
    std::fs::remove_dir_all(&folder)
}

fn name(version: u8) -> &'static str {
    if version == 5 { "5    " } else { "3.1.1" }
}

fn broker(folder: &Path, port: u16) -> io::Result<Running> {
    let settings = folder.join("mosquitto.conf");
    std::fs::write(
        &settings,
        format!("listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence false\n"),
    )?;
    let path = format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("mosquitto");
    let process =
        command.env("PATH", path).arg("-c").arg(settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let broker = Running(process);
    until(|| Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()))?;
    Ok(broker)
}

/// Returns what `look` finds, as soon as it does.
fn until<T>(mut look: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::sleep(LOOK);
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "it did not happen"))
}

/// Publishes messages as long as events are over a socket, 512 under way at a time as the gateway has; returns the rate.
fn bare(port: u16, version: u8, count: u32) -> io::Result<f64> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    // A clean session without keep-alive; version 5 has an empty list of properties.
    let mut connect = vec![0, 4, b'M', b'Q', b'T', b'T', version, 2, 0, 0];
    connect.extend_from_slice(if version == 5 { &[0, 0, 4] } else { &[0, 4] });
    connect.extend_from_slice(b"bare");
    let length = u8::try_from(connect.len()).expect("it is small");
    stream.write_all(&[&[0x10, length], &connect[..]].concat())?;
    let _accepted = packet(&mut BufReader::new(&stream))?;
    let (mut answers, begun) = (BufReader::new(stream.try_clone()?), Instant::now());
    // What the broker says that it takes at a time.
    let window = if version == 5 { 20 } else { 512 };
    let (mut sent, mut acknowledged) = (0_u32, 0_u32);
    let mut out = Vec::new();
    while acknowledged < count {
        out.clear();
        while sent < count && sent - acknowledged < window {
            sent += 1;
            publish(&mut out, version, u16::try_from(sent % 60_000 + 1).expect("it is small"));
        }
        stream.write_all(&out)?;
        packet(&mut answers)?;
        acknowledged += 1;
        while !answers.buffer().is_empty() {
            packet(&mut answers)?;
            acknowledged += 1;
        }
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

fn publish(out: &mut Vec<u8>, version: u8, id: u16) {
    const TOPIC: &[u8] = b"latchwork/bench/operation/updated";
    const PAYLOAD: [u8; 980] = [b'x'; 980];
    let properties = usize::from(version == 5);
    let length = 2 + TOPIC.len() + 2 + properties + PAYLOAD.len();
    out.extend_from_slice(&[0x32, u8::try_from(length % 128).expect("seven bits") | 0x80]);
    out.push(u8::try_from(length / 128).expect("below 128"));
    out.extend_from_slice(&[0, u8::try_from(TOPIC.len()).expect("it is short")]);
    out.extend_from_slice(TOPIC);
    out.extend_from_slice(&id.to_be_bytes());
    out.extend(std::iter::repeat_n(0, properties));
    out.extend_from_slice(&PAYLOAD);
}

/// Reads a small packet.
fn packet(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let mut body = vec![0; usize::from(head[1])];
    stream.read_exact(&mut body)?;
    Ok(body)
}

/// Has a gateway publish a backlog; returns the rate and the CPU time of an event in microseconds.
fn gateway(folder: &Path, port: u16, version: u8, count: u32) -> io::Result<(f64, f64)> {
    let data = folder.join(format!("data-{version}"));
    let plant = folder.join("plant.toml");
    let id = format!("bench-{version}");
    let text = |publish: &str| format!("[gateway]\nid = \"{id}\"\ndata_directory = '{}'\n{publish}", data.display());
    std::fs::write(&plant, text(""))?;
    let (mut first, mut messages) = run(&plant)?;
    wait_for(&mut messages, "gateway runs")?;
    Command::new("sh").args(["-c", "kill -s TERM $0", &first.0.id().to_string()]).status()?;
    first.0.wait()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let database = data.join("latchwork.db");
    runtime.block_on(lengthen(&database, count)).map_err(io::Error::other)?;
    let url = format!("[publish]\nurl = \"mqtt://127.0.0.1:{port}\"\nversion = {version}\n");
    std::fs::write(&plant, text(&url))?;
    let (gateway, mut messages) = run(&plant)?;
    wait_for(&mut messages, "events are published")?;
    let (begun, before) = (Instant::now(), cpu_seconds(gateway.0.id())?);
    let mut connection = runtime.block_on(open(&database, true)).map_err(io::Error::other)?;
    until(|| {
        let settled = sqlx::query_scalar::<_, i64>("SELECT outbox_seq FROM gateways");
        let settled = runtime.block_on(settled.fetch_one(&mut connection)).map_err(io::Error::other)?;
        Ok((settled >= i64::from(count)).then_some(()))
    })?;
    let (elapsed, used) = (begun.elapsed().as_secs_f64(), cpu_seconds(gateway.0.id())? - before);
    Ok((f64::from(count) / elapsed, used * 1e6 / f64::from(count)))
}

async fn open(database: &Path, read_only: bool) -> sqlx::Result<SqliteConnection> {
    SqliteConnectOptions::new().filename(database).read_only(read_only).connect().await
}

/// Makes a log so many events longer.
async fn lengthen(database: &Path, count: u32) -> sqlx::Result<()> {
    let mut connection = open(database, false).await?;
    let lengthen = sqlx::query(include_str!("../../src/live/publishing/lengthen.sql"));
    lengthen.bind(count).execute(&mut connection).await?;
    let head = "UPDATE gateways SET last_event_seq = (SELECT max(seq) FROM events)";
    sqlx::query(head).execute(&mut connection).await?;
    connection.close().await
}

type Messages = io::Lines<BufReader<std::process::ChildStderr>>;

fn run(plant: &Path) -> io::Result<(Running, Messages)> {
    let mut command = Command::new(program());
    command.arg("run").arg("-c").arg(plant).env_remove("RUST_LOG");
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let messages = process.stderr.take().ok_or_else(|| io::Error::other("standard error is a pipe"))?;
    Ok((Running(process), BufReader::new(messages).lines()))
}

fn wait_for(messages: &mut Messages, text: &str) -> io::Result<()> {
    let found = messages.by_ref().map_while(Result::ok).any(|line| line.contains(text));
    if found { Ok(()) } else { Err(io::Error::other(format!("the gateway ended before `{text}`"))) }
}

/// Returns the CPU time that a process has used, as Linux tells it: in hundredths of a second.
fn cpu_seconds(process: u32) -> io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Behind the name, which may hold anything: user time is the 12th field, the kernel's the 13th.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
