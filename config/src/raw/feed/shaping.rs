//! The keys of a tag that say what becomes of a reading, whatever connection it comes over.

use std::collections::BTreeMap;

use latchwork_expr::Type;

use crate::connections::Range;
use crate::conversion::type_name;
use crate::document::{Content, Item};
use crate::explain::quoted;
use crate::limits::ENUM_NAMES_MAX;
use crate::place::Place;
use crate::problems;
use crate::reader::{ExpressionText, Reader, float_of};

/// Every key that only a tag of a connection has, whatever connection.
pub(super) const KEYS: &[&str] =
    &["raw_range", "engineering_range", "clamp", "invert", "enum", "transform", "deadband"];

/// What becomes of a reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawShaping {
    /// From the device's numbers to the engineer's.
    pub(crate) range: Option<Range>,
    /// Whether true is false.
    pub(crate) invert: bool,
    /// The texts that numbers stand for.
    pub(crate) names: Option<BTreeMap<i64, String>>,
    /// What is calculated.
    pub(crate) transform: Option<ExpressionText>,
    /// What is too small a difference to be told.
    pub(crate) deadband: Option<f64>,
    /// The tag's declared type, and where it stands.
    pub(crate) kind: Option<(Type, Place)>,
}

impl RawShaping {
    /// Returns the rules as one text: equal texts are equal values.
    pub(crate) fn identity(&self) -> String {
        let Self { range, invert, names, transform, deadband, kind: _ } = self;
        let range =
            range.as_ref().map(|Range { raw, engineering, clamp }| format!("range {raw:?} {engineering:?} {clamp}"));
        let inverted = invert.then(|| "inverted".to_owned());
        let names = names.as_ref().map(|names| format!("enum {names:?}"));
        let transform = transform.as_ref().map(|transform| format!("transform {:?}", transform.text));
        let deadband = deadband.map(|deadband| format!("deadband {deadband}"));
        [range, inverted, names, transform, deadband].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Tells whether there is no rule.
    const fn is_empty(&self) -> bool {
        let Self { range, invert, names, transform, deadband, kind: _ } = self;
        range.is_none() && !*invert && names.is_none() && transform.is_none() && deadband.is_none()
    }
}

/// Reads the keys; `kind` is the tag's type. `None` if there is no rule.
pub(super) fn read(reader: &mut Reader<'_, '_>, kind: Option<Type>) -> Option<Box<RawShaping>> {
    let shaping = RawShaping {
        range: range(reader),
        invert: reader.boolean_or_absent("invert"),
        names: names(reader),
        transform: reader.expression("transform"),
        deadband: reader.positive("deadband"),
        kind: kind.map(|kind| (kind, reader.value_place(&["type"]))),
    };
    check_kind(reader, &shaping, kind);
    check_together(reader);
    (!shaping.is_empty()).then(|| Box::new(shaping))
}

/// Reads what lies between which numbers.
fn range(reader: &mut Reader<'_, '_>) -> Option<Range> {
    for (key, other) in [("raw_range", "engineering_range"), ("engineering_range", "raw_range")] {
        if let (Some(place), false) = (reader.key_place(key), reader.has(other)) {
            let hint = "write both, such as `raw_range = [0, 27648]` and `engineering_range = [0.0, 100.0]`".to_owned();
            reader.problem(problems::MISSING_KEY, place, format!("`{other}` is missing"), Some(hint));
        }
    }
    if let (Some(place), false) = (reader.key_place("clamp"), reader.has("raw_range")) {
        reader.problem(problems::NO_EFFECT, place, "`clamp` has no effect: there is no `raw_range`", None);
    }
    let (raw, engineering) = (pair(reader, "raw_range"), pair(reader, "engineering_range"));
    let clamp = reader.boolean_or_absent("clamp");
    let (raw, engineering) = (raw?, engineering?);
    if (raw.1 - raw.0).abs() <= 0.0 {
        let message = "`raw_range` begins where it ends, expected two different numbers";
        reader.problem(problems::OUT_OF_RANGE, reader.value_place(&["raw_range"]), message, None);
        return None;
    }
    Some(Range { raw, engineering, clamp })
}

/// Reads two finite numbers.
fn pair(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<(f64, f64)> {
    let item = reader.item(key)?;
    let numbers = match &item.content {
        Content::List(items) => items.iter().map(number).collect::<Option<Vec<f64>>>(),
        Content::Text(_)
        | Content::Boolean(_)
        | Content::Integer(_)
        | Content::Float(_)
        | Content::Date(_)
        | Content::Table(_) => None,
    };
    let Some(&[first, second]) = numbers.as_deref() else {
        reader.wrong_type(key, item, "a list of two finite numbers");
        return None;
    };
    reader.explain(key, Some(item.place), || format!("[{first}, {second}]"));
    Some((first, second))
}

fn number(item: &Item) -> Option<f64> {
    match item.content {
        Content::Integer(number) => Some(float_of(number)),
        Content::Float(number) => Some(number).filter(|number| number.is_finite()),
        Content::Text(_) | Content::Boolean(_) | Content::Date(_) | Content::List(_) | Content::Table(_) => None,
    }
}

/// Reads the texts that numbers stand for.
fn names(reader: &mut Reader<'_, '_>) -> Option<BTreeMap<i64, String>> {
    let table = reader.table("enum")?;
    let mut names = BTreeMap::new();
    for entry in &table.entries {
        let number = entry.key.parse::<i64>().ok().filter(|number| number.to_string() == *entry.key);
        let text = if let Content::Text(text) = &entry.item.content { Some(text.clone()) } else { None };
        match (number, text) {
            (Some(number), Some(text)) => {
                names.insert(number, text);
            }
            (None, _) => {
                let message = format!("`enum` has the key `{}`, expected whole numbers only", entry.key);
                reader.problem(problems::BAD_ENUM, entry.key_place, message, Some(ENUM_EXAMPLE.to_owned()));
            }
            (Some(_), None) => {
                let message = format!("`enum` has {} for {}, expected a text", entry.item.content.kind(), entry.key);
                reader.problem(problems::BAD_ENUM, entry.item.place, message, Some(ENUM_EXAMPLE.to_owned()));
            }
        }
    }
    if !(1..=ENUM_NAMES_MAX).contains(&table.entries.len()) {
        let message = format!("`enum` has {} names, expected 1 to {ENUM_NAMES_MAX}", table.entries.len());
        reader.problem(problems::BAD_ENUM, table.place, message, Some(ENUM_EXAMPLE.to_owned()));
    }
    let shown = |(number, text): (&i64, &String)| format!("{number} = {}", quoted(text));
    let place = reader.value_place(&["enum"]);
    reader.explain("enum", Some(place), || format!("{{ {} }}", names.iter().map(shown).collect::<Vec<_>>().join(", ")));
    Some(names)
}

const ENUM_EXAMPLE: &str = "write it like `enum = { 0 = \"Idle\", 1 = \"Running\" }`";

/// Complains about rules whose results the tag's type cannot have.
fn check_kind(reader: &mut Reader<'_, '_>, shaping: &RawShaping, kind: Option<Type>) {
    // What a transform gives is checked once it is compiled.
    let Some(kind) = kind.filter(|_| shaping.transform.is_none()) else { return };
    let is_number = matches!(kind, Type::Integer | Type::Float);
    let gives = [
        (shaping.names.is_some() && kind != Type::String, "enum", "texts"),
        (shaping.invert && kind != Type::Boolean, "invert", "truth values"),
        (shaping.range.is_some() && shaping.names.is_none() && kind != Type::Float, "raw_range", "floats"),
        (shaping.deadband.is_some() && !is_number, "deadband", "a difference of numbers"),
    ];
    for (_, key, what) in gives.into_iter().filter(|(is_wrong, ..)| *is_wrong) {
        let message = format!("`{key}` is about {what}, but the tag's type is {}", type_name(kind));
        reader.problem(problems::UNFIT_RULE, reader.value_place(&[key]), message, None);
    }
}

/// Complains about rules that contradict one another.
fn check_together(reader: &mut Reader<'_, '_>) {
    for (key, other) in [
        ("scale", "raw_range"),
        ("offset", "raw_range"),
        ("invert", "raw_range"),
        ("invert", "enum"),
        ("deadband", "enum"),
    ] {
        if let (Some(place), true) = (reader.key_place(key), reader.has(other)) {
            let hint = Some("leave one of them out".to_owned());
            let message = format!("`{key}` stands beside `{other}`, and only one of them can be meant");
            reader.problem(problems::RULES_DISAGREE, place, message, hint);
        }
    }
}
