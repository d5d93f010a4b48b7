//! The MQTT publisher: tells a broker what the signals with topics show.
//!
//! What nobody takes is not kept: as a sensor does, it tells what it shows whenever it has connected, and what changes
//! from then on. One task drives the client, so that connecting is never begun anew because of a message; the other
//! hands it the messages.

use std::sync::Arc;
use std::time::Duration;

use rumqttc_v4::{AsyncClient, Event, EventLoop, MqttOptions, Packet, PublishOptions, QoS};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::scenario::{MqttBroker, Scenario, TopicBinding};
use crate::limits::{PUBLISH_QUEUE_MAX, SIMULATED_SIGNALS_MAX};

/// A message to tell.
#[derive(Debug)]
pub(super) struct Message {
    /// The signal, in the order of the scenario.
    pub(super) signal: usize,
    /// What is told.
    pub(super) payload: String,
}

/// Whether the broker is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Down,
    Up,
}

/// How long to wait before connecting again, at first.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// How long at most; it doubles up to here.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How long the broker has to hear that the publisher goes.
const LEAVE_MAX: Duration = Duration::from_millis(500);
/// How often the link is tested, in seconds.
const KEEP_ALIVE_SECONDS: u16 = 30;

/// Starts the publisher's tasks; they end when it is stopped.
pub(super) fn start(
    tasks: &mut JoinSet<()>,
    scenario: &Arc<Scenario>,
    broker: &MqttBroker,
    messages: mpsc::Receiver<Message>,
    stop: &CancellationToken,
) {
    // Everything that is shown may be told at once, and the queue of messages after it.
    let room = SIMULATED_SIGNALS_MAX + PUBLISH_QUEUE_MAX;
    let (client, mut events) = AsyncClient::builder(options(broker)).capacity(room).build();
    let mut network = events.network_options();
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    let (link, link_changes) = watch::channel(Link::Down);
    tasks.spawn(drive(events, client.clone(), link, stop.clone()));
    let latest = vec![None; scenario.signals.len()];
    let teller = Teller { scenario: Arc::clone(scenario), client, latest, lost: 0 };
    tasks.spawn(teller.run(messages, link_changes, stop.clone()));
}

fn options(broker: &MqttBroker) -> MqttOptions {
    let mut options = MqttOptions::new(broker.client_id.clone(), (broker.host.clone(), broker.port));
    options.set_keep_alive(KEEP_ALIVE_SECONDS);
    if let Some((user, password)) = &broker.login {
        options.set_credentials(user.clone(), password.0.clone());
    }
    options
}

/// Connects, and connects again, until it is stopped.
async fn drive(mut events: EventLoop, client: AsyncClient, link: watch::Sender<Link>, stop: CancellationToken) {
    let mut pause = PAUSE_MIN;
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => break,
            event = events.poll() => event,
        };
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                info!("simulated machines are connected to the broker");
                link.send_replace(Link::Up);
                pause = PAUSE_MIN;
            }
            Ok(_) => {}
            Err(error) => {
                warn!(%error, pause_millis = pause.as_millis(), "simulated machines have no broker");
                link.send_replace(Link::Down);
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
                }
            }
        }
    }
    leave(events, &client).await;
}

/// Says good-bye, so that the broker does not take the end for a fault.
async fn leave(mut events: EventLoop, client: &AsyncClient) {
    if client.try_disconnect().is_ok() {
        let silence = async { while events.poll().await.is_ok() {} };
        let told = tokio::time::timeout(LEAVE_MAX, silence).await.is_ok();
        debug!(told, "simulated machines left the broker");
    }
}

/// Hands messages to the client.
struct Teller {
    scenario: Arc<Scenario>,
    client: AsyncClient,
    /// What each signal last had to tell.
    latest: Vec<Option<String>>,
    lost: u64,
}

impl Teller {
    async fn run(
        mut self,
        mut messages: mpsc::Receiver<Message>,
        mut link: watch::Receiver<Link>,
        stop: CancellationToken,
    ) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = link.changed() => match changed {
                    Ok(()) if *link.borrow_and_update() == Link::Up => self.tell_all(),
                    Ok(()) => {}
                    Err(_) => return,
                },
                message = messages.recv() => match message {
                    Some(message) => {
                        let up = *link.borrow() == Link::Up;
                        self.take(message, up);
                    }
                    None => return,
                },
            }
        }
    }

    fn take(&mut self, message: Message, up: bool) {
        if up {
            self.tell(message.signal, message.payload.clone());
        }
        self.latest[message.signal] = Some(message.payload);
    }

    fn tell_all(&mut self) {
        for signal in 0..self.latest.len() {
            if let Some(payload) = self.latest[signal].clone() {
                self.tell(signal, payload);
            }
        }
    }

    fn tell(&mut self, signal: usize, payload: String) {
        let Some(binding) = &self.scenario.signals[signal].topic else { return };
        let options = PublishOptions::new(quality(binding)).retain(binding.retained);
        if self.client.try_publish(binding.topic.clone(), payload, options).is_err() {
            if self.lost == 0 {
                warn!(topic = binding.topic, "simulated machines have more to tell than the broker takes");
            }
            self.lost += 1;
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        if self.lost > 0 {
            warn!(lost = self.lost, "simulated machines had messages that the broker did not take");
        }
    }
}

const fn quality(binding: &TopicBinding) -> QoS {
    match binding.qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}
