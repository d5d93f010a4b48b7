//! What stands between braces becomes a tag's slot, a host's value, or a problem.
//!
//! It must never know values: names are looked up once, before any evaluation.

use std::sync::Arc;

use crate::ast::{Property, Reference};
use crate::dataset::Dataset;
use crate::diagnostic::{Code, Diagnostic, closest, quoted};
use crate::image::TagSlot;
use crate::quality::Quality;
use crate::scheme::{Scheme, Scope, UnknownTag};
use crate::value::{Type, Value};

/// A value that the operation, or the tag of a transform, provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostName {
    OperationName,
    OperationLocation,
    OperationProductionOrder,
    OperationStatus,
    OperationStartDate,
    /// `{record.captures.NAME}`.
    Capture(String),
    /// `{value}`.
    Value,
}

/// What a reference means.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    /// A tag, its declared type and what of it is read.
    Tag { slot: TagSlot, kind: Type, property: Property },
    /// The last part of a known tag's path.
    Name(String),
    /// What is asked of a dataset that never changes.
    Constant(Value),
    /// A value of the host.
    Host(HostName),
    /// No tag, where that is no problem.
    NotFound { property: Property },
}

/// The names of an operation's values.
const OPERATION_NAMES: [(&str, HostName); 5] = [
    ("operation.name", HostName::OperationName),
    ("operation.location", HostName::OperationLocation),
    ("operation.productionOrder", HostName::OperationProductionOrder),
    ("operation.status", HostName::OperationStatus),
    ("operation.startDate", HostName::OperationStartDate),
];

const CAPTURES: &str = "record.captures.";

/// How references of screens begin.
const SCREENS: [(&str, &str); 14] = [
    ("view.", "Perspective view"),
    ("session.", "Perspective session"),
    ("page.", "Perspective page"),
    ("this.", "Perspective component"),
    ("parent.", "Perspective component"),
    ("self.", "Perspective component"),
    ("../", "Perspective component"),
    ("./", "Perspective component"),
    (".../", "Perspective component"),
    ("/root", "Perspective component"),
    ("Root Container", "Vision component"),
    ("[System]Client/", "Vision client"),
    ("[client]", "Vision client"),
    ("[Client]", "Vision client"),
];

/// Returns what a reference means in its scope, or why it means nothing.
pub(super) fn resolve(reference: &Reference, span: (usize, usize), scope: &Scope<'_>) -> Result<Resolved, Diagnostic> {
    let text = reference.text.as_str();
    if let Some(name) = host_name(text, scope) {
        return Ok(Resolved::Host(name));
    }
    let (path, property, found) = find_tag(text, span, scope)?;
    found.map_or_else(|| unknown(text, &path, property, span, scope), Ok)
}

/// Returns what the constant path of a `tag()` means: tags only.
pub(super) fn resolve_path(text: &str, span: (usize, usize), scope: &Scope<'_>) -> Result<Resolved, Diagnostic> {
    let (path, property, found) = find_tag(text, span, scope)?;
    found.map_or_else(|| no_such_tag(&path, property, span, scope), Ok)
}

/// Returns the canonical path and the property that a text asks for, and the tag if there is one.
fn find_tag(
    text: &str,
    span: (usize, usize),
    scope: &Scope<'_>,
) -> Result<(String, Property, Option<Resolved>), Diagnostic> {
    let whole = tag_path(text, span, scope)?;
    if let Some(found) = find(&whole, Property::Value, scope) {
        return Ok((whole, Property::Value, Some(found)));
    }
    let (path, property) = match split_property(&whole) {
        Some((path, property)) => (path.to_owned(), property),
        None => (whole, Property::Value),
    };
    let found = find(&path, property, scope);
    Ok((path, property, found))
}

/// Returns what is asked of the tag or dataset of a canonical path.
fn find(path: &str, property: Property, scope: &Scope<'_>) -> Option<Resolved> {
    let tag = scope.scheme.find(path).map(|(slot, kind)| match property {
        Property::Name => Resolved::Name(last_part(path).to_owned()),
        Property::Value | Property::Quality | Property::Timestamp => {
            Resolved::Tag { slot, kind: property_type(property, kind), property }
        }
    });
    tag.or_else(|| {
        let dataset = scope.scheme.datasets().get(path)?;
        Some(Resolved::Constant(of_dataset(dataset, path, property)))
    })
}

