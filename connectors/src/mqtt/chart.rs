//! Which places of a JSON document are wanted, and the way through a document that stops there and nowhere else.
//!
//! Pure. What is not wanted is checked and stepped over, and costs no memory. A place that stands twice in a document is
//! the second one.

use std::fmt;

use latchwork_config::connections::{JsonPaths, JsonStep, PointPaths};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::scalar::Scalar;
use super::topic::Names;
use crate::limits::MQTT_POINTS_MAX;

/// Where what is wanted is put: the place of a path among all paths of a chart.
pub(super) type Slot = usize;

/// The places of a document that are wanted.
#[derive(Debug, Default)]
pub(super) struct Chart {
    root: Place,
    /// How many slots there are.
    slots: usize,
    /// The groups of points.
    groups: Vec<Group>,
}

/// Points of one kind.
#[derive(Debug)]
struct Group {
    form: Form,
    /// What is wanted of each.
    each: Place,
}

/// What points are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The members of an object.
    Members,
    /// The elements of an array.
    Elements,
}

/// What is wanted of a place.
#[derive(Debug, Default)]
struct Place {
    /// Where what stands here is put.
    slots: Vec<Slot>,
    /// Whose points stand here.
    groups: Vec<usize>,
    /// What is wanted within it.
    steps: Vec<(JsonStep, Self)>,
}

/// Where value, time and quality of something are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    pub(super) value: Slot,
    pub(super) time: Option<Slot>,
    pub(super) quality: Option<Slot>,
}

/// Where what a group of points says is put: each point has slots of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupSlots {
    pub(super) group: usize,
    pub(super) shared_time: Option<Slot>,
    pub(super) shared_quality: Option<Slot>,
}

/// The slots of a point.
pub(super) const POINT_VALUE: Slot = 0;
pub(super) const POINT_TIME: Slot = 1;
pub(super) const POINT_QUALITY: Slot = 2;
pub(super) const POINT_NAME: Slot = 3;
const POINT_SLOTS: usize = 4;

/// What was found of a point.
#[derive(Debug, Default)]
pub(super) struct FoundPoint {
    /// Its tag, if its place in an object names one.
    pub(super) tag: Option<usize>,
    pub(super) slots: [Option<Scalar>; POINT_SLOTS],
}

/// What was found of a group of points.
#[derive(Debug, Default)]
pub(super) enum FoundGroup {
    /// Nothing stands there.
    #[default]
    Missing,
    /// Something else stands there.
    NoPoints,
    /// More than there may be.
    TooMany,
    /// The points, in their order.
    Points(Vec<FoundPoint>),
}

/// What was found in a document.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) slots: Vec<Option<Scalar>>,
    pub(super) groups: Vec<FoundGroup>,
}

impl Chart {
    /// Adds the places of a value, its time and its quality.
    pub(super) fn add(&mut self, paths: &JsonPaths) -> Slots {
        Slots {
            value: self.slot(&paths.value),
            time: paths.time.as_deref().map(|path| self.slot(path)),
            quality: paths.quality.as_deref().map(|path| self.slot(path)),
        }
    }

    /// Adds the places of points.
    pub(super) fn add_points(&mut self, form: Form, paths: &PointPaths) -> GroupSlots {
        let group = self.groups.len();
        self.root.within(&paths.points).groups.push(group);
        let mut each = Place::default();
        let JsonPaths { value, time, quality, time_unit: _ } = &paths.each;
        let wanted = [
            (POINT_VALUE, Some(value)),
            (POINT_TIME, time.as_ref()),
            (POINT_QUALITY, quality.as_ref()),
            (POINT_NAME, paths.name.as_ref()),
        ];
        for (slot, path) in wanted {
            if let Some(path) = path {
                each.within(path).slots.push(slot);
            }
        }
        self.groups.push(Group { form, each });
        GroupSlots {
            group,
            shared_time: paths.shared_time.as_deref().map(|path| self.slot(path)),
            shared_quality: paths.shared_quality.as_deref().map(|path| self.slot(path)),
        }
    }

    fn slot(&mut self, path: &[JsonStep]) -> Slot {
        let slot = self.slots;
        self.slots += 1;
        self.root.within(path).slots.push(slot);
        slot
    }

