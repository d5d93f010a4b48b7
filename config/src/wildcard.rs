//! Patterns of `include`: `*` is any run and `?` one character within a name, never across `/`.

use std::io;
use std::path::{Path, PathBuf};

use crate::source::Source;

/// Tells whether a pattern has wildcards; one without names a file that must be there.
pub(crate) fn has_wildcards(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

/// Returns the files that match a pattern relative to `base`, sorted.
pub(crate) fn expand(source: &dyn Source, base: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    if !has_wildcards(pattern) {
        return Ok(vec![base.join(pattern)]);
    }
    let mut found = vec![if pattern.starts_with('/') { PathBuf::from("/") } else { base.to_path_buf() }];
    let mut segments = pattern.split('/').filter(|segment| !segment.is_empty()).peekable();
    while let Some(segment) = segments.next() {
        let directories = segments.peek().is_some();
        found = if has_wildcards(segment) {
            matching(source, &found, segment, directories)?
        } else {
            found.into_iter().map(|folder| folder.join(segment)).filter(|path| exists(source, path)).collect()
        };
    }
    found.sort();
    Ok(found)
}

/// Returns what matches one segment of a pattern in any of the folders.
fn matching(source: &dyn Source, folders: &[PathBuf], segment: &str, directories: bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        let listed = source.list(folder)?.into_iter();
        let wanted = listed.filter(|entry| entry.directory == directories && matches(segment, &entry.name));
        found.extend(wanted.map(|entry| folder.join(entry.name)));
    }
    Ok(found)
}

/// Tells whether a path beside a wildcard is there; `..` always is.
fn exists(source: &dyn Source, path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return true };
    let folder = path.parent().unwrap_or(Path::new(""));
    source.list(folder).is_ok_and(|listed| listed.iter().any(|entry| entry.name == name))
}

/// Tells whether a name matches a pattern of one segment. A leading dot is only matched by a dot:
/// hidden files are editors' and not the plant's.
fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&character) if character == '?' || character == name[from] => {
                at += 1;
                from += 1;
            }
            Some(_) | None => {
                // The last star takes one character more, and what follows it is tried again.
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                from = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    #[test]
    fn matches_names() {
        for (pattern, name, expected) in [
            ("*.toml", "a.toml", true),
            ("*.toml", ".hidden.toml", false),
            (".*", ".hidden.toml", true),
            ("l?ne*", "line-1", true),
            ("*a*b", "xaayb", true),
            ("*a*b", "xaayc", false),
            ("line", "lines", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn expands_sorted_within_segments_only() {
        let source = Memory::of("site/b.toml", "")
            .with("site/a.toml", "")
            .with("site/deep/c.toml", "")
            .with("site/deep/plant.toml", "")
            .with("site/dull/c.toml", "");
        let expand = |pattern: &str| expand(&source, Path::new("site"), pattern).unwrap();
        assert_eq!(expand("*.toml"), [Path::new("site/a.toml"), Path::new("site/b.toml")]);
        assert_eq!(expand("d*/c.toml"), [Path::new("site/deep/c.toml"), Path::new("site/dull/c.toml")]);
        assert_eq!(expand("*/plant.toml"), [Path::new("site/deep/plant.toml")]);
        assert_eq!(expand("x*.toml"), [] as [&Path; 0]);
        assert_eq!(expand("missing.toml"), [Path::new("site/missing.toml")]);
    }
}
