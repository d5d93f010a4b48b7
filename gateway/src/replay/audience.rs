//! Who a replay is run for.

use latchwork_engine::{Engine, Moment};

use crate::drive::Sink;
use crate::output::replayed::Replayed;

/// Takes what a replay does.
pub trait Audience: Sink {
    /// Returns what takes the effects in the end.
    fn replayed(&mut self) -> &mut Replayed;

    /// Sees an engine for the last time: the next scan, which is then, is another's.
    fn leave(&mut self, _engine: &Engine, _next: Moment) {}

    /// Tells whether the rest of the trace need not be read.
    #[inline]
    fn has_heard_enough(&self) -> bool {
        false
    }
}

impl Audience for Replayed {
    fn replayed(&mut self) -> &mut Replayed {
        self
    }
}
