//! What 8,000 operations cost: the program as people start it, in front of a Modbus server and of a broker in this process.
//!
//! `cargo bench -p latchwork-tests --bench load`, after `cargo build --release`; `LATCHWORK_PROGRAM` names another
//! program. CPU time and memory are what Linux tells of the gateway's process (`/proc`); the generator's CPU time, which
//! the broker is part of, stands beside it, and what a program takes that only asks or listens (`bare`).

mod bare;
mod device;
#[path = "../common/program.rs"]
mod program;
mod usage;

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use latchwork_config::connections::MqttVersion;
use latchwork_connectors::simulator::broker::Broker;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use device::{Device, serve};
use program::program;
use usage::Usage;

/// Operations configured.
const OPERATIONS: u16 = 8_000;
/// How often each register is read: 10,000 samples a second of 8,000.
const PERIOD_MILLIS: u64 = 800;
/// Messages a second for the one tag that all operations read.
const MESSAGES_PER_SECOND: u64 = 800;
/// How long the load lasts before it is measured, and then while it is.
const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(20);

fn main() -> io::Result<()> {
    if bare::is_asked_for() {
        return bare::run();
    }
    let program = program();
    let directory = std::env::temp_dir().join(format!("latchwork-load-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    println!("{OPERATIONS} operations, each on a register of its own, read every {PERIOD_MILLIS} ms");
    for toggle_seconds in [0, 50] {
        let device = Arc::new(Device::new(toggle_seconds));
        let address = runtime.block_on(serve(Arc::clone(&device)))?;
        match toggle_seconds {
            0 => println!("  values move, no level does"),
            seconds => println!("  and every level changes each {seconds} s on average"),
        }
        let plant = directory.join(format!("registers-{toggle_seconds}.toml"));
        std::fs::write(&plant, registers(address, &plant))?;
        measure(&program, &plant, &device.registers)?;
        if toggle_seconds == 0 {
            measure_bare("the Modbus library's client alone", bare::Asked::Registers(address))?;
        }
    }
    println!("{OPERATIONS} operations on one tag, {MESSAGES_PER_SECOND} messages a second over MQTT, no level moves");
    let broker = runtime.block_on(Broker::start(0, MqttVersion::V4)).map_err(io::Error::other)?;
    let published = Arc::new(AtomicU64::new(0));
    runtime.spawn(publish(broker.address(), Arc::clone(&published)));
    let plant = directory.join("one-tag.toml");
    std::fs::write(&plant, one_tag(broker.address(), &plant))?;
    measure(&program, &plant, &published)?;
    measure_bare("the MQTT library's client alone", bare::Asked::Messages(broker.address()))?;
    std::fs::remove_dir_all(&directory)
}

/// Starts the gateway twice, the second time with its store, and prints what it cost.
fn measure(program: &Path, plant: &Path, samples: &AtomicU64) -> io::Result<()> {
    let (mut gateway, cold) = start(program, plant)?;
    stop(&mut gateway)?;
    let (mut gateway, warm) = start(program, plant)?;
    std::thread::sleep(WARM_UP);
    let (own, samples_before) = (Usage::of(std::process::id())?, samples.load(Ordering::Relaxed));
    let (share, seconds) = watched(&gateway)?;
    let given = samples.load(Ordering::Relaxed) - samples_before;
    let generator = Usage::of(std::process::id())?.cpu_seconds - own.cpu_seconds;
    let memory = Usage::of(gateway.id())?;
    println!("    samples/s          {:>8.0}", lossless(given) / seconds);
    println!("    CPU of one core    {share:>8.2} %");
    println!("    generator's        {:>8.1} %", 100.0 * generator / seconds);
    println!("    memory             {:>8.1} MB, at most {:.1} MB", memory.megabytes, memory.most_megabytes);
    println!("    start, new store   {:>8.0} ms", cold.as_secs_f64() * 1e3);
    println!("    start, its store   {:>8.0} ms", warm.as_secs_f64() * 1e3);
    stop(&mut gateway)
}

/// Prints what a program costs that gives the same to nobody.
fn measure_bare(name: &str, asked: bare::Asked) -> io::Result<()> {
    let mut client = asked.start()?;
    std::thread::sleep(WARM_UP);
    let share = watched(&client);
    client.kill()?;
    client.wait()?;
    println!("  {name}");
    println!("    CPU of one core    {:>8.2} %", share?.0);
    Ok(())
}

/// Watches a process; returns its share of a core in per cent, and for how many seconds it was watched.
fn watched(process: &Child) -> io::Result<(f64, f64)> {
    let (before, begun) = (Usage::of(process.id())?, Instant::now());
    std::thread::sleep(MEASURED);
    let (after, seconds) = (Usage::of(process.id())?, begun.elapsed().as_secs_f64());
    Ok((100.0 * (after.cpu_seconds - before.cpu_seconds) / seconds, seconds))
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2⁵³")]
const fn lossless(count: u64) -> f64 {
    count as f64
}

/// Starts the gateway; returns it when it runs, and how long that took.
fn start(program: &Path, plant: &Path) -> io::Result<(Child, Duration)> {
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.arg("run").arg("-c").arg(plant).env_remove("RUST_LOG");
    let mut gateway = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut messages = BufReader::new(gateway.stderr.take().expect("standard error is a pipe")).lines();
    let runs = messages.by_ref().map_while(Result::ok).find(|line| line.contains("gateway runs"));
    let lasted = begun.elapsed();
    assert!(runs.is_some(), "the gateway does not run: `latchwork run -c {}`", plant.display());
    std::thread::spawn(move || messages.map_while(Result::ok).for_each(drop));
    Ok((gateway, lasted))
}

fn stop(gateway: &mut Child) -> io::Result<()> {
    let status = Command::new("kill").arg("-TERM").arg(gateway.id().to_string()).status()?;
    assert!(status.success() && gateway.wait()?.success(), "a gateway ends cleanly");
    Ok(())
}

fn head(plant: &Path) -> String {
    format!("[gateway]\nid = \"load\"\ndata_directory = '{}'\n", plant.with_extension("data").display())
}

/// A plant whose operations each have a register.
fn registers(device: SocketAddr, plant: &Path) -> String {
    let mut text = head(plant);
    writeln!(
        text,
        "[[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"{device}\"\nperiod_millis = {PERIOD_MILLIS}"
    )
    .expect("a string takes it");
    for index in 0..OPERATIONS {
        writeln!(
            text,
            "[[tags]]\npath = \"Speed{index}\"\ntype = \"int\"\nconnection = \"plc\"\naddress = \"holding:{index}\"\n\
             [[operations]]\nname = \"Run {index}\"\nlocation = \"Load\"\n\
             start_trigger_expression = \"{{Speed{index}}} > 500\"\nstop_trigger_expression = \"{{Speed{index}}} > 500\""
        )
        .expect("a string takes it");
    }
    text
}

/// A plant whose operations all read one tag, each with a bound of its own.
fn one_tag(broker: SocketAddr, plant: &Path) -> String {
    let mut text = head(plant);
    writeln!(
        text,
        "[[connections]]\nname = \"broker\"\ntype = \"mqtt\"\nurl = \"mqtt://{broker}\"\n\
         [[tags]]\npath = \"Speed\"\ntype = \"float\"\nconnection = \"broker\"\ntopic = \"speed\"\n"
    )
    .expect("a string takes it");
    for index in 0..OPERATIONS {
        writeln!(
            text,
            "[[operations]]\nname = \"Run {index}\"\nlocation = \"Load\"\n\
             start_trigger_expression = \"{{Speed}} > {bound}\"\nstop_trigger_expression = \"{{Speed}} > {bound}\"",
            bound = 1000 + index
        )
        .expect("a string takes it");
    }
    text
}

/// Publishes a number that moves, in even steps of time. MQTT 3.1.1 by hand, for nothing is acknowledged here.
async fn publish(broker: SocketAddr, published: Arc<AtomicU64>) -> io::Result<()> {
    let mut client = TcpStream::connect(broker).await?;
    client.write_all(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04load").await?;
    client.read_exact(&mut [0; 4]).await?;
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / MESSAGES_PER_SECOND));
    loop {
        ticks.tick().await;
        let count = published.fetch_add(1, Ordering::Relaxed);
        let payload = format!("{}.{:03}", count % 900, count % 1000);
        let length = u8::try_from(2 + 5 + payload.len()).map_err(io::Error::other)?;
        let mut packet = vec![0x30, length, 0, 5];
        packet.extend_from_slice(b"speed");
        packet.extend_from_slice(payload.as_bytes());
        client.write_all(&packet).await?;
    }
}
