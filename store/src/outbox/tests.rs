//! The outbox: what is marked, dropped, refused and removed, and that it is still so when it is opened
//! again.

use latchwork_engine::{EventKind, Info};
use latchwork_expr::Timestamp;

use super::{OutboxMark, Overview, Refused, Shown, Span, State};
use crate::store::Store;
use crate::testing::{BEGIN, Ground, OwnTurn, on_both, plant};

const SECOND: i64 = 1_000_000;

/// Returns so many seconds after the beginning.
const fn after(seconds: i64) -> Timestamp {
    Timestamp(BEGIN.0 + seconds * SECOND)
}

/// Opens a store with events 1 to `count`, the one of number n recorded n seconds after the beginning.
async fn with_events(ground: &Ground, count: u64) -> Store {
    let store = ground.opened(&plant()).await;
    for seq in 1..=count {
        let turn = OwnTurn::new(seq).tell(seq, EventKind::GatewayStarted, Info::Gateway);
        store.commit(&turn.turn()).await.unwrap();
    }
    store
}

const fn span(first: u64, last: u64) -> Span {
    Span { first, last }
}

fn refused(seq: u64, refusals: u32, is_quarantined: bool) -> Refused {
    Refused { seq, refusals, reason: "not authorized".to_owned(), is_quarantined }
}

async fn seqs(store: &Store) -> Vec<u64> {
    store.outgoing(span(1, 1000), 1000).await.unwrap().iter().map(|outgoing| outgoing.seq).collect()
}

async fn shown(ground: &Ground, state: State) -> Vec<i64> {
    Shown::of(&ground.options("gw", BEGIN), state, 10).await.unwrap().iter().map(|shown| shown.seq).collect()
}

async fn what_was_marked_is_settled_when_it_is_opened_again(ground: Ground) {
    let store = with_events(&ground, 10).await;
    let mark = |published: &[Span], floor| OutboxMark { published: published.to_vec(), floor, ..Default::default() };
    store.mark_outbox(&mark(&[span(1, 2), span(8, 9)], 2), after(60)).await.unwrap();
    store.mark_outbox(&mark(&[span(3, 4)], 4), after(61)).await.unwrap();
    store.close().await.unwrap();
    let store = ground.opened(&plant()).await;
    let standing = store.outbox_standing().await.unwrap();
    assert_eq!((standing.settled.floor(), standing.head), (4, 10));
    assert_eq!(standing.settled.gaps(standing.head), [span(5, 7), span(10, 10)]);
    assert_eq!(shown(&ground, State::Waiting).await, [5, 6, 7, 10]);
    let overview = Overview::of(&ground.options("gw", BEGIN)).await.unwrap().unwrap();
    assert_eq!((overview.waiting, overview.kept, overview.quarantined), (4, 6, 0));
    assert_eq!(overview.oldest_waiting_at.as_deref(), Some("2026-03-01T06:00:05.000000Z"));
    assert_eq!(overview.last_published_at.as_deref(), Some("2026-03-01T06:01:01.000000Z"));
    assert_eq!(Overview::of(&ground.options("another", BEGIN)).await.unwrap(), None);
}

async fn marks_of_a_minute_are_one_row(ground: Ground) {
    let store = with_events(&ground, 6).await;
    for (seq, second) in [(1, 1), (2, 2), (3, 59), (4, 60), (5, 61)] {
        let mark = OutboxMark { published: vec![Span::one(seq)], floor: seq, ..Default::default() };
        store.mark_outbox(&mark, after(second)).await.unwrap();
    }
    let rows = "SELECT count(*) FROM outbox WHERE (first_seq, last_seq) IN ((1, 3), (4, 5))";
    assert_eq!((ground.number(rows).await, ground.number("SELECT count(*) FROM outbox").await), (2, 2));
}

