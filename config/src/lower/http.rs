//! Whether the HTTP server may listen where it is to.

use super::unique::Unique;
use crate::desk::Desk;
use crate::http::{Http, HttpEncryption, HttpToken};
use crate::place::Place;
use crate::problems;
use crate::raw::RawHttp;

/// Lowers `[http]`: beyond loopback it wants to know who asks, and to be encrypted.
pub(super) fn lower(raw: Option<RawHttp>, desk: &mut Desk<'_>) -> Option<Http> {
    let RawHttp { mut http, tokens, bind_place } = raw?;
    let mut names = Unique::names("tokens");
    for (token, place) in tokens {
        names.take(token.name.clone(), &token.name, place, desk);
        check_hash(&token, &http.tokens, place, desk);
        http.tokens.push(token);
    }
    if !http.bind.ip().is_loopback() {
        let message = match (http.tokens.is_empty(), &http.encryption) {
            (true, HttpEncryption::Nobody) => "without tokens and encryption",
            (true, HttpEncryption::Server(_) | HttpEncryption::Upstream) => "without tokens",
            (false, HttpEncryption::Nobody) => "without encryption",
            (false, HttpEncryption::Server(_) | HttpEncryption::Upstream) => return Some(http),
        };
        let message = format!("the server would listen at `{}` {message}", http.bind);
        let hint = "give `[[http.tokens]]`, and `certificate_file` with `key_file` or `tls = \"terminated-upstream\"`; or \
                    listen on loopback";
        desk.findings.add(problems::OPEN_BIND, bind_place, message).hint(hint);
    }
    Some(http)
}

/// Complains about a token that another one is: nobody could tell whose doing something was.
fn check_hash(token: &HttpToken, before: &[HttpToken], place: Place, desk: &mut Desk<'_>) {
    // Where values are hidden all hashes are alike.
    let same = before.iter().find(|other| other.hash == token.hash).filter(|_| !desk.source.hides_values());
    if let Some(other) = same {
        let message = format!("the tokens `{}` and `{}` have the same hash", other.name, token.name);
        let hint = "give each a token of its own: `latchwork token create`";
        desk.findings.add(problems::SAME_TOKEN, place, message).hint(hint);
    }
}
