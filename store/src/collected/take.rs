//! One batch of arrivals, one transaction.
//!
//! The events and the runs are written before the gateways' rows are held: two collectors that share a gateway wait for one
//! another only at the end. That an event is one that contradicts shows then; nothing is written in that case, and the batch
//! comes again without it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use latchwork_expr::Timestamp;
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::arrival::{
    Arrival, ENTRY_COLUMNS, EVENT_COLUMNS, ORDER_COLUMNS, RUN_COLUMNS, Told, ToldBy, ToldEntry, ToldOrder, latest,
    latest_runs,
};
use super::course::{Holder, Presence, Verdict};
use super::letter::{self, DeadLetter};
use super::numbers::Range;
use super::standing::{self, LossReason, Lost, Standing};
use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static APPEND: Bulk = bulk!("collected/append", EVENT_COLUMNS);
static PUT_RUNS: Bulk = bulk!("collected/put_records", RUN_COLUMNS);
static PUT_ORDERS: Bulk = bulk!("collected/put_orders", ORDER_COLUMNS);
static PUT_ENTRIES: Bulk = bulk!("collected/put_entries", ENTRY_COLUMNS);
static PUT_LETTERS: Bulk = bulk!("collected/put_dead_letters", letter::COLUMNS);
static PRUNE_LETTERS: Statement = statement!("collected/prune_dead_letters", "dead_letters");
static HOLDERS: Statement = statement!("collected/holders", "events");

/// What became of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is written.
    Written(Taken),
    /// Nothing is: these of its arrivals have the number of another event. They are dead letters.
    Contradicts(Vec<usize>),
}

/// What a batch brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// How many events were not there before.
    pub events: u64,
    /// How many were.
    pub repeated: u64,
    /// Gateways whose numbers began anew, and which log of theirs it is now.
    pub begun: Vec<(Arc<str>, u64)>,
    /// What will not come.
    pub lost: Vec<Lost>,
}

/// Writes a batch; `letters_max` is how many dead letters are kept.
pub(super) async fn take(
    session: &mut Session,
    (arrivals, letters): (&[Arrival], &[DeadLetter]),
    letters_max: u32,
    at: Timestamp,
) -> Result<Outcome, Failure> {
    let places = in_order(arrivals);
    session.begin().await?;
    let new = append(session, arrivals, &places).await?;
    let runs = latest_runs(places.iter().map(|&place| &arrivals[place]));
    session.put(&PUT_RUNS, &runs, |(arrival, run)| run.cells(arrival, at)).await?;
    let gateways: BTreeSet<&Arc<str>> = arrivals.iter().map(|arrival| &arrival.gateway_id).collect();
    let mut standings = standing::held(session, &gateways.into_iter().collect::<Vec<_>>(), at).await?;
    let mut judging =
        Judging { arrivals, at, taken: Taken::default(), contradicting: Vec::new(), tellings: Vec::new() };
    for group in places.chunk_by(|one, two| arrivals[*one].gateway_id == arrivals[*two].gateway_id) {
        let id = &arrivals[group[0]].gateway_id;
        let Some(standing) = standings.get_mut(id) else { unreachable!("`{id}` was made") };
        let suspects = judging.suspects(standing, group, &new);
        let holders = holders(session, standing, &suspects).await?;
        judging.judge(standing, group, &new, &holders);
    }
    let Judging { taken, contradicting, tellings, .. } = judging;
    if !contradicting.is_empty() {
        session.rollback().await?;
        return Ok(Outcome::Contradicts(contradicting));
    }
    standing::put(session, &standings.into_values().collect::<Vec<_>>()).await?;
    standing::add_lost(session, &taken.lost, at).await?;
    put_told(session, &tellings, at).await?;
    put_letters(session, letters, letters_max, at).await?;
    session.commit().await?;
    Ok(Outcome::Written(taken))
}

/// Returns the places of the arrivals by gateway and id: by the times of their scans. Every collector writes in that order,
/// so that none waits for one that waits for it.
fn in_order(arrivals: &[Arrival]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..arrivals.len()).collect();
    places.sort_by_key(|&place| (&arrivals[place].gateway_id, arrivals[place].id));
    places
}

/// The events that were not there before.
struct New<'a>(BTreeSet<(&'a str, Ulid)>);

impl New<'_> {
    fn presence(&self, arrival: &Arrival) -> Presence {
        if self.0.contains(&(&*arrival.gateway_id, arrival.id)) { Presence::New } else { Presence::There }
    }
}

async fn append<'a>(session: &mut Session, arrivals: &'a [Arrival], places: &[usize]) -> Result<New<'a>, Failure> {
    let mut rows: Vec<&Arrival> = places.iter().map(|&place| &arrivals[place]).collect();
    rows.dedup_by_key(|arrival| (&arrival.gateway_id, arrival.id));
    let read = |row: &Row<'_>| Ok((row.get::<String>("gateway_id")?, row.id("id")?));
    let written = session.put_and_give(&APPEND, &rows, |arrival| arrival.cells(), ("events", read)).await?;
    let is_all = written.len() == rows.len();
    let written: BTreeSet<(String, Ulid)> = if is_all { BTreeSet::new() } else { written.into_iter().collect() };
    let keys = rows.iter().map(|arrival| (&*arrival.gateway_id, arrival.id));
    Ok(New(keys.filter(|(gateway, id)| is_all || written.contains(&((*gateway).to_owned(), *id))).collect()))
}

