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
    /// At which leg, and whether the last station had passed it as good.
    Scrapped(String, bool),
    Lost(String, bool),
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
        for leg in &told {
            self.settle(leg, &posted, stations);
        }
    }

    /// Has the parts of a leg become what the leg says.
    fn settle(&mut self, leg: &Json, posted: &[Json], stations: &Stations) {
        let key = text(&leg["leg_key"]);
        self.take_back(key);
        if matches!(text(&leg["state"]), "failed" | "cancelled") {
            self.move_parts(key, number(leg, "scrap"), |was_good| Part::Scrapped(key.to_owned(), was_good));
            return self.move_parts(key, u64::MAX, |was_good| Part::Lost(key.to_owned(), was_good));
        }
        self.move_parts(key, number(leg, "scrap"), |was_good| Part::Scrapped(key.to_owned(), was_good));
        self.move_parts(key, number(leg, "lost"), |was_good| Part::Lost(key.to_owned(), was_good));
        let mut posted = posted.iter();
        match text(&leg["state"]) {
            "queued" => self.move_parts(key, u64::MAX, |_| Part::At(key.to_owned(), true)),
            "completed" => {
                let good = number(leg, "good");
                if stations.find(text(&leg["station"])).unwrap().feeds_into.is_empty() {
                    self.move_parts(key, good, |_| Part::Finished);
                } else if good > 0
                    && let Some(next) = posted.next()
                {
                    assert_eq!(number(next, "input"), good);
                    self.move_parts(key, good, |_| Part::At(text(&next["leg_key"]).to_owned(), true));
                }
                for back in posted {
                    self.move_parts(key, number(back, "input"), |_| Part::At(text(&back["leg_key"]).to_owned(), false));
                }
            }
            _ => {}
        }
    }

    /// Has what a leg threw away or lost be there again: what is told of it now is all of it, and a person may know better
    /// than the machine did.
    fn take_back(&mut self, leg: &str) {
        for part in &mut self.parts {
            if let Part::Scrapped(of, was_good) | Part::Lost(of, was_good) = part
                && of == leg
            {
                *part = Part::At(leg.to_owned(), *was_good);
            }
        }
    }

    fn move_parts(&mut self, from: &str, most: u64, to: impl Fn(bool) -> Part) {
        let mut left = most;
        for part in &mut self.parts {
            if let (true, Part::At(leg, was_good)) = (left > 0, &*part)
                && leg == from
            {
                *part = to(*was_good);
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
            scrap: count(|part| matches!(part, Part::Scrapped(..))),
            lost: count(|part| matches!(part, Part::Lost(..))),
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
