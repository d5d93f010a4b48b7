//! What a route is: one row says how it is reached, who may, what it takes and gives, and what it does.

use std::pin::Pin;

use latchwork_config::Role;
use serde_json::Value as Json;

use super::asked::Asked;
use super::body::Answer;
use super::problem::Outcome;

/// What a route does with a request.
pub(super) type Handler = fn(Asked) -> Pin<Box<dyn Future<Output = Outcome<Answer>> + Send>>;

/// The methods that are taken; `HEAD` is a `GET` without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Put,
    Post,
    Delete,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody who reaches the server.
    Public,
    /// A token of this role or a higher one.
    From(Role),
}

/// What a parameter of the query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text.
    Text,
    /// A name or an id.
    Name,
    /// A time as RFC 3339.
    Instant,
    /// A whole number, from and to.
    Whole(u32, u32),
    /// One of some words.
    Word(&'static [&'static str]),
}

/// A parameter of the query. None is required.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) about: &'static str,
}

/// What a route gives when it does what it is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gives {
    /// A JSON object.
    Json(fn() -> Json),
    /// A JSON object, or a text of this type for who asks for that.
    JsonOrText(fn() -> Json, &'static str),
    /// A list: `{"items", "next"?}`, JSON lines or CSV, of items of this schema.
    List(fn() -> Json),
    /// A stream of events.
    Stream,
    /// A text of this type.
    Text(&'static str),
}

/// One row of the table of routes.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) verb: Verb,
    /// Its path: `{name}` is one segment, `{*name}` all that follow.
    pub(super) path: &'static str,
    pub(super) access: Access,
    /// What it is called, unique.
    pub(super) name: &'static str,
    /// What it does, in one line.
    pub(super) about: &'static str,
    pub(super) parameters: &'static [Parameter],
    /// The schema of the body that it takes.
    pub(super) takes: Option<fn() -> Json>,
    /// The status of its success.
    pub(super) status: u16,
    pub(super) gives: Gives,
    /// The schema of what it gives with 503, where that is no problem of the request.
    pub(super) also_503: Option<fn() -> Json>,
    pub(super) handler: Handler,
}

impl Verb {
    /// Returns the method's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }

    /// Tells whether it changes something.
    pub(super) const fn changes(self) -> bool {
        match self {
            Self::Get => false,
            Self::Put | Self::Post | Self::Delete => true,
        }
    }
}

impl Route {
    /// Returns the values of the path's names if a path, split into decoded segments, is this route's.
    pub(super) fn matches(&self, segments: &[String]) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let mut segments = segments.iter();
        for part in self.path.split('/').skip(1) {
            if part.starts_with("{*") {
                let rest: Vec<&str> = segments.map(String::as_str).collect();
                values.push(rest.join("/"));
                return (!values.last()?.is_empty()).then_some(values);
            }
            let segment = segments.next()?;
            if part.starts_with('{') {
                values.push(segment.clone());
            } else if part != segment {
                return None;
            }
        }
        segments.next().is_none().then_some(values)
    }

    /// Returns the path as OpenAPI writes it.
    pub(super) fn public_path(&self) -> String {
        self.path.replace("{*", "{")
    }

    /// Returns the names in the path.
    pub(super) fn path_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let parts = self.path.split('/');
        parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| name.trim_start_matches('*'))
    }
}

#[cfg(test)]
mod tests {
    use crate::http::table::ROUTES;

    fn found(path: &str) -> Option<(&'static str, Vec<String>)> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        ROUTES.iter().find_map(|route| Some((route.path, route.matches(&segments)?)))
    }

    #[test]
    fn paths_are_found_with_their_values() {
        let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
        assert_eq!(found("/api/tags"), Some(("/api/tags", vec![])));
        assert_eq!(found("/api/tags/Line1/Speed"), Some(("/api/tags/{*path}", values(&["Line1/Speed"]))));
        assert_eq!(found("/api/operations/A"), Some(("/api/operations/{id}", values(&["A"]))));
        for unknown in ["/", "/api", "/api/tags/", "/api/operations/A/B", "/api/operation"] {
            assert_eq!(found(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_are_unique_and_no_route_hides_another() {
        for (place, route) in ROUTES.iter().enumerate() {
            for other in &ROUTES[..place] {
                assert_ne!(route.name, other.name);
                assert!((route.verb, route.path) != (other.verb, other.path), "{}", route.path);
            }
        }
    }
}
