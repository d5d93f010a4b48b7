//! Server-sent events as text (HTML standard, section 9.2). Pure.

use hyper::body::Bytes;

/// Returns the piece with which a stream begins: who loses it comes back after a second.
pub(super) fn beginning() -> Bytes {
    Bytes::from_static(b"retry: 1000\n\n")
}

/// Returns the piece that says that the stream is still there.
pub(super) fn pulse() -> Bytes {
    Bytes::from_static(b":\n\n")
}

/// Returns a message; one with a number is where a reader goes on that comes back. Its text is one line, as JSON is.
pub(super) fn message(kind: &str, number: Option<u64>, text: &str) -> Bytes {
    debug_assert!(!text.contains(['\n', '\r']), "a message is one line");
    match number {
        Some(number) => Bytes::from(format!("event: {kind}\nid: {number}\ndata: {text}\n\n")),
        None => Bytes::from(format!("event: {kind}\ndata: {text}\n\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_kind_and_its_number() {
        assert_eq!(message("event", Some(7), "{}"), "event: event\nid: 7\ndata: {}\n\n");
        assert_eq!(message("tags", None, "[]"), "event: tags\ndata: []\n\n");
    }
}
