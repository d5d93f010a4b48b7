//! Which parts of an expression are explained: all that were written, folded ones too, as far as the limits go.

use std::ops::Range;

use crate::check::Checked;
use crate::limits::{EXPLAINED_DEPTH_MAX, EXPLAINED_PARTS_MAX};

/// A part that is explained.
pub(super) struct Planned<'a> {
    /// The part, as it stands in the tree.
    pub(super) checked: &'a Checked,
    /// Where in the plan the parts that it is made of are. The constant path of a `tag(…)` is the first.
    pub(super) parts: Range<usize>,
    /// How many more of them there are.
    pub(super) left_out: usize,
    depth: usize,
}

impl<'a> Planned<'a> {
    const fn of(checked: &'a Checked, depth: usize) -> Self {
        Self { checked, parts: 0..0, left_out: 0, depth }
    }
}

/// Returns the parts of a tree level by level, so that what is near the top is there however much is below it.
pub(super) fn plan(tree: &Checked) -> Vec<Planned<'_>> {
    let mut plan = vec![Planned::of(tree, 1)];
    let mut at = 0;
    while at < plan.len() {
        let written = plan[at].checked.unfolded();
        let parts: Vec<&Checked> = written.path().into_iter().chain(written.parts()).collect();
        let depth = plan[at].depth + 1;
        let room = if depth > EXPLAINED_DEPTH_MAX { 0 } else { EXPLAINED_PARTS_MAX - plan.len() };
        let shown = parts.len().min(room);
        plan[at].parts = plan.len()..plan.len() + shown;
        plan[at].left_out = parts.len() - shown;
        plan.extend(parts[..shown].iter().map(|part| Planned::of(part, depth)));
        at += 1;
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::parse::parse;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    /// Returns how many parts are planned, how many are left out, and the depth of the last.
    fn planned(text: &str) -> (usize, usize, usize) {
        let mut scheme = Scheme::new();
        scheme.add("x", Type::Integer);
        let expression = parse(text).expect("an expression");
        let Ok((tree, _)) = check(text, &expression, &Scope::of(&scheme)) else { panic!("{text} has problems") };
        let plan = plan(&tree);
        (plan.len(), plan.iter().map(|part| part.left_out).sum(), plan.last().map_or(0, |part| part.depth))
    }

    #[test]
    fn long_chains_are_cut() {
        assert_eq!(planned(&vec!["{x}"; 10_000].join(" + ")), (EXPLAINED_PARTS_MAX, 10_001 - EXPLAINED_PARTS_MAX, 2));
        assert_eq!(planned(&vec!["1"; 10_000].join(" + ")), (EXPLAINED_PARTS_MAX, 10_001 - EXPLAINED_PARTS_MAX, 2));
        assert_eq!(planned(&vec!["{x}"; 999].join(" + ")), (1000, 0, 2));
    }

    #[test]
    fn deep_trees_are_cut() {
        let nested = |depth: usize| format!("{}{{x}}{}", "abs(".repeat(depth), ")".repeat(depth));
        assert_eq!(planned(&nested(49)), (50, 0, 50));
        assert_eq!(planned(&nested(200)), (50, 1, 50));
    }

    #[test]
    fn what_was_folded_is_planned() {
        assert_eq!(planned("2 * (3 + 4)"), (5, 0, 3));
        assert_eq!(planned("tag('x' + '')"), (4, 0, 3));
        assert_eq!(planned("timestampOf(tag('x')) = null"), (4, 0, 3));
    }
}
