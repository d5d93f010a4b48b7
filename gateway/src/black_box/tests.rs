//! What a black box keeps, in which files, and for how long.

mod packing;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use latchwork_config::{Configuration, Memory};
use latchwork_connectors::trace::{Catalog, News, Options, Traces};
use latchwork_engine::{Monotonic, Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp};

use super::*;

const PLANT: &str = "
[gateway]
id = 'line 1'
[[tags]]
path = 'run'
[[tags]]
path = 'unread'
[[operations]]
name = 'A'
location = 'Line'
start_trigger_expression = '{run}'
stop_trigger_expression = '{run}'
";

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("latchwork-black-box-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Returns what `*` stands for.
    fn listed(&self) -> Vec<String> {
        self.names().into_iter().filter(|name| !name.starts_with('.')).collect()
    }

    /// Opens a black box, and waits until the files before are packed.
    fn open(&self, options: BlackBoxOptions, second: i64) -> BlackBox {
        let configuration = configuration();
        let standing = Standing { last: Some((40, at(second))), ..Standing::default() };
        let mut opened = BlackBox::open(&self.0, options, running(&configuration), standing, at(second)).unwrap();
        opened.upkeep.take().unwrap().wait();
        opened
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn configuration() -> Configuration {
    latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", PLANT)).unwrap()
}

fn running(configuration: &Configuration) -> Running<'_> {
    Running { plant: &configuration.plant, hash: &configuration.hash, files: &configuration.files }
}

fn at(second: i64) -> Moment {
    Moment { monotonic: Monotonic(second * 1_000_000), wall: Timestamp(1_772_427_600_000_000 + second * 1_000_000) }
}

/// Writes a scan of one tag and hands it to the system.
fn write(black_box: &mut BlackBox, sequence: u64, second: i64, slot: u32) {
    let mut samples = [sample(at(second), slot)];
    black_box.see(&Scan { sequence, at: at(second), input: Input::Samples(&mut samples) }).unwrap();
    black_box.flush().unwrap();
}

fn sample(at: Moment, slot: u32) -> Sample {
    Sample { tag: TagSlot(slot), reading: Reading::Value(true.into()), quality: Quality::Good, source_time: at.wall }
}

/// Begins a new file, and waits until those before are packed.
fn rotate(black_box: &mut BlackBox, sequence: u64, second: i64) {
    let standing = || Standing { last: Some((sequence, at(second))), next_event_seq: 3, ..Standing::default() };
    black_box.rotate_if_due(at(second), standing).unwrap();
    black_box.upkeep.take().into_iter().for_each(Upkeep::wait);
}

/// Returns the numbers of the scans in a file; `timer` behind those of deadlines.
fn scans(path: &Path) -> Vec<String> {
    rest_of(&mut opened(path))
}

fn opened(path: &Path) -> Traces {
    let mut catalog = Catalog::new();
    for path in ["run", "unread"] {
        catalog.add(path, latchwork_expr::Type::Any, Usage::Read);
    }
    Traces::open(&[path], catalog, &Options::default()).unwrap()
}

fn rest_of(traces: &mut Traces) -> Vec<String> {
    let mut scans = Vec::new();
    while traces.advance().unwrap() {
        let what = if traces.news().is_some() { "news".to_owned() } else { traces.samples().len().to_string() };
        scans.extend(traces.sequence().map(|sequence| format!("{sequence} {what}")));
    }
    scans
}

#[test]
fn names_tell_gateway_beginning_and_first_scan() {
    let folder = Folder::new("names");
    let black_box = folder.open(BlackBoxOptions::default(), 0);
    assert_eq!(folder.names(), ["line_1-20260302T050000000000Z-41.lwt.zst"]);
    assert_eq!(black_box.path(), folder.0.join(&folder.names()[0]));
    let mut traces = Traces::open(&[black_box.path()], Catalog::new(), &Options::default()).unwrap();
    let header: Arc<OwnHeader> = traces.recording().unwrap().clone();
    assert_eq!((header.gateway_id.as_str(), header.files[0].text.as_str()), ("line 1", PLANT));
    assert_eq!((header.last_sequence, header.last, header.begun), (40, Some(at(0)), at(0).wall));
    assert!(traces.advance().unwrap());
}

#[test]
fn a_file_follows_when_one_is_large_or_old_enough() {
    let folder = Folder::new("follow");
    let old = BlackBoxOptions { rotate_after: Duration::from_secs(10), ..BlackBoxOptions::default() };
    let mut black_box = folder.open(old, 0);
    write(&mut black_box, 41, 5, 0);
    rotate(&mut black_box, 41, 9);
    assert_eq!(folder.names().len(), 1);
    rotate(&mut black_box, 41, 10);
    write(&mut black_box, 42, 11, 0);
    assert_eq!(folder.names().len(), 2);
    assert_eq!(scans(&folder.0.join(&folder.names()[0])), ["41 1"]);
    assert_eq!(scans(&folder.0.join(&folder.names()[1])), ["42 1"]);

    let large = BlackBoxOptions { rotate_bytes: black_box.writer.bytes_written() + 1, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(large, 20);
    rotate(&mut black_box, 42, 21);
    assert_eq!(folder.names().len(), 3, "the header alone is smaller");
    (0..9).for_each(|number| write(&mut black_box, 43 + number, 22, 0));
    rotate(&mut black_box, 51, 23);
    assert_eq!(folder.names().len(), 4);
}

#[test]
fn each_file_begins_behind_all_others_also_when_the_clock_was_set_back() {
    let folder = Folder::new("back");
    drop(folder.open(BlackBoxOptions::default(), 3_600));
    let black_box = folder.open(BlackBoxOptions::default(), 0);
    let expected = ["line_1-20260302T060000000000Z-41.lwt.zst", "line_1-20260302T060000000001Z-41.lwt.zst"];
    assert_eq!(folder.names(), expected);
    assert_eq!(black_box.path(), folder.0.join(expected[1]));
}

#[test]
fn the_oldest_files_go_but_never_the_current_one() {
    let folder = Folder::new("prune");
    let nothing = BlackBoxOptions { keep_bytes: 0, rotate_bytes: 0, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(nothing, 0);
    rotate(&mut black_box, 40, 1);
    assert_eq!(folder.names(), ["line_1-20260302T050001000000Z-41.lwt.zst"]);

    let everything = BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(everything, 2);
    rotate(&mut black_box, 40, 3);
    assert_eq!(folder.names().len(), 3);
    let hour = BlackBoxOptions { keep_for: Duration::from_hours(1), ..BlackBoxOptions::default() };
    let kept = folder.open(hour, 3_603).path();
    // A file is as old as its last scan: the one that was followed exactly an hour ago stays.
    assert_eq!(folder.names().len(), 3);
    let current = folder.open(hour, 7_300).path();
    assert_eq!(folder.names().iter().map(|name| folder.0.join(name)).collect::<Vec<_>>(), [kept, current]);
}

#[test]
fn others_files_are_left_alone() {
    let folder = Folder::new("others");
    fs::create_dir_all(&folder.0).unwrap();
    for name in ["line_1-b-20200302T050000000000Z-41.lwt.zst", "notes.txt", "line_1-x-41.lwt.zst"] {
        fs::write(folder.0.join(name), "x").unwrap();
    }
    drop(folder.open(BlackBoxOptions { keep_bytes: 0, ..BlackBoxOptions::default() }, 0));
    drop(folder.open(BlackBoxOptions { keep_bytes: 0, ..BlackBoxOptions::default() }, 1));
    assert_eq!(folder.names().len(), 4);
}

#[test]
fn scans_that_nothing_reads_are_written_only_where_their_number_counts() {
    let folder = Folder::new("unread");
    let mut black_box = folder.open(BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() }, 0);
    write(&mut black_box, 41, 1, 1);
    write(&mut black_box, 42, 2, 0);
    write(&mut black_box, 43, 3, 1);
    write(&mut black_box, 44, 4, 1);
    black_box.see(&Scan { sequence: 45, at: at(5), input: Input::Timer }).unwrap();
    write(&mut black_box, 46, 6, 1);
    let path = black_box.path();
    rotate(&mut black_box, 46, 7);
    assert_eq!(scans(&path), ["41 0", "42 1", "44 0", "45 news", "46 0"]);
}

#[test]
fn the_state_before_a_reload_is_left_out_when_a_scan_came_in_between() {
    for (between, expected) in [(false, true), (true, false)] {
        let folder = Folder::new("reload");
        let configuration = configuration();
        let mut black_box = folder.open(BlackBoxOptions::default(), 0);
        black_box.will_reload(running(&configuration), serde_json::json!({"tags": []}));
        if between {
            black_box.see(&Scan { sequence: 41, at: at(1), input: Input::Timer }).unwrap();
        }
        black_box.see(&Scan { sequence: 42, at: at(2), input: Input::Reload }).unwrap();
        black_box.flush().unwrap();
        let mut traces = Traces::open(&[black_box.path()], Catalog::new(), &Options::default()).unwrap();
        let mut has_state = None;
        while traces.advance().unwrap() {
            if let Some(News::Reload(reload)) = traces.news() {
                has_state = Some(!reload.retained.is_null());
            }
        }
        assert_eq!(has_state, Some(expected), "a scan in between: {between}");
    }
}

#[test]
fn all_tags_are_written_where_that_is_asked_for() {
    let folder = Folder::new("all");
    let mut black_box = folder.open(BlackBoxOptions { tags: RecordedTags::All, ..BlackBoxOptions::default() }, 0);
    write(&mut black_box, 41, 1, 1);
    assert_eq!(scans(&black_box.path()), ["41 1"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("error");
    let configuration = configuration();
    fs::write(&folder.0, "a file").unwrap();
    let opened =
        BlackBox::open(&folder.0, BlackBoxOptions::default(), running(&configuration), Standing::default(), at(0));
    assert!(opened.is_err());
    fs::remove_file(&folder.0).unwrap();

    let mut black_box = folder.open(BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() }, 0);
    fs::remove_dir_all(&folder.0).unwrap();
    let error = black_box.rotate_if_due(at(1), Standing::default).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_scan_in_which_the_clock_is_set_is_kept_whatever_it_brings() {
    let folder = Folder::new("clock");
    let mut black_box = folder.open(BlackBoxOptions::default(), 0);
    write(&mut black_box, 41, 1, 1);
    let set_back = Moment { wall: at(-3600).wall, ..at(2) };
    let reading = Reading::Value(true.into());
    let mut samples = [Sample { tag: TagSlot(1), reading, quality: Quality::Good, source_time: at(2).wall }];
    black_box.see(&Scan { sequence: 42, at: set_back, input: Input::Samples(&mut samples) }).unwrap();
    write(&mut black_box, 43, 3, 1);
    black_box.flush().unwrap();
    let catalog = catalog(&configuration().plant);
    let mut traces = Traces::open(&[black_box.path()], catalog, &Options::default()).unwrap();
    let mut kept = Vec::new();
    while traces.advance().unwrap() {
        kept.extend(traces.sequence().map(|sequence| (sequence, traces.samples().len())));
    }
    assert_eq!(kept, [(41, 0), (42, 0), (43, 0)], "the clock was set back, and forward again");
}
