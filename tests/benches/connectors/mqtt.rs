//! JSON messages through triggers, from a publisher over mosquitto; and how many a bare client of the library takes.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rumqttc_v4::{AsyncClient, Event, MqttOptions, Packet, QoS};

use super::process::{Gateway, Running, Usage, lossless, part};

/// Messages of a run.
const MESSAGES: u64 = 400_000;
/// A level changes each so many messages: so many records show that none was lost before a trigger.
const MESSAGES_A_LEVEL: u64 = 500;
/// What is offered at quality 0, in messages a second; 0 is as fast as it goes.
const RATES: [u64; 4] = [20_000, 40_000, 60_000, 0];
/// Messages at quality 1 that the publisher leaves unacknowledged.
const WINDOW: u64 = 1_000;
/// How long nothing may come until the rest is taken for lost.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// Prints what each part gives.
pub(super) fn bench(folder: &Path) -> io::Result<()> {
    println!("MQTT, {MESSAGES} JSON messages of one topic over mosquitto, two conditions on each");
    for (qos, rates) in [("0", &RATES[..]), ("1", &[0])] {
        for rate in rates {
            ours(folder, qos, *rate)?;
        }
        bare(folder, qos)?;
    }
    Ok(())
}

fn offered(rate: u64) -> String {
    if rate == 0 { "as fast as it goes".to_owned() } else { format!("{rate}/s") }
}

fn ours(folder: &Path, qos: &str, rate: u64) -> io::Result<()> {
    let (broker, address) = broker(folder)?;
    let plant = folder.join(format!("mqtt-{qos}-{rate}.toml"));
    std::fs::write(&plant, text(&plant, &address, qos))?;
    let gateway = Gateway::start(&plant, 1)?;
    let (used, begun) = (gateway.process.usage()?, Instant::now());
    let (_publisher, mut lines) = part(&["publisher", &address, qos, &rate.to_string(), &MESSAGES.to_string()])?;
    let published = lines.next().ok_or_else(|| io::Error::other("the publisher has ended"))?;
    let (before, is_whole) = gateway.wait_for("operation=\"End\"", SILENCE_MAX);
    let lasted = begun.elapsed().saturating_sub(if is_whole { Duration::ZERO } else { SILENCE_MAX });
    let runs = before.iter().filter(|line| line.contains("operation=\"Level\"") && line.contains("started")).count();
    let lost = before.iter().filter(|line| line.contains("lost")).count();
    println!(
        "  quality {qos}, {} ({published}): {:>7.0} messages/s to the last committed record, {runs} of {} records, \
         {lost} losses told, CPU {:.0} %, mosquitto's {:.0} %",
        offered(rate),
        lossless(MESSAGES) / lasted.as_secs_f64(),
        MESSAGES / MESSAGES_A_LEVEL / 2,
        gateway.process.usage()?.share_since(&used, lasted),
        broker.usage()?.share_since(&Usage::default(), lasted),
    );
    Ok(())
}

/// Counts what a client takes that does nothing else.
fn bare(folder: &Path, qos: &str) -> io::Result<()> {
    let (_broker, address) = broker(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (taken, lasted) = runtime.block_on(take(&address, qos))?;
    let rate = lossless(taken) / lasted.as_secs_f64();
    println!("  quality {qos}, rumqttc alone, as fast as it goes: {rate:>7.0} messages/s, {taken} of {MESSAGES}");
    Ok(())
}

async fn take(address: &str, qos: &str) -> io::Result<(u64, Duration)> {
    let (host, port) = address.split_once(':').ok_or_else(|| io::Error::other("host and port"))?;
    let port: u16 = port.parse().map_err(io::Error::other)?;
    let (client, mut events) =
        AsyncClient::builder(MqttOptions::new("bare", (host.to_owned(), port))).capacity(10).build();
    let quality = if qos == "0" { QoS::AtMostOnce } else { QoS::AtLeastOnce };
    client.subscribe("line/speed", quality).await.map_err(io::Error::other)?;
    let (mut taken, mut publisher, mut begun) = (0, None, Instant::now());
    while let Ok(event) = tokio::time::timeout(SILENCE_MAX, events.poll()).await {
        match event.map_err(io::Error::other)? {
            Event::Incoming(Packet::SubAck(_)) => {
                publisher = Some(part(&["publisher", address, qos, "0", &MESSAGES.to_string()])?);
                begun = Instant::now();
            }
            Event::Incoming(Packet::Publish(_)) => taken += 1,
            Event::Incoming(_) | Event::Outgoing(_) => {}
        }
        if taken == MESSAGES {
            drop(publisher);
            return Ok((taken, begun.elapsed()));
        }
    }
    Ok((taken, begun.elapsed().saturating_sub(SILENCE_MAX)))
}

fn text(plant: &Path, broker: &str, qos: &str) -> String {
    let mut text =
        format!("[gateway]\nid = \"bench\"\ndata_directory = '{}'\n", plant.with_extension("data").display());
    writeln!(
        text,
        "[[connections]]\nname = \"broker\"\ntype = \"mqtt\"\nurl = \"mqtt://{broker}\"\nclean_start = true\n\
         [[connections.topics]]\nfilter = \"line/speed\"\ntag = \"Speed\"\npayload = \"json\"\nvalue = \"$.speed\"\nqos = {qos}\n\
         [[tags]]\npath = \"Speed\"\ntype = \"int\"\nconnection = \"broker\"\n\
         [[operations]]\nname = \"Level\"\nlocation = \"Bench\"\n\
         start_trigger_expression = \"{{Speed}} > 500\"\nstop_trigger_expression = \"{{Speed}} > 500\"\n\
         [[operations]]\nname = \"End\"\nlocation = \"Bench/End\"\n\
         start_trigger_expression = \"{{Speed}} = -1\"\nstop_trigger_expression = \"{{Speed}} = -1\""
    )
    .expect("a string takes it");
    text
}

/// Starts mosquitto with room for all messages; returns where it listens.
fn broker(folder: &Path) -> io::Result<(Running, String)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let file = folder.join("mosquitto.conf");
    // As root it would become another user, who may not read here.
    std::fs::write(
        &file,
        format!("listener {port} 127.0.0.1\nallow_anonymous true\nuser root\nmax_queued_messages 0\n"),
    )?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("mosquitto");
    command.env("PATH", format!("{path}:/usr/sbin:/usr/local/sbin")).arg("-c").arg(file);
    let broker = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "mosquitto does not listen: tests/live/install.sh gets it");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok((broker, format!("127.0.0.1:{port}")))
}

