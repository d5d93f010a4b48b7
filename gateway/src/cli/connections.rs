//! `latchwork connections`: how the connections of a running gateway stand, and what they counted.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::Format;
use super::columns::aligned;
use super::ops::Reach;
use super::remote::RemoteArguments;
use crate::exit::{Exit, Failure, write_failure};

/// What `connections` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The gateway's configuration: it says where the data directory is.
    #[arg(short, long = "config", value_name = "FILE", conflicts_with = "socket")]
    config: Option<PathBuf>,
    /// The gateway's socket, instead of the one in the data directory.
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    #[command(flatten)]
    remote: RemoteArguments,
    /// Tables for people, or one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let remote = arguments.remote.remote(None)?;
    let (reach, _) = Reach::of(arguments.config.as_deref(), arguments.socket.as_deref(), remote)?;
    let mut answer = reach.exchange(&json!({"connections": {}}))?;
    let Json::Array(connections) = answer["connections"].take() else {
        return Err(Failure::new(Exit::Fault, answer["detail"].as_str().unwrap_or("the gateway does not tell")));
    };
    let text = if arguments.json || arguments.format == Format::Json {
        let lines: Vec<String> = connections.iter().map(ToString::to_string).collect();
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    } else {
        text(&connections)
    };
    let written = io::stdout().write_all(text.as_bytes());
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}

/// Returns the tables of the connections, and of what they counted.
fn text(connections: &[Json]) -> String {
    let mut standings = vec![row(["CONNECTION", "TYPE", "STATE", "SINCE", "REASON"])];
    let mut counts = vec![row(["CONNECTION", "COUNT", "NUMBER"])];
    for connection in connections {
        let word = |key: &str| connection[key].as_str().unwrap_or_default();
        standings.push(row([word("connection"), word("type"), word("state"), word("since"), word("reason")]));
        let counted = connection["counts"].as_object().into_iter().flatten();
        let seen = counted.filter(|(_, number)| number.as_u64() != Some(0));
        counts.extend(seen.map(|(name, number)| row([word("connection"), name, &number.to_string()])));
    }
    format!("{}\n{}", aligned(&standings), aligned(&counts))
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_what_is_not_nothing_are_shown() {
        let connections = [
            json!({
                "connection": "plc", "type": "modbus", "state": "up", "since": "2026-03-02T06:00:00.000000Z",
                "reason": null, "counts": {"requests": 1200, "timeouts": 0, "exceptions": 3},
            }),
            json!({
                "connection": "broker", "type": "mqtt", "state": "down", "since": "2026-03-02T06:01:00.000000Z",
                "reason": "Connection refused", "counts": {"messages": 0},
            }),
        ];
        let expected = "\
CONNECTION  TYPE    STATE  SINCE                        REASON
plc         modbus  up     2026-03-02T06:00:00.000000Z
broker      mqtt    down   2026-03-02T06:01:00.000000Z  Connection refused

CONNECTION  COUNT       NUMBER
plc         requests    1200
plc         exceptions  3
";
        assert_eq!(text(&connections), expected);
    }
}
