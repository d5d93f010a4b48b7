//! The files of a black box: their names, their order, and which of them go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDateTime};
use latchwork_expr::Timestamp;

use super::BlackBoxOptions;

/// How a file's beginning stands in its name: of one width, so that names sort as times do.
const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// How names end.
const ENDING: &str = ".lwt.zst";
/// What stands around the name of a file that is not all written yet: no listing and no `*` shows it.
const UNFINISHED: [&str; 2] = [".", ".packing"];

/// The files of one gateway in a directory.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// The gateway as it stands in names.
    gateway: String,
    /// The newest file of all, and when it was begun.
    newest: Option<(Timestamp, String)>,
}

impl Directory {
    /// Opens a directory, which is made if it is not there. What a kill left unfinished in it is deleted.
    pub(super) fn open(path: &Path, gateway_id: &str) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let mut directory = Self { path: path.to_owned(), gateway: in_name(gateway_id), newest: None };
        directory.clear_unfinished()?;
        directory.newest = directory.files()?.pop();
        Ok(directory)
    }

    /// Returns when the next file begins: now, but later than every file that is there, also where the clock was set
    /// back.
    pub(super) fn next_beginning(&self, now: Timestamp) -> Timestamp {
        self.newest.as_ref().map_or(now, |(newest, _)| now.max(Timestamp(newest.0 + 1)))
    }

    /// Makes a file the newest, and returns its path.
    pub(super) fn begin(&mut self, name: String, begun: Timestamp) -> PathBuf {
        self.newest = Some((begun, name));
        self.current()
    }

    /// Returns the path of the newest file.
    pub(super) fn current(&self) -> PathBuf {
        let name = self.newest.as_ref().map_or("", |(_, name)| name);
        self.path.join(name)
    }

    /// Deletes the oldest files until the rest is small and young enough. The newest stays.
    pub(super) fn prune(&self, options: &BlackBoxOptions, now: Timestamp) -> io::Result<()> {
        let keep_micros = i64::try_from(options.keep_for.as_micros()).unwrap_or(i64::MAX);
        let files = self.files()?;
        let sizes: Vec<u64> = files.iter().map(|(_, name)| self.size(name)).collect::<io::Result<_>>()?;
        let mut bytes: u64 = sizes.iter().sum();
        for (place, size) in sizes.into_iter().enumerate() {
            let Some((followed, _)) = files.get(place + 1) else { break };
            let is_old = now.0.saturating_sub(followed.0) > keep_micros;
            if !is_old && bytes <= options.keep_bytes {
                break;
            }
            found(fs::remove_file(self.path.join(&files[place].1)))?;
            bytes -= size;
        }
        Ok(())
    }

    /// Returns the files that nobody writes any more: those before the newest that this knows of.
    pub(super) fn closed(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = self.files()?;
        files.retain(|file| self.newest.as_ref().is_some_and(|newest| file < newest));
        Ok(files.into_iter().map(|(_, name)| self.path.join(name)).collect())
    }

    fn clear_unfinished(&self) -> io::Result<()> {
        let [before, behind] = UNFINISHED;
        for entry in fs::read_dir(&self.path)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            let whole = name.strip_prefix(before).and_then(|name| name.strip_suffix(behind)?.rsplit_once('.'));
            if whole.is_some_and(|(whole, _)| beginning(whole, &self.gateway).is_some()) {
                found(fs::remove_file(self.path.join(name)))?;
            }
        }
        Ok(())
    }

    fn size(&self, name: &str) -> io::Result<u64> {
        found(fs::metadata(self.path.join(name))).map(|metadata| metadata.map_or(0, |metadata| metadata.len()))
    }

    /// Returns the gateway's files with their beginnings, the oldest first.
    fn files(&self) -> io::Result<Vec<(Timestamp, String)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            files.extend(beginning(&name, &self.gateway).map(|begun| (begun, name)));
        }
        files.sort();
        Ok(files)
    }
}

/// How many directories are looked into for the files of a gateway: a person's, not a file server's.
const LOOKED_INTO_MAX: usize = 1000;

