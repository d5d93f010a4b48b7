//! Which traces are read one after the other: our own of one gateway. Every other is read beside the rest.

use std::ops::Range;

use super::error::TraceError;
use super::row::Row;
use super::source::Source;
use crate::trace::Catalog;

/// Sources that are read one after the other: a range of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    sources: Range<usize>,
    /// The one that is being read.
    current: usize,
}

impl Lane {
    /// Reads the next rows; returns whether there were any.
    #[inline]
    pub(crate) fn next_rows(
        &mut self,
        sources: &mut [Source],
        catalog: &mut Catalog,
        row: &mut Row,
        rows_max: usize,
    ) -> Result<bool, TraceError> {
        loop {
            if sources[self.current].next_rows(catalog, row, rows_max)? {
                return Ok(true);
            }
            if self.current + 1 == self.sources.end {
                return Ok(false);
            }
            self.current += 1;
        }
    }

    /// Returns its sources, the last one first.
    pub(crate) fn latest_first<'a>(&self, sources: &'a [Source]) -> impl Iterator<Item = &'a Source> + use<'a> {
        sources[self.sources.clone()].iter().rev()
    }
}

/// Puts the own traces of a gateway behind one another, in the order in which they were begun, where the first of them
/// stands.
pub(crate) fn lanes(sources: Vec<Source>) -> (Vec<Source>, Vec<Lane>) {
    let mut grouped: Vec<Vec<Source>> = Vec::new();
    for source in sources {
        let gateway = gateway_of(&source);
        let same = grouped.iter().position(|lane| gateway.is_some() && gateway_of(&lane[0]) == gateway);
        match same {
            Some(lane) => grouped[lane].push(source),
            None => grouped.push(vec![source]),
        }
    }
    let mut lanes = Vec::new();
    let mut sources = Vec::new();
    for mut lane in grouped {
        lane.sort_by_key(|source| source.own_header().map(|header| (header.begun, header.last_sequence)));
        let start = sources.len();
        sources.append(&mut lane);
        lanes.push(Lane { sources: start..sources.len(), current: start });
    }
    (sources, lanes)
}

/// Returns the gateway that wrote a trace.
fn gateway_of(source: &Source) -> Option<&str> {
    source.own_header().map(|header| header.gateway_id.as_str()).filter(|id| !id.is_empty())
}
