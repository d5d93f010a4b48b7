//! A long file as pieces, parsed one after the other.
//!
//! The parser's own tree takes some forty bytes for each byte of the text, ours a tenth of that. A piece begins at the
//! header of an entry of a list section, such as `[[tags]]`, and is read as a file of its own. Where that would not be the
//! same as to read the whole, or anything is wrong, there are no pieces: a place that only looks like a header lies within
//! something that the piece before leaves open, and that is an error.

use crate::document::{Content, Entry, Item, Table, parse_piece};
use crate::limits::PIECE_BYTES;
use crate::place::FileIndex;

/// Parses a file in pieces; `None` if it has to be parsed as a whole.
pub(crate) fn parse(text: &str, file: FileIndex) -> Option<Table> {
    parse_by(text, file, PIECE_BYTES)
}

fn parse_by(text: &str, file: FileIndex, bytes_min: usize) -> Option<Table> {
    let mut end = end_of_piece(text, 0, bytes_min);
    if end == text.len() {
        return None;
    }
    let mut whole = parse_piece(text, 0..end, file)?;
    while end < text.len() {
        let start = end;
        end = end_of_piece(text, start, bytes_min);
        for entry in parse_piece(text, start..end, file)?.entries {
            add(&mut whole.entries, entry, text)?;
        }
    }
    Some(whole)
}

/// Adds what a piece says; `None` if it does not only go on with lists of `[[…]]`.
fn add(entries: &mut Vec<Entry>, entry: Entry, text: &str) -> Option<()> {
    let Some(before) = entries.iter_mut().find(|before| before.key == entry.key) else {
        entries.push(entry);
        return Some(());
    };
    let (Content::List(items), Content::List(more)) = (&mut before.item.content, entry.item.content) else {
        return None;
    };
    let are_listed = |items: &[Item]| items.first().is_some_and(|item| text[item.place.start()..].starts_with("[["));
    if !are_listed(items) || !are_listed(&more) {
        return None;
    }
    items.extend(more);
    Some(())
}

/// Returns where a piece ends that begins at `start`: before a header, after at least so many bytes, or with the text.
fn end_of_piece(text: &str, start: usize, bytes_min: usize) -> usize {
    let (bytes, from) = (text.as_bytes(), start + bytes_min);
    let rest = bytes.get(from..).unwrap_or_default();
    let breaks = rest.iter().enumerate().filter(|&(_, &byte)| byte == b'\n');
    breaks.map(|(at, _)| from + at + 1).find(|&next| is_header(&bytes[next..])).unwrap_or(text.len())
}

/// Tells whether a line begins as the header of a list section's entry does.
fn is_header(line: &[u8]) -> bool {
    let Some(line) = line.strip_prefix(b"[[") else { return false };
    let key = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte)).count();
    key > 0 && line[key..].starts_with(b"]]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;
    use crate::findings::Findings;

    const FILE: FileIndex = FileIndex(0);

    /// Returns the tree of the whole text, and that of its pieces at every header.
    fn both(text: &str) -> (String, Option<String>) {
        let whole = document::parse_whole(text, FILE, &mut Findings::default());
        (format!("{whole:?}"), parse_by(text, FILE, 1).map(|table| format!("{table:?}")))
    }

    #[test]
    fn pieces_are_read_as_the_whole_is() {
        for text in [
            "[gateway]\nid = 'x'\n[[tags]]\npath = 'a'\n[[tags]]\npath = 'b' # ]]\n[[operations]]\nname = 'c'\n",
            "a = 1\n[[connections]]\nname = 'p'\n[[connections.topics]]\nfilter = '#'\n[connections.tls]\nca = 'f'\n[[tags]]\npath = 'ä'\n",
            "[[tags]]\na = \"\"\"\n[[b\n\"\"\"\n[[tags]]\r\nb = 1\n\n# end\n[[x-y]]\n",
        ] {
            let (whole, pieces) = both(text);
            assert_eq!(pieces.as_ref(), Some(&whole), "{text}");
        }
    }

    #[test]
    fn what_is_not_the_same_in_pieces_is_read_as_a_whole() {
        for text in [
            "[gateway]\nid = 'x'\n",
            "[[connections]]\nname = 'p'\n[[tags]]\npath = 'a'\n[[connections.topics]]\nfilter = '#'\n",
            "[[tags]]\npath = 'a'\n[gateway]\nid = 'x'\n[[tags]]\npath = 'b'\n[gateway]\nzone = 'UTC'\n",
            "tags = [{ path = 'a' }]\n[[operations]]\nname = 'b'\n[[tags]]\npath = 'c'\n",
            "[[tags]]\npath = \"\"\"\n[[tags]]\n\"\"\"\n",
            "[[tags]]\nlist = [\n[[1]]\n]\n",
            "[[tags]]\npath = \n[[tags]]\npath = 'a'\n",
            "[[tags]]\nnumber = 99999999999999999999\n[[tags]]\npath = 'a'\n",
        ] {
            assert_eq!(both(text).1, None, "{text}");
        }
    }
}
