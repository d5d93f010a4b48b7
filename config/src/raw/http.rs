//! `[http]`: where the server listens, and who may ask for what.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use chrono_tz::Tz;

use super::links::read_identity;
use crate::desk::Desk;
use crate::document::Table;
use crate::explain::quoted;
use crate::http::{Http, HttpEncryption, HttpToken};
use crate::limits::{HTTP_REQUESTS_PER_SECOND_MAX, HTTP_STREAMS_MAX};
use crate::notation::Authority;
use crate::place::Place;
use crate::problems;
use crate::reader::{Reader, Written};
use crate::words::{HTTP_ROLE, HTTP_TLS};

/// `[http]` and where it stands.
#[derive(Debug)]
pub(crate) struct RawHttp {
    /// What it says; its tokens are those below.
    pub(crate) http: Http,
    /// `[[http.tokens]]`, each with where its name stands.
    pub(crate) tokens: Vec<(HttpToken, Place)>,
    /// Where the address stands, or the header.
    pub(crate) bind_place: Place,
}

/// Where the server listens if the file does not say.
const BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT);
const PORT: u16 = 8470;

/// How many requests a token makes in a second: a dashboard with some boards, and far from what slows the engine.
const REQUESTS_PER_SECOND: u32 = 50;

/// How many streams a token has open: the tabs and the jobs of some people.
const STREAMS: u32 = 20;

/// Reads `[http]`; dates without an offset are in a zone.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table, zone: Tz) -> RawHttp {
    let mut reader = Reader::new(desk, "http", table);
    let http = Http {
        bind: bind(&mut reader),
        tokens: Vec::new(),
        encryption: encryption(&mut reader),
        requests_per_second: reader.whole_or(
            "requests_per_second",
            1..=HTTP_REQUESTS_PER_SECOND_MAX,
            REQUESTS_PER_SECOND,
        ),
        streams_max: reader.whole_or("streams", 1..=HTTP_STREAMS_MAX, STREAMS),
    };
    let bind_place = reader.value_place(&["bind"]);
    let tables = reader.tables("tokens");
    let desk = reader.finish("[http]");
    let tokens = tables.into_iter().filter_map(|table| token(desk, table, zone)).collect();
    RawHttp { http, tokens, bind_place }
}

fn bind(reader: &mut Reader<'_, '_>) -> SocketAddr {
    if !reader.has("bind") {
        reader.pass_over(&["bind"]);
        reader.explain("bind", None, || quoted(&BIND.to_string()));
        return BIND;
    }
    let Some(written) = reader.name("bind") else { return BIND };
    address(&written.value).unwrap_or_else(|fault| {
        let hint = "write the address of this machine's network, such as `127.0.0.1:8470` or `0.0.0.0:8470`";
        reader.malformed(problems::BAD_BIND, "address", &written, &fault, Some(hint));
        BIND
    })
}

/// Reads an address to listen at. Names are not looked up: what they mean may change.
fn address(text: &str) -> Result<SocketAddr, String> {
    let Authority { host, port } = Authority::parse(text, PORT)?;
    if host == "localhost" {
        return Ok(SocketAddr::new(BIND.ip(), port));
    }
    let address: IpAddr = host.parse().map_err(|_| format!("has the host `{host}`, which is no address"))?;
    Ok(SocketAddr::new(address, port))
}

fn encryption(reader: &mut Reader<'_, '_>) -> HttpEncryption {
    if reader.has("tls") {
        reader.refuse(&["certificate_file", "key_file"], "a server that encrypts itself: leave `tls` out");
        let upstream = reader.optional_word("tls", HTTP_TLS);
        return upstream.map_or(HttpEncryption::Nobody, |()| HttpEncryption::Upstream);
    }
    reader.pass_over(&["tls"]);
    read_identity(reader).map_or(HttpEncryption::Nobody, HttpEncryption::Server)
}

fn token(desk: &mut Desk<'_>, table: &Table, zone: Tz) -> Option<(HttpToken, Place)> {
    let mut reader = Reader::new(desk, "http.tokens", table);
    let name = reader.required_name("name");
    let role = reader.required_word("role", HTTP_ROLE);
    let hash = hash(&mut reader);
    let expires = reader.date("expires", zone);
    reader.finish("[[http.tokens]]");
    let Written { value: name, place, .. } = name?;
    Some((HttpToken { name, role: role?, hash: hash?, expires }, place))
}

/// Reads the hash of a token. One that is not known here is nobody's: where values are hidden nothing is served.
fn hash(reader: &mut Reader<'_, '_>) -> Option<[u8; 32]> {
    let key = "hash";
    if !reader.has(key) {
        reader.missing(key);
    }
    let written = reader.secret(key)?;
    if reader.desk.source.hides_values() {
        return Some([0; 32]);
    }
    let hash = digits(&written.0);
    if hash.is_none() {
        let hint = "`latchwork token create` prints a token and its hash".to_owned();
        let message = format!("`{key}` is no SHA-256, expected 64 hexadecimal digits");
        reader.problem(problems::BAD_TOKEN_HASH, reader.place(), message, Some(hint));
    }
    hash
}

/// Reads 64 hexadecimal digits.
fn digits(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().as_bytes();
    let mut hash = [0; 32];
    if text.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_networks() {
        let read = |text: &str| address(text).map(|address| address.to_string());
        assert_eq!(read("127.0.0.1").unwrap(), "127.0.0.1:8470");
        assert_eq!(read("localhost:80").unwrap(), "127.0.0.1:80");
        assert_eq!(read("[::]:8443").unwrap(), "[::]:8443");
        assert!(read("plant.example:80").unwrap_err().contains("`plant.example`"));
        assert!(read("0.0.0.0:0").unwrap_err().contains("port"));
    }

    #[test]
    fn a_hash_is_64_digits() {
        let hash = digits(&"0aF9".repeat(16)).unwrap();
        assert_eq!((hash[0], hash[1], hash[31]), (0x0a, 0xf9, 0xf9));
        for text in ["", "0a", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(digits(text), None, "{text}");
        }
    }
}
