//! What became of connections that were tried, for people and for programs.

use latchwork_expr::{Level, Quality, value_to_json};
use serde_json::{Value as Json, json};

use super::columns::{aligned, shortened};
use crate::live::{Trial, TriedTag};

/// What to do about a fault, by what stands in it. Faults of encryption say it themselves.
const REMEDIES: [(&str, &str); 9] = [
    ("failed to lookup", "is the name right, and does this machine's name server know it?"),
    ("refused (os error", "is it on, and is the port right?"),
    ("No route to host", "is it on, and is there a way to its network from here?"),
    ("Network is unreachable", "is there a way to its network from here?"),
    ("timed out", "is it on, and does a firewall let this machine through?"),
    ("did not answer in time", "does it speak this protocol at this port?"),
    ("nothing is known of it", "is it on, and does a firewall let this machine through? `--timeout` waits longer"),
    ("user name or password", "see `username` and `password`"),
    ("refused to subscribe", "does the user have the right to read these topics?"),
];

/// What to do about the quality of a tag.
const REMEDIES_OF_QUALITIES: [(Quality, &str); 3] = [
    (Quality::BadNotConnected, "does this unit exist, and does it answer?"),
    (Quality::BadAccessDenied, "does the user have the right to read this topic?"),
    (Quality::BadNotFound, "does the message hold what the paths name?"),
];

/// Longest value in characters.
const VALUE_CHARACTERS_MAX: usize = 48;

/// Returns the tables of connections and of their tags.
pub(super) fn text(trials: &[Trial]) -> String {
    let mut connections = vec![row(["CONNECTION", "RESULT", "WHAT TO DO"])];
    let mut tags = vec![row(["CONNECTION", "TAG", "VALUE", "QUALITY", "WHAT TO DO"])];
    for trial in trials {
        let (fault, remedy) = match &trial.fault {
            None if trial.is_polled => ("answers".to_owned(), ""),
            None => ("connected, subscriptions granted".to_owned(), ""),
            Some(fault) => (fault.clone(), remedy(fault)),
        };
        connections.push(row([&trial.connection, &fault, remedy]));
        if trial.fault.is_none() {
            tags.extend(trial.tags.iter().map(|tag| tag_row(trial, tag)));
        }
    }
    format!("{}\n{}", aligned(&connections), aligned(&tags))
}

/// Returns the same for programs: a list of connections, each with its tags.
pub(super) fn json(trials: &[Trial]) -> Json {
    let tag = |tag: &TriedTag| match &tag.read {
        Some((value, quality)) => json!({
            "path": bare(&tag.path), "value": value_to_json(value), "quality": quality.name(),
            "diagnostic": tag.diagnostic.as_deref(),
        }),
        None => json!({
            "path": bare(&tag.path), "value": null, "quality": null, "diagnostic": tag.diagnostic.as_deref(),
        }),
    };
    let trial = |trial: &Trial| {
        let tags: Vec<Json> = trial.tags.iter().map(tag).collect();
        json!({"connection": trial.connection, "fault": trial.fault, "good": trial.is_good(), "tags": tags})
    };
    trials.iter().map(trial).collect()
}

fn tag_row(trial: &Trial, TriedTag { path, read, diagnostic }: &TriedTag) -> Vec<String> {
    let value = read.as_ref().map(|(value, _)| value_to_json(value));
    let value = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
    let (quality, remedy) = match read {
        Some((_, quality)) => (quality.name(), remedy_of(*quality)),
        None if trial.is_polled => ("", "nothing came in time: `--timeout` waits longer"),
        None => ("", "no message yet, which is no fault: nothing is retained there"),
    };
    let remedy = diagnostic.as_ref().map_or_else(|| remedy.to_owned(), |told| format!("{told}; {remedy}"));
    row([&trial.connection, bare(path), &shortened(&value, VALUE_CHARACTERS_MAX), quality, &remedy])
}

fn remedy(fault: &str) -> &'static str {
    REMEDIES.iter().find(|(words, _)| fault.contains(words)).map_or("", |(_, remedy)| remedy)
}

/// Returns what to do about the quality of what was read.
fn remedy_of(quality: Quality) -> &'static str {
    if quality.level() < Level::Bad {
        return "";
    }
    let known = REMEDIES_OF_QUALITIES.iter().find(|(known, _)| *known == quality);
    known.map_or("do the address and the type fit what is there?", |(_, remedy)| remedy)
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// Returns a path as people write it.
fn bare(path: &str) -> &str {
    path.strip_prefix("[default]").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Value;

    use super::*;

    #[test]
    fn each_connection_and_each_tag_says_what_to_do() {
        let tag = |path: &str, read| TriedTag { path: format!("[default]{path}"), read, diagnostic: None };
        let refused = TriedTag {
            diagnostic: Some("exception 4: Server device failure".into()),
            ..tag("Level", Some((Value::Null, Quality::BadFailure)))
        };
        let trial = |connection: &str, is_polled, fault: Option<&str>, tags| Trial {
            connection: connection.to_owned(),
            is_polled,
            fault: fault.map(str::to_owned),
            tags,
        };
        let trials = [
            trial(
                "plc",
                true,
                None,
                vec![
                    tag("Speed", Some((Value::Integer(5), Quality::Good))),
                    tag("Mode", Some((Value::Null, Quality::BadNotConnected))),
                    refused,
                ],
            ),
            trial("broker", false, None, vec![tag("State", None)]),
            trial("gone", true, Some("Connection refused (os error 111)"), vec![tag("Never", None)]),
        ];
        let expected = "\
CONNECTION  RESULT                             WHAT TO DO
plc         answers
broker      connected, subscriptions granted
gone        Connection refused (os error 111)  is it on, and is the port right?

CONNECTION  TAG    VALUE  QUALITY           WHAT TO DO
plc         Speed  5      Good
plc         Mode   null   Bad_NotConnected  does this unit exist, and does it answer?
plc         Level  null   Bad_Failure       exception 4: Server device failure; do the address and the type fit what is there?
broker      State                           no message yet, which is no fault: nothing is retained there
";
        assert_eq!(text(&trials), expected);
        assert_eq!(trials.each_ref().map(Trial::is_good), [false, true, false]);
        assert_eq!(json(&trials)[2]["good"], Json::Bool(false));
    }
}
