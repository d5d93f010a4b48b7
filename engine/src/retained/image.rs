//! The image as it is stored: tags that follow one another are one text, and what they are called is another beside it.
//!
//! What tags hold is written again and again; what they are called stays while the plant does.

use latchwork_expr::{Cell, Quality, TagSlot, Timestamp, Value, exact};
use serde::{Deserialize, Serialize};

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

/// What a tag holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    value: Value,
    #[serde(default = "good", skip_serializing_if = "is_good")]
    quality: Quality,
    #[serde(default, skip_serializing_if = "is_default")]
    hidden: bool,
    /// Left out where it is that of the tag before: what is read together has one time.
    #[serde(default, skip_serializing_if = "is_default")]
    time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<RetainedSite>,
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
        let held: Vec<Option<Held>> =
            slots.into_iter().map(|slot| self.held(slot).map(&mut without_last_time)).collect();
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
            quality: hider.map_or(cell.quality, |_| self.validity.read_as[slot.index()]),
            hidden: hider.is_some(),
            time: Some(cell.time),
            sites: retain_sites(expression.map_or(&[], |program| self.sites_of(slot, program))),
        })
    }
}

impl RetainedTag {
    /// Returns the tags of two texts: what they are called, and what they hold. Those that hold nothing are left out.
    pub fn of_texts(names: &str, values: &str) -> Result<Vec<Self>, RetainedError> {
        let read = |error: serde_json::Error| RetainedError { reason: error.to_string() };
        let names: Vec<Name> = serde_json::from_str(names).map_err(read)?;
        let values: Vec<Option<Held>> = serde_json::from_str(values).map_err(read)?;
        if names.len() != values.len() {
            return Err(RetainedError { reason: format!("{} tags with {} values", names.len(), values.len()) });
        }
        let mut last = Timestamp::default();
        let tags = names.into_iter().zip(values).filter_map(|(name, held)| {
            let held = held?;
            last = held.time.unwrap_or(last);
            Some(tag(name, held, last))
        });
        Ok(tags.collect())
    }
}

fn tag(Name { tag, wire, expression }: Name, held: Held, source_time: Timestamp) -> RetainedTag {
    let Held { value, quality, hidden, time: _, sites } = held;
    RetainedTag { path: tag, value, quality, hidden, source_time, wire, expression, sites }
}
