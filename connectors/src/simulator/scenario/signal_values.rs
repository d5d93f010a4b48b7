//! What a signal shows in each state: a value, a ramp, a counter, noise, the next of a list.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use super::mistake::Desk;
use super::names::Names;
use super::section::{Item, Section, as_number, as_text, expected, signed};
use crate::limits::LIST_MAX;
use crate::simulator::value::{SignalKind, SignalValue};

/// What a signal does in a state.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::simulator) enum Behaviour {
    /// It keeps what it shows.
    Hold,
    /// It is true or false.
    Boolean(bool),
    /// It is a text.
    Text(Arc<str>),
    /// It is a number, which may move.
    Number(Motion),
    /// It takes the next of its list.
    Advance,
}

/// How a number moves.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::simulator) struct Motion {
    /// Where it begins; without it, where it is.
    pub(in crate::simulator) start: Option<f64>,
    /// How much it moves in a second, without a sign.
    pub(in crate::simulator) per_second: f64,
    /// Where it ends, up or down from its start; without it, it goes up for as long as the state lasts.
    pub(in crate::simulator) end: Option<f64>,
    /// How far it is shown beside where it is, at most.
    pub(in crate::simulator) noise: f64,
}

/// Everything that a signal shows.
#[derive(Debug)]
pub(super) struct SignalValues {
    /// Which values it shows.
    pub(super) kind: SignalKind,
    /// What it shows before any state has set it.
    pub(super) initial: SignalValue,
    /// What it does in each of its machine's states.
    pub(super) behaviours: Vec<Behaviour>,
    /// The texts that it goes through.
    pub(super) list: Vec<SignalValue>,
    /// The numbers that the text gives, with their places: a register must hold them.
    pub(super) numbers: Vec<(f64, Range<usize>)>,
}

/// Reads the values of a signal from its section.
pub(super) fn read(desk: &mut Desk, section: &mut Section<'_>, names: &Names<'_>, machine: usize) -> SignalValues {
    let mut reader = ValueReader { desk, kind: None, numbers: Vec::new() };
    let list = reader.list(section);
    let initial = section.item("initial").and_then(|item| reader.initial(item));
    let otherwise = section.item("otherwise").and_then(|item| reader.behaviour(item)).unwrap_or(Behaviour::Hold);
    let mut behaviours = vec![otherwise; names.states(machine)];
    for (name, item) in section.pairs(reader.desk, "in") {
        let state = names.state(reader.desk, machine, &name);
        let behaviour = reader.behaviour(item);
        if let Some((state, behaviour)) = state.zip(behaviour) {
            behaviours[state] = behaviour;
        }
    }
    for state in reader.advance_on(section, names, machine) {
        behaviours[state] = Behaviour::Advance;
    }
    let kind = reader.kind.unwrap_or(SignalKind::Boolean);
    if reader.kind.is_none() {
        reader.desk.add(section.span(), "the signal shows nothing: give it `in`, `otherwise`, `initial` or `list`");
    }
    let initial = initial.or_else(|| list.first().cloned()).unwrap_or_else(|| nothing(kind));
    SignalValues { kind, initial, behaviours, list, numbers: reader.numbers }
}

/// Returns what a signal shows that nothing has set.
fn nothing(kind: SignalKind) -> SignalValue {
    match kind {
        SignalKind::Boolean => SignalValue::Boolean(false),
        SignalKind::Integer => SignalValue::Integer(0),
        SignalKind::Float => SignalValue::Float(0.0),
        SignalKind::Text => SignalValue::Text("".into()),
    }
}

/// Reads values and keeps what they have in common.
struct ValueReader<'d> {
    desk: &'d mut Desk,
    kind: Option<SignalKind>,
    numbers: Vec<(f64, Range<usize>)>,
}