    /// Reads a document: the whole of it must be JSON.
    pub(super) fn read(&self, text: &str, names: &mut Names<'_>, found: &mut Found) -> Result<(), serde_json::Error> {
        found.slots.clear();
        found.slots.resize_with(self.slots, || None);
        found.groups.clear();
        found.groups.resize_with(self.groups.len(), FoundGroup::default);
        let mut document = serde_json::Deserializer::from_str(text);
        let Found { slots, groups: found } = found;
        let mut walk = Walk { slots, found, groups: &self.groups, names };
        Step { walk: &mut walk, place: &self.root }.deserialize(&mut document)?;
        document.end()
    }
}

impl Place {
    /// Returns the place at a path within this one.
    fn within(&mut self, path: &[JsonStep]) -> &mut Self {
        path.iter().fold(self, |place, step| {
            let known = place.steps.iter().position(|(other, _)| other == step);
            let index = known.unwrap_or_else(|| {
                place.steps.push((step.clone(), Self::default()));
                place.steps.len() - 1
            });
            &mut place.steps[index].1
        })
    }

    /// Tells how what stands here is read.
    fn way(&self, groups: &[Group]) -> Way {
        let group = self.groups.first().copied();
        let is_several = group.is_some_and(|group| groups[group].form == Form::Elements) && !self.steps.is_empty();
        match (self.slots.is_empty(), self.steps.is_empty(), self.groups.len()) {
            (true, true, 0) => Way::Over,
            (false, true, 0) => Way::Take,
            (true, _, 0 | 1) if !is_several => Way::Into(group),
            (_, _, _) => Way::Several,
        }
    }
}

/// How what stands at a place is read.
enum Way {
    /// Not at all.
    Over,
    /// As it is.
    Take,
    /// For what stands within it, which may be a group's points.
    Into(Option<usize>),
    /// As a whole, and then for each that wants it.
    Several,
}

/// What a way through a document fills.
struct Walk<'w, 'n> {
    slots: &'w mut [Option<Scalar>],
    found: &'w mut [FoundGroup],
    groups: &'w [Group],
    names: &'w mut Names<'n>,
}

impl Walk<'_, '_> {
    /// Forgets what was found at a place and within: it stands there again.
    fn forget(&mut self, place: &Place) {
        place.slots.iter().for_each(|&slot| self.slots[slot] = None);
        place.groups.iter().for_each(|&group| self.found[group] = FoundGroup::Missing);
        place.steps.iter().for_each(|(_, place)| self.forget(place));
    }

    /// Puts what stands at a place into its slots.
    fn put(&mut self, place: &Place, scalar: Scalar) {
        if let Some((&last, others)) = place.slots.split_last() {
            for &slot in others {
                self.slots[slot] = Some(scalar.clone());
            }
            self.slots[last] = Some(scalar);
        }
    }

    /// Adds a point, with slots of its own.
    fn point<'de, D>(&mut self, group: usize, tag: Option<usize>, document: D) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        let mut point = FoundPoint { tag, ..FoundPoint::default() };
        let mut walk = Walk { slots: &mut point.slots, found: &mut [], groups: &[], names: self.names };
        Step { walk: &mut walk, place: &self.groups[group].each }.deserialize(document)?;
        match &mut self.found[group] {
            FoundGroup::Points(points) if points.len() < MQTT_POINTS_MAX => points.push(point),
            FoundGroup::Points(_) | FoundGroup::TooMany => self.found[group] = FoundGroup::TooMany,
            FoundGroup::Missing | FoundGroup::NoPoints => self.found[group] = FoundGroup::Points(vec![point]),
        }
        Ok(())
    }

    /// Reads a place that is wanted for several things out of what stands there.
    fn several(&mut self, place: &Place, whole: &Json) -> Result<(), serde_json::Error> {
        if !place.slots.is_empty() {
            self.put(place, Scalar::of(whole.clone()));
        }
        whole.deserialize_any(Inside { walk: self, steps: &place.steps, group: None })?;
        for &group in &place.groups {
            whole.deserialize_any(Inside { walk: self, steps: &[], group: Some(group) })?;
        }
        Ok(())
    }
}

