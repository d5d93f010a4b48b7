//! The stations that jobs travel over, and how they are connected (`spec/jobs.md` section 1).

use std::collections::BTreeMap;

use latchwork_expr::Text;
use ulid::Ulid;

use crate::words::words;

words! {
    /// What a connection of two stations is for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub enum Flow {
        /// Good parts go on along it, by themselves where it is the only one.
        #[default]
        FeedsInto = "feeds_into",
        /// Parts go back along it to be done again, when somebody says so.
        Rework = "rework",
    }
}

/// A station's index among those of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationIndex(pub u32);

impl StationIndex {
    /// Returns the index for a slice.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A declared location, with where parts go from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// The location's path.
    pub path: Text,
    /// The location's id.
    pub id: Ulid,
    /// Where good parts may go, in the order of the file. None: the end of the line.
    pub feeds_into: Vec<StationIndex>,
    /// Where parts may go to be done again, in the order of the file.
    pub reworks_to: Vec<StationIndex>,
}

/// The stations of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Stations {
    rows: Vec<Station>,
    by_path: BTreeMap<Text, StationIndex>,
    by_id: BTreeMap<Ulid, StationIndex>,
}

impl Stations {
    /// Adds a station that is connected with none yet.
    ///
    /// # Panics
    /// Panics beyond 2³² stations.
    pub fn add(&mut self, path: Text, id: Ulid) -> StationIndex {
        let index = StationIndex(u32::try_from(self.rows.len()).expect("more stations than indices"));
        self.by_path.insert(path.clone(), index);
        self.by_id.insert(id, index);
        self.rows.push(Station { path, id, feeds_into: Vec::new(), reworks_to: Vec::new() });
        index
    }

    /// Connects two stations.
    pub fn connect(&mut self, from: StationIndex, to: StationIndex, flow: Flow) {
        let station = &mut self.rows[from.index()];
        match flow {
            Flow::FeedsInto => station.feeds_into.push(to),
            Flow::Rework => station.reworks_to.push(to),
        }
    }

    /// Returns the station of this path, else of this id.
    pub fn find(&self, name: &str) -> Option<&Station> {
        let by_id = || Ulid::from_string(name).ok().and_then(|id| self.by_id.get(&id));
        self.by_path.get(&Text::from(name)).or_else(by_id).map(|&index| self.get(index))
    }

    /// Returns a station.
    pub fn get(&self, index: StationIndex) -> &Station {
        &self.rows[index.index()]
    }

    /// Returns the stations of some indices.
    pub fn among<'a>(&'a self, indices: &'a [StationIndex]) -> impl Iterator<Item = &'a Station> {
        indices.iter().map(|&index| self.get(index))
    }

    /// Returns every station, in the order of the file.
    pub fn all(&self) -> &[Station] {
        &self.rows
    }
}
