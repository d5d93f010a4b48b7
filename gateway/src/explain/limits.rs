//! Every bound of an explanation, with its reason.

/// Most scans that are told of before the moment: more than a screen holds is no answer.
pub(super) const BEFORE_SCANS_MAX: usize = 20;

/// Most scans that are told of after it: what came of it, not the rest of the day.
pub(super) const AFTER_SCANS_MAX: usize = 5;

/// Longest value in characters within a sentence.
pub(super) const VALUE_CHARS_MAX: usize = 40;

/// Most tags that are named as the reason of an unknown level: the first explain the rest.
pub(super) const REASONS_MAX: usize = 3;

/// Most tags that are listed: an expression that reads more is explained by its tree.
pub(super) const TAGS_MAX: usize = 100;
