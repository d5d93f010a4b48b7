//! `latchwork explain` beside `latchwork run`: how things stand now, and at moments that the black box has.

use std::process::{Command, Output};

use serde_json::Value as Json;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;

/// A hold that no test waits for.
const HOLD: &str = "start_hold_millis = 3600000\n";

fn explain(folder: &Folder, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("explain").args(words).current_dir(folder.path()).output().unwrap()
}

/// Asks what is answered; returns the answer.
fn answered(folder: &Folder, words: &[&str]) -> String {
    let output = explain(folder, words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Asks what is refused with an exit code; returns what people are told.
fn refused(folder: &Folder, words: &[&str], code: i32) -> String {
    let output = explain(folder, words);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    told
}

fn now(folder: &Folder) -> Json {
    let words = ["-c", "plant.toml", "--operation", "Filling", "--format", "json"];
    serde_json::from_str(&answered(folder, &words)).unwrap()
}

fn start(folder: &Folder) -> Gateway {
    let mut command = Command::new(program());
    let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), folder);
    gateway.wait_for_message("gateway runs", 1);
    gateway
}

#[test]
fn a_running_gateway_says_why_nothing_starts() {
    let (folder, port) = (Folder::new("explain"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", 1).operation("Filling", "{Filler} = 1");
    let held = plant.text().replace("start_trigger_expression", &format!("{HOLD}start_trigger_expression"));
    folder.write("plant.toml", &held);
    let (gateway, ledger) = (start(&folder), folder.ledger());
    let dark = now(&folder);
    assert_eq!((&dark["status"], &dark["start"]["known"]), (&"IDLE".into(), &false.into()));
    assert!(dark["verdict"][0].as_str().unwrap().contains("`Filler` "), "{dark}");

    let mut device = Device::start(port, &[]);
    ledger.wait_for_quality("Filler", "Good");
    device.set(1, 1);
    let pending =
        super::patience::until("the hold", || Some(now(&folder)).filter(|now| !now["start"]["pending"].is_null()));
    assert_eq!(pending["start"]["pending"]["hold_seconds"], 3600.0);
    assert_eq!(pending["start"]["pending"]["then"]["opens"], true);
    device.set(1, 0);
    let missed =
        super::patience::until("the miss", || Some(now(&folder)).filter(|now| !now["start"]["missed"].is_null()));
    let words = missed["start"]["missed"]["text"].as_str().unwrap();
    assert!(words.starts_with("rose for ") && words.ends_with(" of the 60 min hold, then fell"), "{words}");

    let text = answered(&folder, &["-c", "plant.toml", "--operation", "Line:Filling"]);
    assert!(
        text.starts_with("Filling at Line, ") && text.contains("It is not running. The start level is false"),
        "{text}"
    );
    assert!(text.contains("of the running gateway"), "{text}");
    assert!(refused(&folder, &["-c", "plant.toml", "--operation", "Fillin"], 1).contains("did you mean `Filling`?"));

    // A moment that is past is in the black box, and the program says how to name it.
    let at = missed["start"]["missed"]["at"].as_str().unwrap();
    let past = ["-c", "plant.toml", "--operation", "Filling", "--at", at];
    assert!(refused(&folder, &past, 2).contains("box/gw-live-*.lwt.zst"));
    gateway.stop();
    let pattern = folder.join("box/gw-live-*.lwt.zst");
    let line = format!("\"$0\" explain --operation Filling --at {at} --format json {}", pattern.display());
    let output = Command::new("sh").args(["-c", &line]).arg(program()).output().unwrap();
    let past: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(past["start"]["missed"], missed["start"]["missed"], "{}", String::from_utf8_lossy(&output.stderr));
    assert!(past["verdict"][0].as_str().unwrap().starts_with("It did not start at "), "{past}");
    assert!(refused(&folder, &["-c", "plant.toml", "--operation", "Filling"], 3).starts_with("no gateway answers"));
}
