//! What the live gateway costs: from a register's change to the committed row, and tags a second on one connection.
//!
//! `cargo bench -p latchwork-tests --bench live`. Everything of one table is measured in one run: the disk's own rate
//! stands beside what waits for the disk, and the same gateway while a thousand clients watch it over HTTP beside the one
//! that nobody watches.

mod streams;

use std::fs::File;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use latchwork_config::{Configuration, Memory};
use latchwork_connectors::{Health, LinkId, modbus};
use latchwork_engine::Effect;
use latchwork_gateway::live::{Control, Start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use streams::Streams;

/// How many times the register changes.
const CHANGES: usize = 300;
/// How many watch the gateway, and how many of those read nothing of it.
const STREAMS: usize = 1_000;
const SILENT: usize = 10;
/// How long the polling of many tags is measured.
const POLLING: Duration = Duration::from_secs(5);
/// Float tags on the one connection.
const FLOAT_TAGS: u16 = 30_000;

fn main() {
    if streams::run_if_asked().expect("a gateway that serves") {
        return;
    }
    let directory = std::env::temp_dir().join(format!("latchwork-live-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    println!("fdatasync of a 4 KiB append      {}", Spread::of(syncs(&directory)));
    // One after the other and again: the machine is not always the same.
    for round in 0..2 {
        for (reading, silent) in [(0, 0), (STREAMS - SILENT, SILENT)] {
            let reactions = runtime.block_on(reactions(&directory.join(format!("{round}-{reading}")), reading, silent));
            let streams = format!("(poll 10 ms; streams: {reading}, and {silent} that nobody reads)");
            println!("register change to committed row {}  {streams}", Spread::of(reactions));
        }
    }
    println!("fdatasync of a 4 KiB append      {}", Spread::of(syncs(&directory)));
    for (name, rate) in runtime.block_on(polling()) {
        println!("{name:32} {rate:>12.0}");
    }
    std::fs::remove_dir_all(&directory).expect("the temporary directory is ours");
}

/// The middle and the ends of some durations.
struct Spread(Vec<Duration>);

impl Spread {
    fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    fn millis(&self, percent: usize) -> f64 {
        self.0[(self.0.len() - 1) * percent / 100].as_secs_f64() * 1e3
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (p50, p99, n) = (self.millis(50), self.millis(99), self.0.len());
        write!(formatter, "p50 {p50:>7.2} ms  p99 {p99:>7.2} ms  of {n}")
    }
}

/// Returns how long each of some appends took to be on the disk.
fn syncs(directory: &Path) -> Vec<Duration> {
    let mut file = File::create(directory.join("syncs")).expect("a file");
    let append = |_| {
        let begun = Instant::now();
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("a disk");
        begun.elapsed()
    };
    (0..300).map(append).collect()
}

/// Flips a discrete input again and again while streams watch; returns how long each change took to be a committed record.
async fn reactions(directory: &Path, reading: usize, silent: usize) -> Vec<Duration> {
    let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let port = port.expect("a port").port();
    let device = Arc::new(Device::default());
    let address = serve(Arc::clone(&device)).await;
    let text = format!(
        "[gateway]\nid = \"bench\"\ndata_directory = '{}'\n\
         [http]\nbind = \"127.0.0.1:{port}\"\n\
         [[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"{address}\"\nperiod_millis = 10\n\
         [[tags]]\npath = \"Running\"\ntype = \"bool\"\nconnection = \"plc\"\naddress = \"DI1\"\n\
         [[operations]]\nname = \"Run\"\nlocation = \"Plant\"\n\
         start_trigger_expression = \"{{Running}}\"\nstop_trigger_expression = \"{{Running}}\"\n",
        directory.display()
    );
    let (committed, mut commits) = mpsc::unbounded_channel();
    let watch = move |_: &_, effects: &[Effect]| {
        let records = effects.iter().filter(|effect| is_record(effect)).count();
        (0..records).for_each(|_| _ = committed.send(Instant::now()));
    };
    let start = Start {
        path: PathBuf::from("bench.toml"),
        configuration: read(&text),
        trace: None,
        speed: 1.0,
        watch: Box::new(watch),
    };
    let (stop, control) = mpsc::channel(1);
    let gateway = start.start().await.expect("the gateway starts");
    let running = tokio::spawn(gateway.run(control));
    let opened = tokio::task::spawn_blocking(move || Streams::open(port, reading, silent)).await;
    let streams = opened.expect("no panic").expect("a gateway that serves");
    let mut reactions = Vec::with_capacity(CHANGES);
    // The first reading arms the trigger.
    while device.reads.load(Ordering::Relaxed) < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for change in 0..CHANGES {
        // Changes come at every phase of the poll.
        tokio::time::sleep(Duration::from_micros(30_000 + 37 * change as u64 % 10_000)).await;
        let changed = Instant::now();
        device.level.fetch_xor(true, Ordering::Relaxed);
        let committed = commits.recv().await.expect("the gateway runs");
        reactions.push(committed - changed);
    }
    drop(streams);
    stop.send(Control::Stop).await.expect("the gateway runs");
    running.await.expect("no panic").expect("a clean end");
    reactions
}

fn is_record(effect: &Effect) -> bool {
    matches!(effect, Effect::Event(event) if matches!(event.info, latchwork_engine::Info::Record(_)))
}

/// Polls many float tags as fast as one connection goes; beside it a plain client of the library reads the same blocks.
async fn polling() -> [(&'static str, f64); 3] {
    let device = Arc::new(Device::default());
    let address = serve(Arc::clone(&device)).await;
    let mut text = format!(
        "[[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"{address}\"\nperiod_millis = 10\n"
    );
    let tag = |tag: u16| {
        let register = u32::from(tag) * 2;
        format!(
            "[[tags]]\npath = \"T{tag}\"\ntype = \"float\"\nconnection = \"plc\"\naddress = \"holding:{register}\"\n"
        )
    };
    text.extend((0..FLOAT_TAGS).map(tag));
    let connection = Arc::new(read(&text).connections.remove(0));
    let (sender, mut batches) = mpsc::channel(1024);
    let (stop, health) = (CancellationToken::new(), Arc::new(Health::default()));
    let running = tokio::spawn(modbus::run(connection, LinkId(1), sender, Arc::clone(&health), None, stop.clone()));
    let end = tokio::time::Instant::now() + POLLING;
    let (mut samples, mut requests) = (0.0, 0.0);
    while let Ok(Some(batch)) = tokio::time::timeout_at(end, batches.recv()).await {
        let good = batch.samples.iter().filter(|sample| sample.quality.is_good()).count();
        samples += f64::from(u32::try_from(good).expect("a batch is one answer"));
        requests += if good > 0 { 1.0 } else { 0.0 };
    }
    stop.cancel();
    drop(batches);
    running.await.expect("no panic");
    let per_second = |count: f64| count / POLLING.as_secs_f64();
    [
        ("tags/s on one connection", per_second(samples)),
        ("  in requests/s", per_second(requests)),
        ("  the library's client alone, requests/s", plain_requests(address).await),
    ]
}

/// Returns how many blocks a second the library's own client reads, one after the other, values unread.
async fn plain_requests(address: SocketAddr) -> f64 {
    use tokio_modbus::client::Reader;
    let mut client = tokio_modbus::client::tcp::connect(address).await.expect("a connection");
    let begun = Instant::now();
    let mut requests = 0;
    while begun.elapsed() < POLLING {
        client.read_holding_registers(0, 124).await.expect("an answer").expect("no exception");
        requests += 1;
    }
    f64::from(requests) / begun.elapsed().as_secs_f64()
}

fn read(text: &str) -> Configuration {
    let read = latchwork_config::read(Path::new("bench.toml"), &Memory::of("bench.toml", text));
    read.unwrap_or_else(|problems| panic!("{}", problems.render(latchwork_config::Colour::Off)))
}

/// A device whose every bit is `level` and whose every register is 16,256.
#[derive(Default)]
struct Device {
    level: AtomicBool,
    reads: std::sync::atomic::AtomicU64,
    clients: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

async fn serve(device: Arc<Device>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let task = tokio::spawn(answer(client, Arc::clone(&device)));
            device.clients.lock().expect("no panic").push(task);
        }
    });
    address
}

/// Answers reads of bits and registers until the client goes.
async fn answer(mut client: TcpStream, device: Arc<Device>) {
    let mut request = [0; 12];
    client.set_nodelay(true).expect("an option of every socket");
    while client.read_exact(&mut request).await.is_ok() {
        let count = usize::from(u16::from_be_bytes([request[10], request[11]]));
        let data = match request[7] {
            1 | 2 => vec![if device.level.load(Ordering::Relaxed) { 0xff } else { 0 }; count.div_ceil(8)],
            _ => [0x3f, 0x80].repeat(count),
        };
        device.reads.fetch_add(1, Ordering::Relaxed);
        let mut answer = request[..6].to_vec();
        let bytes = u8::try_from(data.len()).expect("an answer has at most 250 bytes");
        answer[4..6].copy_from_slice(&(3 + u16::from(bytes)).to_be_bytes());
        answer.extend([request[6], request[7], bytes]);
        answer.extend(data);
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}
