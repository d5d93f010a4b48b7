//! What is measured over a run: every value of every scan is kept, and each record looks through all of them.

use super::names::CaptureMode;
use super::plant::{Micros, ModelCapture, SECOND};
use super::record::Measured;
use super::value::ModelValue;
use super::world::World;

/// A point between scans: a time, and how many scans there were up to it.
pub(super) type Point = (Micros, usize);

/// From when to when a run stands.
pub(super) type Pause = (Point, Option<Point>);

/// A value in each scan; `None` where it is unknown.
pub(super) type Course = Vec<(Point, Option<ModelValue>)>;

impl World<'_> {
    /// Returns the point that an edge's scan, else every scan of a time so far, lies before.
    pub(super) fn point(&self, at: Micros, scan: Option<usize>) -> Point {
        (at, scan.unwrap_or(if at < self.now { usize::MAX } else { self.scan }))
    }

    /// Notes what the captures of an operation are in this scan.
    pub(super) fn note_levels(&mut self, operation: usize) {
        let plant = self.plant;
        for (place, capture) in plant.operations[operation].captures.iter().enumerate() {
            let level =
                self.known_level(operation, &capture.expression, |memories| &mut memories.capture_levels[place]);
            let level = level.and_then(|value| counted(capture.mode, &value));
            // What is unknown because the gateway was down has been so since its last scan.
            let since = self.died.filter(|_| level.is_none()).unwrap_or(self.now);
            let point = (since, self.scan);
            self.memories[operation].courses[place].push((point, level));
        }
    }

    /// Gives the runs that are open at the end of time what was measured so far.
    pub(super) fn measure_open_runs(&mut self, end: Micros) {
        for run in 0..self.runs.len() {
            if self.runs[run].record.end.is_none() {
                self.runs[run].record.captures = self.measured(run, (end, usize::MAX), false);
            }
        }
    }

    /// Returns what was measured over a run up to a point, at which it may have ended.
    pub(super) fn measured(&self, run: usize, end: Point, ended: bool) -> Measured {
        let (operation, start) = (self.runs[run].operation, self.runs[run].begins_after);
        let captures = &self.plant.operations[operation].captures;
        let courses = &self.memories[operation].courses;
        let (end, pauses) = (end.max(start), &self.runs[run].pauses);
        let value = |(capture, course): (&ModelCapture, &Course)| {
            let running: Vec<Stretch> = without_pauses(start, end, pauses)
                .into_iter()
                .map(|(from, to)| Stretch::new(course, from, to))
                .collect();
            let value = match capture.mode {
                CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::Delta => {
                    at_the_ends(capture, &Stretch::new(course, start, end), ended)
                }
                CaptureMode::Min
                | CaptureMode::Max
                | CaptureMode::Mean
                | CaptureMode::SumOfIncreases
                | CaptureMode::CountOfChanges
                | CaptureMode::TrueSeconds => over_the_run(capture.mode, &running),
            };
            (capture.name.clone(), value.unwrap_or(ModelValue::Null))
        };
        let mut values: Vec<(String, ModelValue)> = captures.iter().zip(courses).map(value).collect();
        values.sort_by(|one, other| one.0.cmp(&other.0));
        Measured(values)
    }
}

/// What a mode can count of a value.
fn counted(mode: CaptureMode, value: &ModelValue) -> Option<ModelValue> {
    match mode {
        CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::CountOfChanges => Some(value.clone()),
        CaptureMode::TrueSeconds => value.truth().map(ModelValue::Bool),
        CaptureMode::Delta | CaptureMode::Min | CaptureMode::Max | CaptureMode::Mean | CaptureMode::SumOfIncreases => {
            number(value).map(ModelValue::Float)
        }
    }
}

fn number(value: &ModelValue) -> Option<f64> {
    match value {
        ModelValue::Bool(bit) => Some(f64::from(u8::from(*bit))),
        ModelValue::Null | ModelValue::Int(_) | ModelValue::Float(_) | ModelValue::Text(_) => value.number(),
    }
}

/// A course between two points: the values, each with how long it stood, the first being that at the start and the last
/// that at the end.
struct Stretch(Vec<(Option<ModelValue>, Micros)>);

