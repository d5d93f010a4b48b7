//! Gateways that die and start anew, held against the model: nothing that was committed is lost, nothing else is kept.

use std::sync::Arc;

use latchwork_engine::{Engine, Moment, Monotonic, Plant, Retained};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::Drive;

use crate::asking::{News, all_news};
use crate::lines::Lines;
use crate::model::command::ModelCommand;
use crate::model::crash::Crash;
use crate::model::{Case, Observed, check_case, plant_toml, random_crashing_case};
use crate::properties::seeds;
use crate::rerun;

/// How many random lives the ordinary test run looks at.
const SEEDS: u64 = 3_000;
/// How many differing seeds are told.
const REPORTS_MAX: usize = 3;

/// What a gateway that dies leaves behind.
#[derive(Default)]
struct Committed {
    retained: Option<String>,
    last: Option<(u64, Moment)>,
    lines: Lines,
}

/// A gateway without wires and store.
struct Gateway {
    plant: Arc<Plant>,
    drive: Drive,
    lines: Lines,
}

impl Gateway {
    fn new(plant: Plant) -> Self {
        let plant = Arc::new(plant);
        Self { drive: Drive::new(Engine::new(plant.clone())), plant, lines: Lines::default() }
    }

    fn take(&mut self, micros: i64, news: &mut News<'_>) {
        match news {
            News::Samples(samples) => self.drive.samples(at(micros), None, samples, &mut self.lines),
            News::Command(asked) => self.obey(asked),
        }
    }

    fn obey(&mut self, asked: &ModelCommand) {
        // What was due before has happened when the command is put together.
        self.drive.pass(at(asked.at), &mut self.lines);
        let command = self.lines.ledger.command(asked, self.drive.engine());
        self.drive.command(at(asked.at), None, &command, &mut self.lines);
    }

    fn commit(&mut self, micros: i64) -> Committed {
        self.drive.pass(at(micros), &mut self.lines);
        let last = self.drive.last();
        Committed {
            retained: last.map(|at| self.drive.engine().retained(at).to_json().to_string()),
            last: last.map(|at| (self.drive.scans(), at)),
            lines: self.lines.clone(),
        }
    }

    /// Dies, and starts on what is committed.
    fn crash(&mut self, crash: &Crash, committed: Committed) {
        self.drive.pass(at(crash.down), &mut self.lines);
        self.lines = committed.lines;
        self.drive = match (committed.retained, committed.last) {
            (Some(text), Some((sequence, last))) => {
                let retained = Retained::from_json(serde_json::from_str(&text).unwrap()).unwrap();
                Drive::resumed(Engine::resume(self.plant.clone(), &retained), sequence, last)
            }
            (_, _) => Drive::new(Engine::new(self.plant.clone())),
        };
        self.drive.boot(at(crash.up), None, &mut self.lines);
    }

    /// Returns what happened up to a time.
    fn end(mut self, micros: i64) -> Observed {
        self.drive.pass(at(micros), &mut self.lines);
        self.lines.observed(self.drive.engine(), at(micros))
    }
}

const fn at(micros: i64) -> Moment {
    Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) }
}

/// Lives through a case.
fn live(case: &Case) -> Observed {
    let configuration = rerun::configuration(&plant_toml(&case.plant)).unwrap();
    let all_news = all_news(case, &configuration);
    let mut gateway = Gateway::new(configuration.plant);
    let mut crashes = case.trace.crashes.iter().peekable();
    let mut committed = None;
    for (now, mut news) in all_news {
        while let Some(crash) = crashes.peek().filter(|crash| crash.committed < now) {
            let found = committed.take().unwrap_or_else(|| gateway.commit(crash.committed));
            if now < crash.up {
                committed = Some(found);
                break;
            }
            gateway.crash(crash, found);
            crashes.next();
        }
        if crashes.peek().is_none_or(|crash| now <= crash.down || committed.is_none()) {
            gateway.take(now, &mut news);
        }
    }
    for crash in crashes {
        let found = committed.take().unwrap_or_else(|| gateway.commit(crash.committed));
        gateway.crash(crash, found);
    }
    gateway.end(case.trace.end().unwrap_or_default())
}

#[test]
fn a_gateway_that_dies_agrees_with_the_model() {
    let reports = seeds(SEEDS).filter_map(|seed| check_case(seed, random_crashing_case(seed), &live).err());
    let reports: Vec<String> = reports.take(REPORTS_MAX).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n\n"));
}
