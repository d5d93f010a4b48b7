//! Units that share a link: none holds up another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use latchwork_config::connections::{Modbus, Point};

use super::bench::Bench;
use super::device::{Script, after, words};
use super::plant::{modbus, point};

/// A link with so many units, one register each, every 100 ms.
fn units(count: u8) -> Modbus {
    let unit = |unit| Point { unit, period: Some(Duration::from_millis(100)), ..point(0) };
    modbus((1..=count).map(unit).collect())
}

/// Answers of these units come; of the others nothing does.
fn only(live: impl Fn(u8) -> bool + Send + Sync + 'static) -> Script {
    Arc::new(move |asked| if live(asked.unit) { after(10, words(asked, &[1])) } else { vec![] })
}

/// Returns how many readings each tag had.
fn readings(told: &[String]) -> BTreeMap<String, usize> {
    let mut readings = BTreeMap::new();
    let good = told.iter().flat_map(|line| line.split(' ')).filter(|word| word.ends_with("=1"));
    good.for_each(|word| *readings.entry(word.to_owned()).or_default() += 1);
    readings
}

#[tokio::test(start_paused = true)]
async fn dead_units_do_not_slow_down_the_others() {
    let mut bench = Bench::new(&units(40), [Some(only(|unit| unit > 20))]);
    let told = bench.told_until(60_000).await;
    let readings = readings(&told);
    assert_eq!(readings.len(), 20);
    assert!(readings.values().all(|&count| count >= 570), "{readings:?}");
    assert_eq!(bench.health.units_dead.get(), 20);
    assert!(told.contains(&"T0=Bad_NotConnected".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_slow_unit_does_not_slow_down_the_others() {
    let slow: Script = Arc::new(|asked| after(if asked.unit == 1 { 950 } else { 10 }, words(asked, &[1])));
    let mut bench = Bench::new(&units(5), [Some(slow)]);
    let readings = readings(&bench.told_until(60_000).await);
    assert!(readings["T0=1"] >= 55, "{readings:?}");
    assert!((1..5).all(|tag| readings[&format!("T{tag}=1")] >= 590), "{readings:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dead_unit_lives_with_its_first_answer() {
    let start = tokio::time::Instant::now();
    let mut bench = Bench::new(&units(2), [Some(only(move |unit| unit == 2 || start.elapsed().as_secs() >= 20))]);
    let told = bench.until(26_000).await;
    let first: Vec<_> = told.iter().filter(|line| line.contains("T0=")).take(4).map(String::as_str).collect();
    assert_eq!(first[..2], ["1000 T0=Bad_Failure", "5000 T0=Bad_NotConnected"]);
    let revived: u64 = first[2].split(' ').next().unwrap().parse().unwrap();
    assert!((20_000..26_000).contains(&revived) && first[2].ends_with("T0=1"), "{first:?}");
    assert!(first[3].ends_with("T0=1"), "{first:?}");
    assert_eq!(bench.health.units_dead.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_busy_link_is_shared_fairly() {
    // A gateway that handles one request at a time and needs 20 ms for each: 50 a second for ten units that want 100.
    let free_at = std::sync::Mutex::new(tokio::time::Instant::now());
    let serial: Script = Arc::new(move |asked| {
        let now = tokio::time::Instant::now();
        let mut free_at = free_at.lock().unwrap();
        *free_at = (*free_at).max(now) + Duration::from_millis(20);
        after(u64::try_from((*free_at - now).as_millis()).unwrap(), words(asked, &[1]))
    });
    let mut bench = Bench::new(&units(10), [Some(serial)]);
    let readings = readings(&bench.told_until(60_000).await);
    assert_eq!(readings.len(), 10);
    assert!(readings.values().all(|count| (290..=302).contains(count)), "{readings:?}");
    assert!(bench.health.overruns.get() > 2000);
}

#[tokio::test(start_paused = true)]
async fn a_serial_gateway_with_two_seconds_a_request_is_not_buried() {
    let free_at = std::sync::Mutex::new(tokio::time::Instant::now());
    let serial: Script = Arc::new(move |asked| {
        let now = tokio::time::Instant::now();
        let mut free_at = free_at.lock().unwrap();
        *free_at = (*free_at).max(now) + Duration::from_secs(2);
        after(u64::try_from((*free_at - now).as_millis()).unwrap(), words(asked, &[1]))
    });
    let mut bench = Bench::new(&units(1), [Some(serial)]);
    let told = bench.told_until(120_000).await;
    assert!(readings(&told)["T0=1"] >= 58, "{told:?}");
    assert_eq!(bench.health.unknown_dropped.get(), 0);
}
