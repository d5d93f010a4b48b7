//! Every file in `tests/good` has the explanation, and every file in `tests/bad` the problems, that
//! stand beside it. `BLESS=1` rewrites them; review the difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Colour, Explanation, Memory, explain, read};

/// What nobody may see.
const SECRET: &str = "do not show";

/// Reads a folder into memory, so that the names in messages are relative and the environment is
/// the same everywhere.
pub(crate) fn folder(path: &Path) -> Memory {
    let mut memory = Memory::default();
    add_folder(path, Path::new(""), &mut memory);
    let variables = [("PLANT", "Brewery"), ("SECRET", SECRET), ("ADDRESS", "2!HR7")];
    memory.variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    memory
}

fn add_folder(path: &Path, name: &Path, memory: &mut Memory) {
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let name = name.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            add_folder(&entry.path(), &name, memory);
        } else {
            memory.files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

/// Returns the configurations of a folder: the files with this ending that lie in it itself.
pub(crate) fn configurations(memory: &Memory) -> Vec<PathBuf> {
    let own = |path: &&PathBuf| path.components().count() == 1 && path.extension().is_some_and(|end| end == "toml");
    memory.files.keys().filter(own).cloned().collect()
}

fn tests(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// Compares each configuration's `actual` text with the file beside it.
fn check(folder_name: &str, ending: &str, actual: impl Fn(&Path, &Memory) -> String) {
    let path = tests(folder_name);
    let memory = folder(&path);
    let mut differing = Vec::new();
    let configurations = configurations(&memory);
    for configuration in &configurations {
        let text = actual(configuration, &memory);
        let golden = path.join(configuration).with_extension(ending);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, text).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != text {
            differing.push(format!("{}:\n{text}", golden.display()));
        }
    }
    assert!(differing.is_empty(), "BLESS=1 rewrites what differs:\n{}", differing.join("\n"));
    let goldens: BTreeSet<PathBuf> = configurations.iter().map(|path| path.with_extension(ending)).collect();
    let found = memory.files.keys().filter(|path| path.extension().is_some_and(|end| end == ending));
    assert!(found.into_iter().all(|path| goldens.contains(path)), "a file with the ending {ending} belongs to nothing");
}

#[test]
fn good_files_are_explained() {
    check("good", "explained", |path, memory| match explain(path, memory) {
        Ok((configuration, explanation)) => format!("{explanation}\n{}", configuration.lints.render(Colour::Off)),
        Err(problems) => panic!("{}", problems.render(Colour::Off)),
    });
}

#[test]
fn an_explanation_is_a_configuration_of_the_same_meaning() {
    let memory = folder(&tests("good"));
    for path in configurations(&memory) {
        let (_, first) = explain(&path, &memory).unwrap();
        let again = memory.clone().with("explained.toml", first.to_string());
        let (_, second) = explain(Path::new("explained.toml"), &again)
            .unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        assert_eq!(values(&first), values(&second));
    }
}

/// Returns the sections, keys and values of an explanation, without their origins.
fn values(explanation: &Explanation) -> Vec<(&str, Vec<(&str, &str)>)> {
    let sections = explanation.sections.iter();
    sections
        .map(|section| {
            let rows = section.rows.iter().map(|row| (row.key, row.value.as_str())).collect();
            (section.header.as_str(), rows)
        })
        .collect()
}

#[test]
fn what_stands_elsewhere_is_never_shown() {
    let (good, bad) = (folder(&tests("good")), folder(&tests("bad")));
    for path in configurations(&good) {
        let (configuration, explanation) = explain(&path, &good).unwrap();
        let wires: String = configuration.plant.tags.iter().filter_map(|tag| tag.wire.as_deref()).collect();
        let links = format!("{:?}", configuration.connections);
        let told = format!("{explanation}{}{wires}{links}", configuration.lints.render(Colour::Off));
        assert!(!told.contains(SECRET), "{told}");
    }
    for path in configurations(&bad) {
        let told = read(&path, &bad).unwrap_err().render(Colour::Off);
        assert!(!told.contains(SECRET), "{told}");
    }
}

#[test]
fn bad_files_have_their_problems() {
    check("bad", "problems", |path, memory| match read(path, memory) {
        Ok(_) => panic!("{} has no problem", path.display()),
        Err(problems) => problems.render(Colour::Off),
    });
}