/// What is worked out of a batch.
struct Judging<'a> {
    arrivals: &'a [Arrival],
    at: Timestamp,
    taken: Taken,
    contradicting: Vec<usize>,
    /// The events that were not there before, with what they tell.
    tellings: Vec<(ToldBy<'a>, &'a Told)>,
}

impl<'a> Judging<'a> {
    /// Returns the events of a gateway that are not there although their numbers are: more of them than will be asked for.
    fn suspects(&self, standing: &Standing, group: &[usize], new: &New<'_>) -> Vec<&'a Arrival> {
        let mut seen = BTreeSet::new();
        let arrivals = group.iter().map(|&place| &self.arrivals[place]);
        let suspects = arrivals.filter(|arrival| {
            let is_taken = !seen.insert(arrival.seq) || standing.course.numbers.has(arrival.seq);
            is_taken && new.presence(arrival) == Presence::New
        });
        suspects.collect()
    }

    /// Judges the events of a gateway.
    fn judge(&mut self, standing: &mut Standing, group: &[usize], new: &New<'_>, holders: &BTreeMap<Ulid, Holder>) {
        let arrivals = self.arrivals;
        let mut before = None;
        for &place in group {
            let arrival = &arrivals[place];
            // What came twice in the batch is new once.
            let presence = if before == Some(arrival.id) { Presence::There } else { new.presence(arrival) };
            before = Some(arrival.id);
            let holder = || holders.get(&arrival.id).copied().unwrap_or(Holder::Nobody);
            match standing.course.take(arrival.seq, arrival.recorded_at, presence, holder) {
                Verdict::Next => {}
                Verdict::Recovered => standing.recovered += 1,
                Verdict::Begun => self.taken.begun.push((Arc::clone(&standing.id), standing.course.log)),
                Verdict::Contradicts => self.contradicting.push(place),
                Verdict::Repeated => {
                    standing.repeated += 1;
                    self.taken.repeated += 1;
                    continue;
                }
            }
            standing.events += 1;
            self.taken.events += 1;
            self.note(standing, arrival);
        }
        standing.course.heard = Some(self.at);
        let beyond = standing.course.numbers.give_up_beyond_bound();
        self.taken.lost.extend(standing.lose(beyond, LossReason::TooManyGaps));
    }

    /// Notes what an event tells that was not there before.
    fn note(&mut self, standing: &mut Standing, arrival: &'a Arrival) {
        standing.last_seen = standing.last_seen.max(Some(arrival.recorded_at));
        if let Told::Dropped { first_seq, last_seq } = arrival.told {
            // It tells of events before itself.
            let (first, last) = (first_seq.max(1), last_seq.min(arrival.seq.saturating_sub(1)));
            if first <= last {
                let gone = standing.course.settle(Range(first, last));
                self.taken.lost.extend(standing.lose(gone, LossReason::Dropped));
            }
        }
        let by = ToldBy { gateway_id: &arrival.gateway_id, log: standing.course.log, seq: arrival.seq };
        self.tellings.push((by, &arrival.told));
    }
}

/// Returns what has the numbers of these events.
async fn holders(
    session: &mut Session,
    standing: &Standing,
    suspects: &[&Arrival],
) -> Result<BTreeMap<Ulid, Holder>, Failure> {
    if suspects.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked: Json = suspects.iter().map(|arrival| json!([arrival.seq, arrival.id.to_string()])).collect();
    let cells =
        Cells::default().with(&standing.id).with(standing.course.log.cast_signed()).with_json(asked.to_string());
    let read = |row: &Row<'_>| {
        let holder = match row.optional_date("recorded_at")? {
            Some(at) if !row.get::<bool>("is_lost")? => Holder::Other(at),
            Some(_) | None => Holder::Nobody,
        };
        Ok((row.id("id")?, holder))
    };
    Ok(session.rows(&HOLDERS, cells, read).await?.into_iter().collect())
}

/// Writes the orders and the entries that events tell of.
async fn put_told(session: &mut Session, tellings: &[(ToldBy<'_>, &Told)], at: Timestamp) -> Result<(), Failure> {
    let orders =
        tellings.iter().filter_map(|(by, told)| if let Told::Order(order) = told { Some((*by, order)) } else { None });
    let orders = latest(orders, |order: &ToldOrder| order.id);
    session.put(&PUT_ORDERS, &orders, |(by, order)| order.cells(by, at)).await?;
    let entries = tellings
        .iter()
        .filter_map(|(by, told)| if let Told::Entry(entry) = told { Some((*by, &**entry)) } else { None });
    let entries = latest(entries, |entry: &ToldEntry| entry.id);
    session.put(&PUT_ENTRIES, &entries, |(by, entry)| entry.cells(by, at)).await
}

/// Writes dead letters, and removes the oldest beyond their bound.
async fn put_letters(
    session: &mut Session,
    letters: &[DeadLetter],
    letters_max: u32,
    at: Timestamp,
) -> Result<(), Failure> {
    if letters.is_empty() {
        return Ok(());
    }
    let mut counted: BTreeMap<&str, (&DeadLetter, i64)> = BTreeMap::new();
    for letter in letters {
        counted.entry(letter.id()).or_insert((letter, 0)).1 += 1;
    }
    let rows: Vec<(&DeadLetter, i64)> = counted.into_values().collect();
    session.put(&PUT_LETTERS, &rows, |(letter, times)| letter.cells(*times, at)).await?;
    session.execute(&PRUNE_LETTERS, Cells::default().with(i64::from(letters_max))).await?;
    Ok(())
}
