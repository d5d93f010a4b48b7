//! What collectors come to: the same, in whatever order and how often events arrive, and by whom they are taken.

use std::sync::Arc;
use std::time::Duration;

use latchwork_expr::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Builder;
use ulid::Ulid;

use super::*;
use crate::error::Failure;
use crate::options::Options;
use crate::store::Store;
use crate::testing::{BEGIN, Ground, on_both};

const LETTERS_MAX: u32 = 3;
const PATIENCE: Patience = Patience {
    gap_wait: Duration::from_secs(5),
    ask_again: Duration::from_secs(10),
    ask_again_max: Duration::from_mins(1),
    requests_max: 2,
    away_max: Duration::from_mins(10),
};

fn second(second: u64) -> Timestamp {
    Timestamp(BEGIN.0 + second.cast_signed() * 1_000_000)
}

fn id(second: u64, rest: u128) -> Ulid {
    Ulid::from_parts(BEGIN.0.unsigned_abs() / 1000 + second * 1000, rest)
}

/// Returns an event of a gateway: the number is its second, and `rest` tells its id from others.
fn event(gateway: &str, seq: u64, rest: u128, told: Told) -> Arrival {
    Arrival {
        gateway_id: gateway.into(),
        seq,
        id: id(seq, rest),
        event_type: "operation.updated".into(),
        occurred_at: second(seq),
        recorded_at: second(seq),
        body: format!("{{\"seq\":{seq}}}").into(),
        told,
    }
}

fn plain(gateway: &str, seq: u64) -> Arrival {
    event(gateway, seq, 0, Told::Nothing)
}

/// Returns a run as of a revision; the words differ from one to the next.
fn run(number: u64, revision: u32, words: &str) -> Told {
    Told::Run(Box::new(ToldRun {
        id: id(number, 7),
        operation: "Filling".into(),
        location: "Line1/Filler".into(),
        operation_id: id(0, 1),
        location_id: id(0, 2),
        production_order_id: None,
        schedule_id: None,
        parent_record_id: None,
        status: words.into(),
        start: second(number),
        end: (revision > 2).then(|| second(number + 5)),
        duration_seconds: (revision > 2).then_some(5.0),
        detected_at: second(number),
        production_order: Some(words.into()),
        start_reason: "TRIGGER".into(),
        end_reason: None,
        expected_duration_seconds: Some(0.1),
        overrun: revision > 3,
        paused_seconds: 0.0,
        detected_after_gap: false,
        last_seen: None,
        captures: format!("{{\"words\":\"{words}\"}}").into(),
        revision,
        notes: Some("a\0b".into()),
        created_by: None,
        modified: None,
        modified_by: None,
    }))
}

fn order(number: u64, status: &str) -> Told {
    Told::Order(ToldOrder { id: id(number, 8), name: format!("PO-{number}").into(), status: status.into() })
}

fn entry(number: u64, status: &str) -> Told {
    Told::Entry(Box::new(ToldEntry {
        id: id(number, 9),
        operation_id: id(0, 1),
        location_id: id(0, 2),
        start: second(number),
        end: Some(second(number + 60)),
        quantity: None,
        status: status.into(),
        priority: "NORMAL".into(),
        operation_record_id: None,
        production_order_id: None,
        production_order: None,
    }))
}

async fn opened(ground: &Ground, collector: &str) -> Collection {
    Collection::open(&ground.options(collector, BEGIN)).await.unwrap()
}