impl ValueReader<'_> {
    fn list(&mut self, section: &mut Section<'_>) -> Vec<SignalValue> {
        let items = section.list(self.desk, "list");
        if let Some(beyond) = items.get(LIST_MAX) {
            self.desk.add(beyond.span(), format!("a list has at most {LIST_MAX} entries"));
        }
        let texts: Vec<_> = items.into_iter().filter_map(|item| as_text(self.desk, item)).collect();
        for text in &texts {
            self.join(SignalKind::Text, text.span());
        }
        texts.iter().map(|text| SignalValue::Text((*text.get_ref()).into())).collect()
    }

    fn advance_on(&mut self, section: &mut Section<'_>, names: &Names<'_>, machine: usize) -> Vec<usize> {
        let pair = (section.item("list"), section.item("advance_on"));
        if let (Some(list), None) = pair {
            self.desk.add(list.span(), "`list` needs `advance_on`: the states that take the next");
        }
        if let (None, Some(advance)) = pair {
            self.desk.add(advance.span(), "`advance_on` needs a `list`");
        }
        let states = section.one_or_many("advance_on");
        let names_of = |desk: &mut Desk, item| as_text(desk, item).and_then(|name| names.state(desk, machine, &name));
        states.into_iter().filter_map(|item| names_of(self.desk, item)).collect()
    }

    fn initial(&mut self, item: &Item<'_>) -> Option<SignalValue> {
        match self.behaviour(item)? {
            Behaviour::Boolean(value) => Some(SignalValue::Boolean(value)),
            Behaviour::Text(text) => Some(SignalValue::Text(text)),
            Behaviour::Number(Motion { start: Some(start), .. }) if item.get_ref().as_table().is_none() => {
                Some(SignalValue::Float(start))
            }
            Behaviour::Number(_) | Behaviour::Hold | Behaviour::Advance => {
                expected(self.desk, item, "a value");
                None
            }
        }
    }

    fn behaviour<'a>(&mut self, item: &'a Item<'a>) -> Option<Behaviour> {
        match item.get_ref() {
            DeValue::Boolean(value) => {
                self.join(SignalKind::Boolean, item.span());
                Some(Behaviour::Boolean(*value))
            }
            DeValue::String(text) => {
                self.join(SignalKind::Text, item.span());
                Some(Behaviour::Text(text.as_ref().into()))
            }
            DeValue::Integer(_) | DeValue::Float(_) => self.constant(item).map(Behaviour::Number),
            DeValue::Table(table) => self.motion(Section::new(table, item.span())).map(Behaviour::Number),
            DeValue::Datetime(_) | DeValue::Array(_) => {
                expected(self.desk, item, "a value or a table such as `{ ramp_to = 120.0, per_second = 40.0 }`");
                None
            }
        }
    }

    fn constant(&mut self, item: &Item<'_>) -> Option<Motion> {
        Some(Motion { start: Some(self.number(item)?), per_second: 0.0, end: None, noise: 0.0 })
    }

    fn motion(&mut self, mut section: Section<'_>) -> Option<Motion> {
        let forms = [section.item("value"), section.item("ramp_to"), section.item("count_per_second")];
        let motion = match forms {
            [Some(value), None, None] => self.constant(value),
            [None, Some(end), None] => self.ramp(&mut section, end),
            [None, None, Some(_)] => self.count(&mut section),
            _ => {
                let message = "a number that moves has one of `value`, `ramp_to` and `count_per_second`";
                self.desk.add(section.span(), message);
                return None;
            }
        };
        let noise = section.amount(self.desk, "noise").unwrap_or(0.0);
        if noise > 0.0 {
            self.join(SignalKind::Float, section.span());
        }
        section.finish(self.desk, "a number that moves");
        motion.map(|motion| Motion { noise, ..motion })
    }

    fn ramp(&mut self, section: &mut Section<'_>, end: &Item<'_>) -> Option<Motion> {
        self.join(SignalKind::Float, end.span());
        let per_second = section.amount(self.desk, "per_second");
        if per_second.is_none() {
            self.desk.add(section.span(), "`ramp_to` needs `per_second`");
        }
        Some(Motion { start: None, per_second: per_second?, end: Some(self.number(end)?), noise: 0.0 })
    }

    fn count(&mut self, section: &mut Section<'_>) -> Option<Motion> {
        self.join(SignalKind::Integer, section.span());
        let per_second = section.amount(self.desk, "count_per_second")?;
        Some(Motion { start: None, per_second, end: None, noise: 0.0 })
    }

    fn number(&mut self, item: &Item<'_>) -> Option<f64> {
        let number = as_number(self.desk, item)?;
        let whole = signed(item).is_some();
        self.join(if whole { SignalKind::Integer } else { SignalKind::Float }, item.span());
        self.numbers.push((number, item.span()));
        Some(number)
    }

    /// Takes the kind of another value of the signal.
    fn join(&mut self, kind: SignalKind, span: Range<usize>) {
        let Some(before) = self.kind else {
            self.kind = Some(kind);
            return;
        };
        match before.joined(kind) {
            Some(joined) => self.kind = Some(joined),
            None => self.desk.add(span, format!("the signal is {} elsewhere, and {} here", before.name(), kind.name())),
        }
    }
}
