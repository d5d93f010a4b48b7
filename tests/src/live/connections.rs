//! What people are told of a device that refuses: the code of the exception at the tag, and how often at the connection.

use std::process::Command;

use serde_json::Value as Json;

use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::port::free_port;
use super::program::program;
use super::simulated::Simulated;

/// A device that has one register, and refuses to tell the other.
const SCENARIO: &str = r#"
[modbus]
bind = "127.0.0.1:0"
faults = [{ kind = "exception", code = 4, addresses = "HR11-HR12" }]
[[machines]]
name = "M"
states = [{ name = "On" }]
signals = [
  { name = "A", modbus = "HR1", initial = 17 },
  { name = "B", modbus = "HR11", initial = 18 },
]
"#;

fn output(folder: &Folder, arguments: &[&str]) -> String {
    let mut command = Command::new(program());
    let output = command.args(arguments).current_dir(folder.path()).env_remove("RUST_LOG").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn lines(folder: &Folder, arguments: &[&str]) -> Vec<Json> {
    output(folder, arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn plant(port: u16, gone: u16) -> String {
    format!(
        "[gateway]\nid = \"gw\"\ndata_directory = \"data\"\n\
         [[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:{port}\"\nmax_gap = 0\n\
         [[connections]]\nname = \"gone\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:{gone}\"\n\
         [[tags]]\npath = \"A\"\ntype = \"int\"\nconnection = \"plc\"\naddress = \"HR1\"\n\
         [[tags]]\npath = \"B\"\ntype = \"int\"\nconnection = \"plc\"\naddress = \"HR11\"\n\
         [[tags]]\npath = \"C\"\ntype = \"int\"\nconnection = \"gone\"\naddress = \"HR1\"\n"
    )
}

#[test]
fn the_code_of_an_exception_is_at_the_tag_and_counted() {
    let (folder, port, gone) = (Folder::new("connections"), free_port(), free_port());
    folder.write("plant.toml", &plant(port, gone));
    folder.write("scenario.toml", SCENARIO);
    let device = Simulated::start(&folder, "scenario.toml", port, 1);
    let tried = output(&folder, &["check", "-c", "plant.toml", "--connect"]);
    assert!(tried.contains("exception 4: Server device failure"), "{tried}");

    let gateway = Gateway::start(&folder);
    let tags = until("the readings", || {
        let tags = lines(&folder, &["tags", "-c", "plant.toml", "--json"]);
        (tags[0]["quality"] == "Good" && tags[1]["diagnostic"].is_string() && tags[2]["diagnostic"].is_string())
            .then_some(tags)
    });
    assert_eq!((&tags[0]["value"], &tags[0]["diagnostic"]), (&17.into(), &Json::Null));
    let refused = (&tags[1]["quality"], &tags[1]["diagnostic"]);
    assert_eq!(refused, (&"Bad_Failure".into(), &"exception 4: Server device failure".into()));
    assert!(tags[2]["diagnostic"].as_str().unwrap().contains("refused"), "{}", tags[2]);
    let connections = lines(&folder, &["connections", "-c", "plant.toml", "--json"]);
    let (plc, other) = (&connections[0], &connections[1]);
    assert_eq!((&plc["connection"], &plc["state"], &plc["reason"]), (&"plc".into(), &"up".into(), &Json::Null));
    assert!(
        plc["counts"]["exceptions"].as_u64().unwrap() > 0 && plc["counts"]["answers"].as_u64().unwrap() > 0,
        "{plc}"
    );
    assert_eq!(other["state"], "down");
    assert!(other["reason"].as_str().unwrap().contains("refused"), "{other}");
    let table = output(&folder, &["connections", "-c", "plant.toml"]);
    assert!(
        table.starts_with("CONNECTION  TYPE    STATE  SINCE") && table.contains("\nplc         exceptions "),
        "{table}"
    );
    gateway.stop();
    device.ended();
}