/// Takes a batch as a collector does: what may pass by itself is tried again.
async fn taken(collection: &Collection, arrivals: &[Arrival]) -> Taken {
    loop {
        match collection.take(arrivals, &[], LETTERS_MAX, second(1)).await {
            Ok(Outcome::Written(taken)) => return taken,
            Ok(Outcome::Contradicts(places)) => panic!("{places:?} of {arrivals:?}"),
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    }
}

/// What a gateway tells: of three runs, two orders and two entries of the schedule.
fn histories() -> impl Strategy<Value = Vec<(u8, u64)>> {
    prop::collection::vec((0_u8..8, 0_u64..3), 1..60)
}

fn history(gateway: &str, made: &[(u8, u64)]) -> Vec<Arrival> {
    let mut revisions = [0; 3];
    let tell = |(&(kind, number), seq): (&(u8, u64), u64)| {
        let revision = &mut revisions[usize::try_from(number).unwrap()];
        let words = format!("word {seq}");
        let told = match kind {
            0 => Told::Nothing,
            1 => order(number, &words),
            2 => entry(number, &words),
            // One revision may be told of twice; the later event counts.
            3 if *revision > 0 => run(number, *revision, &words),
            _ => {
                *revision += 1;
                run(number, *revision, &words)
            }
        };
        event(gateway, seq, 0, told)
    };
    made.iter().zip(1..).map(tell).collect()
}

/// Which rows of two gateways differ: none but the ids of the gateways may.
async fn differences(ground: &Ground, one: &str, other: &str) -> Vec<&'static str> {
    let tables = [
        ("events", "seq, id, event_type, occurred_at, recorded_at, body"),
        (
            "operation_records",
            "id, enabled, created_by, modified_date, notes, name, start_date, end_date, status, production_order, \
             duration_seconds, overrun, captures, revision, event_id",
        ),
        ("production_orders", "id, name, status, seq"),
        ("schedules", "id, duration_expected, start_date, end_date, status, priority, seq"),
    ];
    let mut found = Vec::new();
    for (table, columns) in tables {
        let rows = |gateway: &str| format!("SELECT {columns} FROM {table} WHERE gateway_id = '{gateway}'");
        for (one, other) in [(one, other), (other, one)] {
            let query = format!("SELECT count(*) FROM ({} EXCEPT {}) AS d", rows(one), rows(other));
            if ground.number(&query).await != 0 {
                found.push(table);
            }
        }
    }
    found
}

