//! From a request to its route and back: found, checked, done, counted.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use tokio::time::timeout;

use super::asked::Asked;
use super::body::{self, Answer};
use super::limits::ANSWER_PATIENCE;
use super::problem::{Outcome, Problem};
use super::query::{Plus, Query, decoded};
use super::route::{Access, Route, Verb};
use super::site::Site;
use super::table::ROUTES;
use super::who::{self, Stranger, Who};
use super::{answer, encryption, origin};
use crate::live::wall_now;

/// Answers a request.
pub(super) async fn dispatch(
    request: Request<Incoming>,
    peer: SocketAddr,
    site: Arc<Site>,
) -> Result<Answer, Infallible> {
    let begun = Instant::now();
    let (head, incoming) = request.into_parts();
    let found = find(&head);
    let place = found.as_ref().ok().map(|(place, _)| *place);
    let done = match found {
        Ok((place, values)) => done(&ROUTES[place], values, (head, incoming), peer, &site).await,
        Err(problem) => Err(problem),
    };
    let answer = done.unwrap_or_else(|problem| answer::problem(&problem));
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    site.counts.note(place, answer.status(), micros);
    Ok(answer)
}

/// Finds the route of a request, by its place in the table, and the values in its path.
fn find(head: &Parts) -> Outcome<(usize, Vec<String>)> {
    let segments = head.uri.path().split('/').skip(1).map(|segment| decoded(segment, Plus::Plus));
    let segments = segments.collect::<Outcome<Vec<String>>>()?;
    let mut others = Vec::new();
    for (place, route) in ROUTES.iter().enumerate() {
        let Some(values) = route.matches(&segments) else { continue };
        if is_of(&head.method, route.verb) {
            return Ok((place, values));
        }
        others.push(route.verb.name());
    }
    if others.is_empty() {
        return Err(Problem::not_found(format!(
            "there is nothing at `{}`; `/docs` tells what there is",
            head.uri.path()
        )));
    }
    if others.contains(&Verb::Get.name()) {
        others.push("HEAD");
    }
    let allowed = others.join(", ");
    let detail = format!("`{}` is not taken here, but {allowed}", head.method);
    Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", detail).header(ALLOW, &allowed))
}

fn is_of(method: &Method, verb: Verb) -> bool {
    method.as_str() == verb.name() || (*method == Method::HEAD && verb == Verb::Get)
}

/// Does what a route does, if who asks may have it done.
async fn done(
    route: &'static Route,
    values: Vec<String>,
    (head, incoming): (Parts, Incoming),
    peer: SocketAddr,
    site: &Arc<Site>,
) -> Outcome<Answer> {
    let who = admitted(route, &head, peer, site)?;
    let query = Query::read(head.uri.query().unwrap_or_default(), route.parameters)?;
    let body = if route.takes.is_some() { body::read(incoming).await? } else { Bytes::new() };
    let path = head.uri.path().to_owned();
    let asked = Asked { site: Arc::clone(site), who, path, values, query, headers: head.headers, body };
    match timeout(ANSWER_PATIENCE, (route.handler)(asked)).await {
        Ok(outcome) => outcome.map(|answer| with_status(answer, route)),
        Err(_) => Err(Problem::unavailable("Busy", "no answer in time: whether it was done is not known")),
    }
}

/// Gives an answer the status that its route's success has.
fn with_status(mut answer: Answer, route: &Route) -> Answer {
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = StatusCode::from_u16(route.status).unwrap_or(StatusCode::OK);
    }
    answer
}

/// Returns who asks, if that may ask for what the route does.
fn admitted(route: &Route, head: &Parts, peer: SocketAddr, site: &Site) -> Outcome<Who> {
    if site.settings.tokens.is_empty() {
        origin::check_host(&head.headers)?;
    }
    if route.verb.changes() {
        origin::check_same(&head.headers)?;
    }
    let role = match route.access {
        Access::Public => return Ok(Who { role: latchwork_config::Role::Viewer, token: None, actor: None }),
        Access::From(role) => role,
    };
    let who = identified(head, peer, site)?;
    who.check(role)?;
    if let Some(token) = &who.token {
        let taken = site.rates().take(token, Instant::now());
        taken.map_err(|pause| too_often("TooManyRequests", "the token asks too often", pause.as_secs_f64()))?;
    }
    who.named(&head.headers)
}

/// Returns whose the token of a request is. Where wrong ones came from too often, none is looked at for a while.
fn identified(head: &Parts, peer: SocketAddr, site: &Site) -> Outcome<Who> {
    let (address, now) = (encryption::address(&site.settings.encryption, peer, &head.headers), Instant::now());
    if let Some(remaining) = site.lockouts().remaining(address, now) {
        let detail = "too many wrong tokens came from this address";
        return Err(too_often("LockedOut", detail, remaining.as_secs_f64()));
    }
    let found = who::find(&head.headers, &site.settings.tokens, wall_now());
    match &found {
        Ok(who) if who.token.is_some() => site.lockouts().note_right(address),
        Err(Stranger::Wrong) => {
            tracing::warn!(%address, "a wrong token");
            site.lockouts().note_wrong(address, now);
        }
        Ok(_) | Err(Stranger::Missing | Stranger::Expired) => {}
    }
    found.map_err(Problem::from)
}

fn too_often(name: &str, detail: &str, seconds: f64) -> Problem {
    let seconds = format!("{}", seconds.ceil().max(1.0));
    Problem::new(StatusCode::TOO_MANY_REQUESTS, name, detail).header(RETRY_AFTER, &seconds)
}
