//! What goes wrong with answers: with whose, when, how often, how late. Pure: chance is a parameter, time is the
//! scenario's.

use latchwork_config::connections::RegisterTable;

use super::address::AddressRange;
use super::random::Random;

/// What chances are counted in: a fault that is seldomer than one request in a million is none.
pub(super) const MILLION: u64 = 1_000_000;

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// What happens.
    pub(super) kind: FaultKind,
    /// Whose answers it may happen to.
    pub(super) scope: Scope,
    /// Of how many requests in a million it happens to.
    pub(super) chance: u64,
    /// When.
    pub(super) span: Span,
    /// How long the answer waits before it happens; the default does not.
    pub(super) delay: Delay,
    /// Of `Exception`: the codes, one of which is drawn.
    pub(super) codes: Vec<u8>,
    /// Of `Trickle`: how many bytes come at a time.
    pub(super) bytes: usize,
    /// Of `Recorded`: what a device did, request by request.
    pub(super) recorded: Vec<Recorded>,
}

/// What happens to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// It waits.
    Late,
    /// It never comes.
    Never,
    /// It waits until another request was answered.
    Overtaken,
    /// It names another unit.
    WrongUnit,
    /// It names a transaction that nobody asked for.
    WrongTransaction,
    /// It has a value less than asked for, and says so.
    TooShort,
    /// It has a value more.
    TooLong,
    /// Its head announces other bytes than come.
    WrongLength,
    /// Bytes without meaning come in its place.
    Garbage,
    /// An exception comes in its place.
    Exception,
    /// It comes twice.
    Doubled,
    /// The line is closed in its place.
    Closed,
    /// The line is cut.
    Reset,
    /// The line stays, and nothing comes over it any more.
    Silent,
    /// It comes a few bytes at a time.
    Trickle,
    /// Nobody can connect, and who is connected is cut.
    Off,
    /// It does what a real device did, request by request, and again from the first.
    Recorded,
}

/// The kinds by the words of scenarios and logs, in their own order.
pub(super) const KINDS: &[(&str, FaultKind)] = &[
    ("late", FaultKind::Late),
    ("never", FaultKind::Never),
    ("overtaken", FaultKind::Overtaken),
    ("wrong_unit", FaultKind::WrongUnit),
    ("wrong_transaction", FaultKind::WrongTransaction),
    ("too_short", FaultKind::TooShort),
    ("too_long", FaultKind::TooLong),
    ("wrong_length", FaultKind::WrongLength),
    ("garbage", FaultKind::Garbage),
    ("exception", FaultKind::Exception),
    ("doubled", FaultKind::Doubled),
    ("closed", FaultKind::Closed),
    ("reset", FaultKind::Reset),
    ("silent", FaultKind::Silent),
    ("trickle", FaultKind::Trickle),
    ("off", FaultKind::Off),
    ("recorded", FaultKind::Recorded),
];

impl FaultKind {
    /// Returns the word of scenarios and logs.
    pub(super) const fn word(self) -> &'static str {
        KINDS[self as usize].0
    }
}

/// What a recorded device did with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// It answered after so many milliseconds.
    After(u64),
    /// It did not answer.
    Never,
    /// The line was closed.
    Closed,
}

/// Whose answers are meant; what is empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// The units.
    pub(super) units: Vec<u8>,
    /// The function codes.
    pub(super) functions: Vec<u8>,
    /// The ranges that a request touches.
    pub(super) ranges: Vec<AddressRange>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The unit.
    pub(super) unit: u8,
    /// The function code.
    pub(super) function: u8,
    /// Table, first and last address, of functions that read.
    pub(super) range: Option<(RegisterTable, u16, u16)>,
}

impl Scope {
    /// Tells whether a request is meant.
    pub(super) fn covers(&self, wanted: Wanted) -> bool {
        let is_of = |codes: &[u8], code: u8| codes.is_empty() || codes.contains(&code);
        is_of(&self.units, wanted.unit)
            && is_of(&self.functions, wanted.function)
            && (self.ranges.is_empty() || self.ranges.iter().any(|&range| touches(range, wanted)))
    }
}

fn touches(range: AddressRange, wanted: Wanted) -> bool {
    let overlaps = |(table, first, last)| table == range.table && first <= range.last && last >= range.first;
    range.unit.is_none_or(|unit| unit == wanted.unit) && wanted.range.is_some_and(overlaps)
}

/// When a fault may happen, in milliseconds of the scenario's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// When it begins.
    pub(super) from: u64,
    /// How long it lasts; for ever without.
    pub(super) lasts: Option<u64>,
    /// After how long it begins again; never without.
    pub(super) every: Option<u64>,
}

impl Span {
    /// Tells whether it may happen now.
    pub(super) fn holds(self, now: u64) -> bool {
        self.into_turn(now).is_some_and(|since| self.lasts.is_none_or(|lasts| since < lasts))
    }

