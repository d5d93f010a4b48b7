//! The read plan: points → the fewest requests that read them.
//!
//! Pure, and the same for the same points: `check --explain` shows what will go over the wire. Never knows a socket, a
//! clock or a value.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use latchwork_config::connections::{ForbiddenRange, Modbus, Point, RegisterTable};

use crate::limits::{MODBUS_BITS_MAX, MODBUS_REGISTERS_MAX};

/// All that is read over a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    blocks: Vec<Block>,
}

/// Registers or bits that one request reads: one answer, one timestamp, one scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The unit behind the link.
    pub unit: u8,
    /// The table.
    pub table: RegisterTable,
    /// How often it is read; `None` is once for each link that is made.
    pub period: Option<Duration>,
    /// The first wire address.
    pub address: u16,
    /// How many registers or bits.
    pub count: u16,
    /// The indices of the points whose values lie in it, in the connection's order.
    pub points: Vec<usize>,
}

/// What must agree for points to be read together.
type Class = (u8, RegisterTable, Option<Duration>);

/// What a request may span.
#[derive(Clone, Debug)]
struct Bounds {
    count_max: u32,
    gap_max: u32,
    /// The first and last addresses of what no request may cover.
    forbidden: Vec<(u32, u32)>,
}

/// Addresses from the first to before the last, with the points in them. Wider than an address, so that the end of the
/// table has one.
struct Span {
    start: u32,
    end: u32,
    points: Vec<usize>,
}

impl Plan {
    /// Returns the plan of a link: points of one unit, table and period are merged while the gap between them and the
    /// length of the request allow it. A value is never split: one that is longer than a request may be is read alone.
    pub fn of(modbus: &Modbus) -> Self {
        let mut classes: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
        for (index, point) in modbus.points.iter().enumerate() {
            classes.entry((point.unit, point.table, point.period)).or_default().push(index);
        }
        let blocks = classes.into_iter().flat_map(|(class, points)| {
            let spans = merged(&modbus.points, points, &bounds(modbus, class));
            spans.into_iter().map(move |span| block(class, span))
        });
        Self { blocks: blocks.collect() }
    }

    /// Returns the requests, by unit, table, period and address.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns what each of so many links to the device asks for: its requests in turn, but those of a unit that may be
    /// written have the first of each unit on the first link, which writes.
    pub(super) fn shares(self, links: usize, first_has_all_units: bool) -> Vec<Vec<Block>> {
        let mut shares = vec![Vec::new(); links.max(1)];
        let (mut next, mut unit) = (0, None);
        for block in self.blocks {
            if first_has_all_units && unit.replace(block.unit) != Some(block.unit) {
                next = 0;
            }
            shares[next].push(block);
            next = (next + 1) % shares.len();
        }
        shares
    }
}

impl Block {
    /// Returns how many bytes what it reads takes in an answer: bits are packed.
    pub(super) const fn bytes(&self) -> usize {
        let count = self.count as usize;
        if is_bits(self.table) { count.div_ceil(8) } else { 2 * count }
    }

    /// Returns what reads the same points with two requests, about half of them each; `None` if all lie in the same place.
    pub(super) fn halves(&self, all: &[Point]) -> Option<[Self; 2]> {
        let mut points = self.points.clone();
        points.sort_by_key(|&index| (extent(&all[index]), index));
        let middle = points.len() / 2;
        let is_border = |&at: &usize| extent(&all[points[at - 1]]) != extent(&all[points[at]]);
        let border = (1..points.len()).filter(is_border).min_by_key(|at| at.abs_diff(middle))?;
        let upper = points.split_off(border);
        Some([points, upper].map(|points| {
            let extents = points.iter().map(|&index| extent(&all[index]));
            let (start, end) = extents.fold((u32::MAX, 0), |(start, end), one| (start.min(one.0), end.max(one.1)));
            block((self.unit, self.table, self.period), Span { start, end, points })
        }))
    }
}