async fn a_mark_that_is_given_again_changes_nothing(ground: Ground) {
    let store = with_events(&ground, 6).await;
    for (first, last, second) in [(1, 2, 1), (3, 4, 2), (3, 4, 61), (3, 5, 62)] {
        let mark = OutboxMark { published: vec![span(first, last)], floor: last, ..Default::default() };
        store.mark_outbox(&mark, after(second)).await.unwrap();
    }
    let overview = Overview::of(&ground.options("gw", BEGIN)).await.unwrap().unwrap();
    assert_eq!((overview.kept, overview.waiting), (5, 1));
    assert_eq!(ground.number("SELECT count(*) FROM outbox WHERE first_seq = 1 AND last_seq = 5").await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM outbox").await, 1);
}

async fn refused_events_are_tried_again_quarantined_retried_and_purged(ground: Ground) {
    let store = with_events(&ground, 6).await;
    let mark = OutboxMark {
        published: vec![span(1, 2), span(6, 6)],
        refused: vec![refused(3, 1, false), refused(4, 10, true), refused(5, 10, true)],
        floor: 6,
        ..Default::default()
    };
    store.mark_outbox(&mark, after(60)).await.unwrap();
    let standing = store.outbox_standing().await.unwrap();
    assert_eq!(standing.settled.gaps(6), []);
    assert_eq!(standing.refused, [refused(3, 1, false)]);
    assert_eq!((shown(&ground, State::Refused).await, shown(&ground, State::Quarantined).await), (vec![3], vec![4, 5]));
    assert_eq!(store.retry_refused(Some(&[5, 77])).await.unwrap(), [5]);
    assert_eq!(store.outbox_standing().await.unwrap().refused, [refused(3, 1, false), refused(5, 0, false)]);
    // What is still tried cannot be purged.
    assert_eq!(store.purge_quarantined(None, after(61)).await.unwrap(), [4]);
    let reconciled = OutboxMark { reconciled: vec![3, 5], floor: 6, ..Default::default() };
    store.mark_outbox(&reconciled, after(62)).await.unwrap();
    let overview = Overview::of(&ground.options("gw", BEGIN)).await.unwrap().unwrap();
    assert_eq!((overview.waiting, overview.refused, overview.quarantined), (0, 0, 0));
    assert_eq!(seqs(&store).await, [1, 2, 3, 4, 5, 6], "all are still in the log");
}

async fn what_was_published_long_ago_leaves_the_log(ground: Ground) {
    let store = with_events(&ground, 8).await;
    let mark = OutboxMark {
        published: vec![span(1, 2), span(4, 5)],
        refused: vec![refused(3, 10, true)],
        floor: 5,
        ..Default::default()
    };
    store.mark_outbox(&mark, after(60)).await.unwrap();
    let later = OutboxMark { published: vec![span(6, 6), span(8, 8)], floor: 6, ..Default::default() };
    store.mark_outbox(&later, after(600)).await.unwrap();
    assert_eq!(store.remove_settled(after(60)).await.unwrap(), 0, "not before its time");
    let mut steps = Vec::new();
    while let removed @ 1.. = store.remove_settled(after(61)).await.unwrap() {
        steps.push(removed);
    }
    assert_eq!(steps, [2, 2]);
    // The quarantined one stays, and so does what nobody has yet.
    assert_eq!(seqs(&store).await, [3, 6, 7, 8]);
    let standing = store.outbox_standing().await.unwrap();
    assert_eq!(standing.settled.gaps(8), [span(7, 7)]);
}

async fn what_a_limit_drops_is_counted_and_told_once(ground: Ground) {
    let store = with_events(&ground, 8).await;
    assert_eq!(store.last_recorded_before(span(1, 8), after(1)).await.unwrap(), None);
    assert_eq!(store.last_recorded_before(span(1, 8), after(4)).await.unwrap(), Some(3));
    store.drop_waiting(span(1, 2), 2, after(60)).await.unwrap();
    store.drop_waiting(span(3, 3), 3, after(60)).await.unwrap();
    let standing = store.outbox_standing().await.unwrap();
    assert_eq!((standing.untold.as_slice(), standing.settled.floor()), (&[span(1, 3)][..], 3));
    assert_eq!(Overview::of(&ground.options("gw", BEGIN)).await.unwrap().unwrap().dropped, 3);
    assert_eq!(seqs(&store).await, [4, 5, 6, 7, 8]);
    store.told_of_dropped(3).await.unwrap();
    assert_eq!(store.outbox_standing().await.unwrap().untold, []);
    // What is dropped now is told of anew.
    store.drop_waiting(span(4, 4), 4, after(60)).await.unwrap();
    assert_eq!(store.outbox_standing().await.unwrap().untold, [span(4, 4)]);
}

on_both! {
    what_was_marked_is_settled_when_it_is_opened_again,
    marks_of_a_minute_are_one_row,
    a_mark_that_is_given_again_changes_nothing,
    refused_events_are_tried_again_quarantined_retried_and_purged,
    what_was_published_long_ago_leaves_the_log,
    what_a_limit_drops_is_counted_and_told_once,
}
