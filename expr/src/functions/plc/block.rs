//! What every block does alike: it freezes while an input is not Good or null, and keeps its last output.

use super::{Cycle, Failure};
use crate::evaluate::{Evaluated, FirstScan};
use crate::monotonic::Monotonic;
use crate::quality::Quality;
use crate::site::{Block, Counter, Edge, Latch, Memory, Site, Timer, Watch, Window};
use crate::value::Value;

/// What a block makes of its inputs.
pub(super) struct Output {
    pub(super) value: Value,
    /// When it wants to be evaluated again, whatever its inputs do.
    pub(super) due: Option<Monotonic>,
}

impl Output {
    /// Returns an output that only the inputs change.
    pub(super) fn of(value: impl Into<Value>) -> Self {
        Self { value: value.into(), due: None }
    }
}

/// A kind of memory.
pub(super) trait State: Default {
    /// Returns the memory if it is of this kind.
    fn of(memory: &mut Memory) -> Option<&mut Self>;
    /// Returns it as any memory.
    fn into_memory(self) -> Memory;
}

/// Evaluates a block. Its body is asked only while all inputs are Good and not null; one that fails leaves the memory
/// as it was.
pub(super) fn evaluate<S: State, const INPUTS: usize>(
    site: &mut Site,
    arguments: &[Evaluated],
    body: impl FnOnce(&mut S, [&Value; INPUTS]) -> Result<Output, Failure>,
) -> Result<Evaluated, Failure> {
    if arguments.iter().any(|input| !input.quality.is_good() || input.value.is_null()) {
        return Ok(frozen(site, worst(arguments)));
    }
    let inputs: [&Value; INPUTS] = std::array::from_fn(|place| &arguments[place].value);
    if let Site::Block(block) = site
        && let Some(state) = S::of(&mut block.memory)
    {
        let Output { value, due } = body(state, inputs)?;
        (block.output, block.due) = (value.clone(), due);
        return Ok(Evaluated { value, quality: worst(arguments) });
    }
    let mut state = S::default();
    let Output { value, due } = body(&mut state, inputs)?;
    *site = Site::Block(Box::new(Block { output: value.clone(), due, memory: state.into_memory() }));
    Ok(Evaluated { value, quality: worst(arguments) })
}

/// Returns the last output with the input's quality; timers do not complete meanwhile.
fn frozen(site: &mut Site, quality: Quality) -> Evaluated {
    let value = match site {
        Site::Block(block) => {
            block.due = None;
            block.output.clone()
        }
        Site::Fresh | Site::Last(_) | Site::Read { .. } => Value::Null,
    };
    Evaluated { value, quality }
}

fn worst(arguments: &[Evaluated]) -> Quality {
    arguments.iter().map(|input| input.quality).reduce(Quality::worst).unwrap_or(Quality::Good)
}

impl Edge {
    /// Takes the input; tells whether it rises.
    pub(super) fn rises(&mut self, input: bool, cycle: &Cycle) -> bool {
        let before = self.replace(input, cycle);
        input && !before
    }

    /// Takes the input; tells whether it falls.
    pub(super) fn falls(&mut self, input: bool, cycle: &Cycle) -> bool {
        let before = self.replace(input, cycle);
        !input && before
    }

    /// Takes the input and returns the one before: at a cold start the same, unless the first shall fire.
    fn replace(&mut self, input: bool, cycle: &Cycle) -> bool {
        self.0.replace(input).unwrap_or(match cycle.first_scan {
            FirstScan::Arm => input,
            FirstScan::Fire => !input,
        })
    }
}

/// Makes a state one kind of memory.
macro_rules! kind_of_memory {
    ($($kind:ident)+) => {
        $(impl State for $kind {
            fn of(memory: &mut Memory) -> Option<&mut Self> {
                if let Memory::$kind(state) = memory { Some(state) } else { None }
            }

            fn into_memory(self) -> Memory {
                Memory::$kind(self)
            }
        })+
    };
}

kind_of_memory! { Edge Latch Timer Counter Watch Window }
