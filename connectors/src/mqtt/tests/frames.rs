//! What the frame log of a broker's connection shows, and what not.

use std::fmt::Write;

use latchwork_config::connections::FrameLogSettings;

use super::VERSIONS;
use super::bench::{Bench, as_user, mqtt};
use super::broker::Broker;
use super::publisher::Publisher;

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, " {byte:02x}").unwrap();
        hex
    })
}

#[tokio::test]
async fn each_packet_is_logged_and_no_password_is() {
    for version in VERSIONS {
        let broker = Broker::start();
        let file = std::env::temp_dir().join(format!("latchwork-broker-frames-{}.log", std::process::id()));
        let _absent = std::fs::remove_file(&file);
        let settings = FrameLogSettings { file: file.clone(), bytes_max: 1 << 20 };
        let mut bench = Bench::logging(as_user(mqtt(version, broker.port), "operator", "secret"), settings);
        bench.expect(&["broker up"]).await;
        Publisher::connect(broker.port).await.publish("any", "hello").await;
        bench.expect(&["Any hello Good"]).await;
        bench.stop().await;
        let log = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let lines: Vec<&str> = log.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        assert!(lines[0].starts_with("= connected to 127.0.0.1:"), "{log}");
        assert!(lines[1].starts_with("> ") && lines[1].ends_with(" …") && lines[1].contains(": 10 "), "{log}");
        assert!(lines[2].starts_with("< ") && lines[2].contains(": 20 "), "{log}");
        let message = lines.iter().find(|line| line.contains(&hex("hello"))).expect("the message is logged");
        assert!(message.starts_with("< ") && message.contains(&hex("any")), "{message}");
        // Acknowledged, and a farewell at the end.
        assert!(lines.iter().any(|line| line.starts_with("> 4: 40 02")), "{log}");
        assert!(lines.last().unwrap().contains(": e0 "), "{log}");
        assert!(!log.contains(&hex("secret")), "{log}");
    }
}