/// Returns what is known of a dataset that never changes: it is Good, and was never read.
pub(super) fn of_dataset(dataset: &Arc<Dataset>, path: &str, property: Property) -> Value {
    match property {
        Property::Value => Value::Dataset(dataset.clone()),
        Property::Quality => Value::Quality(Quality::Good),
        Property::Timestamp => Value::Null,
        Property::Name => Value::from(last_part(path)),
    }
}

/// Returns the host's value of this name, where the host has any.
fn host_name(text: &str, scope: &Scope<'_>) -> Option<HostName> {
    if scope.value && text == "value" {
        return Some(HostName::Value);
    }
    if !scope.operation {
        return None;
    }
    let operation = OPERATION_NAMES.iter().find(|(name, _)| *name == text).map(|(_, host)| host.clone());
    let capture = text.strip_prefix(CAPTURES).filter(|name| !name.is_empty());
    operation.or_else(|| capture.map(|name| HostName::Capture(name.to_owned())))
}

/// Returns the canonical path that a reference asks for, its property still at the end.
fn tag_path(text: &str, span: (usize, usize), scope: &Scope<'_>) -> Result<String, Diagnostic> {
    canonical_path(text, scope.folder).ok_or_else(|| {
        let folder = if text.starts_with("[.]") { scope.folder } else { "" };
        let message = format!("the reference {} leads above the tags' root", quoted(text));
        Diagnostic::new(Code::UNKNOWN_TAG, span, message)
            .hint(format!("it begins in the folder `{folder}`; use fewer `..`"))
    })
}

/// Returns the canonical form of a path that may be relative to a folder; `None` if it leads above the
/// tags' root.
pub(super) fn canonical_path(text: &str, folder: &str) -> Option<String> {
    let relative = text.strip_prefix("[.]");
    let Some(rest) = relative.or_else(|| text.strip_prefix("[~]")) else {
        return Some(Scheme::canonical(text));
    };
    let folder = if relative.is_some() { folder } else { "" };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in rest.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(Scheme::canonical(&parts.join("/")))
}

/// Cuts off a property, if the last part after a dot is one.
pub(super) fn split_property(path: &str) -> Option<(&str, Property)> {
    const PROPERTIES: [(&str, Property); 4] = [
        ("value", Property::Value),
        ("quality", Property::Quality),
        ("timestamp", Property::Timestamp),
        ("name", Property::Name),
    ];
    let (path, last) = path.rsplit_once('.')?;
    let (_, property) = PROPERTIES.iter().find(|(name, _)| last.eq_ignore_ascii_case(name))?;
    Some((path, *property))
}

pub(super) fn last_part(path: &str) -> &str {
    path.rsplit(['/', ']']).next().unwrap_or(path)
}

const fn property_type(property: Property, kind: Type) -> Type {
    match property {
        Property::Value => kind,
        Property::Quality | Property::Name => Type::String,
        Property::Timestamp => Type::Date,
    }
}

/// Says why a reference means no tag, unless that is no problem here.
fn unknown(
    text: &str,
    path: &str,
    property: Property,
    span: (usize, usize),
    scope: &Scope<'_>,
) -> Result<Resolved, Diagnostic> {
    if let Some(refused) = refused(text, span, scope) {
        return Err(refused);
    }
    no_such_tag(path, property, span, scope)
}

/// Says that there is no such tag, unless that is no problem here.
fn no_such_tag(
    path: &str,
    property: Property,
    span: (usize, usize),
    scope: &Scope<'_>,
) -> Result<Resolved, Diagnostic> {
    match scope.unknown_tag {
        UnknownTag::BadNotFound => Ok(Resolved::NotFound { property }),
        UnknownTag::ProblemWithoutSuggestion => Err(unknown_tag(path, span)),
        UnknownTag::Problem => {
            let problem = unknown_tag(path, span);
            let (of, _) = path.rsplit_once('.').unwrap_or_default();
            if scope.scheme.find(of).is_some() {
                return Err(problem.hint("the properties are `.value`, `.quality`, `.timestamp` and `.name`"));
            }
            if scope.scheme.datasets().contains_key(of) {
                return Err(problem.hint(format!("write `{{{}}}[row, \"column\"]` for a cell", short(of))));
            }
            // As people write them: a provider that is understood would make all paths look alike.
            Err(match closest(short(path), scope.scheme.paths().map(short)) {
                Some(meant) => problem.hint(format!("did you mean `{meant}`?")),
                None => problem,
            })
        }
    }
}

