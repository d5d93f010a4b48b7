//! How collecting stands, in tables for people or lines for programs.

use latchwork_expr::instant_text;
use latchwork_store::StoreError;
use latchwork_store::collected::{Collection, CollectorRow, ShownGateway};
use serde_json::{Value as Json, json};

/// How a table is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

/// Returns how collecting stands, a line each.
pub(crate) async fn status(collection: &Collection, form: Form) -> Result<Vec<String>, StoreError> {
    let collectors = collection.collectors().await?;
    let letters = collection.count_dead_letters().await?;
    let mut lines: Vec<String> = match form {
        Form::Text => vec![COLLECTORS.to_owned()],
        Form::Json => Vec::new(),
    };
    lines.extend(collectors.iter().map(|row| collector(row, form)));
    match form {
        Form::Text => {
            lines.extend([String::new(), format!("dead letters: {letters}"), String::new(), GATEWAYS.to_owned()]);
        }
        Form::Json => lines.push(json!({"dead_letters": letters}).to_string()),
    }
    let mut after = String::new();
    loop {
        let page = collection.gateways(&after).await?;
        let Some(last) = page.last() else { return Ok(lines) };
        after.clone_from(&last.id);
        lines.extend(page.iter().map(|row| gateway(row, form)));
    }
}

const COLLECTORS: &str =
    "COLLECTOR             RUNS  SEEN                         EVENTS       REPEATED     DEAD     ASKED    LOST";
const GATEWAYS: &str = "GATEWAY               LOG  UP TO        LAST         MISSING    EVENTS       REPEATED   LOST       \
                        RECOVERED  HEARD";

fn collector(row: &CollectorRow, form: Form) -> String {
    let CollectorRow { id, started_at, seen_at, is_running, events, repeated, dead_letters, requests, lost } = row;
    match form {
        Form::Text => {
            let runs = if *is_running { "yes" } else { "no" };
            let seen = instant_text(*seen_at);
            format!(
                "{id:<20}  {runs:<4}  {seen:<27}  {events:<11}  {repeated:<11}  {dead_letters:<7}  {requests:<7}  {lost}"
            )
        }
        Form::Json => json!({
            "collector": id,
            "running": is_running,
            "started_at": instant_text(*started_at),
            "seen_at": instant_text(*seen_at),
            "events": events,
            "repeated": repeated,
            "dead_letters": dead_letters,
            "requests": requests,
            "lost": lost,
        })
        .to_string(),
    }
}

fn gateway(row: &ShownGateway, form: Form) -> String {
    let ShownGateway {
        id,
        log,
        contiguous_seq,
        highest_seq,
        missing,
        events,
        repeated,
        recovered,
        lost,
        heard_at,
        asked,
    } = row;
    match form {
        Form::Text => format!(
            "{id:<20}  {log:<3}  {contiguous_seq:<11}  {highest_seq:<11}  {missing:<9}  {events:<11}  {repeated:<9}  \
             {lost:<9}  {recovered:<9}  {}",
            heard_at.as_deref().unwrap_or("never")
        )
        .trim_end()
        .to_owned(),
        Form::Json => json!({
            "gateway": id,
            "log": log,
            "contiguous_seq": contiguous_seq,
            "highest_seq": highest_seq,
            "missing": missing,
            "events": events,
            "repeated": repeated,
            "recovered": recovered,
            "lost": lost,
            "heard_at": heard_at,
            "asked": asked.map_or(Json::Null, |(from, to)| json!({"from": from, "to": to})),
        })
        .to_string(),
    }
}
