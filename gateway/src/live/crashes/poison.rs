//! A scan that is skipped, and how that is told: at once, and then once a minute with how many more there were.

use std::time::{Duration, Instant};

use latchwork_engine::{Notice, Plant, Reading, Sample, SkippedScan};
use latchwork_expr::{Quality, Text};
use serde_json::Value as Json;

use super::scene::path;

/// How often it is told that a scan was skipped: a device brings the same many times a second.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// Most tags that are named.
const TAGS_NAMED_MAX: usize = 100;

/// A scan that is skipped.
#[derive(Debug)]
pub(in crate::live) struct Poison {
    scene: Json,
    crashes: u64,
    /// What the engine said last when it failed.
    reason: Text,
    /// How many scans were skipped since that was told.
    untold: u64,
    told_at: Option<Instant>,
}

impl Poison {
    pub(super) const fn new(scene: Json, reason: Text) -> Self {
        Self { scene, crashes: 1, reason, untold: 0, told_at: None }
    }

    pub(super) fn crashed_again(&mut self, reason: Text) {
        (self.crashes, self.reason) = (self.crashes + 1, reason);
    }

    pub(super) const fn crashes(&self) -> u64 {
        self.crashes
    }

    /// Tells whether it is this scan.
    pub(super) fn is(&self, scene: &Json) -> bool {
        self.scene == *scene
    }

    /// Counts a scan that is skipped; returns the news of it if they are to be told now.
    pub(in crate::live) fn skip(&mut self, samples: &[Sample], plant: &Plant, now: Instant) -> Option<Notice> {
        self.untold += 1;
        if self.told_at.is_some_and(|told_at| now < told_at + TOLD_EVERY) {
            return None;
        }
        self.told_at = Some(now);
        let skipped = SkippedScan {
            kind: self.scene["kind"].as_str().unwrap_or_default().into(),
            count: std::mem::take(&mut self.untold),
            crashes: self.crashes,
            reason: self.reason.clone(),
            tags: samples.iter().take(TAGS_NAMED_MAX).map(|sample| path(sample, plant).as_str().into()).collect(),
        };
        let (count, crashes, reason) = (skipped.count, skipped.crashes, skipped.reason.as_str());
        tracing::error!(kind = skipped.kind.as_str(), count, crashes, reason, "scan skipped: the engine failed on it");
        Some(Notice::ScanSkipped(Box::new(skipped)))
    }
}

/// Returns what the tags of a scan are that was skipped: what they show is not known any more.
pub(in crate::live) fn unread(samples: &[Sample]) -> Vec<Sample> {
    samples
        .iter()
        .map(|sample| Sample { reading: Reading::Kept, quality: Quality::BadStale, ..sample.clone() })
        .collect()
}
