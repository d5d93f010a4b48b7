//! A client that publishes, and knows when the broker has it.

use rumqttc_v4::{AsyncClient, Event, EventLoop, MqttOptions, Outgoing, Packet, PublishOptions, QoS};

use super::within;

pub(super) struct Publisher {
    client: AsyncClient,
    events: EventLoop,
}

impl Publisher {
    pub(super) async fn connect(port: u16) -> Self {
        let mut options = MqttOptions::new("publisher", ("127.0.0.1", port));
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, events) = AsyncClient::builder(options).capacity(10).build();
        let mut publisher = Self { client, events };
        publisher.wait_for(|event| matches!(event, Event::Incoming(Packet::ConnAck(_)))).await;
        publisher
    }

    /// Publishes with `QoS` 1.
    pub(super) async fn publish(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.send(topic, payload.into(), PublishOptions::new(QoS::AtLeastOnce)).await;
        self.wait_for(|event| matches!(event, Event::Incoming(Packet::PubAck(_)))).await;
    }

    /// Publishes a message that the broker keeps, with `QoS` 1.
    pub(super) async fn retain(&mut self, topic: &str, payload: &str) {
        self.send(topic, payload.into(), PublishOptions::new(QoS::AtLeastOnce).retained()).await;
        self.wait_for(|event| matches!(event, Event::Incoming(Packet::PubAck(_)))).await;
    }

    /// Publishes with `QoS` 2.
    pub(super) async fn publish_once(&mut self, topic: &str, payload: &str) {
        self.send(topic, payload.into(), PublishOptions::new(QoS::ExactlyOnce)).await;
        self.wait_for(|event| matches!(event, Event::Incoming(Packet::PubComp(_)))).await;
    }

    /// Publishes with `QoS` 0.
    pub(super) async fn publish_carelessly(&mut self, topic: &str, payload: &str) {
        self.send(topic, payload.into(), PublishOptions::new(QoS::AtMostOnce)).await;
        self.wait_for(|event| matches!(event, Event::Outgoing(Outgoing::Publish(_)))).await;
    }

    async fn send(&mut self, topic: &str, payload: Vec<u8>, options: PublishOptions) {
        self.client.publish(topic, payload, options).await.unwrap();
    }

    async fn wait_for(&mut self, wanted: impl Fn(&Event) -> bool) {
        within(async { while !wanted(&self.events.poll().await.unwrap()) {} }).await;
    }
}
