//! Bodies: what comes is read to a bound, what goes is whole or comes piece by piece.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::header::CONNECTION;
use hyper::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::limits::{BODY_BYTES_MAX, BODY_PATIENCE};
use super::problem::{Outcome, Problem};

/// What an answer says.
#[derive(Debug)]
pub(super) enum Body {
    /// All of it.
    Whole(Bytes),
    /// Pieces, until nobody sends any more.
    Pieces(mpsc::Receiver<Bytes>),
}

/// An answer.
pub(super) type Answer = Response<Body>;

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => pieces.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Pieces(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

/// Reads a body to its end, within a bound and a time.
pub(super) async fn read(mut incoming: Incoming) -> Outcome<Bytes> {
    if incoming.size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(too_large());
    }
    let reading = async {
        let mut read = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
            let frame = frame.map_err(|error| malformed(format!("the body breaks off: {error}")))?;
            let Ok(piece) = frame.into_data() else { continue };
            if read.len() + piece.len() > BODY_BYTES_MAX {
                return Err(too_large());
            }
            read.extend_from_slice(&piece);
        }
        Ok(Bytes::from(read))
    };
    timeout(BODY_PATIENCE, reading).await.unwrap_or_else(|_| Err(too_slow()))
}

/// Reads JSON of a body.
pub(super) fn json(bytes: &[u8]) -> Outcome<Json> {
    serde_json::from_slice(bytes).map_err(|error| malformed(format!("the body is no JSON: {error}")))
}

/// Reads what a body asks for. A key that is not taken is told by its name.
pub(super) fn fields<T: DeserializeOwned>(json: Json) -> Outcome<T> {
    serde_json::from_value(json).map_err(|error| {
        let detail = error.to_string();
        // The reader says the field's name between its first backticks, and nothing else in them.
        let field = detail.split('`').nth(1).unwrap_or("body").to_owned();
        let name = if detail.starts_with("unknown field") { "UnknownField" } else { "BadField" };
        Problem::unfit(name, &field, detail)
    })
}

fn malformed(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "MalformedBody", detail)
}

// What is left of these bodies is not read: the connection ends.
fn too_large() -> Problem {
    let detail = format!("a body is at most {BODY_BYTES_MAX} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", detail).header(CONNECTION, "close")
}

fn too_slow() -> Problem {
    let detail = format!("the body did not come within {} seconds", BODY_PATIENCE.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "BodyTooSlow", detail).header(CONNECTION, "close")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only whether it is read is of interest")]
        quantity: f64,
    }

    #[test]
    fn a_field_that_is_not_taken_is_named() {
        let problem = fields::<Wanted>(json!({"quantitty": 5})).unwrap_err();
        assert_eq!((problem.name.as_str(), &problem.more["field"]), ("UnknownField", &json!("quantitty")));
        let problem = fields::<Wanted>(json!({})).unwrap_err();
        assert_eq!((problem.status.as_u16(), &problem.more["field"]), (422, &json!("quantity")));
    }

    #[test]
    fn what_is_no_json_and_no_text_is_malformed() {
        for text in [&b"{"[..], b"", b"\"\xff\"", b"{} {}"] {
            assert_eq!(json(text).unwrap_err().status.as_u16(), 400, "{text:?}");
        }
    }
}