impl Stretch {
    fn new(course: &Course, start: Point, end: Point) -> Self {
        let at_start = course.iter().rfind(|(point, _)| *point <= start).and_then(|(_, value)| value.clone());
        let within = course.iter().filter(|(point, _)| *point > start && *point <= end).cloned();
        let steps: Vec<(Point, Option<ModelValue>)> = std::iter::once((start, at_start)).chain(within).collect();
        let ends = steps.iter().skip(1).map(|(point, _)| point.0).chain([end.0]);
        Self(steps.iter().zip(ends).map(|((point, value), until)| (value.clone(), until - point.0)).collect())
    }

    fn known(&self) -> Vec<ModelValue> {
        self.0.iter().filter_map(|(value, _)| value.clone()).collect()
    }

    fn numbers(&self) -> Vec<f64> {
        self.known().iter().filter_map(number).collect()
    }

    /// The sum of some weight of each known value times how long it stood, in seconds.
    fn weighted(&self, weight: impl Fn(&ModelValue) -> f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the model's times are short")]
        let seconds = |micros: Micros| micros as f64 / SECOND as f64;
        self.0.iter().filter_map(|(value, micros)| Some(weight(value.as_ref()?) * seconds(*micros))).sum()
    }
}

/// Returns the stretches between two points in which a run does not stand.
fn without_pauses(start: Point, end: Point, pauses: &[Pause]) -> Vec<(Point, Point)> {
    let (mut stretches, mut begin) = (Vec::new(), Some(start));
    for (from, to) in pauses.iter().filter(|(from, _)| *from < end) {
        stretches.extend(begin.filter(|begin| begin < from).map(|begin| (begin, *from)));
        begin = *to;
    }
    stretches.extend(begin.filter(|begin| *begin <= end).map(|begin| (begin, end)));
    stretches
}

/// What is taken at the start and the end alone: no pause touches it.
fn at_the_ends(capture: &ModelCapture, stretch: &Stretch, ended: bool) -> Option<ModelValue> {
    let (first, last) = (stretch.0.first()?.0.clone(), stretch.0.last()?.0.clone());
    match capture.mode {
        CaptureMode::AtStart => first,
        CaptureMode::AtStop => last.filter(|_| ended),
        CaptureMode::Delta => {
            let went = number(&last?)? - number(&first?)?;
            #[expect(clippy::cast_precision_loss, reason = "the model's counters are small")]
            let rollover = capture.rollover.map(|rollover| rollover as f64);
            let went = rollover.filter(|_| went < 0.0).map_or(went, |rollover| went.rem_euclid(rollover));
            Some(ModelValue::Float(went))
        }
        CaptureMode::Min
        | CaptureMode::Max
        | CaptureMode::Mean
        | CaptureMode::SumOfIncreases
        | CaptureMode::CountOfChanges
        | CaptureMode::TrueSeconds => None,
    }
}

/// What is measured while the run does not stand; nothing is compared across a pause.
fn over_the_run(mode: CaptureMode, running: &[Stretch]) -> Option<ModelValue> {
    let numbers: Vec<f64> = running.iter().flat_map(Stretch::numbers).collect();
    running.iter().flat_map(Stretch::known).next()?;
    let weighted =
        |weight: &dyn Fn(&ModelValue) -> f64| running.iter().map(|stretch| stretch.weighted(weight)).sum::<f64>();
    let increases = |stretch: &Stretch| {
        let numbers = stretch.numbers();
        numbers.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0)).sum::<f64>()
    };
    let changes = |stretch: &Stretch| stretch.known().windows(2).filter(|pair| !pair[0].same(&pair[1])).count();
    Some(match mode {
        CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::Delta => return None,
        CaptureMode::Min => ModelValue::Float(numbers.into_iter().fold(f64::INFINITY, f64::min)),
        CaptureMode::Max => ModelValue::Float(numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)),
        CaptureMode::Mean => {
            let time = weighted(&|_| 1.0);
            let area = weighted(&|value| number(value).unwrap_or(0.0));
            ModelValue::Float(if time > 0.0 { area / time } else { *numbers.last()? })
        }
        CaptureMode::SumOfIncreases => ModelValue::Float(running.iter().map(increases).sum()),
        CaptureMode::CountOfChanges => ModelValue::Int(i64::try_from(running.iter().map(changes).sum::<usize>()).ok()?),
        CaptureMode::TrueSeconds => {
            ModelValue::Float(weighted(&|value| f64::from(u8::from(*value == ModelValue::Bool(true)))))
        }
    })
}
