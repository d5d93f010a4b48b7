//! What is made, and how fast: materials, and how long an order should take (`spec/engine.md` section 6).

use ulid::Ulid;

use crate::order::Order;
use crate::plant::{LocationIndex, Plant};

/// A material of the configuration.
#[derive(Clone, Debug)]
pub struct Material {
    /// The name, unique.
    pub name: String,
    /// The id: given, or derived from the name.
    pub id: Ulid,
    /// How many are made in an hour, wherever nothing else is said.
    pub rate_per_hour: Option<f64>,
    /// How many are made in an hour at exactly these locations, each at most once.
    pub rates: Vec<(LocationIndex, f64)>,
}

impl Material {
    /// Returns how many are made in an hour at a location.
    fn rate_at(&self, location: LocationIndex) -> Option<f64> {
        let rate = self.rates.iter().find(|(other, _)| *other == location);
        rate.map(|&(_, rate)| rate).or(self.rate_per_hour)
    }
}

/// Returns how many seconds an order should take at a location: its quantity over its own rate, else over that of its
/// material. `None` while one of them is not known, or is not positive.
pub(crate) fn seconds_of(order: &Order, location: LocationIndex, plant: &Plant) -> Option<f64> {
    let material = || plant.materials.iter().find(|material| Some(material.id) == order.material);
    let rate = order.rate_per_hour.or_else(|| material()?.rate_at(location))?;
    let seconds = order.quantity? * 3600.0 / rate;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}
