//! A request as its route takes it: who asks, for what, of which gateway.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::body::Bytes;
use latchwork_store::jobs::{Asker, Door, RequestKey};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::body;
use super::limits::KEY_CHARS_MAX;
use super::problem::{Outcome, Problem};
use super::query::Query;
use super::site::Site;
use super::who::Who;

/// The header whose value makes a request one that is done once.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A request that may be done.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) site: Arc<Site>,
    pub(super) who: Who,
    /// The path as it was given.
    pub(super) path: String,
    /// What stands where the route's path has names.
    pub(super) values: Vec<String>,
    pub(super) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    /// Returns what stands where the route's path has its first name.
    pub(super) fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Returns the body's JSON.
    pub(super) fn json(&self) -> Outcome<Json> {
        body::json(&self.body)
    }

    /// Returns a header's text, if it is one.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns who asks, and by which key the request is done only once.
    pub(super) fn asker(&self) -> Outcome<Asker> {
        let actor = self.who.actor.as_deref().map(Into::into);
        Ok(Asker { actor, door: Door::Http, key: self.idempotency_key()? })
    }

    /// Returns the key by which the request is done only once, if it has one. Each token has keys of its own.
    fn idempotency_key(&self) -> Outcome<Option<RequestKey>> {
        let Some(value) = self.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
        let text = value.to_str().ok().map(str::trim);
        let is_key = |text: &&str| !text.is_empty() && text.len() <= KEY_CHARS_MAX;
        let key = text.filter(is_key).ok_or_else(|| {
            let detail = format!("`Idempotency-Key` is no text of 1 to {KEY_CHARS_MAX} visible characters of ASCII");
            Problem::new(hyper::StatusCode::BAD_REQUEST, "BadIdempotencyKey", detail)
        })?;
        let token = self.who.token.as_deref().unwrap_or_default();
        Ok(Some(RequestKey { key: format!("{token}/{key}"), digest: self.digest() }))
    }

    /// Returns a digest of all that is asked: of where, and of what was sent.
    fn digest(&self) -> String {
        let digest = Sha256::new().chain_update(&self.path).chain_update([0]).chain_update(&self.body).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }
}