fn any_order_comes_to_the_same(ground: &Ground, cases: u32) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let collectors = runtime.block_on(async { [opened(ground, "one").await, opened(ground, "two").await] });
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    // Each event comes once to four times, at random places, in batches, to either collector.
    let delivery = histories().prop_flat_map(|made| {
        let places = (0..made.len()).collect::<Vec<_>>();
        let more = prop::collection::vec(0..made.len(), 0..3 * made.len());
        let all = more.prop_map(move |more| [places.clone(), more].concat()).prop_shuffle();
        (Just(made), all, prop::collection::vec((1_usize..20, any::<bool>()), 1..20))
    });
    let number = std::cell::Cell::new(0);
    let outcome = runner.run(&delivery, |(made, places, batches)| {
        number.set(number.get() + 1);
        let (one, other) = (format!("in-order-{}", number.get()), format!("at-random-{}", number.get()));
        let events = history(&other, &made);
        let delivered: Vec<Arrival> = places.iter().map(|&place| events[place].clone()).collect();
        runtime.block_on(async {
            taken(&collectors[0], &history(&one, &made)).await;
            // Two collectors at a time, each with its own batches in its own order.
            let (mut shares, mut rest) = ([Vec::new(), Vec::new()], delivered.as_slice());
            for (size, is_second) in batches.into_iter().cycle() {
                let (batch, after) = rest.split_at(size.min(rest.len()));
                shares[usize::from(is_second)].push(batch.to_vec());
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            let collect = async |place: usize| {
                let mut events = 0;
                for batch in &shares[place] {
                    events += taken(&collectors[place], batch).await.events;
                }
                events
            };
            let (first, second) = tokio::join!(collect(0), collect(1));
            prop_assert_eq!(first + second, made.len() as u64, "each event is new once");
            prop_assert_eq!(differences(ground, &one, &other).await, Vec::<&str>::new());
            let whole = format!(
                "SELECT count(*) FROM gateways WHERE id = '{other}' AND contiguous_seq = {count} AND highest_seq = {count} \
                 AND events = {count} AND repeated = {} AND lost = 0 AND log = 1",
                places.len() - made.len(),
                count = made.len()
            );
            prop_assert_eq!(ground.number(&whole).await, 1);
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn any_order_comes_to_the_same_in_a_file() {
    any_order_comes_to_the_same(&Ground::file(), 24);
}

#[test]
fn any_order_comes_to_the_same_on_a_server() {
    any_order_comes_to_the_same(&Ground::server(), 48);
}

async fn a_hole_is_asked_for_by_one_and_closes(ground: Ground) {
    let (one, other) = (opened(&ground, "one").await, opened(&ground, "two").await);
    taken(&one, &[plain("gw", 1), plain("gw", 4), plain("whole", 1)]).await;
    let review = async |collection: &Collection, at| {
        collection.review(&PATIENCE, Duration::from_secs(1), second(at)).await.unwrap()
    };
    assert_eq!(review(&one, 2).await, Reviewed::default());
    let wanted = Wanted { gateway_id: "gw".into(), range: Range(1, 3) };
    assert_eq!(review(&other, 7).await.wanted, [wanted]);
    assert_eq!(review(&one, 7).await, Reviewed::default(), "the other has asked");
    let shown = one.gateways("").await.unwrap();
    assert_eq!((shown[0].missing, shown[0].asked, shown[1].asked), (2, Some((2, 3)), None));
    taken(&one, &[plain("gw", 3), plain("gw", 2), plain("gw", 1)]).await;
    assert_eq!(review(&other, 30).await, Reviewed::default());
    let shown = one.gateways("").await.unwrap();
    assert_eq!((shown[0].contiguous_seq, shown[0].missing, shown[0].repeated), (4, 0, 1));
}

async fn what_does_not_come_is_told_as_lost_and_taken_when_it_comes(ground: Ground) {
    let collection = opened(&ground, "one").await;
    taken(&collection, &[plain("gw", 1), plain("gw", 2), plain("gw", 5)]).await;
    let mut lost = Vec::new();
    for at in [2, 7, 18, 60] {
        let heard = collection.take(&[plain("gw", 100 + at)], &[], LETTERS_MAX, second(at)).await.unwrap();
        assert!(matches!(heard, Outcome::Written(_)));
        lost.extend(collection.review(&PATIENCE, Duration::from_secs(1), second(at)).await.unwrap().lost);
        if at == 2 {
            // Only the first hole is of interest here.
            let rest = (6..102).chain(103..107).chain(108..118).chain(119..160);
            taken(&collection, &rest.map(|seq| plain("gw", seq)).collect::<Vec<_>>()).await;
        }
    }
    let told = Lost { gateway_id: "gw".into(), log: 1, range: Range(3, 4), reason: LossReason::Unanswered };
    assert_eq!(lost, [told]);
    assert_eq!(ground.number("SELECT lost FROM gateways WHERE id = 'gw'").await, 2);
    assert_eq!(
        ground.number("SELECT count(*) FROM lost_events WHERE reason = 'UNANSWERED' AND first_seq = 3").await,
        1
    );
    assert_eq!(taken(&collection, &[plain("gw", 3)]).await.events, 1);
    assert_eq!(ground.number("SELECT recovered FROM gateways WHERE id = 'gw'").await, 1);
    assert_eq!(ground.number("SELECT log FROM gateways WHERE id = 'gw'").await, 1, "its log is the same");
}

async fn what_a_limit_dropped_is_told_at_once(ground: Ground) {
    let collection = opened(&ground, "one").await;
    let dropped = |seq, last_seq| event("gw", seq, 0, Told::Dropped { first_seq: 2, last_seq });
    let lost = taken(&collection, &[plain("gw", 1), dropped(11, u64::MAX), plain("gw", 12)]).await.lost;
    let told = Lost { gateway_id: "gw".into(), log: 1, range: Range(2, 10), reason: LossReason::Dropped };
    assert_eq!(lost, [told]);
    assert_eq!(taken(&collection, &[dropped(11, u64::MAX)]).await.lost, []);
    assert_eq!(ground.number("SELECT contiguous_seq FROM gateways").await, 12);
}

async fn a_gateway_that_was_replaced_begins_another_log(ground: Ground) {
    let collection = opened(&ground, "one").await;
    let old: Vec<Arrival> = (1..=5).map(|seq| event("gw", seq, 0, run(1, seq.try_into().unwrap(), "old"))).collect();
    taken(&collection, &old).await;
    taken(&collection, &[event("gw", 6, 0, order(1, "old"))]).await;
    // Its events are later than all before, its numbers are not, and they are out of order.
    let later = |seq: u64, told: Told| {
        let event = event("gw", seq, 0, told);
        Arrival { id: id(100 + seq, 0), recorded_at: second(100 + seq), ..event }
    };
    let begun = taken(&collection, &[later(3, order(1, "new"))]).await.begun;
    assert_eq!(begun, [(Arc::from("gw"), 2)]);
    taken(&collection, &[later(1, Told::Nothing), later(2, run(2, 1, "new"))]).await;
    let shown = &collection.gateways("").await.unwrap()[0];
    assert_eq!((shown.log, shown.contiguous_seq, shown.highest_seq, shown.events), (2, 3, 3, 9));
    assert_eq!(ground.number("SELECT count(*) FROM events").await, 9, "nothing of the first log is lost");
    assert_eq!(ground.number("SELECT count(*) FROM operation_records").await, 2);
    assert_eq!(ground.number("SELECT count(*) FROM production_orders WHERE status = 'new' AND log = 2").await, 1);
}

async fn an_event_that_contradicts_is_not_taken_and_the_others_are(ground: Ground) {
    let collection = opened(&ground, "one").await;
    taken(&collection, &[plain("gw", 1), plain("gw", 2), plain("gw", 3)]).await;
    let stranger = Arrival { recorded_at: second(1), ..event("gw", 2, 5, run(1, 9, "strange")) };
    let batch = [plain("gw", 4), stranger];
    let outcome = collection.take(&batch, &[], LETTERS_MAX, second(9)).await.unwrap();
    assert_eq!(outcome, Outcome::Contradicts(vec![1]));
    assert_eq!(ground.number("SELECT count(*) FROM events").await, 3);
    assert_eq!(ground.number("SELECT count(*) FROM operation_records").await, 0);
    let letter = DeadLetter::new("latchwork/gw/x", b"{}", "event 2 has another id");
    let outcome = collection.take(&batch[..1], &[letter], LETTERS_MAX, second(9)).await.unwrap();
    assert!(matches!(outcome, Outcome::Written(Taken { events: 1, .. })));
    assert_eq!(ground.number("SELECT count(*) FROM dead_letters WHERE reason LIKE '%another id'").await, 1);
}

async fn dead_letters_are_counted_and_bounded(ground: Ground) {
    let collection = opened(&ground, "one").await;
    let letter = |text: &str| DeadLetter::new("latchwork/gw/x", text.as_bytes(), "no JSON");
    for texts in [["a", "b"], ["b", "c"], ["c", "d"], ["d", "d"]] {
        let letters = texts.map(letter);
        collection.take(&[], &letters, LETTERS_MAX, second(1)).await.unwrap();
    }
    assert_eq!(collection.count_dead_letters().await.unwrap(), u64::from(LETTERS_MAX));
    assert_eq!(ground.number("SELECT count(*) FROM dead_letters WHERE payload = 'a'").await, 0, "the oldest went");
    assert_eq!(ground.number("SELECT CAST(sum(times) AS bigint) FROM dead_letters").await, 7);
}

async fn who_was_away_asks_for_the_last_of_all(ground: Ground) {
    let collection = opened(&ground, "one").await;
    taken(&collection, &[plain("gw", 1), plain("gw", 2), plain("other", 1)]).await;
    let heard = [plain("other", 2)];
    collection.take(&heard, &[], LETTERS_MAX, second(50)).await.unwrap();
    let tails = async |at| collection.tails(second(40), &PATIENCE, second(at)).await.unwrap();
    let wanted = |first| [Wanted { gateway_id: "gw".into(), range: Range(first, first + 9_999) }];
    assert_eq!(tails(51).await, wanted(2), "the other one is not quiet");
    assert_eq!(tails(52).await, []);
    // All that was asked for came: there may be more.
    taken(&collection, &(3..=10_001).map(|seq| plain("gw", seq)).collect::<Vec<_>>()).await;
    assert_eq!(tails(53).await, wanted(10_001));
    assert_eq!(tails(54).await, []);
}

async fn as_long_as_a_collector_is_away_quiet_gateways_are_asked_again(ground: Ground) {
    let collection = opened(&ground, "one").await;
    taken(&collection, &[plain("gw", 1), plain("gw", 2)]).await;
    let (here, away) = (collector("one", second(1000)), collector("two", second(101)));
    let tails = async |at| collection.tails(second(40), &PATIENCE, at).await.unwrap();
    let wanted = |first| [Wanted { gateway_id: "gw".into(), range: Range(first, 10_001) }];
    collection.put_collector(&here).await.unwrap();
    assert_eq!(tails(second(100)).await, wanted(2));
    collection.put_collector(&away).await.unwrap();
    assert_eq!(tails(second(105)).await, [], "it may be there");
    assert_eq!(tails(second(109)).await, [], "it was asked a moment ago");
    assert_eq!(tails(second(111)).await, wanted(2));
    // By chance without the one that is there.
    assert_eq!(tails(Timestamp(second(121).0 + 1)).await, wanted(3));
    assert_eq!(tails(second(101 + 600)).await, [], "the broker keeps nothing for it any more");
}

async fn a_ledger_is_no_collection_and_the_other_way_round(ground: Ground) {
    let ledger = Store::open(&ground.options("gw", BEGIN)).await.unwrap();
    ledger.close().await.unwrap();
    let refused = Collection::open(&ground.options("one", BEGIN)).await.unwrap_err();
    assert!(matches!(refused.failure, Failure::HoldsLedger), "{refused}");
}

fn collector(id: &str, seen_at: Timestamp) -> CollectorRow {
    let (id, started_at) = (id.to_owned(), second(1));
    CollectorRow {
        id,
        started_at,
        seen_at,
        is_running: true,
        events: 5,
        repeated: 1,
        dead_letters: 0,
        requests: 2,
        lost: 0,
    }
}

async fn what_collectors_did_is_shown(ground: Ground) {
    let collection = opened(&ground, "one").await;
    let row = collector("one", second(2));
    collection.put_collector(&row).await.unwrap();
    let row = CollectorRow { is_running: false, events: 7, ..row };
    collection.put_collector(&row).await.unwrap();
    assert_eq!(collection.collectors().await.unwrap(), [row]);
    taken(&collection, &[event("gw", 1, 0, run(1, 1, "RUNNING"))]).await;
    assert_eq!(ground.number("SELECT count(*) FROM open_runs WHERE gateway_id = 'gw'").await, 1);
    collection.close().await.unwrap();
}

on_both! {
    a_hole_is_asked_for_by_one_and_closes,
    what_does_not_come_is_told_as_lost_and_taken_when_it_comes,
    what_a_limit_dropped_is_told_at_once,
    a_gateway_that_was_replaced_begins_another_log,
    an_event_that_contradicts_is_not_taken_and_the_others_are,
    dead_letters_are_counted_and_bounded,
    who_was_away_asks_for_the_last_of_all,
    as_long_as_a_collector_is_away_quiet_gateways_are_asked_again,
    a_ledger_is_no_collection_and_the_other_way_round,
    what_collectors_did_is_shown,
}

#[tokio::test]
async fn a_gateway_does_not_take_what_collectors_keep() {
    let ground = Ground::file();
    opened(&ground, "one").await.close().await.unwrap();
    let refused = Store::open(&ground.options("gw", BEGIN)).await.unwrap_err();
    assert!(matches!(refused.failure, Failure::HoldsCollected), "{refused}");
}

#[tokio::test]
async fn months_have_partitions_and_wrong_clocks_have_none() {
    let ground = Ground::server();
    let Ground::Server { url } = &ground else { panic!("a server") };
    let written = crate::options::Written { url: Some(url), ca_file: None };
    let options = Options::of(written, std::path::Path::new("/"), "one", BEGIN).unwrap();
    let collections = [Collection::open(&options).await.unwrap(), Collection::open(&options).await.unwrap()];
    let next_month = 31 * 86_400;
    let batch = [plain("gw", 1), plain("gw", next_month), plain("gw", 20 * next_month)];
    let (one, other) = tokio::join!(taken(&collections[0], &batch[..2]), taken(&collections[1], &batch[1..]));
    assert_eq!(one.events + other.events, 3);
    for (table, rows) in
        [("events_2026_03", 1), ("events_2026_04", 1), ("events_other", 1), ("operation_records_2026_04", 0)]
    {
        assert_eq!(ground.number(&format!("SELECT count(*) FROM {table}")).await, rows, "{table}");
    }
}

#[tokio::test]
async fn a_month_that_a_wrong_clock_was_in_before_stays_among_the_others() {
    let ground = Ground::server();
    let in_may = plain("gw", 70 * 86_400);
    taken(&opened(&ground, "one").await, std::slice::from_ref(&in_may)).await;
    let collection = opened(&ground, "one").await;
    let next = plain("gw", 71 * 86_400);
    let outcome = collection.take(&[in_may, next.clone()], &[], LETTERS_MAX, next.recorded_at).await.unwrap();
    assert!(matches!(outcome, Outcome::Written(Taken { events: 1, repeated: 1, .. })), "{outcome:?}");
    assert_eq!(ground.number("SELECT count(*) FROM events_other").await, 2);
    assert_eq!(ground.number("SELECT count(*) FROM operation_records_2026_05").await, 0, "this one has a partition");
}
