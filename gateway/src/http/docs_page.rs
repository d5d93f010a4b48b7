//! `/docs`: the OpenAPI document as a page for people, without a script.

use std::fmt::Write;

use serde_json::Value as Json;

use super::answer;
use super::body::Answer;
use super::openapi::{access_name, of_all};
use super::table::ROUTES;

/// The types of the page and of how it looks.
pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const CSS: &str = "text/css; charset=utf-8";

/// How the page looks: readable by day and by night, on a phone and on paper.
const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:1rem}
h2{margin:2rem 0 0;font:600 1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
p{margin:.25rem 0}
table{border-collapse:collapse;margin:.5rem 0}
td,th{padding:.1rem .75rem .1rem 0;text-align:left;vertical-align:top}
pre{overflow:auto;padding:.5rem;border:1px solid;border-radius:.25rem;font:.8rem/1.4 ui-monospace,monospace}
";

/// Shows the page.
pub(super) fn page() -> Answer {
    answer::text(HTML, html(&of_all()))
}

/// Shows how the page looks.
pub(super) fn style() -> Answer {
    answer::text(CSS, STYLE.to_owned())
}

fn html(document: &Json) -> String {
    let mut page = String::from(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Latchwork: the HTTP interface</title><link rel=\"stylesheet\" href=\"/docs/style.css\">\
         <h1>Latchwork: the HTTP interface</h1><p>For programs: <a href=\"/api/openapi.json\">/api/openapi.json</a>\n",
    );
    for route in ROUTES {
        let path = route.public_path();
        let operation = &document["paths"][&path][route.verb.name().to_ascii_lowercase()];
        let (verb, access) = (route.verb.name(), access_name(route.access));
        let (path, about) = (escaped(&path), escaped(route.about));
        add(&mut page, format_args!("<h2>{verb} {path}</h2><p>{about}<p>For: {access}\n"));
        add_parameters(&mut page, operation);
        if let Json::Object(content) = &operation["requestBody"]["content"] {
            content.iter().for_each(|(kind, content)| add_schema(&mut page, "Takes", kind, &content["schema"]));
        }
        if let Json::Object(content) = &operation["responses"][route.status.to_string()]["content"] {
            content.iter().for_each(|(kind, content)| add_schema(&mut page, "Gives", kind, &content["schema"]));
        }
    }
    page.push_str("<h1>Shapes</h1>\n");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        add(&mut page, format_args!("<h2 id=\"{name}\">{name}</h2>"));
        add_schema(&mut page, "", "", schema);
    }
    page
}

fn add_parameters(page: &mut String, operation: &Json) {
    let Some(parameters) = operation["parameters"].as_array().filter(|parameters| !parameters.is_empty()) else {
        return;
    };
    page.push_str("<table>");
    for parameter in parameters {
        let word = |key: &str| escaped(parameter[key].as_str().unwrap_or_default());
        let (name, place, about) = (word("name"), word("in"), word("description"));
        add(page, format_args!("<tr><th>{name}<td>{place}<td>{about}"));
    }
    page.push_str("</table>\n");
}

fn add_schema(page: &mut String, what: &str, kind: &str, schema: &Json) {
    let text = format!("{schema:#}");
    add(
        page,
        format_args!("<details><summary>{what} {}</summary><pre>{}</pre></details>\n", escaped(kind), escaped(&text)),
    );
}

fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing text to memory cannot fail");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_route_and_neither_script_nor_anything_of_others() {
        let page = html(&of_all());
        for route in ROUTES {
            assert!(page.contains(&format!("<h2>{} {}</h2>", route.verb.name(), route.public_path())));
        }
        assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("src="));
        assert!(!page.contains("href=\"http"));
    }
}
