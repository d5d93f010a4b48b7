//! A disk whose power goes: what was synchronised is there, and any part of what was not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::Dice;

/// How much of a file a disk writes at once, or not at all.
const SECTOR: usize = 512;

/// What happened to a file, as the journal tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Written { offset: usize, bytes: Vec<u8> },
    CutTo(usize),
    Synchronised,
    Removed,
    Renamed(PathBuf),
}

/// Which of a ledger's synchronisations count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// All, as SQLite does them with `synchronous = FULL`.
    Full,
    /// Of a log only those before its pages go to the ledger, which is what `synchronous = NORMAL` leaves of them.
    Normal,
}

/// The files of a disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    files: BTreeMap<PathBuf, File>,
}

/// A file: what is on the disk for sure, and what was done to it since, in its order.
#[derive(Clone, Debug, Default)]
struct File {
    safe: Vec<u8>,
    since: Vec<Change>,
}

impl Disk {
    /// Reads the files of a folder, all of them safe.
    pub(super) fn read(folder: &Path) -> Self {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).filter(|entry| {
            // The memory that SQLite's processes share is gone with them; a socket is nothing that could be read.
            entry.file_type().unwrap().is_file() && !entry.file_name().to_string_lossy().ends_with("-shm")
        });
        let file = |entry: fs::DirEntry| {
            let safe = fs::read(entry.path()).unwrap();
            (entry.path(), File { safe, since: Vec::new() })
        };
        Self { files: files.map(file).collect() }
    }

    /// Takes what a journal tells.
    pub(super) fn replay(&mut self, journal: &[u8], care: Care) {
        let mut changes = read(journal);
        if care == Care::Normal {
            forget_commits(&mut changes);
        }
        for (path, change) in changes {
            self.take(path, change);
        }
    }

    fn take(&mut self, path: PathBuf, change: Change) {
        match change {
            Change::Synchronised => {
                // A folder is no file here: that names are safe at once is a disk's better day, and costs no bytes.
                if let Some(file) = self.files.get_mut(&path) {
                    file.synchronise();
                }
            }
            Change::Removed => drop(self.files.remove(&path)),
            Change::Renamed(to) => {
                let file = self.files.remove(&path).unwrap_or_default();
                self.files.insert(to, file);
            }
            Change::Written { .. } | Change::CutTo(_) => self.files.entry(path).or_default().since.push(change),
        }
    }

    /// Has the power go: of what was not synchronised each change is there, is not, or is there in part.
    pub(super) fn cut(&mut self, dice: &mut Dice) {
        // Whole days are worse than others: on some nothing reached the disk, on some nearly everything did.
        let kept_percent = [0, 0, 30, 70, 95][usize::try_from(dice.between(0, 4)).unwrap()];
        for file in self.files.values_mut() {
            for change in std::mem::take(&mut file.since) {
                if dice.between(0, 99) < kept_percent {
                    apply(&mut file.safe, &change);
                } else if let Change::Written { offset, bytes } = change
                    && kept_percent > 0
                {
                    let sectors = dice.between(0, i64::try_from(bytes.len() / SECTOR).unwrap());
                    let part = bytes[..usize::try_from(sectors).unwrap() * SECTOR].to_vec();
                    apply(&mut file.safe, &Change::Written { offset, bytes: part });
                }
            }
        }
    }

    /// Puts the files of the one folder into the other, and nothing else.
    pub(super) fn write(&self, from: &Path, to: &Path) {
        let _absent = fs::remove_dir_all(to);
        fs::create_dir(to).unwrap();
        for (path, file) in &self.files {
            fs::write(to.join(path.strip_prefix(from).unwrap()), &file.safe).unwrap();
        }
    }

    /// Returns how many changes are not synchronised.
    #[cfg(test)]
    fn unsafe_changes(&self) -> usize {
        self.files.values().map(|file| file.since.len()).sum()
    }
}

impl File {
    fn synchronise(&mut self) {
        for change in std::mem::take(&mut self.since) {
            apply(&mut self.safe, &change);
        }
    }
}

fn apply(safe: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Written { offset, bytes } => {
            let end = offset + bytes.len();
            if safe.len() < end && !bytes.is_empty() {
                safe.resize(end, 0);
            }
            if let Some(place) = safe.get_mut(*offset..end) {
                place.copy_from_slice(bytes);
            }
        }
        Change::CutTo(length) => safe.resize(*length, 0),
        Change::Synchronised | Change::Removed | Change::Renamed(_) => unreachable!("{change:?} waits for nothing"),
    }
}

