//! The OpenAPI document (3.1), made of the table of routes.

use latchwork_config::Role;
use serde_json::{Map, Value as Json, json};

use super::answer::{self, CSV, EVENT_STREAM, JSON_LINES};
use super::asked::IDEMPOTENCY_KEY;
use super::body::Answer;
use super::route::{Access, Gives, Kind, Parameter, Route};
use super::schema;
use super::table::ROUTES;

/// Shows the document.
pub(super) fn document() -> Answer {
    answer::json(&of_all())
}

/// Returns the document.
pub(super) fn of_all() -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.public_path()).or_insert_with(|| json!({}));
        path[route.verb.name().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Latchwork gateway",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a running gateway shows and takes. Errors are problem details (RFC 9457).",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schema::components(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn operation(route: &Route) -> Json {
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.about,
        "parameters": parameters(route),
        "responses": responses(route),
        "security": match route.access {
            Access::Public => json!([]),
            Access::From(_) => json!([{"token": []}]),
        },
    });
    if let Access::From(role) = route.access {
        operation["x-role"] = role.name().into();
    }
    if let Some(takes) = route.takes {
        operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": takes()}}});
    }
    operation
}

fn parameters(route: &Route) -> Vec<Json> {
    let path = route.path_names().map(|name| {
        let schema = json!({"type": "string", "minLength": 1});
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    });
    let query = route.parameters.iter().map(parameter);
    let key = route.verb.changes().then(|| {
        let about = "with it a request is done once: repeated within 24 h it gives the answer of the first";
        let schema = json!({"type": "string", "minLength": 1, "maxLength": super::limits::KEY_CHARS_MAX});
        json!({"name": IDEMPOTENCY_KEY, "in": "header", "description": about, "schema": schema})
    });
    path.chain(query).chain(key).collect()
}

fn parameter(parameter: &Parameter) -> Json {
    let schema = match parameter.kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Name => json!({"type": "string", "minLength": 1}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Whole(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Word(words) => json!({"type": "string", "enum": words}),
    };
    json!({"name": parameter.name, "in": "query", "description": parameter.about, "schema": schema})
}

fn responses(route: &Route) -> Json {
    let mut responses = Map::new();
    let content = match route.gives {
        Gives::Json(schema) => json!({"application/json": {"schema": schema()}}),
        Gives::JsonOrText(schema, kind) => {
            json!({"application/json": {"schema": schema()}, plain(kind): {"schema": {"type": "string"}}})
        }
        Gives::List(item) => {
            let list = json!({
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": item()},
                    "next": {"type": "string", "description": "the cursor of the next page, if there is one"},
                },
                "required": ["items"],
                "additionalProperties": false,
            });
            let text = json!({"schema": {"type": "string"}});
            json!({"application/json": {"schema": list}, JSON_LINES: text, plain(CSV): text})
        }
        Gives::Stream => json!({EVENT_STREAM: {"schema": {"type": "string"}}}),
        Gives::Text(kind) => json!({plain(kind): {"schema": {"type": "string"}}}),
    };
    responses.insert(route.status.to_string(), json!({"description": "done", "content": content}));
    let problem = json!({"application/problem+json": {"schema": schema::refer("problem")}});
    responses.insert("default".to_owned(), json!({"description": "why nothing was done", "content": problem}));
    if let Some(schema) = route.also_503 {
        let content = json!({"application/json": {"schema": schema()}});
        responses.insert("503".to_owned(), json!({"description": "it does not do its work", "content": content}));
    }
    responses.into()
}

/// Returns a type of content without its parameters.
fn plain(kind: &str) -> &str {
    kind.split(';').next().unwrap_or(kind)
}

/// Returns who may ask, for people.
pub(super) const fn access_name(access: Access) -> &'static str {
    match access {
        Access::Public => "everybody",
        Access::From(Role::Viewer) => "viewer",
        Access::From(Role::Operator) => "operator",
        Access::From(Role::Admin) => "admin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(json: &'a Json, found: &mut Vec<&'a str>) {
        match json {
            Json::Object(members) => {
                found.extend(members.get("$ref").and_then(Json::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Json::Array(items) => items.iter().for_each(|item| references(item, found)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = of_all();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{reference}");
        }
    }

    #[test]
    fn every_route_is_there() {
        let document = of_all();
        for route in ROUTES {
            let operation = &document["paths"][route.public_path()][route.verb.name().to_ascii_lowercase()];
            assert_eq!(operation["operationId"], route.name);
        }
    }
}
