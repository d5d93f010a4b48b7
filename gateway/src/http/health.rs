//! Whether the process lives, and whether it does its work.

use hyper::StatusCode;
use serde_json::{Value as Json, json};
use tokio::time::timeout;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::limits::HEALTH_PATIENCE;
use super::problem::Outcome;
use crate::live::Vitals;

/// Says that the process answers.
pub(super) fn healthz() -> Answer {
    answer::json(&json!({"status": "ok"}))
}

/// Says whether the loop turns, the store is written, and connections stand.
pub(super) async fn readyz(asked: Asked) -> Outcome<Answer> {
    let vitals = timeout(HEALTH_PATIENCE, asked.site.vitals()).await;
    Ok(match vitals {
        Ok(Ok(vitals)) => ready(&vitals),
        Ok(Err(_)) | Err(_) => not_ready(&json!({"status": "not_ready", "store": null, "connections": null})),
    })
}

fn ready(vitals: &Vitals) -> Answer {
    let up = vitals.links.iter().filter(|link| link.state() == "up").count();
    let down = vitals.links.len() - up;
    let status = match (vitals.is_store_written, down) {
        (false, _) => "not_ready",
        (true, 0) => "ready",
        (true, _) => "degraded",
    };
    let json = json!({
        "status": status,
        "store": if vitals.is_store_written { "written" } else { "not_written" },
        "connections": {"up": up, "down": down},
    });
    if vitals.is_store_written { answer::json(&json) } else { not_ready(&json) }
}

fn not_ready(json: &Json) -> Answer {
    answer::with_status(StatusCode::SERVICE_UNAVAILABLE, json)
}
