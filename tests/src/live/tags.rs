//! `latchwork tags` beside a gateway that runs, and the tags of its configuration as a table.

use std::process::{Command, Output};

use serde_json::Value as Json;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;

fn tags(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(["tags"]).args(arguments).current_dir(folder.path()).env_remove("RUST_LOG").output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_tags_of_a_running_gateway_are_shown() {
    let (folder, port) = (Folder::new("tags"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Line1/Batch", "broker", "batch");
    folder.configure(&plant.topic("Line1/Other", "broker", "other").derived("Line2/Is", "{Line1/Batch} = 'B-1'"));
    let broker = Broker::start(&folder, port);
    let gateway = Gateway::start(&folder);
    broker.publish("batch", "B-1");
    let row = until("the message", || {
        let lines = text(&tags(&folder, &["-c", "plant.toml", "--json", "--filter", "batch"]));
        let row: Json = serde_json::from_str(lines.trim()).ok()?;
        (row["quality"] == "Good").then_some(row)
    });
    assert_eq!((row["path"].as_str(), row["value"].as_str()), (Some("Line1/Batch"), Some("B-1")));
    assert!(row["source"].as_str().unwrap().starts_with("broker mqtt"), "{row}");
    let table = text(&tags(&folder, &["-c", "plant.toml", "--filter", "Line*"]));
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("PATH") && lines[0].contains("SOURCE"), "{table}");
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[3].starts_with("Line2/Is") && lines[3].contains("true") && lines[3].ends_with("derived"), "{table}");
    gateway.stop();
    let after = tags(&folder, &["-c", "plant.toml"]);
    assert_eq!(after.status.code(), Some(3), "{after:?}");
}

#[test]
fn tags_go_into_a_table_and_come_back_as_they_were() {
    let folder = Folder::new("tag-tables");
    folder.write(
        "plant.toml",
        r#"include = ["more.toml"]
[[connections]]
name = "plc"
type = "modbus-tcp"
address = "127.0.0.1:502"
[[tags]]
path = "Line1/Speed"
type = "float"
connection = "plc"
address = "40013"
scale = 0.1
unit = "bottles/min"
notes = "says \"fast\", or not\nin two lines"
[[tags]]
path = "Line1/Other"
connection = "plc"
address = "2!HR7"
[[tags]]
path = "Order"
type = "string"
initial = "17"
"#,
    );
    folder.write("more.toml", "");
    let csv = text(&tags(&folder, &["export", "-c", "plant.toml"]));
    let header = "path,type,connection,address,scale,unit,notes,initial";
    assert_eq!(csv.lines().next(), Some(header), "{csv}");
    assert!(csv.contains("\nOrder,string,,,,,,\"\"\"17\"\"\"\n"), "{csv}");
    folder.write("tags.csv", &csv);
    text(&tags(&folder, &["import", "tags.csv", "-o", "tags.toml"]));
    let refused = tags(&folder, &["import", "tags.csv", "-o", "tags.toml"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    // The same tags out of the file that was made.
    let rest = "include = [\"tags.toml\"]\n[[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:502\"\n";
    folder.write("plant.toml", rest);
    assert_eq!(text(&tags(&folder, &["export", "-c", "plant.toml"])), csv);
    // As a spreadsheet may write it.
    folder.write("tags.csv", &csv.replace(',', ";"));
    text(&tags(&folder, &["import", "tags.csv", "-o", "tags.toml", "--force"]));
    folder.write("bad.csv", "type;path\nint;A\nint;A\nint\nint;\n");
    let bad = tags(&folder, &["import", "bad.csv"]);
    let told = String::from_utf8(bad.stderr).unwrap();
    assert_eq!(bad.status.code(), Some(1));
    assert_eq!(told.lines().count(), 2, "{told}");
}
