//! Random jobs over random stations: what must hold of every one of them, after every step.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::invariants::check_kept;
use super::recount::Recount;
use super::world::{Kept, World};
use super::*;
use crate::order::OrderStatus;
use crate::record::{EndReason, Status};

/// How many random flows an ordinary test run looks at; more: `PROPTEST_CASES`, others: `PROPTEST_RNG_SEED`.
const FLOWS: u32 = 1_500;
const STATIONS: usize = 5;
const PATHS: [&str; STATIONS] = ["A", "B", "C", "D", "E"];

/// What somebody or some machine tries. Numbers are taken for what there is.
#[derive(Clone, Debug)]
enum Try {
    Create {
        station: usize,
        quantity: u64,
        with_order: bool,
    },
    Ask {
        verb: JobVerb,
        job: usize,
        leg: Option<usize>,
        person: usize,
        parts: [u64; 3],
        choice: usize,
    },
    Open {
        station: usize,
        operation: usize,
        with_order: bool,
    },
    Close {
        run: usize,
        parts: Option<[u64; 2]>,
        status: usize,
        reason: usize,
        at_stop: bool,
    },
    /// Somebody gives the production order up, whatever its jobs do.
    CancelOrder,
}

fn tries() -> impl Strategy<Value = Try> {
    let verbs = prop_oneof![
        4 => Just(JobVerb::Start),
        5 => Just(JobVerb::Complete),
        2 => Just(JobVerb::SelectDestination),
        1 => Just(JobVerb::Pause),
        1 => Just(JobVerb::Resume),
        2 => proptest::sample::select(JobVerb::ALL),
    ];
    let leg = proptest::option::of(0..8_usize);
    prop_oneof![
        1 => Just(Try::CancelOrder),
        8 => (0..STATIONS, 1..8_u64, any::<bool>())
            .prop_map(|(station, quantity, with_order)| Try::Create { station, quantity, with_order }),
        48 => (verbs, 0..4_usize, leg, 0..3_usize, any::<[u8; 3]>(), 0..4_usize).prop_map(
            |(verb, job, leg, person, parts, choice)| {
                Try::Ask { verb, job, leg, person, parts: parts.map(u64::from), choice }
            },
        ),
        8 => (0..STATIONS, 0..2_usize, any::<bool>())
            .prop_map(|(station, operation, with_order)| Try::Open { station, operation, with_order }),
        8 => (0..8_usize, proptest::option::of([0..6_u64, 0..3_u64]), 0..5_usize, 0..10_usize, any::<bool>())
            .prop_map(|(run, parts, status, reason, at_stop)| Try::Close { run, parts, status, reason, at_stop }),
    ]
}

/// A graph of which the bits are the connections: those that feed go up, those for rework go down or beside a feed.
fn graph(feeds: u16, reworks: u32) -> String {
    let mut words: Vec<String> = PATHS.map(str::to_owned).into();
    let (mut feed, mut back) = (0, 0);
    for (from, one) in PATHS.iter().enumerate() {
        for (to, other) in PATHS.iter().enumerate().filter(|&(to, _)| to != from) {
            let is_fed = to > from && feeds >> feed & 1 == 1;
            feed += u32::from(to > from);
            if is_fed {
                words.push(format!("{one}>{other}"));
            } else if reworks >> back & 1 == 1 {
                words.push(format!("{one}~{other}"));
            }
            back += 1;
        }
    }
    words.join(" ")
}

/// A world, the runs in it, and how its jobs stood before.
struct Flow {
    world: World,
    runs: Vec<Run>,
    before: BTreeMap<Ulid, Kept>,
}

impl Flow {
    fn attempt(&mut self, attempt: &Try) {
        self.world.tick();
        self.before = self.world.jobs.clone();
        match attempt {
            Try::Create { station, quantity, with_order } => {
                let order = with_order.then_some("PO-1");
                let body = json!({"quantity": quantity, "station": PATHS[*station], "production_order": order});
                // An order that is closed takes no more jobs.
                let made = self.world.create(&body);
                assert!(made.is_ok() || self.world.order.status.is_final());
            }
            Try::Ask { verb, job, leg, person, parts, choice } => {
                self.ask(*verb, (*job, *leg), *person, parts, *choice);
            }
            Try::CancelOrder => self.world.order.status = OrderStatus::Cancelled,
            Try::Open { station, operation, with_order } => self.open(*station, *operation, *with_order),
            Try::Close { run, parts, status, reason, at_stop } => {
                let closing = Closing {
                    // Most records close as they should.
                    status: [
                        Status::Completed,
                        Status::Completed,
                        Status::Completed,
                        Status::Faulted,
                        Status::Cancelled,
                    ][*status],
                    reason: EndReason::ALL[reason % EndReason::ALL.len()],
                    parts: parts.map(|[good, scrap]| MadeParts { good, scrap }),
                    completion: LegCompletion::ALL[usize::from(*at_stop)],
                };
                if *run < self.runs.len() {
                    let run = self.runs.remove(*run);
                    self.world.closes(&run, &closing);
                }
            }
        }
        self.check();
    }

