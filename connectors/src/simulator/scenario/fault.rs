//! `[[modbus.faults]]`: what goes wrong with answers.

use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::DeValue;

use super::mistake::Desk;
use super::section::{Item, Section, as_integer, as_number, as_text};
use crate::limits::{MODBUS_FRAME_BYTES_MAX, RECORDED_MAX, SIMULATED_FAULTS_MAX, STATE_MILLIS_MAX};
use crate::simulator::address::AddressRange;
use crate::simulator::fault::{Delay, Fault, FaultKind, KINDS, MILLION, Recorded, Scope, Span};

/// How many bytes of an answer trickle at a time unless a fault says otherwise: more than a cut frame lacks, so that no
/// piece makes up for them to the byte.
const BYTES: u64 = 8;
/// How long an answer waits to be overtaken unless a fault says otherwise, in milliseconds.
const OVERTAKEN_MILLIS: u64 = 500;
/// How long an answer trickles between its pieces unless a fault says otherwise, in milliseconds.
const TRICKLE_MILLIS: u64 = 5;
/// The exceptions of the protocol (Modbus Application Protocol 1.1b3, section 7), with those that it has no names for.
const CODES: RangeInclusive<u64> = 1..=11;

/// Reads the faults.
pub(super) fn read<'a>(desk: &mut Desk, items: &[&'a Item<'a>], base: u16) -> Vec<Fault> {
    if let Some(beyond) = items.get(SIMULATED_FAULTS_MAX) {
        desk.add(beyond.span(), format!("a scenario has at most {SIMULATED_FAULTS_MAX} faults"));
    }
    items.iter().take(SIMULATED_FAULTS_MAX).filter_map(|item| read_one(desk, item, base)).collect()
}

fn read_one<'a>(desk: &mut Desk, item: &'a Item<'a>, base: u16) -> Option<Fault> {
    let mut section = Section::of(desk, item)?;
    let kind = section.word(desk, "kind", KINDS);
    if section.item("kind").is_none() {
        desk.add(section.span(), "`kind` is missing: what goes wrong");
    }
    let span = read_span(desk, &mut section, kind);
    // The device itself is off: there are no requests that something could happen to.
    let of_requests = kind != Some(FaultKind::Off);
    let scope = if of_requests { read_scope(desk, &mut section, base) } else { Scope::default() };
    let chance = if of_requests { read_chance(desk, &mut section) } else { MILLION };
    let delay = if waits(kind) { read_delay(desk, &mut section, kind) } else { Delay::default() };
    let Some(known) = kind else {
        // Which keys belong to it nobody knows.
        let _any = ["code", "bytes", "fates"].map(|key| section.item(key));
        section.finish(desk, "a fault");
        return None;
    };
    let codes = if known == FaultKind::Exception { read_codes(desk, &mut section) } else { Vec::new() };
    let bytes = if known == FaultKind::Trickle { read_bytes(desk, &mut section) } else { 0 };
    let recorded = if known == FaultKind::Recorded { read_recorded(desk, &mut section) } else { Vec::new() };
    section.finish(desk, &format!("the fault `{}`", known.word()));
    Some(Fault { kind: known, scope, chance, span, delay, codes, bytes, recorded })
}

/// Tells whether something of a fault waits.
fn waits(kind: Option<FaultKind>) -> bool {
    !matches!(kind, Some(FaultKind::Never | FaultKind::Silent | FaultKind::Off | FaultKind::Recorded))
}

fn read_span(desk: &mut Desk, section: &mut Section<'_>, kind: Option<FaultKind>) -> Span {
    let millis = 1..=STATE_MILLIS_MAX;
    let from = section.integer(desk, "from_millis", 0..=STATE_MILLIS_MAX).unwrap_or(0);
    let lasts = section.integer(desk, "lasts_millis", millis.clone());
    let every = section.integer(desk, "every_millis", millis);
    if let Some(item) = section.item("every_millis")
        && lasts.is_none_or(|lasts| every.is_some_and(|every| every <= lasts))
    {
        desk.add(item.span(), "`every_millis` needs a `lasts_millis` that is shorter");
    }
    if kind == Some(FaultKind::Off) && section.item("lasts_millis").is_none() {
        desk.add(section.span(), "`lasts_millis` is missing: a device that is off for ever has no scenario");
    }
    Span { from, lasts, every }
}

fn read_scope(desk: &mut Desk, section: &mut Section<'_>, base: u16) -> Scope {
    let units = section.one_or_many("unit").into_iter().filter_map(|item| as_byte(desk, item, 0..=255)).collect();
    let functions = section.one_or_many("function").into_iter();
    let functions = functions.filter_map(|item| as_byte(desk, item, 1..=127)).collect();
    let texts: Vec<_> = section.one_or_many("addresses").into_iter().filter_map(|item| as_text(desk, item)).collect();
    let ranges = texts.iter().filter_map(|text| read_range(desk, text, base)).collect();
    Scope { units, functions, ranges }
}

fn read_range(desk: &mut Desk, text: &Spanned<&str>, base: u16) -> Option<AddressRange> {
    AddressRange::read(text.get_ref(), base).map_err(|message| desk.add(text.span(), message)).ok()
}

