//! The image as it is stored: tags that follow one another are one text, and what they are called is another beside it.
//!
//! What tags hold is written again and again; what they are called stays while the plant does.

use latchwork_expr::{Cell, Quality, TagSlot, Timestamp, Value, exact};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::form::{good, is_default, is_good};
use super::{RetainedError, RetainedSite, RetainedTag, retain_sites};
use crate::restart::was_never_set;
use crate::step::Engine;

/// What a tag is called, and where its value comes from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    tag: String,
    #[serde(default, skip_serializing_if = "is_default")]
    wire: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    expression: Option<String>,
}

/// What a tag holds. As JSON it is its value, for that is nearly all that is ever written; with a time or anything else it
/// is a list, which no value is: `[value, time, {…}]`. A tag that was never read, set or evaluated is the empty list.
#[derive(Debug)]
struct Held {
    value: Value,
    /// Left out where it is that of the tag before: what is read together has one time.
    time: Option<Timestamp>,
    state: State,
}

/// What else is to be said of a tag's value.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    #[serde(default = "good", skip_serializing_if = "is_good")]
    quality: Quality,
    #[serde(default, skip_serializing_if = "is_default")]
    hidden: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<RetainedSite>,
}

/// A tag's place in the list of what tags hold.
struct Place(Option<Held>);

#[derive(Serialize)]
struct ExactRef<'a>(#[serde(with = "exact")] &'a Value);

impl State {
    const PLAIN: Self = Self { quality: Quality::Good, hidden: false, sites: Vec::new() };

    fn is_plain(&self) -> bool {
        is_good(&self.quality) && !self.hidden && self.sites.is_empty()
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => [(); 0].serialize(serializer),
            Some(Held { value, time: None, state }) if state.is_plain() => exact::serialize(value, serializer),
            Some(Held { value, time, state }) if state.is_plain() => (ExactRef(value), time).serialize(serializer),
            Some(Held { value, time, state }) => (ExactRef(value), time, state).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let parts = if json.is_array() { serde_json::from_value(json) } else { Ok(vec![json]) };
        let mut parts = parts.map_err(D::Error::custom)?.into_iter();
        let Some(value): Option<Json> = parts.next() else { return Ok(Self(None)) };
        let value = exact::from_json(value).ok_or_else(|| D::Error::custom("not an exact value"))?;
        let time = parts.next().map(serde_json::from_value).transpose().map_err(D::Error::custom)?.flatten();
        let state = parts.next().map(serde_json::from_value).transpose().map_err(D::Error::custom)?;
        if parts.next().is_some() {
            return Err(D::Error::custom("more than is known of a tag"));
        }
        Ok(Self(Some(Held { value, time, state: state.unwrap_or(State::PLAIN) })))
    }
}

impl Engine {
    /// Returns what survives of a tag; nothing while it was never read, set or evaluated.
    pub fn retained_tag(&self, slot: TagSlot) -> Option<RetainedTag> {
        let held = self.held(slot)?;
        let time = held.time.unwrap_or_default();
        Some(tag(self.name(slot), held, time))
    }

    /// Returns what tags are called, as one text.
    pub fn retained_names(&self, slots: impl IntoIterator<Item = TagSlot>) -> String {
        let names: Vec<Name> = slots.into_iter().map(|slot| self.name(slot)).collect();
        serde_json::to_string(&names).expect("names have a JSON form")
    }

    /// Returns what tags hold, as one text that [`RetainedTag::of_texts`] reads beside that of their names.
    pub fn retained_values(&self, slots: impl IntoIterator<Item = TagSlot>) -> String {
        let mut last = None;
        let mut without_last_time = |mut held: Held| {
            let time = held.time.take();
            held.time = time.filter(|_| time != last);
            last = time;
            held
        };
        let held = slots.into_iter().map(|slot| Place(self.held(slot).map(&mut without_last_time)));
        let held: Vec<Place> = held.collect();
        serde_json::to_string(&held).expect("values have a JSON form")
    }

    fn name(&self, slot: TagSlot) -> Name {
        let tag = &self.plant.tags[slot.index()];
        let expression = tag.expression.as_deref().map(|program| program.text().to_owned());
        Name { tag: tag.path.clone(), wire: tag.wire.clone(), expression }
    }

    fn held(&self, slot: TagSlot) -> Option<Held> {
        let cell: &Cell = &self.image[slot.index()];
        if was_never_set(cell) {
            return None;
        }
        let expression = self.plant.tags[slot.index()].expression.as_deref();
        let hider = self.validity.hider_of(slot);
        Some(Held {
            value: cell.value.clone(),
            time: Some(cell.time),
            state: State {
                quality: hider.map_or(cell.quality, |_| self.validity.read_as[slot.index()]),
                hidden: hider.is_some(),
                sites: retain_sites(expression.map_or(&[], |program| self.sites_of(slot, program))),
            },
        })
    }
}

impl RetainedTag {
    /// Returns the tags of two texts: what they are called, and what they hold. Those that hold nothing are left out.
    pub fn of_texts(names: &str, values: &str) -> Result<Vec<Self>, RetainedError> {
        let read = |error: serde_json::Error| RetainedError { reason: error.to_string() };
        let names: Vec<Name> = serde_json::from_str(names).map_err(read)?;
        let values: Vec<Place> = serde_json::from_str(values).map_err(read)?;
        if names.len() != values.len() {
            return Err(RetainedError { reason: format!("{} tags with {} values", names.len(), values.len()) });
        }
        let mut last = Timestamp::default();
        let tags = names.into_iter().zip(values).filter_map(|(name, Place(held))| {
            let held = held?;
            last = held.time.unwrap_or(last);
            Some(tag(name, held, last))
        });
        Ok(tags.collect())
    }
}

fn tag(Name { tag, wire, expression }: Name, held: Held, source_time: Timestamp) -> RetainedTag {
    let Held { value, time: _, state: State { quality, hidden, sites } } = held;
    RetainedTag { path: tag, value, quality, hidden, source_time, wire, expression, sites }
}
