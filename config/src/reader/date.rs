//! Keys that take dates.

use chrono_tz::Tz;

use latchwork_expr::Timestamp;

use super::Reader;
use crate::date;
use crate::document::Content;
use crate::problems;

impl Reader<'_, '_> {
    /// Returns the date of a key, if there is one; without an offset it is in a zone.
    pub(crate) fn date(&mut self, key: &'static str, zone: Tz) -> Option<Timestamp> {
        let item = self.item(key)?;
        let Content::Date(text) = &item.content else {
            self.wrong_type(key, item, "a date");
            return None;
        };
        let instant = date::instant(text, zone);
        if instant.is_none() {
            let message = format!("`{key}` is {text}, expected a date with a day");
            self.problem(problems::OUT_OF_RANGE, item.place, message, None);
        }
        self.explain(key, Some(item.place), || text.clone());
        instant
    }
}
