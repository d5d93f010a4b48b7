//! The HTTP server (`[http]`): where it listens, who may ask for what, and how much.

use std::net::SocketAddr;

use latchwork_expr::Timestamp;

use crate::tls::TlsIdentity;

/// The HTTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// Where it listens (`bind`, `127.0.0.1:8470`).
    pub bind: SocketAddr,
    /// Who may ask. With none everybody who reaches it may ask for everything: it then listens on loopback only.
    pub tokens: Vec<HttpToken>,
    /// Who encrypts.
    pub encryption: HttpEncryption,
    /// How many requests a token may make in a second, on the average of some seconds (`requests_per_second`, 50).
    pub requests_per_second: u32,
    /// How many streams a token may have open (`streams`, 20).
    pub streams_max: u32,
}

/// Who encrypts what the HTTP server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpEncryption {
    /// Nobody: it listens on loopback only.
    Nobody,
    /// The server itself.
    Server(TlsIdentity),
    /// What stands before it (`tls = "terminated-upstream"`).
    Upstream,
}

/// Somebody who may ask (`[[http.tokens]]`). Of the token itself only the hash is known.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpToken {
    /// Whose it is: what is done with it is its doing.
    pub name: String,
    /// What it may ask for.
    pub role: Role,
    /// The SHA-256 of the token's text.
    pub hash: [u8; 32],
    /// From when on it is none any more.
    pub expires: Option<Timestamp>,
}

impl std::fmt::Debug for HttpToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, role, expires, .. } = self;
        write!(formatter, "HttpToken({name:?}, {role:?}, {expires:?})")
    }
}

/// What somebody may ask the HTTP server for; each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    Viewer,
    /// Give commands, and drive jobs.
    Operator,
    /// Change orders, the schedule and closed records, and have the configuration read again.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Returns the role's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}
