//! Who asks: the token of a request, its role, and the name under which what it does is kept.

use std::hint::black_box;

use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use hyper::{HeaderMap, StatusCode};
use latchwork_config::{HttpToken, Role};
use latchwork_expr::Timestamp;
use sha2::{Digest, Sha256};

use super::limits::ACTOR_CHARS_MAX;
use super::problem::{Outcome, Problem};

/// The header that names the person behind a token.
pub(super) const ACTOR: &str = "latchwork-actor";

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    /// What it may ask for.
    pub(super) role: Role,
    /// The token's name; none on loopback without tokens.
    pub(super) token: Option<String>,
    /// The person or program whose doing this is; none if nobody says.
    pub(super) actor: Option<String>,
}

/// What is wrong with the token of somebody who may not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// There is no token.
    Missing,
    /// The token is nobody's.
    Wrong,
    /// The token was somebody's.
    Expired,
}

/// Finds out who asks; without tokens everybody may.
pub(super) fn find(headers: &HeaderMap, tokens: &[HttpToken], now: Timestamp) -> Result<Who, Stranger> {
    if tokens.is_empty() {
        return Ok(Who { role: Role::Admin, token: None, actor: None });
    }
    let given = headers.get(AUTHORIZATION).ok_or(Stranger::Missing)?;
    let token = bearer(given.as_bytes()).and_then(|text| owner(text, tokens)).ok_or(Stranger::Wrong)?;
    if token.expires.is_some_and(|expires| expires <= now) {
        return Err(Stranger::Expired);
    }
    Ok(Who { role: token.role, token: Some(token.name.clone()), actor: Some(token.name.clone()) })
}

/// Returns the token of an `Authorization` header.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = header.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

/// Returns whose a token is. All hashes are compared, each to its end: how long that takes tells nothing.
fn owner<'a>(text: &[u8], tokens: &'a [HttpToken]) -> Option<&'a HttpToken> {
    let hash: [u8; 32] = Sha256::digest(text).into();
    let mut found = None;
    for token in tokens {
        let differing = token.hash.iter().zip(&hash).fold(0, |differing, (one, other)| differing | (one ^ other));
        if black_box(differing) == 0 {
            found = Some(token);
        }
    }
    found
}

impl Who {
    /// Returns who asks with the person that the request names, if this one may name one.
    pub(super) fn named(mut self, headers: &HeaderMap) -> Outcome<Self> {
        let Some(header) = headers.get(ACTOR) else { return Ok(self) };
        let may_name = match (&self.token, self.role) {
            (None, _) | (Some(_), Role::Operator) => true,
            (Some(_), Role::Viewer | Role::Admin) => false,
        };
        if !may_name {
            let detail = "only tokens of operators act for others: `Latchwork-Actor` is not taken";
            return Err(Problem::new(StatusCode::FORBIDDEN, "ActorNotTaken", detail));
        }
        let name = str::from_utf8(header.as_bytes()).unwrap_or_default().trim();
        let is_name =
            !name.is_empty() && name.chars().count() <= ACTOR_CHARS_MAX && !name.chars().any(char::is_control);
        if !is_name {
            let detail = format!("`Latchwork-Actor` is no name of 1 to {ACTOR_CHARS_MAX} characters in UTF-8");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "BadActor", detail));
        }
        self.actor = Some(name.to_owned());
        Ok(self)
    }

    /// Sees to it that who asks has at least a role.
    pub(super) fn check(&self, role: Role) -> Outcome<()> {
        if self.role >= role {
            return Ok(());
        }
        let detail = format!("this is for {}, and the token is a {}'s", role.name(), self.role.name());
        Err(Problem::new(StatusCode::FORBIDDEN, "RoleTooLow", detail).with("role", role.name()))
    }
}

impl From<Stranger> for Problem {
    fn from(stranger: Stranger) -> Self {
        let (name, detail) = match stranger {
            Stranger::Missing => ("TokenMissing", "a token is wanted: `Authorization: Bearer …`"),
            Stranger::Wrong => ("TokenWrong", "the token is nobody's"),
            Stranger::Expired => ("TokenExpired", "the token has expired"),
        };
        Self::new(StatusCode::UNAUTHORIZED, name, detail).header(WWW_AUTHENTICATE, "Bearer")
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn token(name: &str, role: Role, expires: Option<i64>) -> HttpToken {
        let hash = Sha256::digest(format!("lw_{name}")).into();
        HttpToken { name: name.to_owned(), role, hash, expires: expires.map(Timestamp) }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap()))
            .collect()
    }

    #[test]
    fn a_token_is_its_owners_until_it_expires() {
        let tokens = [token("anna", Role::Operator, None), token("old", Role::Admin, Some(100))];
        let find = |given: &str, now| find(&headers(&[("authorization", given)]), &tokens, Timestamp(now));
        assert_eq!(find("Bearer lw_anna", 0).unwrap().actor.as_deref(), Some("anna"));
        assert_eq!(find("bearer  lw_anna ", 0).unwrap().role, Role::Operator);
        assert_eq!(find("Bearer lw_old", 99).unwrap().role, Role::Admin);
        assert_eq!(find("Bearer lw_old", 100), Err(Stranger::Expired));
        for given in ["Bearer lw_ann", "Bearer ", "lw_anna", "Basic lw_anna", ""] {
            assert_eq!(find(given, 0), Err(Stranger::Wrong), "{given}");
        }
        assert_eq!(super::find(&headers(&[]), &tokens, Timestamp(0)), Err(Stranger::Missing));
    }

    #[test]
    fn operators_act_for_others_and_nobody_else_does() {
        let named = |role, token: Option<&str>, name: &str| {
            let who = Who { role, token: token.map(str::to_owned), actor: None };
            who.named(&headers(&[(ACTOR, name)])).map(|who| who.actor)
        };
        assert_eq!(named(Role::Operator, Some("line 1"), " Jörg ").unwrap().as_deref(), Some("Jörg"));
        assert_eq!(named(Role::Admin, None, "anna").unwrap().as_deref(), Some("anna"));
        for role in [Role::Viewer, Role::Admin] {
            assert_eq!(named(role, Some("x"), "anna").unwrap_err().status.as_u16(), 403);
        }
        assert_eq!(named(Role::Operator, Some("x"), "").unwrap_err().status.as_u16(), 400);
        assert_eq!(named(Role::Operator, Some("x"), &"a".repeat(129)).unwrap_err().status.as_u16(), 400);
    }
}