/// Reads a journal; `tests/power/journal.c` says how it is written, and why its last entry may be cut off: what that tells
/// of the program never learned to be done, and nothing synchronised it.
fn read(mut journal: &[u8]) -> Vec<(PathBuf, Change)> {
    let mut changes = Vec::new();
    while let Some((head, rest)) = journal.split_first_chunk::<24>() {
        let number = |from: usize| u32::from_ne_bytes(head[from..from + 4].try_into().unwrap());
        let (path_length, length, kind) = (number(0) as usize, number(4) as usize, number(8));
        let offset = usize::try_from(u64::from_ne_bytes(head[16..].try_into().unwrap())).unwrap();
        let Some((path, rest)) = rest.split_at_checked(path_length) else { break };
        let Some((bytes, rest)) = rest.split_at_checked(length) else { break };
        let text = |bytes: &[u8]| PathBuf::from(String::from_utf8(bytes.to_vec()).unwrap());
        let change = match kind {
            1 => Change::Written { offset, bytes: bytes.to_vec() },
            2 => Change::CutTo(offset),
            3 => Change::Synchronised,
            4 => Change::Removed,
            5 => Change::Renamed(text(bytes)),
            kind => panic!("a journal with an entry of kind {kind}"),
        };
        changes.push((text(path), change));
        journal = rest;
    }
    changes
}

/// Leaves the synchronisations of a log out that only a commit asked for: behind those that a checkpoint asked for the
/// ledger itself is written before the log is again.
fn forget_commits(changes: &mut Vec<(PathBuf, Change)>) {
    let is_log = |path: &Path| path.to_string_lossy().ends_with("-wal");
    let is_ledger = |path: &Path| path.extension().is_some_and(|extension| extension == "db");
    let mut is_checkpoint_next = false;
    for (path, change) in changes.iter_mut().rev() {
        let is_written = matches!(change, Change::Written { .. });
        if is_written && (is_log(path) || is_ledger(path)) {
            is_checkpoint_next = is_ledger(path);
        }
        if *change == Change::Synchronised && is_log(path) && !is_checkpoint_next {
            *change = Change::CutTo(usize::MAX);
        }
    }
    changes.retain(|(_, change)| *change != Change::CutTo(usize::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: u32, path: &str, offset: u64, bytes: &[u8]) -> Vec<u8> {
        let mut entry = Vec::new();
        for number in [u32::try_from(path.len()).unwrap(), u32::try_from(bytes.len()).unwrap(), kind, 0] {
            entry.extend(number.to_ne_bytes());
        }
        entry.extend(offset.to_ne_bytes());
        entry.extend(path.as_bytes());
        entry.extend(bytes);
        entry
    }

    fn safe(disk: &Disk, path: &str) -> Option<Vec<u8>> {
        disk.files.get(Path::new(path)).map(|file| file.safe.clone())
    }

    #[test]
    fn what_was_synchronised_stays_and_the_rest_may_go() {
        let journal = [
            entry(1, "/a.db", 0, b"first"),
            entry(3, "/a.db", 0, b""),
            entry(1, "/a.db", 5, b" second"),
            entry(1, "/b.part", 0, b"other"),
            entry(3, "/b.part", 0, b""),
            entry(5, "/b.part", 0, b"/b"),
        ];
        let mut disk = Disk::default();
        disk.replay(&journal.concat(), Care::Full);
        assert_eq!(disk.unsafe_changes(), 1);
        assert_eq!(safe(&disk, "/a.db").unwrap(), b"first");
        assert_eq!((safe(&disk, "/b").unwrap(), safe(&disk, "/b.part")), (b"other".to_vec(), None));
        let mut ends: Vec<Vec<u8>> = (0..40).map(|seed| after_cut(&disk, seed)).collect();
        ends.sort();
        ends.dedup();
        assert_eq!(ends, [b"first".to_vec(), b"first second".to_vec()]);
    }

    fn after_cut(disk: &Disk, seed: u64) -> Vec<u8> {
        let mut disk = disk.clone();
        disk.cut(&mut Dice::new(seed));
        safe(&disk, "/a.db").unwrap()
    }

    #[test]
    fn an_entry_that_is_cut_off_was_never_made() {
        let first = [entry(1, "/a.db", 0, b"first"), entry(3, "/a.db", 0, b"")].concat();
        let second = entry(1, "/a.db", 5, b" second");
        for length in 0..second.len() {
            let mut disk = Disk::default();
            disk.replay(&[&first, &second[..length]].concat(), Care::Full);
            assert_eq!((safe(&disk, "/a.db").unwrap(), disk.unsafe_changes()), (b"first".to_vec(), 0));
        }
    }

    #[test]
    fn with_less_care_a_commit_is_safe_only_with_the_next_checkpoint() {
        let commit = [entry(1, "/a.db-wal", 0, b"commit"), entry(3, "/a.db-wal", 0, b"")].concat();
        let checkpoint = [entry(1, "/a.db", 0, b"commit"), entry(3, "/a.db", 0, b"")].concat();
        for (journal, count) in [(commit.clone(), 1), ([commit.clone(), checkpoint.clone()].concat(), 0)] {
            let mut disk = Disk::default();
            disk.replay(&journal, Care::Normal);
            assert_eq!(disk.unsafe_changes(), count);
        }
        let mut disk = Disk::default();
        disk.replay(&[commit.clone(), checkpoint, commit].concat(), Care::Full);
        assert_eq!(disk.unsafe_changes(), 0);
    }
}