/// Returns what requests may span: what the configuration says, within what the protocol allows.
fn bounds(modbus: &Modbus, (unit, table, _): Class) -> Bounds {
    let count_max = if is_bits(table) {
        modbus.bits_max.min(MODBUS_BITS_MAX)
    } else {
        modbus.registers_max.min(MODBUS_REGISTERS_MAX)
    };
    let is_meant = |range: &&ForbiddenRange| range.table == table && range.unit.is_none_or(|of| of == unit);
    let forbidden = modbus.forbidden.iter().filter(is_meant).map(|range| (range.first.into(), range.last.into()));
    Bounds { count_max: count_max.into(), gap_max: modbus.gap_max.into(), forbidden: forbidden.collect() }
}

/// Tells whether a table has bits instead of registers.
const fn is_bits(table: RegisterTable) -> bool {
    match table {
        RegisterTable::Coils | RegisterTable::DiscreteInputs => true,
        RegisterTable::HoldingRegisters | RegisterTable::InputRegisters => false,
    }
}

/// Merges points greedily from the lowest address on. That is the fewest: a point that no longer fits begins a request
/// as far up as any plan could, and all that come after it begin there or above.
fn merged(all: &[Point], mut points: Vec<usize>, bounds: &Bounds) -> Vec<Span> {
    points.sort_by_key(|&index| (all[index].address, length(&all[index]), index));
    let mut spans: Vec<Span> = Vec::new();
    for index in points {
        let (start, end) = extent(&all[index]);
        match spans.last_mut() {
            Some(span) if fits(span, start, end, bounds) => {
                span.end = span.end.max(end);
                span.points.push(index);
            }
            Some(_) | None => spans.push(Span { start, end, points: vec![index] }),
        }
    }
    spans
}

fn fits(span: &Span, start: u32, end: u32, bounds: &Bounds) -> bool {
    let gap = start.saturating_sub(span.end);
    // No point lies where nothing may be read, so only what lies between two can.
    let is_barred = bounds.forbidden.iter().any(|&(first, last)| first < start && last >= span.end);
    gap <= bounds.gap_max && !is_barred && span.end.max(end) - span.start <= bounds.count_max
}

fn extent(point: &Point) -> (u32, u32) {
    let start = u32::from(point.address);
    (start, start + u32::from(length(point)))
}

/// Returns how many registers or bits of its table a point takes.
pub(super) const fn length(point: &Point) -> u16 {
    if is_bits(point.table) || point.bit.is_some() { 1 } else { point.coding.registers() }
}

fn block((unit, table, period): Class, mut span: Span) -> Block {
    span.points.sort_unstable();
    let fits = "addresses are 16 bits, and a request spans fewer";
    Block {
        unit,
        table,
        period,
        address: u16::try_from(span.start).expect(fits),
        count: u16::try_from(span.end - span.start).expect(fits),
        points: span.points,
    }
}

impl fmt::Display for Plan {
    /// Writes one line a request.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.blocks.iter().try_for_each(|block| writeln!(formatter, "{block}"))
    }
}