    fn ask(
        &mut self,
        verb: JobVerb,
        (job, leg): (usize, Option<usize>),
        person: usize,
        parts: &[u64; 3],
        choice: usize,
    ) {
        let Some((&job, kept)) = self.world.jobs.iter().nth(job) else { return };
        let leg = leg.and_then(|leg| kept.legs.get(leg));
        let mut info = self.info(verb, leg.or(kept.legs.last()), parts, choice);
        if let Some(leg) = leg.filter(|_| info.get("code").is_none() && info.get("line").is_none()) {
            info["leg_key"] = json!(leg.key.to_string());
        }
        if matches!(verb, JobVerb::Reassign | JobVerb::Cancel | JobVerb::CompleteBatch) {
            info.as_object_mut().unwrap().remove("leg_key");
        }
        let person = [None, Some("anna"), Some("ben")][person];
        let done = self.world.ask_by(person, job, verb, info.clone());
        if let (Ok(_), JobVerb::Complete, true) = (&done, verb, info.get("leg_key").is_some()) {
            let again = self.world.ask_by(person, job, verb, info).unwrap_err();
            assert_eq!(again.kind.status(), 409, "of two completions one wins: {again}");
        }
    }

    /// Returns what a verb needs: mostly what would be right for the leg.
    fn info(&self, verb: JobVerb, leg: Option<&Leg>, parts: &[u64; 3], choice: usize) -> Json {
        let Some(leg) = leg else { return json!({}) };
        let station = self.world.stations.find(&leg.station).unwrap();
        let path = |of: &[crate::stations::StationIndex]| {
            of.get(choice).map(|&index| self.world.stations.get(index).path.clone())
        };
        match verb {
            JobVerb::Complete => {
                let good = parts[0] % (leg.input + 1);
                let rework = if station.reworks_to.is_empty() { 0 } else { parts[1] % (leg.input - good + 1) };
                let rework = if choice > 1 { 0 } else { rework };
                let mut info = json!({"good": good, "scrap": leg.input - good - rework + u64::from(parts[2] == 0)});
                info["destination"] = json!(path(&station.feeds_into));
                if rework > 0 {
                    let to = path(&station.reworks_to).unwrap_or("A".into());
                    info["rework"] = json!([{"station": to, "quantity": rework}]);
                }
                info
            }
            JobVerb::SelectDestination => json!({"destination": path(&station.feeds_into).unwrap_or("A".into())}),
            JobVerb::Start
            | JobVerb::Pause
            | JobVerb::Resume
            | JobVerb::PauseOffline
            | JobVerb::BackOnline
            | JobVerb::Reassign
            | JobVerb::Fail
            | JobVerb::Cancel
            | JobVerb::CompleteBatch
            | JobVerb::AppendLog => legality::info(verb),
        }
    }

    fn open(&mut self, station: usize, operation: usize, with_order: bool) {
        let operation = Ulid::from(1_000_000 + u128::try_from(station * 2 + operation).unwrap());
        let order = with_order.then_some(self.world.order.id);
        let run = Run { operation, name: "machine".into(), record: self.world.id(), order };
        if self.world.opens(PATHS[station], &run).is_some() {
            self.runs.push(run);
        }
    }

    fn check(&self) {
        for kept in self.world.jobs.values() {
            Recount::of(&kept.job, &self.world.log, &self.world.stations).check(&kept.job, &kept.legs);
            check_kept(self.before.get(&kept.job.id), kept);
        }
    }
}

#[test]
fn parts_are_conserved_and_history_is_complete_whatever_people_and_machines_do() {
    let given = Config::default();
    let rng_seed = if given.rng_seed == RngSeed::Random { RngSeed::Fixed(27) } else { given.rng_seed };
    let cases = if given.cases == 256 { FLOWS } else { given.cases };
    let mut runner = TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..given });
    let seen = RefCell::new(BTreeSet::new());
    let flows = (any::<u16>(), any::<u32>(), any::<[bool; 2]>(), proptest::collection::vec(tries(), 1..60));
    let result = runner.run(&flows, |(feeds, reworks, [shows, assigns], attempts)| {
        let mut world = World::of(&graph(feeds, reworks));
        world.settings = JobSettings { show_unassigned_jobs_to_operators: shows, can_self_assign: assigns };
        world.job("A", 7);
        let mut flow = Flow { world, runs: Vec::new(), before: BTreeMap::new() };
        for attempt in &attempts {
            flow.attempt(attempt);
        }
        seen.borrow_mut().extend(flow.world.log.iter().map(|event| event.kind.name()));
        Ok(())
    });
    if let Err(failure) = result {
        panic!("seed {rng_seed:?}: {failure}");
    }
    // The flows are worth something: everything that is ever told of a job was told.
    let of_no_job = JobEventKind::JobNoneWaiting.name();
    let unseen = JobEventKind::ALL.iter().map(|kind| kind.name()).filter(|name| !seen.borrow().contains(name));
    assert_eq!(unseen.collect::<Vec<_>>(), [of_no_job]);
}
