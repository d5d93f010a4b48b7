//! Registers through the whole gateway over one and eight connections, and to the library's own client.

use std::fmt::Write as _;
use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_modbus::client::{Reader, tcp};

use super::process::{Gateway, Running, lossless, part};

/// How long the load lasts before it is measured, and then while it is.
const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(8);
/// Float tags behind one connection: all that 65,536 registers hold but for some.
const TAGS_ALONE: u32 = 30_000;
/// And behind each of eight.
const TAGS_OF_EIGHT: u32 = 12_500;
/// Registers of the largest request for floats.
const BLOCK: u16 = 124;

/// Prints what each part gives.
pub(super) fn bench(folder: &Path) -> io::Result<()> {
    println!("Modbus TCP, float tags in blocks of {BLOCK} registers, polled as fast as it goes");
    for values in ["still", "moving"] {
        println!("  values that are {values}");
        let (device, mut lines) = part(&["device", values])?;
        let address: SocketAddr = told(&mut lines)?;
        for (connections, tags) in [(1_u32, TAGS_ALONE), (8, TAGS_OF_EIGHT)] {
            let before = asked(&device, &mut lines)?;
            let plant = folder.join(format!("modbus-{values}-{connections}.toml"));
            std::fs::write(&plant, text(&plant, address, connections, tags))?;
            let gateway = Gateway::start(&plant, usize::try_from(connections).unwrap_or(usize::MAX))?.process;
            std::thread::sleep(WARM_UP);
            let (used, gave, first, begun) =
                (gateway.usage()?, device.usage()?, asked(&device, &mut lines)?, Instant::now());
            assert!(first > before, "the gateway polls");
            std::thread::sleep(MEASURED);
            let (last, lasted) = (asked(&device, &mut lines)?, begun.elapsed());
            let requests = lossless(last - first) / lasted.as_secs_f64();
            let now = gateway.usage()?;
            println!(
                "    gateway, {connections} connections, {} tags: {:>9.0} tags/s, {requests:>7.0} requests/s, CPU {:>5.1} %, \
                 the device's {:>5.1} %, memory {:>5.1} MB",
                connections * tags,
                requests * f64::from(BLOCK / 2),
                now.share_since(&used, lasted),
                device.usage()?.share_since(&gave, lasted),
                now.most_megabytes
            );
        }
        if values == "still" {
            for connections in [1, 8, 16] {
                peer(address, connections)?;
            }
        }
    }
    Ok(())
}

/// Has the library's client read blocks over some connections, a task each, values unread.
fn peer(address: SocketAddr, connections: usize) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let read = Arc::new(AtomicU64::new(0));
    for _ in 0..connections {
        let read = Arc::clone(&read);
        runtime.spawn(async move {
            let mut client = tcp::connect(address).await.expect("a connection");
            loop {
                client.read_holding_registers(0, BLOCK).await.expect("an answer").expect("no exception");
                read.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    std::thread::sleep(WARM_UP);
    let (first, begun) = (read.load(Ordering::Relaxed), Instant::now());
    std::thread::sleep(MEASURED);
    let requests = lossless(read.load(Ordering::Relaxed) - first) / begun.elapsed().as_secs_f64();
    let tags = requests * f64::from(BLOCK / 2);
    println!("    tokio-modbus, {connections:>2} connections: {tags:>9.0} tags/s' worth, {requests:>7.0} requests/s");
    runtime.shutdown_background();
    Ok(())
}

fn text(plant: &Path, device: SocketAddr, connections: u32, tags: u32) -> String {
    let mut text =
        format!("[gateway]\nid = \"bench\"\ndata_directory = '{}'\n", plant.with_extension("data").display());
    for connection in 0..connections {
        writeln!(
            text,
            "[[connections]]\nname = \"c{connection}\"\ntype = \"modbus-tcp\"\naddress = \"{device}\"\nperiod_millis = 10"
        )
        .expect("a string takes it");
        for tag in 0..tags {
            writeln!(
                text,
                "[[tags]]\npath = \"C{connection}/T{tag}\"\ntype = \"float\"\nconnection = \"c{connection}\"\n\
                 address = \"holding:{}\"",
                tag * 2
            )
            .expect("a string takes it");
        }
    }
    text + "[[operations]]\nname = \"Fast\"\nlocation = \"Bench\"\nstart_trigger_expression = \"{C0/T0} > 1e9\"\n\
            stop_trigger_expression = \"{C0/T0} > 1e9\"\n"
}

/// Returns how many requests the device has answered.
fn asked(device: &Running, lines: &mut impl Iterator<Item = String>) -> io::Result<u64> {
    let mut input = device.0.stdin.as_ref().ok_or_else(|| io::Error::other("standard input is a pipe"))?;
    input.write_all(b"\n")?;
    told(lines)
}

fn told<T: std::str::FromStr>(lines: &mut impl Iterator<Item = String>) -> io::Result<T> {
    let line = lines.next().and_then(|line| line.parse().ok());
    line.ok_or_else(|| io::Error::other("the device has ended"))
}

/// Is a device whose every register can be read; for each line of standard input it prints how many requests it has had.
pub(super) fn device(values: &str) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (asked, is_moving) = (Arc::new(AtomicU64::new(0)), values == "moving");
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let count = Arc::clone(&count);
            std::thread::spawn(move || answer(client, &count, is_moving));
        }
    });
    for _ in io::stdin().lines() {
        println!("{}", asked.load(Ordering::Relaxed));
    }
    Ok(())
}

/// Answers reads of registers until the client goes.
fn answer(client: TcpStream, asked: &AtomicU64, is_moving: bool) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (mut requests, mut client) = (BufReader::new(client.try_clone()?), client);
    let (mut request, mut answers, mut turn) = ([0; 12], Vec::new(), 0_u8);
    loop {
        requests.read_exact(&mut request)?;
        let bytes = request[11].saturating_mul(2);
        turn = turn.wrapping_add(u8::from(is_moving));
        answers.extend_from_slice(&request[..4]);
        answers.extend_from_slice(&(3 + u16::from(bytes)).to_be_bytes());
        answers.extend_from_slice(&[request[6], request[7], bytes]);
        answers.extend((0..bytes / 4).flat_map(|_| [0x3f, 0x80, turn, 0]));
        asked.fetch_add(1, Ordering::Relaxed);
        // What was asked together is answered together.
        if requests.buffer().is_empty() {
            client.write_all(&answers)?;
            answers.clear();
        }
    }
}