/// Publishes messages, and prints how fast that went. MQTT 3.1.1 by hand: a client library would be the slowest part.
pub(super) fn publisher(broker: &str, qos: &str, rate: &str, count: &str) -> io::Result<()> {
    let [rate, count] = [rate, count].map(|number| number.parse::<u64>().unwrap_or_default());
    let mut client = TcpStream::connect(broker)?;
    client.write_all(b"\x10\x15\x00\x04MQTT\x04\x02\x00\x3c\x00\x09publisher")?;
    client.read_exact(&mut [0; 4])?;
    let acknowledged = std::sync::Arc::new(AtomicU64::new(0));
    let (mut answers, heard) = (client.try_clone()?, std::sync::Arc::clone(&acknowledged));
    std::thread::spawn(move || {
        // Acknowledgements have four bytes, and nothing else comes.
        while answers.read_exact(&mut [0; 4]).is_ok() {
            heard.fetch_add(1, Ordering::Release);
        }
    });
    let (begun, mut bytes) = (Instant::now(), Vec::new());
    for number in 0..count {
        packet(&mut bytes, number, count, qos == "1");
        let is_ahead = rate > 0 && begun.elapsed().as_secs_f64() * lossless(rate) < lossless(number);
        let is_full = qos == "1" && number + 1 - acknowledged.load(Ordering::Acquire) >= WINDOW;
        if bytes.len() > 4096 || is_ahead || is_full || number + 1 == count {
            client.write_all(&bytes)?;
            bytes.clear();
        }
        while qos == "1" && number + 1 - acknowledged.load(Ordering::Acquire) >= WINDOW {
            std::thread::yield_now();
        }
        if is_ahead {
            std::thread::sleep(Duration::from_micros(500));
        }
    }
    println!("published at {:.0}/s", lossless(count) / begun.elapsed().as_secs_f64());
    // What is still in the socket would be lost with it.
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

/// Adds the packet of a message; the last one says that it is.
fn packet(bytes: &mut Vec<u8>, number: u64, count: u64, is_acknowledged: bool) {
    let level = if (number / MESSAGES_A_LEVEL).is_multiple_of(2) { 200 } else { 600 };
    let speed = if number + 1 == count { "-1".to_owned() } else { (level + number % 100).to_string() };
    let payload = format!("{{\"speed\": {speed}, \"machine\": \"filler\", \"count\": {number}}}");
    let topic = b"line/speed";
    let id_bytes = if is_acknowledged { 2 } else { 0 };
    let length = u8::try_from(2 + topic.len() + id_bytes + payload.len()).unwrap_or(127);
    assert!(length < 128, "one byte holds the length");
    bytes.extend_from_slice(&[if is_acknowledged { 0x32 } else { 0x30 }, length, 0, 10]);
    bytes.extend_from_slice(topic);
    if is_acknowledged {
        // Ids from 1 on, as 0 is none.
        let id = u16::try_from(number % 65_535 + 1).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&id.to_be_bytes());
    }
    bytes.extend_from_slice(payload.as_bytes());
}
