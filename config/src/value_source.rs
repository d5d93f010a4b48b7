//! Values that stand elsewhere: `${NAME}` in a string is an environment variable, a string
//! `file:path` is the content of a file. Such values are secret: they are never shown.

use std::path::Path;

use latchwork_expr::Code;

use crate::files::unreadable;
use crate::problems;
use crate::source::Source;

/// Why a value could not be had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// The kind of problem.
    pub(crate) code: Code,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: &'static str,
}

/// Returns the value that a string stands for, or `None` if it stands for itself. A file is
/// relative to `folder`, and the line break at its end is not part of the value.
pub(crate) fn resolve(text: &str, folder: &Path, source: &dyn Source) -> Result<Option<String>, Unresolved> {
    if let Some(path) = text.strip_prefix("file:") {
        return read(&folder.join(path), source).map(Some);
    }
    if text.contains("${") { substitute(text, source).map(Some) } else { Ok(None) }
}

fn read(path: &Path, source: &dyn Source) -> Result<String, Unresolved> {
    let code = problems::VALUE_FILE_UNREADABLE;
    let name = path.display().to_string();
    let hint = "the path after `file:` is relative to this file";
    let bytes =
        source.value_file(path).map_err(|error| Unresolved { code, message: unreadable(&name, &error), hint })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let message = format!("`{name}` is not UTF-8 text");
        Unresolved { code, message, hint: "save it as UTF-8" }
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Returns a text with every `${NAME}` replaced; `$${` is a plain `${`.
fn substitute(text: &str, source: &dyn Source) -> Result<String, Unresolved> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = rest.split_at(at);
        if let Some(escaped) = before.strip_suffix('$') {
            result.push_str(escaped);
            result.push_str("${");
            rest = &after[2..];
            continue;
        }
        result.push_str(before);
        let (name, remainder) = after[2..].split_once('}').ok_or_else(unclosed)?;
        result.push_str(&source.variable(name).ok_or_else(|| unset(name))?);
        rest = remainder;
    }
    result.push_str(rest);
    Ok(result)
}

fn unclosed() -> Unresolved {
    let message = "`${` is not followed by a name and `}`".to_owned();
    Unresolved { code: problems::MISSING_VARIABLE, message, hint: "write `$${` for the two characters themselves" }
}

fn unset(name: &str) -> Unresolved {
    let message = format!("the environment variable `{name}` is not set");
    Unresolved { code: problems::MISSING_VARIABLE, message, hint: "set it where the gateway is started" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    #[track_caller]
    fn check(text: &str, expected: Result<Option<&str>, &str>) {
        let mut source = Memory::of("secrets/token", "s3cret\n");
        source.variables.insert("USER".to_owned(), "anna".to_owned());
        let found = resolve(text, Path::new("secrets"), &source).map_err(|unresolved| unresolved.message);
        assert_eq!(found, expected.map(|value| value.map(str::to_owned)).map_err(str::to_owned));
    }

    #[test]
    fn replaces_variables_and_reads_files() {
        check("plain {tag} $ {x}", Ok(None));
        check("db://${USER}:${USER}@host", Ok(Some("db://anna:anna@host")));
        check("$${USER} is ${USER}", Ok(Some("${USER} is anna")));
        check("file:token", Ok(Some("s3cret")));
    }

    #[test]
    fn says_what_is_not_there() {
        check("${HOST}", Err("the environment variable `HOST` is not set"));
        check("${USER", Err("`${` is not followed by a name and `}`"));
        check("file:other", Err("there is no file `secrets/other`"));
    }
}