impl fmt::Display for Block {
    /// Writes `unit 1 holding 0-11 (12 registers, 5 tags) every 250 ms`, with wire addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = match self.table {
            RegisterTable::Coils => "coil",
            RegisterTable::DiscreteInputs => "discrete",
            RegisterTable::HoldingRegisters => "holding",
            RegisterTable::InputRegisters => "input",
        };
        let last = u32::from(self.address) + u32::from(self.count) - 1;
        let what = if is_bits(self.table) { "bit" } else { "register" };
        let lengths = (counted(self.count.into(), what), counted(self.points.len(), "tag"));
        write!(formatter, "unit {} {table} {}-{last} ({}, {})", self.unit, self.address, lengths.0, lengths.1)?;
        match self.period {
            Some(period) => write!(formatter, " every {} ms", period.as_millis()),
            None => write!(formatter, " once"),
        }
    }
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use latchwork_config::connections::Coding;

    use super::*;
    use crate::modbus::tests::plant::{modbus, point};

    fn registers(points: &[(u16, Coding)], registers_max: u16, gap_max: u16) -> Modbus {
        let points = points.iter().map(|&(address, coding)| Point { coding, ..point(address) }).collect();
        Modbus { registers_max, gap_max, ..modbus(points) }
    }

    fn check(points: &[(u16, Coding)], registers_max: u16, gap_max: u16, expected: &str) {
        let plan = Plan::of(&registers(points, registers_max, gap_max));
        let spans = plan.blocks().iter().map(|block| format!("{}+{}", block.address, block.count));
        assert_eq!(spans.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn neighbours_are_read_together() {
        use Coding::{Float32, Float64, Uint16};
        check(&[], 125, 8, "");
        check(&[(5, Uint16)], 125, 8, "5+1");
        check(&[(5, Uint16), (14, Uint16)], 125, 8, "5+10");
        check(&[(5, Uint16), (15, Uint16)], 125, 8, "5+1 15+1");
        check(&[(0, Uint16), (124, Uint16)], 125, 200, "0+125");
        check(&[(0, Uint16), (124, Float32)], 125, 200, "0+1 124+2");
        check(&[(0, Float64), (1, Uint16), (5, Uint16)], 125, 1, "0+6");
        check(&[(7, Uint16), (7, Float32), (7, Uint16)], 125, 0, "7+2");
        check(&[(65_535, Uint16), (0, Uint16)], 125, 8, "0+1 65535+1");
        check(&[(0, Float64), (4, Uint16)], 2, 8, "0+4 4+1");
    }

    #[test]
    fn units_tables_and_periods_are_apart() {
        let mut modbus = registers(&[(0, Coding::Uint16); 4], 125, 8);
        modbus.points[1].unit = 2;
        modbus.points[2].table = RegisterTable::Coils;
        modbus.points[3].period = Some(Duration::from_mins(1));
        assert_eq!(
            Plan::of(&modbus).to_string(),
            "unit 1 coil 0-0 (1 bit, 1 tag) every 250 ms\n\
             unit 1 holding 0-0 (1 register, 1 tag) every 250 ms\n\
             unit 1 holding 0-0 (1 register, 1 tag) every 60000 ms\n\
             unit 2 holding 0-0 (1 register, 1 tag) every 250 ms\n"
        );
    }

    fn any_points(addresses: u16, count: usize) -> impl Strategy<Value = Vec<(u16, Coding)>> {
        let codings = prop::sample::select(vec![Coding::Uint16, Coding::Float32, Coding::Float64]);
        prop::collection::vec((0..addresses, codings), 0..count)
    }

    /// Returns the fewest requests, by trying every way of sharing the points out.
    fn fewest(points: &[(u32, u32)], groups: &mut Vec<Vec<(u32, u32)>>, bounds: &Bounds) -> usize {
        let Some((&point, rest)) = points.split_first() else {
            return if groups.iter().all(|group| is_legal(group, bounds)) { groups.len() } else { usize::MAX };
        };
        groups.push(vec![point]);
        let mut best = fewest(rest, groups, bounds);
        groups.pop();
        for index in 0..groups.len() {
            groups[index].push(point);
            best = best.min(fewest(rest, groups, bounds));
            groups[index].pop();
        }
        best
    }

    fn is_legal(group: &[(u32, u32)], bounds: &Bounds) -> bool {
        let mut group = group.to_vec();
        group.sort_unstable();
        let mut end = group[0].0;
        for &(start, stop) in &group {
            let is_barred = |&(first, last): &(u32, u32)| first < start && last >= end;
            if start.saturating_sub(end) > bounds.gap_max || bounds.forbidden.iter().any(is_barred) {
                return false;
            }
            end = end.max(stop);
        }
        end - group[0].0 <= bounds.count_max
    }

    proptest! {
        #[test]
        fn every_point_lies_in_one_legal_request(
            points in any_points(400, 60), registers_max in 4_u16..130, gap_max in 0_u16..12,
        ) {
            let modbus = registers(&points, registers_max, gap_max);
            let mut seen = vec![0; points.len()];
            for block in Plan::of(&modbus).blocks() {
                prop_assert!(block.count <= registers_max.min(125));
                let inside: Vec<_> = block.points.iter().map(|&index| extent(&modbus.points[index])).collect();
                let bounds = Bounds { count_max: block.count.into(), gap_max: gap_max.into(), forbidden: Vec::new() };
                prop_assert!(is_legal(&inside, &bounds));
                let (start, end) = (u32::from(block.address), u32::from(block.address) + u32::from(block.count));
                prop_assert_eq!(inside.iter().map(|one| one.0).min(), Some(start));
                prop_assert_eq!(inside.iter().map(|one| one.1).max(), Some(end));
                block.points.iter().for_each(|&index| seen[index] += 1);
            }
            prop_assert!(seen.iter().all(|&times| times == 1));
        }

        #[test]
        fn no_plan_has_fewer_requests(
            points in any_points(30, 7), registers_max in 4_u16..12, gap_max in 0_u16..6, hole in 0_u32..30,
        ) {
            let mut modbus = registers(&points, registers_max, gap_max);
            let extents: Vec<_> = modbus.points.iter().map(extent).collect();
            let is_free = extents.iter().all(|&(start, end)| !(start..end).contains(&hole));
            let forbidden = if is_free { vec![(hole, hole)] } else { Vec::new() };
            modbus.forbidden = forbidden.iter().map(|&(first, _)| {
                let address = u16::try_from(first).unwrap();
                ForbiddenRange { unit: None, table: RegisterTable::HoldingRegisters, first: address, last: address }
            }).collect();
            let bounds = Bounds { count_max: registers_max.into(), gap_max: gap_max.into(), forbidden };
            prop_assert_eq!(Plan::of(&modbus).blocks().len(), fewest(&extents, &mut Vec::new(), &bounds));
        }

        #[test]
        fn halves_read_what_the_whole_reads(points in any_points(60, 20)) {
            let modbus = registers(&points, 125, 100);
            for block in Plan::of(&modbus).blocks() {
                let Some(halves) = block.halves(&modbus.points) else {
                    prop_assert!(block.points.iter().all(|&one| extent(&modbus.points[one]).0 == u32::from(block.address)));
                    continue;
                };
                let mut both: Vec<usize> = halves.iter().flat_map(|half| half.points.clone()).collect();
                both.sort_unstable();
                prop_assert_eq!(&both, &block.points);
                for half in halves {
                    prop_assert!(!half.points.is_empty() && half.points.len() < block.points.len());
                    for &index in &half.points {
                        let (start, end) = extent(&modbus.points[index]);
                        let (first, count) = (u32::from(half.address), u32::from(half.count));
                        prop_assert!(start >= first && end <= first + count);
                    }
                }
            }
        }

        #[test]
        fn shares_are_the_plan(points in any_points(400, 60), links in 1_usize..6, all_units: bool) {
            let plan = Plan::of(&registers(&points, 4, 0));
            let shares = plan.clone().shares(links, all_units);
            let (most, least) = (shares.iter().map(Vec::len).max(), shares.iter().map(Vec::len).min());
            prop_assert!(most.unwrap() - least.unwrap() <= 1);
            let mut blocks: Vec<Block> = shares.into_iter().flatten().collect();
            blocks.sort_by_key(|block| block.address);
            prop_assert_eq!(blocks, plan.blocks());
        }

        #[test]
        fn the_order_of_the_points_does_not_matter(points in any_points(60, 20)) {
            let turned: Vec<_> = points.iter().rev().copied().collect();
            let spans = |points: &[_]| {
                let plan = Plan::of(&registers(points, 20, 4));
                plan.blocks().iter().map(|block| (block.address, block.count)).collect::<Vec<_>>()
            };
            prop_assert_eq!(spans(&points), spans(&turned));
        }
    }
}
