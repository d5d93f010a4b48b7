//! How traces are read: columns become slots.

use latchwork_expr::Scheme;

use super::unique::Unique;
use crate::configuration::{Replay, ReplayColumn};
use crate::desk::Desk;
use crate::problems;
use crate::raw::{RawColumn, RawReplay};
use crate::reader::Written;

/// Lowers `[replay]`.
pub(super) fn lower(raw: RawReplay, scheme: &Scheme, desk: &mut Desk<'_>) -> Replay {
    let RawReplay { timestamp_column, timestamp_format, zone, columns: raw_columns } = raw;
    let mut unique = Unique::names("columns");
    let mut columns = Vec::new();
    for RawColumn { column, tag } in raw_columns {
        let free = unique.take(column.value.clone(), column.shown(), column.place, desk);
        match scheme.find(&tag.value) {
            Some((tag, _)) if free => columns.push(ReplayColumn { column: column.value, tag }),
            Some(_) => {}
            None => unknown_tag(&tag, scheme, desk),
        }
    }
    Replay { timestamp_column, timestamp_format, zone, columns }
}

/// Complains about a tag that does not exist; suggests one in the spelling that was used.
pub(super) fn unknown_tag(tag: &Written, scheme: &Scheme, desk: &mut Desk<'_>) {
    let bare = !tag.value.starts_with('[');
    let candidates = scheme.tags().iter().map(|(path, _)| match path.strip_prefix("[default]") {
        Some(stripped) if bare => stripped,
        Some(_) | None => path.as_str(),
    });
    let hint = desk.suggest(&tag.value, candidates);
    desk.findings.add(problems::UNKNOWN_TAG, tag.place, format!("unknown tag `{}`", tag.shown())).hint_if(hint);
}
