//! Devices that have not all that is configured, are busy, or cannot be reached behind a gateway.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use latchwork_config::connections::{ForbiddenRange, Modbus, Point, RegisterTable};
use proptest::prelude::*;

use super::bench::Bench;
use super::device::{Asked, Script, after, exception, numbered, words};
use super::plant::{modbus, point};

/// The blocks that were asked for.
type Seen = Arc<Mutex<Vec<(u16, u16)>>>;

/// A device whose registers hold their addresses, and which has not some of them.
fn without(holes: impl Into<BTreeSet<u16>>) -> (Script, Seen) {
    let (holes, seen) = (holes.into(), Seen::default());
    let noted = seen.clone();
    let script: Script = Arc::new(move |asked: Asked| {
        noted.lock().unwrap().push((asked.address, asked.count));
        let addresses = asked.address..asked.address + asked.count;
        let is_illegal = addresses.clone().any(|address| holes.contains(&address));
        let answer = if is_illegal { exception(asked, 2) } else { words(asked, &addresses.collect::<Vec<_>>()) };
        after(5, answer)
    });
    (script, seen)
}

fn registers(addresses: impl IntoIterator<Item = u16>) -> Modbus {
    modbus(addresses.into_iter().map(point).collect())
}

#[tokio::test(start_paused = true)]
async fn only_the_tags_that_are_not_there_are_bad() {
    let (script, seen) = without([5]);
    let mut bench = Bench::new(&registers(0..8), [Some(script)]);
    let told = bench.told_until(240).await;
    let mut words: Vec<&str> = told.iter().flat_map(|line| line.split(' ')).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words, ["Press", "T0=0", "T1=1", "T2=2", "T3=3", "T4=4", "T5=Bad_NotFound", "T6=6", "T7=7", "up"]);
    // Twice as a whole, then in halves, each of which is asked for twice before it is taken apart.
    let asked = seen.lock().unwrap().clone();
    assert_eq!(asked, [(0, 8), (0, 8), (0, 4), (4, 4), (4, 4), (4, 2), (6, 2), (4, 2), (4, 1), (5, 1), (5, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_hole_is_remembered_and_probed_each_minute() {
    let (script, seen) = without([5]);
    let mut bench = Bench::new(&registers(0..8), [Some(script)]);
    bench.until(1_000).await;
    seen.lock().unwrap().clear();
    let told = bench.told_until(59_000).await;
    assert!(told.iter().all(|line| !line.contains("T5")), "nothing new of it");
    assert!(seen.lock().unwrap().iter().all(|&(address, count)| !(address..address + count).contains(&5)));
    bench.until(61_000).await;
    assert_eq!(seen.lock().unwrap().iter().filter(|asked| **asked == (5, 1)).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_register_that_comes_to_be_is_read_again() {
    let start = tokio::time::Instant::now();
    let script: Script = Arc::new(move |asked| {
        let is_there = start.elapsed().as_secs() >= 30;
        after(5, if is_there { numbered(asked) } else { exception(asked, 2) })
    });
    let mut bench = Bench::new(&registers([0]), [Some(script)]);
    assert_eq!(bench.told_until(60_000).await, ["Press up", "T0=Bad_NotFound"]);
    let told = bench.told_until(62_000).await;
    assert!(told.len() >= 4 && told.iter().all(|line| line.starts_with("T0=")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn one_refusal_of_a_merged_block_makes_nothing_bad() {
    let script: Script =
        Arc::new(|asked| after(5, if asked.number == 1 { exception(asked, 2) } else { numbered(asked) }));
    let mut bench = Bench::new(&registers([0, 1]), [Some(script)]);
    assert_eq!(bench.until(400).await, ["0 Press up", "5 T0=0 T1=0", "260 T0=2 T1=2"]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_device_is_given_time() {
    let busy = |numbers: &'static [u64], code| -> Script {
        Arc::new(move |asked| {
            after(5, if numbers.contains(&asked.number) { exception(asked, code) } else { numbered(asked) })
        })
    };
    for code in [5, 6] {
        let mut bench = Bench::new(&registers([0]), [Some(busy(&[1, 2], code))]);
        assert_eq!(bench.until(1_300).await, ["0 Press up", "5 T0=0", "1265 T0=3"], "it waits half a second");
        let mut bench = Bench::new(&registers([0]), [Some(busy(&[1, 2, 3], code))]);
        let told = bench.until(1_800).await;
        assert_eq!(told, ["0 Press up", "5 T0=0", "1265 T0=Bad_Failure", "1770 T0=4"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_unit_that_a_gateway_does_not_reach_is_down_and_the_link_is_not() {
    for code in [10, 11] {
        let script: Script =
            Arc::new(move |asked| after(5, if asked.unit == 2 { exception(asked, code) } else { numbered(asked) }));
        let point = |unit, address| Point { unit, ..point(address) };
        let mut bench = Bench::new(&modbus(vec![point(1, 0), point(2, 0), point(2, 100)]), [Some(script)]);
        let told = bench.told_until(10_000).await;
        assert_eq!(told.iter().filter(|line| line.contains("T1=")).count(), 1);
        assert!(told.contains(&"T1=Bad_NotConnected T2=Bad_NotConnected".to_owned()), "{told:?}");
        assert!(told.iter().filter(|line| line.starts_with("T0=")).count() >= 39);
        assert_eq!(bench.health.units_dead.get(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_read_once_is_read_once_for_each_link() {
    let once = Point { period: None, ..point(0) };
    let answers: Script = Arc::new(|asked| after(5, numbered(asked)));
    let leaves: Script = Arc::new(|asked| {
        let mut moves = after(5, numbered(asked));
        moves.push(super::device::Move::HangUp(std::time::Duration::from_secs(1)));
        moves
    });
    let mut bench = Bench::new(&modbus(vec![once]), [Some(leaves), Some(answers)]);
    let told = bench.told_until(60_000).await;
    let down = "Press down (the device closed the connection) T0=Bad_NotConnected";
    assert_eq!(told, ["Press up", "T0=0", down, "Press up", "T0=0"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_read_once_is_tried_until_it_was() {
    let script: Script = Arc::new(|asked| if asked.number < 2 { vec![] } else { after(5, numbered(asked)) });
    let mut bench = Bench::new(&modbus(vec![Point { period: None, ..point(0) }]), [Some(script)]);
    assert_eq!(bench.told_until(60_000).await, ["Press up", "T0=Bad_Failure", "T0=2"]);
}

#[tokio::test(start_paused = true)]
async fn no_request_covers_what_is_forbidden() {
    let (script, seen) = without([]);
    let range = ForbiddenRange { unit: None, table: RegisterTable::HoldingRegisters, first: 2, last: 3 };
    let modbus = Modbus { forbidden: vec![range], ..registers([0, 1, 4, 5]) };
    let _told = Bench::new(&modbus, [Some(script)]).until(100).await;
    assert_eq!(*seen.lock().unwrap(), [(0, 2), (4, 2)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_missing_the_rest_is_read(
        addresses in prop::collection::btree_set(0_u16..60, 1..30), holes in prop::collection::btree_set(0_u16..60, 0..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (script, _) = without(holes.clone());
            let mut bench = Bench::new(&registers(addresses.iter().copied()), [Some(script)]);
            let told = bench.told_until(20_000).await;
            for (tag, address) in addresses.iter().enumerate() {
                let good = format!("T{tag}={address}");
                let last = told.iter().flat_map(|line| line.split(' ')).rfind(|word| word.starts_with(&format!("T{tag}=")));
                let expected = if holes.contains(address) { format!("T{tag}=Bad_NotFound") } else { good };
                prop_assert_eq!(last, Some(expected.as_str()));
            }
            Ok(())
        })?;
    }
}
