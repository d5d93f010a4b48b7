//! The tags of a running gateway, asked for over its socket or over HTTP.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use latchwork_expr::{Timestamp, instant_of};
use serde_json::{Value as Json, json};

use super::Show;
use super::table::{Rates, table};
use crate::cli::Format;
use crate::cli::ops::Reach;
use crate::cli::runtime::{block_on, control_for};
use crate::exit::{Exit, Failure, write_failure};

/// Shortest time between two looks: each asks the gateway's own loop.
const EVERY_MIN: Duration = Duration::from_millis(100);

/// Puts the cursor in the corner and empties the terminal.
const CLEAR: &str = "\x1b[H\x1b[2J";

/// What the tags show at a moment.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) now: Option<Timestamp>,
    pub(super) tags: Vec<Json>,
}

/// Shows the tags once, or until it is ended.
pub(super) fn run(show: &Show) -> Result<Exit, Failure> {
    let (reach, _) = Reach::of(show.config.as_deref(), show.socket.as_deref(), show.remote.remote(None)?)?;
    let is_json = show.json || show.format == Format::Json;
    if is_json {
        let lines: Vec<String> = look(&reach, &show.filter)?.tags.iter().map(ToString::to_string).collect();
        return write(&lines.iter().flat_map(|line| [line, "\n"]).collect::<String>());
    }
    if show.once || !io::stdout().is_terminal() {
        return write(&table(&look(&reach, &show.filter)?, None));
    }
    block_on(again_and_again(&reach, show))
}

/// Shows the tags until Ctrl-C.
async fn again_and_again(reach: &Reach, show: &Show) -> Result<Exit, Failure> {
    let mut stopped = control_for(None)?;
    let mut rates = Rates::default();
    loop {
        let look = look(reach, &show.filter)?;
        rates.see(&look);
        write(&format!("{CLEAR}{}", table(&look, Some(&rates))))?;
        tokio::select! {
            _stopped = stopped.recv() => return Ok(Exit::Done),
            () = tokio::time::sleep(show.every.max(EVERY_MIN)) => {}
        }
    }
}

/// Asks for the tags, page by page.
fn look(reach: &Reach, filter: &str) -> Result<Look, Failure> {
    let (mut look, mut from) = (Look::default(), json!(0));
    while !from.is_null() {
        let mut answer = reach.exchange(&json!({"tags": {"filter": filter, "from": from}}))?;
        match answer["status"].as_u64() {
            Some(200) => {}
            Some(400..500) => return Err(Failure::new(Exit::Problems, answer["detail"].as_str().unwrap_or_default())),
            Some(_) | None => return Err(Failure::new(Exit::Fault, answer["detail"].as_str().unwrap_or_default())),
        }
        look.now = answer["now"].as_str().and_then(instant_of);
        if let Json::Array(tags) = answer["tags"].take() {
            look.tags.extend(tags);
        }
        from = answer["next"].take();
    }
    Ok(look)
}

fn write(text: &str) -> Result<Exit, Failure> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}
