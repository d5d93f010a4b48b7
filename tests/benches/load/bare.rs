//! What cannot be saved: the libraries' own clients, alone in a process, that ask for the same registers or listen to the
//! same messages and look at nothing.

use std::io;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rumqttc_v4::{AsyncClient, MqttOptions, QoS};
use tokio_modbus::client::{Reader, tcp};

use crate::{OPERATIONS, PERIOD_MILLIS};

/// How many registers one request can ask for.
const REGISTERS_MAX: u16 = 125;

/// How many requests follow one another without a pause, as the gateway's do.
const GROUP: u16 = 4;

/// The words that this program is started with to be a client.
const REGISTERS: &str = "bare-registers";
const MESSAGES: &str = "bare-messages";

/// What a client asks for, and whom.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    /// All registers of a Modbus server, each once a period.
    Registers(SocketAddr),
    /// The messages of a broker.
    Messages(SocketAddr),
}

impl Asked {
    /// Starts the client.
    pub(crate) fn start(self) -> io::Result<Child> {
        let (word, address) = match self {
            Self::Registers(address) => (REGISTERS, address),
            Self::Messages(address) => (MESSAGES, address),
        };
        Command::new(std::env::current_exe()?).arg(word).arg(address.to_string()).stdout(Stdio::null()).spawn()
    }
}

/// Tells whether this process is to be a client.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().nth(1).is_some_and(|word| [REGISTERS, MESSAGES].contains(&&*word))
}

/// Is a client until it is killed.
pub(crate) fn run() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (word, address) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let address = address.parse().map_err(io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { if word == REGISTERS { poll(address).await } else { listen(address).await } })
}

async fn poll(device: SocketAddr) -> io::Result<()> {
    let mut client = tcp::connect(device).await?;
    let requests = OPERATIONS.div_ceil(REGISTERS_MAX);
    let mut ticks = tokio::time::interval(Duration::from_millis(PERIOD_MILLIS) / u32::from(requests.div_ceil(GROUP)));
    loop {
        for request in 0..requests {
            if request % GROUP == 0 {
                ticks.tick().await;
            }
            let first = request * REGISTERS_MAX;
            let count = REGISTERS_MAX.min(OPERATIONS - first);
            let _exception = client.read_holding_registers(first, count).await.map_err(io::Error::other)?;
        }
    }
}

async fn listen(broker: SocketAddr) -> io::Result<()> {
    let (client, mut events) =
        AsyncClient::builder(MqttOptions::new("bare", (broker.ip().to_string(), broker.port()))).build();
    client.subscribe("speed", QoS::AtLeastOnce).await.map_err(io::Error::other)?;
    loop {
        events.poll().await.map_err(io::Error::other)?;
    }
}
