//! A gateway's own trace, replayed, gives what the gateway gave: byte for byte, over reloads, crashes and new files.

mod live;
mod rerun;
mod scripted;
mod story;

use std::fs;
use std::path::{Path, PathBuf};

use crate::properties::seeds;
use rerun::{Lines, replayed};
use story::Story;

/// How many random stories the ordinary test run looks at.
const SEEDS: u64 = 400;

#[test]
fn a_black_box_replays_to_what_was_live() {
    for seed in seeds(SEEDS) {
        let story = Story::of_seed(seed);
        let live = story.live();
        let found = replayed(&story.files());
        assert_same(seed, "all files", live, &found);
    }
}

#[test]
fn a_black_box_replays_from_each_of_its_files_on() {
    for seed in seeds(SEEDS / 4) {
        let story = Story::of_seed(seed);
        let live = story.live();
        let files = story.files();
        for first in 1..files.len() {
            let found = replayed(&files[first..]);
            let seq = found.first_seq;
            let expected = Lines {
                events: live.events.iter().skip_while(|line| seq_of(line) < seq).cloned().collect(),
                records: live.records[live.records.len().saturating_sub(found.records.len())..].to_vec(),
                first_seq: seq,
            };
            assert_same(seed, &format!("from file {first}"), &expected, &found);
        }
    }
}

#[test]
fn the_stories_have_everything_in_them() {
    let stories: Vec<Story> = seeds(SEEDS).map(Story::of_seed).collect();
    let enough = |what: &str, has: &dyn Fn(&Story) -> bool| {
        let count = stories.iter().filter(|story| has(story)).count();
        assert!(count * 10 >= stories.len(), "{what}: {count} of {}", stories.len());
    };
    enough("crashes", &|story| story.told.crashes > 0);
    enough("crashes that revoke events", &|story| story.told.revoked > 0);
    enough("reloads", &|story| story.told.reloads > 0);
    enough("files", &|story| story.files().len() > 3);
    enough("records", &|story| story.live().records.len() > 2);
    enough("deadlines", &|story| story.told.timers > 0);
}

/// Returns the files of a black box as `box/*` lists them: in their order, without hidden ones.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names.iter().map(|name| directory.join(name)).collect()
}

#[track_caller]
fn assert_same(seed: u64, what: &str, wanted: &Lines, found: &Lines) {
    for (kind, wanted, found) in [("event", &wanted.events, &found.events), ("record", &wanted.records, &found.records)]
    {
        let differs = wanted.iter().zip(found).position(|(wanted, found)| wanted != found);
        let place = differs.unwrap_or(wanted.len().min(found.len()));
        assert!(
            wanted == found,
            "seed {seed}, {what}: {kind} {place} of {} and {} differs\nlive:     {:?}\nreplayed: {:?}",
            wanted.len(),
            found.len(),
            wanted.get(place),
            found.get(place),
        );
    }
}

/// Returns the number of an event line.
fn seq_of(line: &str) -> u64 {
    let event: serde_json::Value = serde_json::from_str(line).unwrap();
    event["seq"].as_u64().unwrap()
}
