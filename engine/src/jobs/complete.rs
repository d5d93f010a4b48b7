//! What becomes of the parts of a leg that is done, and where they go.

use latchwork_expr::Text;

use super::command::{Complete, Rework};
use super::draft::Draft;
use super::error::{JobError, JobErrorKind};
use super::limits::LEGS_MAX;
use super::state::{JobState, Origin};
use crate::stations::{Station, StationIndex, Stations};

/// Where the good parts of a leg go.
pub(super) enum Way<'a> {
    /// Nowhere: there are none, or this is the end of the line.
    End,
    /// To this station.
    To(&'a Station),
    /// To one of these, as somebody has to say.
    Open(Vec<Text>),
}

impl<'a> Draft<'a> {
    /// Completes a leg, as somebody says.
    pub(super) fn complete(&mut self, leg: usize, told: &Complete) -> Result<(), JobError> {
        let input = self.rows.legs[leg].input;
        let rework = told.rework.iter().map(|rework| rework.quantity).sum::<u64>();
        let sum = told.good + told.scrap + rework;
        if sum != input {
            return Err(JobError::sum(sum, input));
        }
        let station = self.station(leg).ok_or(JobErrorKind::StationIsNotConfigured)?;
        let way = match &told.destination {
            Some(name) => Way::To(self.chosen(&station.feeds_into, name, "destination")?),
            None => self.onward(leg),
        };
        let returns = self.returns(station, &told.rework)?;
        if self.rows.legs.len() + returns.len() > LEGS_MAX && !returns.is_empty() {
            return Err(JobErrorKind::HasTooManyLegs.into());
        }
        let row = &mut self.rows.legs[leg];
        (row.good, row.scrap, row.rework) = (told.good, told.scrap, rework);
        let origin = Origin::Returned(row.key);
        self.end_leg(leg, way);
        for (station, quantity) in returns {
            self.post(station, quantity, origin);
        }
        Ok(())
    }

    /// Ends a leg whose parts are all counted, and sends the good ones on.
    pub(super) fn end_leg(&mut self, leg: usize, way: Way<'a>) {
        self.close_sessions(leg, self.at);
        self.close_batches(leg);
        let (at, by) = (self.at, self.by());
        let row = &mut self.rows.legs[leg];
        (row.completed_at, row.completed_by, row.pause) = (Some(at), by, None);
        row.state = JobState::Completed;
        let (good, origin) = (row.good, Origin::Passed(row.key));
        match way {
            Way::To(station) if good > 0 => self.post(station, good, origin),
            Way::Open(destinations) if good > 0 => {
                row.state = JobState::Queued;
                self.destinations = destinations;
            }
            Way::End | Way::To(_) | Way::Open(_) => {}
        }
    }

    /// Returns where good parts go from a leg if nobody says anything. From a station that is not in the configuration
    /// they go nowhere by themselves.
    pub(super) fn onward(&self, leg: usize) -> Way<'a> {
        let Some(station) = self.station(leg) else { return Way::Open(Vec::new()) };
        match station.feeds_into[..] {
            [] => Way::End,
            [only] => Way::To(self.scene.stations.get(only)),
            [_, _, ..] => Way::Open(self.paths(&station.feeds_into)),
        }
    }

    /// Sends the good parts of a leg to where somebody says.
    pub(super) fn select(&mut self, leg: usize, destination: &str) -> Result<(), JobError> {
        let station = self.station(leg).ok_or(JobErrorKind::StationIsNotConfigured)?;
        let to = self.chosen(&station.feeds_into, destination, "destination")?;
        let row = &mut self.rows.legs[leg];
        row.state = JobState::Completed;
        let (good, origin) = (row.good, Origin::Passed(row.key));
        self.post(to, good, origin);
        Ok(())
    }

    /// Returns the stations that parts go back to, with how many.
    fn returns(&self, station: &Station, reworks: &[Rework]) -> Result<Vec<(&'a Station, u64)>, JobError> {
        let known = &station.reworks_to;
        let find = |(place, rework): (usize, &Rework)| {
            let field = format!("rework[{place}].station");
            let to = match (&rework.station, &known[..]) {
                (Some(name), _) => self.chosen(known, name, &field)?,
                (None, &[only]) => self.scene.stations.get(only),
                (None, []) => return Err(JobError::bad_info(field, "no connection for rework begins here")),
                (None, [_, _, ..]) => {
                    let text = "several stations take parts back: say which";
                    return Err(JobError::no_destination(field, text, &self.paths(known)));
                }
            };
            Ok((to, rework.quantity))
        };
        reworks.iter().enumerate().map(find).collect()
    }

    /// Returns the station of this name, if it is one of these.
    fn chosen(&self, known: &[StationIndex], name: &str, field: &str) -> Result<&'a Station, JobError> {
        let stations: &'a Stations = self.scene.stations;
        let named = stations.find(name).map(|station| station.id);
        let found = known.iter().map(|&index| stations.get(index)).find(|station| Some(station.id) == named);
        found.ok_or_else(|| {
            let text = format!("no such connection leads from here to `{name}`");
            JobError::no_destination(field, text, &self.paths(known))
        })
    }

    fn paths(&self, stations: &[StationIndex]) -> Vec<Text> {
        self.scene.stations.among(stations).map(|station| station.path.clone()).collect()
    }
}
