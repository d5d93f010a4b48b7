//! Questions what tags show, a page at a time, so that no question holds up the loop.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_engine::{Engine, Plant, Tag};
use latchwork_expr::{Cell, Level, Timestamp, instant_text, value_to_json};
use serde_json::{Map, Value as Json, json};
use tokio::sync::{mpsc, oneshot};

use super::inquiries::Inquiry;
use super::limits::TAGS_PER_PAGE_MAX;
use super::links::Links;
use crate::glob::Glob;

/// Which tags are asked for.
#[derive(Debug)]
pub(crate) struct TagWish {
    filter: Glob,
    /// The first tag that is looked at.
    from: usize,
}

/// What some tags show at a moment.
#[derive(Debug)]
pub(crate) struct TagPage {
    plant: Arc<Plant>,
    now: Timestamp,
    cells: Vec<(usize, Cell)>,
    /// Why tags cannot be read, by slot.
    diagnostics: BTreeMap<usize, Arc<str>>,
    /// Where the next page begins; `None` after the last.
    next: Option<usize>,
}

impl TagWish {
    /// Returns what a question asks for; in words what is wrong with it.
    pub(crate) fn of(json: &Json) -> Result<Self, String> {
        let object = json.as_object().ok_or("`tags` must be an object")?;
        if let Some(key) = object.keys().find(|key| !["filter", "from"].contains(&key.as_str())) {
            return Err(format!("unknown key `{key}` in `tags`"));
        }
        let filter = object.get("filter").map_or(Some(""), Json::as_str).ok_or("`filter` must be a text")?;
        let from = object.get("from").map_or(Some(0), Json::as_u64).ok_or("`from` must be a whole number")?;
        let from = usize::try_from(from).map_err(|_| "`from` is too large")?;
        Ok(Self { filter: Glob::new(filter), from })
    }

    /// Has a question looked at, and writes down what was found; `None` if the gateway ends before.
    pub(super) async fn ask(self, inquiries: &mpsc::Sender<Inquiry>) -> Option<Json> {
        let (answer, answered) = oneshot::channel();
        inquiries.send(Inquiry::Tags(self, answer)).await.ok()?;
        answered.await.ok().map(|page| page.to_json())
    }

    /// Looks at the tags of a page.
    pub(super) fn look(&self, engine: &Engine, links: &Links, now: Timestamp) -> TagPage {
        let plant = engine.shared_plant();
        let end = plant.tags.len().min(self.from.saturating_add(TAGS_PER_PAGE_MAX));
        let is_meant = |slot: &usize| self.filter.matches(bare(&plant.tags[*slot].path));
        let cells = (self.from..end).filter(is_meant).map(|slot| (slot, engine.image()[slot].clone())).collect();
        let next = (end < plant.tags.len()).then_some(end);
        TagPage { plant, now, cells, diagnostics: links.diagnostics(&(self.from..end)), next }
    }
}

impl TagPage {
    fn to_json(&self) -> Json {
        json!({"status": 200, "now": instant_text(self.now), "tags": self.rows(), "next": self.next})
    }

    /// Returns the tags as people are shown them.
    pub(crate) fn rows(&self) -> Vec<Json> {
        let row = |(slot, cell): &(usize, Cell)| row(&self.plant.tags[*slot], cell, self.diagnostics.get(slot));
        self.cells.iter().map(row).collect()
    }

    /// Returns the tags as people are shown them, each with its slot.
    pub(crate) fn placed_rows(&self) -> impl Iterator<Item = (usize, Json)> {
        self.cells.iter().map(|(slot, _)| *slot).zip(self.rows())
    }

    /// Returns where the next page begins; `None` after the last.
    pub(crate) const fn next(&self) -> Option<usize> {
        self.next
    }
}

/// Returns a tag as people are shown it.
pub(super) fn row(tag: &Tag, cell: &Cell, diagnostic: Option<&Arc<str>>) -> Json {
    let source = tag.wire.as_deref().unwrap_or(if tag.expression.is_some() { "derived" } else { "memory" });
    // It may be a moment younger than the image.
    let diagnostic = diagnostic.filter(|_| cell.quality.level() >= Level::Bad);
    let members = [
        ("path", Json::from(bare(&tag.path))),
        ("value", value_to_json(&cell.value)),
        ("quality", cell.quality.name().into()),
        ("time", instant_text(cell.time).into()),
        ("source", source.into()),
        ("diagnostic", diagnostic.map(|diagnostic| &**diagnostic).into()),
    ];
    Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

/// Returns a path as people write it.
fn bare(path: &str) -> &str {
    path.strip_prefix("[default]").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_question_says_why() {
        let wish = |text: &str| TagWish::of(&serde_json::from_str(text).unwrap());
        assert!(wish("{}").is_ok() && wish(r#"{"filter": "Line1/*", "from": 2048}"#).is_ok());
        for (text, reason) in [
            ("5", "`tags` must be an object"),
            (r#"{"path": "A"}"#, "unknown key `path` in `tags`"),
            (r#"{"filter": 5}"#, "`filter` must be a text"),
            (r#"{"from": -1}"#, "`from` must be a whole number"),
        ] {
            assert_eq!(wish(text).unwrap_err(), reason, "{text}");
        }
    }
}
