//! The connector against a real broker, in both versions.

mod bench;
mod broker;
mod encrypted;
mod frames;
mod listening;
mod loss;
mod points;
mod publisher;
mod relay;
mod scripted;
mod sessions;
mod stream;
mod writes;

use std::future::Future;
use std::time::Duration;

use latchwork_config::connections::MqttVersion;
use tokio::time::timeout;

/// Both versions: what holds for one holds for the other.
const VERSIONS: [MqttVersion; 2] = [MqttVersion::V4, MqttVersion::V5];

/// Waits for what must happen; how long it may take says nothing.
async fn within<T>(event: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), event).await.expect("it did not happen within 30 s")
}
