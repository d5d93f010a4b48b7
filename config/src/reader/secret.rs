//! Keys that take secrets: from the environment or from a file, never from the text itself, which
//! traces keep and tools show.

use super::Reader;
use crate::connections::Secret;
use crate::document::Content;
use crate::explain::quoted;
use crate::problems;

impl Reader<'_, '_> {
    /// Returns the secret of a key, if there is one. What is wrong is told at the table and not at
    /// the value, so that no message shows the line that it stands in.
    pub(crate) fn secret(&mut self, key: &'static str) -> Option<Secret> {
        let item = self.item(key)?;
        let written = match &item.content {
            Content::Text(text) if text.contains("${") || text.starts_with("file:") => {
                self.resolved(text, item.place)?
            }
            Content::Text(_)
            | Content::Boolean(_)
            | Content::Integer(_)
            | Content::Float(_)
            | Content::Date(_)
            | Content::List(_)
            | Content::Table(_) => {
                self.bare_secret(key);
                return None;
            }
        };
        self.explain(key, Some(item.place), || quoted(written.shown()));
        Some(Secret(written.value))
    }

    fn bare_secret(&mut self, key: &str) {
        let message = format!("`{key}` stands in the file itself, which traces keep and tools show");
        let hint = format!("write `{key} = \"${{NAME}}\"` for a variable or `{key} = \"file:path\"` for a file");
        self.problem(problems::BARE_SECRET, self.place(), message, Some(hint));
    }
}
