//! What becomes of files that are not written any more, and what others see of that.

use std::fs;
use std::path::PathBuf;

use latchwork_connectors::trace::is_repacked;
use latchwork_engine::{Input, Scan};

use super::super::directory::unfinished;
use super::super::upkeep::Upkeep;
use super::super::{BlackBox, BlackBoxOptions, Standing};
use super::{Folder, at, configuration, opened, rest_of, rotate, running, sample, scans, write};

#[test]
fn what_is_not_written_any_more_is_packed_and_read_as_before() {
    let folder = Folder::new("packed");
    let options = BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(options, 0);
    for number in 0..500 {
        write(&mut black_box, 41 + number, 1 + i64::try_from(number).unwrap(), 0);
    }
    let path = black_box.path();
    let (before, bytes) = (scans(&path), fs::metadata(&path).unwrap().len());
    rotate(&mut black_box, 540, 600);
    assert_eq!((before.len(), scans(&path)), (500, before));
    let packed = fs::metadata(&path).unwrap().len();
    assert!(packed * 5 < bytes, "{packed} of {bytes} bytes");
    assert_eq!(folder.names().len(), 2, "{:?}", folder.names());
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    rotate(&mut black_box, 540, 601);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified, "it is packed once");
}

#[test]
fn who_has_opened_a_file_reads_it_to_its_end_whatever_takes_its_place() {
    let folder = Folder::new("opened");
    let mut black_box = folder.open(BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() }, 0);
    (0..500).for_each(|number| write(&mut black_box, 41 + number, 1, 0));
    let path = black_box.path();
    let before = scans(&path);
    let mut opened = opened(&path);
    assert!(opened.advance().unwrap());
    rotate(&mut black_box, 540, 2);
    assert!(is_repacked(fs::File::open(&path).unwrap()).unwrap());
    assert_eq!(rest_of(&mut opened), before);
}

#[test]
fn a_listing_has_each_file_once_and_whole_at_every_moment_of_the_packing() {
    const FILES: i64 = 20;
    let folder = Folder::new("moments");
    let options = BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(options, 0);
    for file in 0..FILES {
        let first = 41 + 100 * file.unsigned_abs();
        (first..first + 100).for_each(|number| write(&mut black_box, number, file, 0));
        let standing = || Standing { last: Some((first + 99, at(file))), ..Standing::default() };
        // What packs the file before this one is still at it, or ends.
        black_box.rotate_if_due(at(file), standing).unwrap();
    }
    let listed = || -> Vec<PathBuf> { folder.listed().iter().map(|name| folder.0.join(name)).collect() };
    let read = || listed().iter().map(|path| scans(path).len()).collect::<Vec<_>>();
    let expected: Vec<usize> = (0..FILES).map(|_| 100).chain([0]).collect();
    black_box.upkeep.take().into_iter().for_each(Upkeep::end);
    // The next start packs what is left.
    let configuration = configuration();
    let next = BlackBox::open(&folder.0, options, running(&configuration), Standing::default(), at(FILES)).unwrap();
    while next.upkeep.as_ref().is_some_and(|upkeep| !upkeep.is_done()) {
        assert_eq!(read()[..expected.len()], expected);
    }
    assert_eq!(read()[..expected.len()], expected);
    let is_packed = |path: &PathBuf| is_repacked(fs::File::open(path).unwrap()).unwrap();
    assert_eq!(listed().iter().filter(|path| is_packed(path)).count(), expected.len());
}

#[test]
fn nothing_unfinished_stays_of_an_end_or_of_a_kill() {
    let folder = Folder::new("unfinished");
    let options = BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() };
    let mut black_box = folder.open(options, 0);
    for number in 0..20_000 {
        let mut samples = [sample(at(1), 0)];
        black_box.see(&Scan { sequence: 41 + number, at: at(1), input: Input::Samples(&mut samples) }).unwrap();
    }
    let path = black_box.path();
    black_box.rotate_if_due(at(2), || Standing { last: Some((20_040, at(1))), ..Standing::default() }).unwrap();
    black_box.upkeep.take().into_iter().for_each(Upkeep::end);
    assert_eq!(folder.names().len(), 2, "{:?}", folder.names());
    assert_eq!(scans(&path).len(), 20_000);

    let other = folder.0.join(".another-20260302T050000000000Z-41.lwt.zst.1-0.packing");
    for left in [unfinished(&path), other.clone()] {
        fs::write(left, "half").unwrap();
    }
    drop(folder.open(options, 3));
    assert_eq!(folder.names().len(), 4, "{:?}", folder.names());
    assert!(other.exists(), "it is another gateway's");
}

#[test]
fn a_damaged_file_is_left_as_it_is() {
    let folder = Folder::new("damaged");
    let mut black_box = folder.open(BlackBoxOptions { rotate_bytes: 0, ..BlackBoxOptions::default() }, 0);
    (0..50).for_each(|number| write(&mut black_box, 41 + number, 1, 0));
    let path = black_box.path();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    rotate(&mut black_box, 90, 2);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(folder.names().len(), 2, "{:?}", folder.names());
}