    /// Returns the first time after now at which that may be otherwise.
    pub(super) fn next_change(self, now: u64) -> Option<u64> {
        let Some(since) = self.into_turn(now) else { return Some(self.from) };
        let end = self.lasts.filter(|lasts| since < *lasts).map(|lasts| now - since + lasts);
        end.or_else(|| self.every.map(|every| now - since + every))
    }

    /// Returns how long ago it last began.
    fn into_turn(self, now: u64) -> Option<u64> {
        let since = now.checked_sub(self.from)?;
        Some(self.every.map_or(since, |every| since % every))
    }
}

/// How long something waits: milliseconds by the part of all cases, in percent, that wait no longer. Between two of them
/// it is a straight line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Delay(Vec<(u64, u64)>);

impl Delay {
    /// Returns the delay of these parts, which grow, as their milliseconds do.
    pub(super) const fn of(parts: Vec<(u64, u64)>) -> Self {
        Self(parts)
    }

    /// Draws milliseconds.
    pub(super) fn draw(&self, random: &mut Random) -> u64 {
        let Some(&[(_, least), ..]) = self.0.get(..1) else { return 0 };
        let part = random.below(MILLION);
        let pair = self.0.windows(2).find(|pair| part < pair[1].0 * (MILLION / 100));
        let Some(&[(low, from), (high, to)]) = pair else {
            return if self.0.len() == 1 { least } else { self.0[self.0.len() - 1].1 };
        };
        let way = part.saturating_sub(low * (MILLION / 100));
        from + (to - from) * way / ((high - low) * (MILLION / 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word() {
        assert!(KINDS.iter().all(|(word, kind)| kind.word() == *word));
    }

    #[test]
    fn spans_come_again() {
        let holds = |span: Span| (0..12).map(|now| if span.holds(now) { 'x' } else { '.' }).collect::<String>();
        assert_eq!(holds(Span::default()), "xxxxxxxxxxxx");
        assert_eq!(holds(Span { from: 3, lasts: None, every: None }), "...xxxxxxxxx");
        assert_eq!(holds(Span { from: 3, lasts: Some(2), every: None }), "...xx.......");
        assert_eq!(holds(Span { from: 3, lasts: Some(2), every: Some(4) }), "...xx..xx..x");
    }

    #[test]
    fn spans_know_when_they_change() {
        let span = Span { from: 3, lasts: Some(2), every: Some(4) };
        let changes: Vec<_> = (0..9).filter_map(|now| span.next_change(now)).collect();
        assert_eq!(changes, [3, 3, 3, 5, 5, 7, 7, 9, 9]);
        let once = Span { every: None, ..span };
        assert_eq!((once.next_change(4), once.next_change(5)), (Some(5), None));
        assert_eq!(Span::default().next_change(7), None);
    }

    #[test]
    fn delays_are_drawn_as_they_are_distributed() {
        let mut random = Random::new(7, 1);
        let mut drawn = |parts: &[(u64, u64)]| {
            let delay = Delay::of(parts.to_vec());
            let mut drawn: Vec<u64> = (0..10_000).map(|_| delay.draw(&mut random)).collect();
            drawn.sort_unstable();
            [0, 4_999, 8_999, 9_999].map(|index| drawn[index])
        };
        assert_eq!(drawn(&[]), [0; 4]);
        assert_eq!(drawn(&[(0, 800)]), [800; 4]);
        let [least, half, most_of_all, most] = drawn(&[(0, 400), (50, 800), (90, 2_000), (100, 9_000)]);
        assert!(least < 410 && half.abs_diff(800) < 20 && most_of_all.abs_diff(2_000) < 250, "{half} {most_of_all}");
        assert!((8_900..=9_000).contains(&most), "{most}");
    }

    #[test]
    fn a_request_is_meant_by_unit_function_and_any_of_its_addresses() {
        let holding = RegisterTable::HoldingRegisters;
        let wanted = |unit, first, last| Wanted { unit, function: 3, range: Some((holding, first, last)) };
        let range = AddressRange { unit: None, table: holding, first: 10, last: 12 };
        let scope = Scope { units: vec![1, 2], functions: vec![3], ranges: vec![range] };
        assert!(scope.covers(wanted(1, 0, 10)) && scope.covers(wanted(2, 12, 40)));
        assert!(!scope.covers(wanted(3, 0, 10)) && !scope.covers(wanted(1, 0, 9)) && !scope.covers(wanted(1, 13, 40)));
        assert!(!scope.covers(Wanted { function: 4, ..wanted(1, 0, 10) }));
        assert!(!scope.covers(Wanted { range: None, ..wanted(1, 0, 10) }));
        assert!(Scope::default().covers(Wanted { unit: 9, function: 43, range: None }));
    }
}