fn unknown_tag(path: &str, span: (usize, usize)) -> Diagnostic {
    Diagnostic::new(Code::UNKNOWN_TAG, span, format!("there is no tag {}", quoted(short(path))))
}

/// Returns a path as people write it: without the provider that is understood.
pub(super) fn short(path: &str) -> &str {
    path.strip_prefix("[default]").unwrap_or(path)
}

/// Returns the problem of a reference that could never mean a tag.
fn refused(text: &str, span: (usize, usize), scope: &Scope<'_>) -> Option<Diagnostic> {
    let problem = |message: String| Diagnostic::new(Code::REFUSED_REFERENCE, span, message);
    if text.is_empty() {
        return Some(problem("the reference is empty".to_owned()).hint("write a tag's path between the braces"));
    }
    if text == "value" {
        return Some(problem("`{value}` means nothing here".to_owned()).hint("only a tag's transform has it"));
    }
    if text.starts_with("operation.") || text.starts_with("record.") {
        return Some(refused_host(text, span, scope));
    }
    let (_, screen) = SCREENS.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let message = format!("{} refers to a {screen}, and a gateway has no screens", quoted(&format!("{{{text}}}")));
    Some(problem(message).hint("refer to the tag that the screen shows"))
}

fn refused_host(text: &str, span: (usize, usize), scope: &Scope<'_>) -> Diagnostic {
    let message = format!("{} means nothing here", quoted(&format!("{{{text}}}")));
    let problem = Diagnostic::new(Code::REFUSED_REFERENCE, span, message);
    if !scope.operation {
        return problem.hint("only an operation's expressions have it");
    }
    match closest(text, OPERATION_NAMES.iter().map(|(name, _)| *name)) {
        Some(meant) => problem.hint(format!("did you mean `{{{meant}}}`?")),
        None => problem.hint("there are `{operation.…}` names and `{record.captures.NAME}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> Scheme {
        let mut scheme = Scheme::new();
        for (path, kind) in [
            ("Line1/Filler/Speed", Type::Float),
            ("Line1/Speed", Type::Integer),
            ("a.b", Type::Boolean),
            ("a.quality", Type::Boolean),
            ("[plc]Line 1/x-y", Type::String),
            ("session.count", Type::Integer),
        ] {
            scheme.add(path, kind);
        }
        scheme
    }

    /// Resolves within the folder `Line1/Filler` and shows the result or the problem.
    fn resolved(text: &str, change: impl Fn(&mut Scope<'_>)) -> String {
        let scheme = scheme();
        let mut scope = Scope { folder: "Line1/Filler", ..Scope::of(&scheme) };
        change(&mut scope);
        match resolve(&Reference { text: text.to_owned() }, (0, 1), &scope) {
            Ok(Resolved::Tag { slot, kind, property }) => format!("{} {} {property:?}", slot.0, kind.name()),
            Ok(other) => format!("{other:?}"),
            Err(problem) => format!("{} {} ({})", problem.code.0, problem.message, problem.hint.unwrap_or_default()),
        }
    }

    fn check(text: &str, wanted: &str) {
        assert_eq!(resolved(text, |_| {}), wanted, "{text}");
    }

    #[test]
    fn paths_have_providers_and_folders() {
        check("Line1/Speed", "1 integer Value");
        check("[default]Line1/Speed", "1 integer Value");
        check("[~]Line1/Speed", "1 integer Value");
        check("[.]Speed", "0 float Value");
        check("[.]../Speed", "1 integer Value");
        check("[.]../../Line1/./Speed", "1 integer Value");
        check("[plc]Line 1/x-y", "4 string Value");
        check(
            "[.]../../../x",
            "E107 the reference `[.]../../../x` leads above the tags' root (it begins in the folder `Line1/Filler`; use fewer `..`)",
        );
    }

    #[test]
    fn properties_are_cut_off_unless_a_tag_has_the_whole_name() {
        check("Line1/Speed.QUALITY", "1 string Quality");
        check("[.]Speed.timestamp", "0 date Timestamp");
        check("[plc]Line 1/x-y.Name", "Name(\"x-y\")");
        check("Line1/Speed.value", "1 integer Value");
        check("a.b", "2 boolean Value");
        check("a.quality", "3 boolean Value");
        check("a.b.quality", "2 string Quality");
    }

    #[test]
    fn datasets_are_constants() {
        let mut scheme = scheme();
        scheme.add_dataset("Line1/Recipes", Dataset::default());
        let scope = Scope { folder: "Line1", ..Scope::of(&scheme) };
        let shown = |text: &str| match resolve(&Reference { text: text.to_owned() }, (0, 1), &scope) {
            Ok(Resolved::Constant(value)) => crate::coerce::text(&value, scope.zone),
            Ok(other) => format!("{other:?}"),
            Err(problem) => problem.hint.unwrap_or_default(),
        };
        assert_eq!(shown("[.]Recipes"), "Dataset [0R x 0C]");
        assert_eq!(shown("[default]Line1/Recipes.quality"), "Good");
        assert_eq!(shown("Line1/Recipes.name"), "Recipes");
        assert_eq!(shown("Line1/Recipes.timestamp"), "null");
        assert_eq!(shown("Line1/Recipe"), "did you mean `Line1/Recipes`?");
    }

    #[test]
    fn unknown_tags_get_a_suggestion() {
        check("Line1/Sped", "E107 there is no tag `Line1/Sped` (did you mean `Line1/Speed`?)");
        check("line1/speed", "E107 there is no tag `line1/speed` (did you mean `Line1/Speed`?)");
        check("[plc]Line 1/xy", "E107 there is no tag `[plc]Line 1/xy` (did you mean `[plc]Line 1/x-y`?)");
        check("Palletizer/Speed", "E107 there is no tag `Palletizer/Speed` ()");
        check("Palletizer/State.unit", "E107 there is no tag `Palletizer/State.unit` ()");
        check(
            "Line1/Speed.qualty",
            "E107 there is no tag `Line1/Speed.qualty` (the properties are `.value`, `.quality`, `.timestamp` and `.name`)",
        );
        let forgiving = resolved("Palletizer/State.quality", |scope| scope.unknown_tag = UnknownTag::BadNotFound);
        assert_eq!(forgiving, "NotFound { property: Quality }");
        let brief = resolved("Line1/Sped", |scope| scope.unknown_tag = UnknownTag::ProblemWithoutSuggestion);
        assert_eq!(brief, "E107 there is no tag `Line1/Sped` ()");
    }

    #[test]
    fn screens_are_refused_unless_a_tag_has_the_name() {
        check(
            "../Label.props.text",
            "E108 `{../Label.props.text}` refers to a Perspective component, and a gateway has no screens (refer to the tag that the screen shows)",
        );
        assert!(resolved("view.params.x", |scope| scope.unknown_tag = UnknownTag::BadNotFound).starts_with("E108"));
        check("session.count", "5 integer Value");
        check("", "E108 the reference is empty (write a tag's path between the braces)");
    }

    #[test]
    fn hosts_have_names_only_where_they_stand() {
        check("operation.name", "E108 `{operation.name}` means nothing here (only an operation's expressions have it)");
        check("value", "E108 `{value}` means nothing here (only a tag's transform has it)");
        let operation = |text| resolved(text, |scope| scope.operation = true);
        assert_eq!(operation("operation.productionOrder"), "Host(OperationProductionOrder)");
        assert_eq!(operation("record.captures.a b"), "Host(Capture(\"a b\"))");
        assert_eq!(
            operation("operation.startdate"),
            "E108 `{operation.startdate}` means nothing here (did you mean `{operation.startDate}`?)"
        );
        assert_eq!(resolved("value", |scope| scope.value = true), "Host(Value)");
    }
}
