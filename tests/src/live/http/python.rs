//! The client of `examples/jobs`, in another language, beside the plant that stands there.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::port::free_port;

/// Where the example's plant listens.
const ADDRESS: &str = "127.0.0.1:8470";

#[test]
fn the_client_of_the_example_makes_starts_follows_and_completes_a_job() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/jobs");
    let (folder, address) = (Folder::new("http-python"), format!("127.0.0.1:{}", free_port()));
    let plant = fs::read_to_string(example.join("plant.toml")).unwrap();
    assert!(plant.contains(ADDRESS));
    folder.write("plant.toml", &plant.replace(ADDRESS, &address));
    let gateway = Gateway::start(&folder);
    for _ in 0..2 {
        let mut client = Command::new("python3");
        client.arg(example.join("client.py")).args([&format!("http://{address}"), "Line/Assembly"]);
        let output = client.output().unwrap();
        let (said, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{complaint}");
        // Its three requests may be over before it is told anything: all of it is told from the beginning.
        let told: Vec<String> = said.lines().map(told).collect();
        let expected = [
            "leg pending",
            "status pending",
            "leg running",
            "status running",
            "log half of it is done",
            "leg completed",
            "status completed",
        ];
        assert_eq!(told, expected, "{said}");
        assert!(said.ends_with("\"output\":{\"good\":11,\"scrap\":1,\"lost\":0}}\n"), "{said}");
    }
    gateway.stop();
}

/// Returns what kind of message a line has, and its state or text.
fn told(line: &str) -> String {
    let (kind, message) = line.split_once(' ').unwrap();
    let message: Json = serde_json::from_str(message).unwrap();
    let what = message.get("state").or_else(|| message.get("line")).and_then(Json::as_str).unwrap();
    format!("{kind} {what}")
}
