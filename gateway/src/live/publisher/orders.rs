//! What people ask of the outbox of a running gateway, and what they are answered.

use latchwork_store::StoreError;
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

use super::super::socket::refusal;

/// What is to become of refused events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// They are tried again; `None` means all.
    Retry(Option<Vec<u64>>),
    /// The quarantined ones are given up; `None` means all.
    Purge(Option<Vec<u64>>),
}

/// An order, and who waits for its answer.
#[derive(Debug)]
pub(crate) struct Order {
    pub(in crate::live) care: Care,
    pub(in crate::live) answer: oneshot::Sender<Json>,
}

impl Care {
    /// Returns what `{"retry": null | [numbers]}` or `{"purge": …}` asks for; in words what is wrong with it.
    pub(in crate::live) fn of(json: &Json) -> Result<Self, String> {
        let object = json.as_object().filter(|object| object.len() == 1);
        let (verb, which) = object.and_then(|object| object.iter().next()).ok_or("`outbox` must be one order")?;
        let seqs = match which {
            Json::Null => None,
            Json::Array(seqs) => {
                let seqs: Option<Vec<u64>> = seqs.iter().map(Json::as_u64).collect();
                Some(seqs.ok_or_else(|| format!("`{verb}` must be numbers of events, or null for all"))?)
            }
            Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                return Err(format!("`{verb}` must be numbers of events, or null for all"));
            }
        };
        match verb.as_str() {
            "retry" => Ok(Self::Retry(seqs)),
            "purge" => Ok(Self::Purge(seqs)),
            _ => Err(format!("the outbox has no order `{verb}`")),
        }
    }
}

/// Returns what is answered when an order is done.
pub(super) fn answer(done: &Result<Vec<u64>, StoreError>) -> Json {
    match done {
        Ok(seqs) => json!({"status": 200, "events": seqs}),
        Err(error) => refusal(503, "StoreUnavailable", &error.to_string()),
    }
}

/// Returns what is answered where nothing is published.
pub(in crate::live) fn not_published() -> Json {
    refusal(409, "NotPublished", "the configuration has no `[publish]`: nothing is published")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_names_events_or_means_all() {
        let care = |text: &str| Care::of(&serde_json::from_str(text).unwrap());
        assert_eq!(care(r#"{"retry": null}"#), Ok(Care::Retry(None)));
        assert_eq!(care(r#"{"purge": [3, 4]}"#), Ok(Care::Purge(Some(vec![3, 4]))));
        for (text, reason) in [
            ("[]", "`outbox` must be one order"),
            ("{}", "`outbox` must be one order"),
            (r#"{"retry": null, "purge": null}"#, "`outbox` must be one order"),
            (r#"{"retry": [-1]}"#, "`retry` must be numbers of events, or null for all"),
            (r#"{"retry": true}"#, "`retry` must be numbers of events, or null for all"),
            (r#"{"drop": null}"#, "the outbox has no order `drop`"),
        ] {
            assert_eq!(care(text).unwrap_err(), reason, "{text}");
        }
    }
}
