//! Reading the file and what it includes, each once, in the order of the includes; then the files of datasets.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::document::{self, Content, Item, Table};
use crate::findings::Findings;
use crate::limits::{FILE_BYTES_MAX, FILES_MAX, INCLUDE_DEPTH_MAX};
use crate::place::{FileIndex, Lines, Place};
use crate::problems;
use crate::source::Source;
use crate::wildcard;

/// A file that was read.
#[derive(Debug)]
pub(crate) struct File {
    /// The path, as given or as included.
    pub(crate) path: PathBuf,
    /// The path as people see it.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// Where its lines begin.
    pub(crate) lines: Lines,
    /// What it is.
    pub(crate) kind: FileKind,
    /// What it says; nothing, if it is no configuration.
    pub(crate) root: Table,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// TOML.
    Configuration,
    /// The table of a dataset.
    Dataset,
}

impl File {
    /// Returns the folder that the paths in this file are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Returns a file without a tree.
    #[cfg(test)]
    pub(crate) fn for_test(name: &str, text: &str) -> Self {
        let root = Table { place: Place::beginning(FileIndex(0)), entries: Vec::new() };
        let kind = FileKind::Configuration;
        Self { path: name.into(), name: name.to_owned(), text: text.to_owned(), lines: Lines::of(text), kind, root }
    }
}

/// Returns the place of a span as people write it: `plant.toml:41:17`.
pub(crate) fn location(files: &[File], place: Place) -> String {
    let file = &files[place.file.index()];
    let position = file.lines.position(&file.text, &place.span());
    format!("{}:{}:{}", file.name, position.line, position.column)
}