/// Reads what stands at a place.
struct Step<'s, 'w, 'n> {
    walk: &'s mut Walk<'w, 'n>,
    place: &'s Place,
}

impl<'de> DeserializeSeed<'de> for Step<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        let Self { walk, place } = self;
        match place.way(walk.groups) {
            Way::Over => IgnoredAny::deserialize(document).map(|_| ()),
            Way::Take => Scalar::deserialize(document).map(|scalar| walk.put(place, scalar)),
            Way::Into(group) => document.deserialize_any(Inside { walk, steps: &place.steps, group }),
            Way::Several => {
                let whole = Json::deserialize(document)?;
                walk.several(place, &whole).map_err(D::Error::custom)
            }
        }
    }
}

/// Reads what stands within a place: the steps that lead on, and the points of a group.
struct Inside<'s, 'w, 'n> {
    walk: &'s mut Walk<'w, 'n>,
    steps: &'s [(JsonStep, Place)],
    group: Option<usize>,
}

impl Inside<'_, '_, '_> {
    /// Notes what stands here: points if it has their form.
    fn enter(&mut self, form: Option<Form>) -> Option<usize> {
        let group = self.group?;
        let has_points = form == Some(self.walk.groups[group].form);
        self.walk.found[group] = if has_points { FoundGroup::Points(Vec::new()) } else { FoundGroup::NoPoints };
        has_points.then_some(group)
    }

    /// Notes that no points stand here.
    fn scalar(mut self) {
        self.enter(None);
    }

    /// Reads what a step leads to, unless it leads nowhere; it may be a point too.
    fn follow<'de, D>(&mut self, member: Member, document: D) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        let steps = self.steps;
        let step = member.step.map(|step| &steps[step].1);
        if let Some(place) = step {
            self.walk.forget(place);
        }
        match (step, member.point) {
            (None, None) => IgnoredAny::deserialize(document).map(|_| ()),
            (Some(place), None) => Step { walk: self.walk, place }.deserialize(document),
            (None, Some((group, tag))) => self.walk.point(group, tag, document),
            (Some(place), Some((group, tag))) => {
                let whole = Json::deserialize(document)?;
                Step { walk: self.walk, place }.deserialize(&whole).map_err(D::Error::custom)?;
                self.walk.point(group, tag, &whole).map_err(D::Error::custom)
            }
        }
    }
}

/// What a member or an element is wanted for.
#[derive(Clone, Copy, Default)]
struct Member {
    /// The step that leads to it.
    step: Option<usize>,
    /// The group that it is a point of, and the tag that its name gives.
    point: Option<(usize, Option<usize>)>,
}

impl<'de> Visitor<'de> for Inside<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON document")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let group = self.enter(Some(Form::Members));
        loop {
            let key = Key { steps: self.steps, group, names: self.walk.names };
            let Some(member) = map.next_key_seed(key)? else { return Ok(()) };
            map.next_value_seed(Value { inside: &mut self, member })?;
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let group = self.enter(Some(Form::Elements));
        for index in 0.. {
            let step = self.steps.iter().position(|(step, _)| *step == JsonStep::Index(index));
            let member = Member { step, point: group.map(|group| (group, None)) };
            if elements.next_element_seed(Value { inside: &mut self, member })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar();
        Ok(())
    }
}

/// Reads the value of a member or an element.
struct Value<'i, 's, 'w, 'n> {
    inside: &'i mut Inside<'s, 'w, 'n>,
    member: Member,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        self.inside.follow(self.member, document)
    }
}

/// Reads a member's name as what it is wanted for: the name itself is not kept.
struct Key<'k, 'n> {
    steps: &'k [(JsonStep, Place)],
    group: Option<usize>,
    names: &'k mut Names<'n>,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<Member, D::Error> {
        document.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Member;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        let Self { steps, group, names } = self;
        let step = steps.iter().position(|(step, _)| matches!(step, JsonStep::Key(key) if key == name));
        let point = group.and_then(|group| Some((group, Some(names.tag(group, name)?))));
        Ok(Member { step, point })
    }
}
