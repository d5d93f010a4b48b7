//! Topic filters of MQTT, as sections 4.7 and 4.8.2 of its standard have them.

/// The level that stands for any one level.
const ONE: &str = "+";

/// The last level that stands for any number of levels.
const REST: &str = "#";

/// Begins a filter whose messages several clients share: `$share/group/filter`.
const SHARED: &str = "$share/";

/// Tells what is wrong with a filter.
pub(crate) fn check(filter: &str) -> Result<(), String> {
    let (group, filter) = group_and_filter(filter);
    if group.is_some_and(|group| group.is_empty() || group.contains(['+', '#'])) || filter.is_empty() {
        return Err("is shared, but not like `$share/group/filter`".to_owned());
    }
    let levels: Vec<&str> = filter.split('/').collect();
    let (last, before) = levels.split_last().ok_or("is empty")?;
    if let Some(mixed) = levels.iter().find(|level| level.len() > 1 && level.contains(['+', '#'])) {
        return Err(format!("has the level `{mixed}`: a wildcard is a level by itself"));
    }
    if before.contains(&REST) {
        return Err(format!("has `{REST}` before `/{last}`: it is the last level only"));
    }
    Ok(())
}

/// Returns how many wildcards a filter has.
pub(crate) fn wildcards(filter: &str) -> usize {
    group_and_filter(filter).1.split('/').filter(|level| [ONE, REST].contains(level)).count()
}

/// Splits the group of a shared filter from the filter itself.
fn group_and_filter(filter: &str) -> (Option<&str>, &str) {
    match filter.strip_prefix(SHARED) {
        Some(shared) => {
            let (group, filter) = shared.split_once('/').unwrap_or((shared, ""));
            (Some(group), filter)
        }
        None => (None, filter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_standard_takes() {
        for (filter, expected) in [
            ("brewery/+/+/state", 2),
            ("#", 1),
            ("+", 1),
            ("+/tennis/#", 2),
            ("/finance", 0),
            ("/+", 1),
            ("a//b", 0),
            ("$SYS/#", 1),
            ("with space/ä", 0),
            ("$share/gateways/brewery/+/#", 2),
            ("$share", 0),
        ] {
            assert_eq!(check(filter), Ok(()), "{filter}");
            assert_eq!(wildcards(filter), expected, "{filter}");
        }
    }

    #[test]
    fn refuses_what_the_standard_refuses() {
        for filter in [
            "sport/tennis#",
            "sport/tennis/#/ranking",
            "sport+",
            "sport+/player1",
            "#/",
            "++",
            "a/#b",
            "$share/",
            "$share/g",
            "$share/g/",
            "$share//a",
            "$share/+/a",
        ] {
            assert!(check(filter).is_err(), "{filter}");
        }
    }
}
