//! The names of time zones in American English, as `z` and `zzzz` write them.

use chrono_tz::Tz;

use super::Clock;

/// A line for each group of zones that share their names: four names and the zones,
/// `CET|CEST|Central European Standard Time|Central European Summer Time|Europe/Berlin Europe/Paris`.
/// Where no daylight saving has been in effect since 2000, its names are left out.
const NAMES: &str = include_str!("zone_names.txt");

/// How a zone is called at a moment.
pub(super) struct ZoneNames {
    /// Such as `CET`.
    pub(super) short: String,
    /// Such as `Central European Standard Time`.
    pub(super) full: String,
}

impl ZoneNames {
    /// Returns the names of a zone while its clocks go so; one without names is called by its offset.
    pub(super) fn of(zone: Tz, clock: Clock) -> Self {
        match NAMES.lines().find_map(|line| names_in(line, zone)) {
            Some([short, _, full, _]) if !clock.is_daylight() => Self::from([short, full]),
            Some([short, "", full, ""] | [_, short, _, full]) => Self::from([short, full]),
            None => {
                let offset = offset_name(clock.offset_seconds / 60);
                Self { short: offset.clone(), full: offset }
            }
        }
    }
}

impl From<[&str; 2]> for ZoneNames {
    fn from([short, full]: [&str; 2]) -> Self {
        Self { short: short.to_owned(), full: full.to_owned() }
    }
}

/// Returns the four names of a line, if it is a zone's.
fn names_in(line: &'static str, zone: Tz) -> Option<[&'static str; 4]> {
    let (names, zones) = line.rsplit_once('|')?;
    zones.split(' ').find(|own| *own == zone.name())?;
    let mut names = names.split('|');
    Some([names.next()?, names.next()?, names.next()?, names.next()?])
}

/// Returns `GMT+05:30`.
fn offset_name(minutes: i32) -> String {
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    format!("GMT{sign}{:02}:{:02}", size / 60, size % 60)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono_tz::TZ_VARIANTS;

    use super::*;

    #[test]
    fn every_line_has_four_names_and_zones_that_exist() {
        for line in NAMES.lines() {
            assert_eq!(line.split('|').count(), 5, "{line}");
            let (_, zones) = line.rsplit_once('|').unwrap();
            assert!(zones.split(' ').all(|zone| zone.parse::<Tz>().is_ok()), "{line}");
        }
    }

    #[test]
    fn a_zone_has_one_line_and_few_have_none() {
        let lists = NAMES.lines().filter_map(|line| line.rsplit_once('|'));
        let zones: Vec<&str> = lists.flat_map(|(_, zones)| zones.split(' ')).collect();
        let unique: BTreeSet<&str> = zones.iter().copied().collect();
        assert_eq!(unique.len(), zones.len());
        let nameless = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|zone| !unique.contains(zone));
        let nameless: Vec<&str> = nameless.filter(|zone| !zone.starts_with("Etc/GMT")).collect();
        assert_eq!(nameless, ["America/Coyhaique"]);
    }
}
