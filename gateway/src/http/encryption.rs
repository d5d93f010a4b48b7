//! Who encrypts: the server by the files of its configuration, or nobody here.

use std::io;
use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use latchwork_config::HttpEncryption;
use latchwork_connectors::tls::Acceptor;

/// The header in which a server that stands before this one says whom it speaks for.
const FORWARDED: &str = "x-forwarded-for";

/// How streams are encrypted.
#[derive(Clone, Debug)]
pub(super) enum Encryption {
    /// Not here.
    None,
    /// By the server.
    Server(Acceptor),
}

impl Encryption {
    /// Returns what a configuration says; its files are read now.
    pub(super) fn of(settings: &HttpEncryption) -> io::Result<Self> {
        match settings {
            HttpEncryption::Nobody | HttpEncryption::Upstream => Ok(Self::None),
            HttpEncryption::Server(identity) => Acceptor::of(identity).map(Self::Server),
        }
    }
}

/// Returns whose a request is. A server that stands before this one says so, behind what its own client may have made up.
pub(super) fn address(settings: &HttpEncryption, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    match settings {
        HttpEncryption::Nobody | HttpEncryption::Server(_) => peer.ip(),
        HttpEncryption::Upstream => {
            let told = headers.get_all(FORWARDED).iter().next_back().and_then(|value| value.to_str().ok());
            let last = told.and_then(|told| told.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
            last.unwrap_or(peer.ip())
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn only_a_server_before_this_one_says_for_whom_it_speaks() {
        let headers =
            HeaderMap::from_iter([(FORWARDED.parse().unwrap(), HeaderValue::from_static("10.9.9.9, 10.0.0.7"))]);
        let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
        let told = address(&HttpEncryption::Upstream, peer, &headers);
        assert_eq!(told.to_string(), "10.0.0.7");
        assert_eq!(address(&HttpEncryption::Nobody, peer, &headers), peer.ip());
        assert_eq!(address(&HttpEncryption::Upstream, peer, &HeaderMap::new()), peer.ip());
    }
}