/// Returns the files of a gateway in one of these directories or right below one, as a shell's pattern.
pub fn files_near(places: &[&Path], gateway_id: &str) -> Option<PathBuf> {
    let gateway = in_name(gateway_id);
    let below = |place: &&Path| fs::read_dir(place).into_iter().flatten().take(LOOKED_INTO_MAX);
    let below = places.iter().flat_map(below).filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    let mut directories = places.iter().map(|place| place.to_path_buf()).chain(below).take(LOOKED_INTO_MAX);
    let directory = directories.find(|path| {
        let names =
            fs::read_dir(path).into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.take(LOOKED_INTO_MAX).any(|name| beginning(&name, &gateway).is_some())
    })?;
    Some(directory.join(format!("{gateway}-*{ENDING}")))
}

/// Returns what was done to a file, if it is still there: others tidy up too.
fn found<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// Returns a file's name.
pub(super) fn name(gateway_id: &str, begun: Timestamp, first_sequence: u64) -> String {
    let time = DateTime::from_timestamp_micros(begun.0).unwrap_or_default().format(TIME);
    format!("{}-{time}-{first_sequence}{ENDING}", in_name(gateway_id))
}

/// Returns where a file is until it is all written: nobody else writes there, not even who packs the same file once more.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    static PACKED: AtomicU64 = AtomicU64::new(0);
    let [before, behind] = UNFINISHED;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (process, number) = (process::id(), PACKED.fetch_add(1, Ordering::Relaxed));
    path.with_file_name(format!("{before}{name}.{process}-{number}{behind}"))
}

/// Returns when a file was begun, if it is one of this gateway.
fn beginning(name: &str, gateway: &str) -> Option<Timestamp> {
    let mut parts = name.strip_suffix(ENDING)?.rsplitn(3, '-');
    let (sequence, time, owner) = (parts.next()?, parts.next()?, parts.next()?);
    let is_ours = owner == gateway && sequence.parse::<u64>().is_ok();
    let time = NaiveDateTime::parse_from_str(time, TIME).ok().filter(|_| is_ours)?;
    Some(Timestamp(time.and_utc().timestamp_micros()))
}

/// Returns a gateway's id as it can stand in a name everywhere.
fn in_name(gateway_id: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    gateway_id.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_gateway_and_beginning() {
        let begun = Timestamp(1_772_427_600_000_123);
        let name = name("line 1/a", begun, 42);
        assert_eq!(name, "line_1_a-20260302T050000000123Z-42.lwt.zst");
        assert_eq!(beginning(&name, &in_name("line 1/a")), Some(begun));
        for (other, gateway) in [
            ("line_1_a-20260302T050000000123Z-42.lwt", "line_1_a"),
            ("line_1_a-20260302-42.lwt.zst", "line_1_a"),
            ("line_1_a-b-20260302T050000000123Z-42.lwt.zst", "line_1_a"),
            ("plant.toml", "line_1_a"),
        ] {
            assert_eq!(beginning(other, gateway), None, "{other}");
        }
    }

    #[test]
    fn only_what_is_older_than_the_newest_that_is_known_is_closed() {
        let folder = std::env::temp_dir().join(format!("latchwork-black-box-closed-{}", process::id()));
        let _absent = fs::remove_dir_all(&folder);
        let mut directory = Directory::open(&folder, "a").unwrap();
        for begun in [1, 2, 3] {
            fs::write(directory.begin(name("a", Timestamp(begun), 9), Timestamp(begun)), "").unwrap();
        }
        // Whoever writes goes on meanwhile.
        fs::write(folder.join(name("a", Timestamp(4), 9)), "").unwrap();
        let expected = [1, 2].map(|begun| folder.join(name("a", Timestamp(begun), 9)));
        assert_eq!(directory.closed().unwrap(), expected);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn names_sort_as_their_times() {
        let times = [0, 999_999, 1_000_000, 1_700_000_000_000_000, 1_700_000_000_100_000];
        let names: Vec<String> = times.iter().map(|&time| name("a", Timestamp(time), 9)).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
