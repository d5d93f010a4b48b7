//! What a scan brings, as JSON without its times: what a person reads, and what it is known by when it comes again.

use latchwork_engine::{Command, Input, Moment, Notice, Plant, Reading, Sample, Scan};
use latchwork_expr::exact;
use serde_json::{Value as Json, json};

/// The scan that the engine takes, kept beside it: the engine changes the samples in its hands.
#[derive(Debug, Default)]
pub(in crate::live) struct Underway {
    sequence: u64,
    at: Moment,
    what: What,
    samples: Vec<Sample>,
}

/// What it brings besides samples.
#[derive(Debug, Default)]
enum What {
    #[default]
    Boot,
    Reload,
    Timer,
    Samples,
    Command(Box<Command>),
    Notice(Box<Notice>),
}

impl Underway {
    /// Keeps a scan that is about to be taken.
    pub(in crate::live) fn note(&mut self, scan: &Scan<'_>) {
        (self.sequence, self.at) = (scan.sequence, scan.at);
        self.samples.clear();
        self.what = match &scan.input {
            Input::Boot => What::Boot,
            Input::Reload => What::Reload,
            Input::Timer => What::Timer,
            Input::Command(command) => What::Command(Box::new((*command).clone())),
            Input::Samples(samples) => {
                self.samples.extend_from_slice(samples);
                What::Samples
            }
            Input::Notice(notice, samples) => {
                self.samples.extend_from_slice(samples);
                What::Notice(Box::new((*notice).clone()))
            }
        };
    }

    pub(super) const fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) const fn at(&self) -> Moment {
        self.at
    }

    /// Returns what it brings.
    pub(super) fn scene(&mut self, plant: &Plant) -> Json {
        let input = match &self.what {
            What::Boot => Input::Boot,
            What::Reload => Input::Reload,
            What::Timer => Input::Timer,
            What::Samples => Input::Samples(&mut self.samples),
            What::Command(command) => Input::Command(command),
            What::Notice(notice) => Input::Notice(notice, &mut self.samples),
        };
        scene(&input, plant)
    }
}

const BOOT: &str = "boot";
const RELOAD: &str = "reload";
const TIMER: &str = "timer";

/// Tells whether a scan cannot be left out: a start, another plant, the passing of time.
pub(super) fn is_inevitable(scene: &Json) -> bool {
    scene["kind"].as_str().is_none_or(|kind| [BOOT, RELOAD, TIMER].contains(&kind))
}

/// Returns what a scan brings.
pub(super) fn scene(input: &Input<'_>, plant: &Plant) -> Json {
    match input {
        Input::Boot => json!({"kind": BOOT}),
        Input::Reload => json!({"kind": RELOAD}),
        Input::Timer => json!({"kind": TIMER}),
        Input::Samples(samples) => json!({"kind": "samples", "samples": rows(samples, plant)}),
        Input::Command(command) => json!({"kind": "command", "asked": asked(command)}),
        Input::Notice(notice, samples) => {
            json!({"kind": "notice", "notice": news(notice), "samples": rows(samples, plant)})
        }
    }
}

/// Returns what is asked, without what the store knows of it.
fn asked(command: &Command) -> Json {
    Command { fetched: None, ..command.clone() }.to_json()
}

/// Returns news as text. That of skipped scans counts up, and is the same all the same.
fn news(notice: &Notice) -> String {
    match notice {
        Notice::ScanSkipped(skipped) => format!("skipped {} of {:?}", skipped.kind.as_str(), skipped.tags),
        Notice::GatewayStarted
        | Notice::GatewayStopped
        | Notice::ConnectionUp { .. }
        | Notice::ConnectionDown { .. }
        | Notice::ConnectionClockStepped { .. }
        | Notice::SamplesLost(_)
        | Notice::ProductionOrderChanged { .. }
        | Notice::OutboxDropped { .. } => format!("{notice:?}"),
    }
}

fn rows(samples: &[Sample], plant: &Plant) -> Vec<Json> {
    samples.iter().map(|sample| row(sample, plant)).collect()
}

/// Returns a sample as its tag's path, its value and its quality.
fn row(sample: &Sample, plant: &Plant) -> Json {
    let value = match &sample.reading {
        Reading::Value(value) => exact::to_json(value),
        Reading::Kept => json!({"kept": true}),
    };
    json!([path(sample, plant), value, sample.quality.name()])
}

/// Returns the path of a sample's tag; its slot, should that be what the engine failed on.
pub(super) fn path(sample: &Sample, plant: &Plant) -> String {
    let tag = plant.tags.get(sample.tag.index());
    tag.map_or_else(|| format!("tag {}", sample.tag.index()), |tag| tag.path.clone())
}
