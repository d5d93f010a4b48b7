//! What became of a job's parts, worked out from its legs.

use serde::Serialize;

use super::leg::Leg;
use super::state::{JobState, Origin};

/// What became of a job's parts. Always: its quantity is `in_process + finished + scrap + lost`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Finished, or on their way and good at a station.
    #[serde(rename = "good_parts")]
    pub good: u64,
    /// Thrown away.
    #[serde(rename = "scrap_parts")]
    pub scrap: u64,
    /// Nobody knows.
    #[serde(rename = "lost_parts")]
    pub lost: u64,
    /// On their way.
    #[serde(rename = "in_process_parts")]
    pub in_process: u64,
    /// Good at the end of the line.
    #[serde(rename = "finished_parts")]
    pub finished: u64,
}

impl Counts {
    /// Counts the parts of all legs of a job.
    pub fn of(legs: &[Leg]) -> Self {
        let sum = |parts: fn(&Leg) -> u64| legs.iter().map(parts).sum::<u64>();
        let went_on = sum(|leg| if matches!(leg.origin, Origin::Passed(_)) { leg.input } else { 0 });
        let finished = sum(|leg| if leg.state == JobState::Completed { leg.good } else { 0 }) - went_on;
        Self {
            good: finished + sum(Leg::passed),
            scrap: sum(|leg| leg.scrap),
            lost: sum(|leg| leg.lost),
            in_process: sum(Leg::in_process),
            finished,
        }
    }
}
