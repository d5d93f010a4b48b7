//! Where a browser's request comes from: pages of others may neither change anything nor reach a server without tokens.

use std::net::IpAddr;

use hyper::header::{HOST, ORIGIN};
use hyper::{HeaderMap, StatusCode};

use super::problem::{Outcome, Problem};

/// The header in which a browser says whether the page is of the same origin.
const FETCH_SITE: &str = "sec-fetch-site";

/// Sees to it that a request that changes something is of this server's own pages, or of no page at all.
pub(super) fn check_same(headers: &HeaderMap) -> Outcome<()> {
    let is_foreign_page = headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none");
    let is_foreign_origin = headers.get(ORIGIN).is_some_and(|origin| {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        origin.is_none_or(|(_, authority)| !authority.eq_ignore_ascii_case(host))
    });
    if is_foreign_page || is_foreign_origin {
        let detail = "the request comes from a page of another origin";
        return Err(Problem::new(StatusCode::FORBIDDEN, "ForeignOrigin", detail));
    }
    Ok(())
}

/// Sees to it that a request to a server without tokens names this machine: a name that somebody makes point here lets
/// their page ask what it likes.
pub(super) fn check_host(headers: &HeaderMap) -> Outcome<()> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if is_own(host) {
        return Ok(());
    }
    let detail = format!("without tokens the server answers to `localhost` and addresses only, not to `{host}`");
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "ForeignHost", detail))
}

fn is_own(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(inside) => inside.split_once(']').map_or("", |(address, _)| address),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_own_pages_and_programs_change_anything() {
        let host = ("host", "10.0.0.5:8470");
        for fine in [vec![host], vec![host, ("origin", "http://10.0.0.5:8470"), (FETCH_SITE, "same-origin")]] {
            assert!(check_same(&headers(&fine)).is_ok(), "{fine:?}");
        }
        for foreign in [
            vec![host, ("origin", "http://evil.example")],
            vec![host, ("origin", "http://10.0.0.5:80")],
            vec![host, ("origin", "null")],
            vec![host, (FETCH_SITE, "cross-site")],
            vec![("origin", "http://10.0.0.5:8470")],
        ] {
            assert_eq!(check_same(&headers(&foreign)).unwrap_err().status.as_u16(), 403, "{foreign:?}");
        }
    }

    #[test]
    fn a_name_that_points_here_is_not_this_machine() {
        for own in ["localhost:8470", "LOCALHOST", "127.0.0.1:8470", "[::1]:8470", "10.0.0.5"] {
            assert!(is_own(own), "{own}");
        }
        for foreign in ["", "evil.example", "evil.example:8470", "[evil]:1", "127.0.0.1.evil.example:80"] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
