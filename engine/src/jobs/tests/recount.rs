//! A naive recount: every single part of a job is followed through what was told. It shares no arithmetic with the rules.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::*;
use crate::stations::Stations;

/// Where a part is.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// At a leg; the last station passed it as good, or not.
    At(String, bool),
    Finished,
    Scrapped,
    Lost,
}

/// The parts of one job, and what was last told of it.
#[derive(Debug, Default)]
pub(super) struct Recount {
    parts: Vec<Part>,
    legs: BTreeMap<String, Json>,
    state: String,
}

impl Recount {
    /// Follows what was told of a job; the other events are of other jobs.
    pub(super) fn of(job: &Job, log: &[JobEvent], stations: &Stations) -> Self {
        let mut recount = Self::default();
        for event in log.iter().filter(|event| event.job == Some(job.id)) {
            recount.follow(event, stations);
        }
        recount
    }

    fn follow(&mut self, event: &JobEvent, stations: &Stations) {
        let Some(legs) = event.info.get("legs").and_then(Json::as_array) else { return };
        text(&event.info["state"]).clone_into(&mut self.state);
        let is_new = |leg: &&Json| !self.legs.contains_key(text(&leg["leg_key"]));
        let posted: Vec<Json> = legs.iter().filter(is_new).cloned().collect();
        let told: Vec<Json> = legs.iter().filter(|leg| !is_new(leg)).cloned().collect();
        for leg in posted.iter().chain(&told) {
            self.legs.insert(text(&leg["leg_key"]).to_owned(), leg.clone());
        }
        if event.kind == JobEventKind::JobCreated {
            let key = text(&posted[0]["leg_key"]);
            self.parts = (0..number(&posted[0], "input")).map(|_| Part::At(key.to_owned(), false)).collect();
            return;
        }
        told.iter().for_each(|leg| self.settle(leg, &posted, stations));
    }

    /// Has the parts of a leg become what the leg says.
    fn settle(&mut self, leg: &Json, posted: &[Json], stations: &Stations) {
        let key = text(&leg["leg_key"]);
        if matches!(text(&leg["state"]), "failed" | "cancelled") {
            return self.move_parts(key, u64::MAX, &Part::Lost);
        }
        let gone = |recount: &Self, part: &Part| recount.parts.iter().filter(|known| *known == part).count() as u64;
        for (name, part) in [("scrap", Part::Scrapped), ("lost", Part::Lost)] {
            // Of this leg alone: what the others say was counted before.
            let others = self.legs.iter().filter(|(other, _)| *other != key).map(|(_, leg)| number(leg, name));
            let due = others.sum::<u64>() + number(leg, name) - gone(self, &part);
            self.move_parts(key, due, &part);
        }
        let mut posted = posted.iter();
        match text(&leg["state"]) {
            "queued" => self.move_parts(key, u64::MAX, &Part::At(key.to_owned(), true)),
            "completed" => {
                let good = number(leg, "good");
                if stations.find(text(&leg["station"])).unwrap().feeds_into.is_empty() {
                    self.move_parts(key, good, &Part::Finished);
                } else if good > 0
                    && let Some(next) = posted.next()
                {
                    assert_eq!(number(next, "input"), good);
                    self.move_parts(key, good, &Part::At(text(&next["leg_key"]).to_owned(), true));
                }
                for back in posted {
                    self.move_parts(key, number(back, "input"), &Part::At(text(&back["leg_key"]).to_owned(), false));
                }
            }
            _ => {}
        }
    }

    fn move_parts(&mut self, from: &str, most: u64, to: &Part) {
        let mut left = most;
        for part in &mut self.parts {
            if left > 0 && matches!(part, Part::At(leg, _) if leg == from) {
                *part = to.clone();
                left -= 1;
            }
        }
        assert!(left == 0 || most == u64::MAX, "parts came from nowhere");
    }

    /// Holds it against a job and its legs as they are kept.
    pub(super) fn check(&self, job: &Job, legs: &[Leg]) {
        let count = |is_it: fn(&Part) -> bool| self.parts.iter().filter(|part| is_it(part)).count() as u64;
        let found = Counts {
            good: count(|part| matches!(part, Part::Finished | Part::At(_, true))),
            scrap: count(|part| *part == Part::Scrapped),
            lost: count(|part| *part == Part::Lost),
            in_process: count(|part| matches!(part, Part::At(_, _))),
            finished: count(|part| *part == Part::Finished),
        };
        assert_eq!(found, Counts::of(legs));
        assert_eq!(found.in_process + found.finished + found.scrap + found.lost, job.quantity, "parts are conserved");
        assert_eq!(self.state, job.state.name());
        let kept: BTreeMap<String, Json> =
            legs.iter().map(|leg| (leg.key.to_string(), serde_json::json!(leg))).collect();
        assert_eq!(self.legs, kept, "the log tells everything");
    }
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn number(leg: &Json, name: &str) -> u64 {
    leg[name].as_u64().unwrap()
}
