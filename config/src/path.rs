//! Paths of tags and locations: names joined by `/`, a tag's after its `[provider]`.

use latchwork_expr::Scheme;

use crate::problems;
use crate::reader::{Reader, Written};

/// Complains about a tag's path that no reference could mean.
pub(crate) fn check_tag(reader: &mut Reader<'_, '_>, path: &Written) -> bool {
    check(reader, path, tag_fault(&path.value))
}

/// Complains about a location's path that is malformed.
pub(crate) fn check_location(reader: &mut Reader<'_, '_>, path: &Written) -> bool {
    check(reader, path, segments_fault(&path.value))
}

/// Returns the folder that relative references in a tag's own expression start from: the path
/// without its last name, and without the default provider.
pub(crate) fn folder_of(canonical: &str) -> &str {
    let path = canonical.strip_prefix("[default]").unwrap_or(canonical);
    match path.rfind('/') {
        Some(at) => &path[..at],
        // `[edge]Speed` stands at the top of its provider.
        None => path.find(']').map_or("", |at| &path[..=at]),
    }
}

fn check(reader: &mut Reader<'_, '_>, path: &Written, fault: Option<String>) -> bool {
    let Some(fault) = fault else { return true };
    let message = format!("the path `{}` {fault}", path.shown());
    reader.problem(problems::BAD_PATH, path.place, message, Some("write it like `Line1/Filler/Speed`".to_owned()));
    false
}

fn tag_fault(path: &str) -> Option<String> {
    if path.contains(['{', '}']) {
        return Some("has a brace: no reference can name it".to_owned());
    }
    let canonical = Scheme::canonical(path);
    let Some((provider, names)) = canonical[1..].split_once(']') else {
        return Some("has a `[` without `]`".to_owned());
    };
    if matches!(provider, "" | "." | "~") {
        return Some(format!("has the provider `[{provider}]`, which is no tag's"));
    }
    segments_fault(names)
}

fn segments_fault(path: &str) -> Option<String> {
    path.split('/').any(|name| name.trim().is_empty()).then(|| "has an empty name beside a `/`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_plants_have() {
        for path in
            ["Speed", "Line 1/Filler-2/Speed.mean", "[edge]Line1/Speed", "a[0]/b", "[default]x.y/z", "Motor.name"]
        {
            assert_eq!(tag_fault(path), None, "{path}");
        }
    }

    #[test]
    fn refuses_what_no_reference_can_name() {
        for path in ["", "/a", "a/", "a//b", "a/ /b", "[edge", "[.]a", "[~]a", "[]a", "a{b}", "[edge]"] {
            assert!(tag_fault(path).is_some(), "{path}");
        }
    }

    #[test]
    fn the_folder_of_a_tag_keeps_a_foreign_provider() {
        for (path, folder) in
            [("[default]A/B/C", "A/B"), ("[default]C", ""), ("[edge]A/C", "[edge]A"), ("[edge]C", "[edge]")]
        {
            assert_eq!(folder_of(path), folder);
        }
    }
}