/// Returns the SHA-256 over the texts of all files in hexadecimal: the same texts have the same
/// hash, wherever they lie and whatever the environment says.
pub(crate) fn hash(files: &[File]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        // The length keeps a text that moves from one file to the next from being the same.
        hash.update((file.text.len() as u64).to_be_bytes());
        hash.update(file.text.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a file and everything that it includes. The files that cannot be read are findings.
pub(crate) fn read_all(path: &Path, source: &dyn Source, findings: &mut Findings) -> Vec<File> {
    let mut reading = Reading { source, findings, files: Vec::new(), seen: BTreeMap::new(), chain: Vec::new() };
    match reading.read(path, FileKind::Configuration) {
        Ok(index) => reading.include_all(index),
        Err(unread) => unread.report_for_file(path, reading.findings),
    }
    reading.read_datasets();
    reading.files
}

/// Takes a section out of all files, so that what was read of it need not be kept.
pub(crate) fn take(files: &mut [File], section: &str) -> Vec<Item> {
    let mut taken = Vec::new();
    for file in files {
        taken.extend(file.root.entries.extract_if(.., |entry| *entry.key == *section).map(|entry| entry.item));
    }
    taken
}

/// Reads a file and nothing that it includes. That it cannot be read is a finding.
pub(crate) fn read_alone(path: &Path, source: &dyn Source, findings: &mut Findings) -> Vec<File> {
    let mut reading = Reading { source, findings, files: Vec::new(), seen: BTreeMap::new(), chain: Vec::new() };
    if let Err(unread) = reading.read(path, FileKind::Configuration) {
        unread.report_for_file(path, reading.findings);
    }
    reading.files
}

struct Reading<'r> {
    source: &'r dyn Source,
    findings: &'r mut Findings,
    files: Vec<File>,
    /// The files that were read, by their normal path.
    seen: BTreeMap<PathBuf, FileIndex>,
    /// The files whose includes are being read, outermost first.
    chain: Vec<FileIndex>,
}

/// Why a file is not there as text.
enum Unread {
    Io(io::Error),
    NotText(usize),
}

impl Reading<'_> {
    /// Reads one file, and parses it if it is a configuration.
    fn read(&mut self, path: &Path, kind: FileKind) -> Result<FileIndex, Unread> {
        let bytes = self.source.read(path).map_err(Unread::Io)?;
        let text = String::from_utf8(bytes).map_err(|error| Unread::NotText(error.utf8_error().valid_up_to()))?;
        let index = FileIndex(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let root = match kind {
            FileKind::Configuration => document::parse(&text, index, self.findings),
            FileKind::Dataset => Table { place: Place::beginning(index), entries: Vec::new() },
        };
        let lines = Lines::of(&text);
        self.seen.insert(normal(path), index);
        let name = path.display().to_string();
        self.files.push(File { path: path.to_path_buf(), name, text, lines, kind, root });
        Ok(index)
    }

    /// Reads what the `include` of a file asks for.
    fn include_all(&mut self, file: FileIndex) {
        self.chain.push(file);
        for (pattern, place) in self.patterns(file) {
            let folder = self.files[file.index()].folder().to_path_buf();
            match wildcard::expand(self.source, &folder, &pattern) {
                Ok(paths) if paths.is_empty() => self.no_match(&pattern, place),
                Ok(paths) => paths.iter().for_each(|path| self.include(&normal(path), place)),
                Err(error) => Unread::Io(error).report(&pattern, place, self.findings),
            }
        }
        self.chain.pop();
    }

    /// Returns the patterns of a file's `include` with their places.
    fn patterns(&mut self, file: FileIndex) -> Vec<(String, Place)> {
        let Some(entry) = self.files[file.index()].root.entry("include") else { return Vec::new() };
        let Content::List(items) = &entry.item.content else {
            not_a_list_of_patterns(&entry.item, self.findings);
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for item in items {
            match &item.content {
                Content::Text(pattern) => patterns.push((pattern.clone(), item.place)),
                Content::Boolean(_)
                | Content::Integer(_)
                | Content::Float(_)
                | Content::Date(_)
                | Content::List(_)
                | Content::Table(_) => not_a_list_of_patterns(item, self.findings),
            }
        }
        patterns
    }

    fn include(&mut self, path: &Path, place: Place) {
        if let Some(&first) = self.seen.get(path) {
            return self.included_twice(first, place);
        }
        if self.files.len() >= FILES_MAX || self.chain.len() >= INCLUDE_DEPTH_MAX {
            let message = format!("more than {FILES_MAX} files, or {INCLUDE_DEPTH_MAX} within one another");
            self.findings.add(problems::OUT_OF_RANGE, place, message);
            return;
        }
        match self.read(path, FileKind::Configuration) {
            Ok(index) => self.include_all(index),
            Err(unread) => unread.report(&path.display().to_string(), place, self.findings),
        }
    }

    /// Reads the files that datasets name, each once: several datasets may show the same.
    fn read_datasets(&mut self) {
        let named: Vec<(PathBuf, Place)> = self.files.iter().flat_map(dataset_files).collect();
        for (path, place) in named {
            let is_read = self.files.iter().any(|file| file.kind == FileKind::Dataset && file.path == path);
            if is_read {
                continue;
            }
            if self.files.len() >= FILES_MAX {
                self.findings.add(problems::OUT_OF_RANGE, place, format!("more than {FILES_MAX} files"));
                return;
            }
            if let Err(unread) = self.read(&path, FileKind::Dataset) {
                unread.report(&path.display().to_string(), place, self.findings);
            }
        }
    }

    fn included_twice(&mut self, first: FileIndex, place: Place) {
        let name = &self.files[first.index()].name;
        let within = self.chain.contains(&first);
        let message = if within { format!("`{name}` includes itself") } else { format!("`{name}` was read already") };
        self.findings.add(problems::INCLUDED_TWICE, place, message).hint("include each file in one place");
    }

    fn no_match(&mut self, pattern: &str, place: Place) {
        let message = format!("`{pattern}` matches no file");
        self.findings.add(problems::EMPTY_INCLUDE, place, message).hint("patterns are relative to this file");
    }
}

/// Returns the paths that the datasets of a file name, and where they stand.
fn dataset_files(file: &File) -> Vec<(PathBuf, Place)> {
    let Some(Content::List(items)) = file.root.entry("datasets").map(|entry| &entry.item.content) else {
        return Vec::new();
    };
    let named = items.iter().filter_map(|item| {
        let Content::Table(table) = &item.content else { return None };
        let item = &table.entry("file")?.item;
        let Content::Text(name) = &item.content else { return None };
        Some((normal(&file.folder().join(name)), item.place))
    });
    named.collect()
}

fn not_a_list_of_patterns(item: &Item, findings: &mut Findings) {
    let message = format!("`include` has {}, expected a list of strings", item.content.kind());
    findings.add(problems::WRONG_TYPE, item.place, message).hint("write `include = [\"lines/*.toml\"]`");
}

impl Unread {
    /// Reports a file that somebody named on the command line.
    fn report_for_file(&self, path: &Path, findings: &mut Findings) {
        let name = path.display().to_string();
        let (code, message, hint) = self.explain(&name);
        findings.add_for_file(code, name, message).hint_if(hint);
    }

    /// Reports a file that another one names.
    fn report(&self, name: &str, place: Place, findings: &mut Findings) {
        let (code, message, hint) = self.explain(name);
        findings.add(code, place, message).hint_if(hint);
    }

    fn explain(&self, name: &str) -> (latchwork_expr::Code, String, Option<String>) {
        match self {
            Self::Io(error) => {
                let hint = (error.kind() == io::ErrorKind::IsADirectory)
                    .then(|| format!("name the file in it, such as `{}/plant.toml`", name.trim_end_matches('/')));
                (problems::FILE_UNREADABLE, unreadable(name, error), hint)
            }
            Self::NotText(offset) => {
                let message = format!("`{name}` is not UTF-8 text: byte {offset} begins no character");
                (problems::FILE_NOT_TEXT, message, Some("save it as UTF-8".to_owned()))
            }
        }
    }
}

/// Returns why a file cannot be read, for people.
#[expect(clippy::wildcard_enum_match_arm, reason = "the list is the standard library's, and open")]
pub(crate) fn unreadable(name: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{name}`"),
        io::ErrorKind::IsADirectory => format!("`{name}` is a directory, expected a file"),
        io::ErrorKind::PermissionDenied => format!("`{name}` may not be read by this user"),
        io::ErrorKind::FileTooLarge => format!("`{name}` is larger than {} MiB", FILE_BYTES_MAX >> 20),
        other => format!("`{name}` cannot be read: {other}"),
    }
}

/// Returns a path without `.` and, as far as it goes, without `..`: two spellings of one file.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                normal.push(component);
            }
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_a_path_are_one() {
        for (path, expected) in [("./a/../b.toml", "b.toml"), ("../x/./y", "../x/y"), ("a/b/../../../c", "../c")] {
            assert_eq!(normal(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn the_hash_knows_where_a_file_ends() {
        let of = |texts: &[&str]| hash(&texts.iter().map(|text| File::for_test("x", text)).collect::<Vec<_>>());
        assert_eq!(of(&["a = 1"]).len(), 64);
        assert_eq!(of(&["a = 1"]), of(&["a = 1"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
    }
}