fn as_byte(desk: &mut Desk, item: &Item<'_>, range: RangeInclusive<u64>) -> Option<u8> {
    as_integer(desk, item, range).and_then(|number| u8::try_from(number).ok())
}

/// Reads of how many requests in a million something happens to.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and a million")]
fn read_chance(desk: &mut Desk, section: &mut Section<'_>) -> u64 {
    let Some(item) = section.item("probability") else { return MILLION };
    let Some(probability) = as_number(desk, item) else { return MILLION };
    if !(0.0..=1.0).contains(&probability) {
        desk.add(item.span(), format!("`{probability}` is not from 0 to 1"));
    }
    (probability.clamp(0.0, 1.0) * 1e6).round() as u64
}

/// Reads milliseconds: a number, the shortest and the longest, or a table of parts.
fn read_delay(desk: &mut Desk, section: &mut Section<'_>, kind: Option<FaultKind>) -> Delay {
    let Some(item) = section.item("millis") else {
        if kind == Some(FaultKind::Late) {
            desk.add(section.span(), "`millis` is missing: how late");
        }
        return usual_delay(kind);
    };
    let range = 0..=STATE_MILLIS_MAX;
    let parts = match item.get_ref() {
        DeValue::Table(_) => read_parts(desk, item),
        DeValue::Array(list) => {
            let ends: Vec<u64> = list.iter().filter_map(|item| as_integer(desk, item, range.clone())).collect();
            [0, 100].into_iter().zip(ends).collect()
        }
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            as_integer(desk, item, range).map(|millis| (0, millis)).into_iter().collect()
        }
    };
    let is_list_of_two = item.get_ref().as_array().is_none_or(|list| list.len() == 2);
    if !is_list_of_two || parts.windows(2).any(|pair| pair[0].1 > pair[1].1) {
        desk.add(
            item.span(),
            "expected times that grow: `[shortest, longest]`, or by parts of all such as \
                               `{ p0 = 400, p50 = 900, p90 = 2500, p100 = 5000 }`",
        );
    }
    Delay::of(parts)
}

/// Reads a table of milliseconds by the part of all cases that take no longer: `p50` is the half.
fn read_parts<'a>(desk: &mut Desk, item: &'a Item<'a>) -> Vec<(u64, u64)> {
    let entries = Section::of(desk, item).map_or_else(Vec::new, |section| section.entries());
    let mut parts = Vec::new();
    for (key, millis) in entries {
        let part =
            key.get_ref().strip_prefix('p').and_then(|part| part.parse::<u64>().ok()).filter(|part| *part <= 100);
        if part.is_none() {
            desk.add(
                key.span(),
                format!("`{}` is no part such as `p50`, the half, from `p0` to `p100`", key.get_ref()),
            );
        }
        parts.extend(part.zip(as_integer(desk, millis, 0..=STATE_MILLIS_MAX)));
    }
    parts.sort_unstable();
    parts
}

fn usual_delay(kind: Option<FaultKind>) -> Delay {
    match kind {
        Some(FaultKind::Overtaken) => Delay::of(vec![(0, OVERTAKEN_MILLIS)]),
        Some(FaultKind::Trickle) => Delay::of(vec![(0, TRICKLE_MILLIS)]),
        Some(_) | None => Delay::default(),
    }
}

fn read_codes(desk: &mut Desk, section: &mut Section<'_>) -> Vec<u8> {
    let items = section.one_or_many("code");
    if items.is_empty() {
        desk.add(section.span(), "`code` is missing: an exception from 1 to 11, or several");
    }
    items.into_iter().filter_map(|item| as_byte(desk, item, CODES)).collect()
}

fn read_bytes(desk: &mut Desk, section: &mut Section<'_>) -> usize {
    let bytes = section.integer(desk, "bytes", 1..=MODBUS_FRAME_BYTES_MAX as u64).unwrap_or(BYTES);
    usize::try_from(bytes).unwrap_or(MODBUS_FRAME_BYTES_MAX)
}

/// Reads what a device did, a word a request.
fn read_recorded(desk: &mut Desk, section: &mut Section<'_>) -> Vec<Recorded> {
    let Some(text) = section.required_text(desk, "fates") else { return Vec::new() };
    let words: Vec<&str> = text.get_ref().split_ascii_whitespace().collect();
    if words.is_empty() || words.len() > RECORDED_MAX {
        desk.add(text.span(), format!("expected 1 to {RECORDED_MAX} words"));
    }
    let mut recorded = Vec::new();
    for word in words.into_iter().take(RECORDED_MAX) {
        match read_fate(word) {
            Some(fate) => recorded.push(fate),
            None => desk.add(text.span(), format!("`{word}` is neither milliseconds nor `never` nor `closed`")),
        }
    }
    recorded
}

fn read_fate(word: &str) -> Option<Recorded> {
    match word {
        "never" => Some(Recorded::Never),
        "closed" => Some(Recorded::Closed),
        millis => millis.parse().ok().filter(|millis| *millis <= STATE_MILLIS_MAX).map(Recorded::After),
    }
}
