//! A compiled expression, ready to be evaluated in a scan.

use crate::ast::Expression;
use crate::check::{Checked, Names, NullComparison, Target, check, names_of_broken};
use crate::compile::{self, ValueFn};
use crate::diagnostic::{Diagnostic, in_order};
use crate::evaluate::{Context, Evaluated};
use crate::explain::{self, Explained};
use crate::image::TagSlot;
use crate::parse::parse_form;
use crate::question::Question;
use crate::rung::Ladder;
use crate::scheme::Scope;
use crate::site::Site;
use crate::truth::Truth;
use crate::value::{Text, Type};

/// A compiled expression.
pub struct Program {
    text: String,
    expression: Expression,
    result: Type,
    reads: Vec<TagSlot>,
    captures: Vec<String>,
    reads_host: bool,
    reads_datasets: bool,
    sites: usize,
    keeps_state: bool,
    names: Option<Names>,
    null_comparisons: Vec<NullComparison>,
    polls: Vec<u32>,
    /// What the closures were compiled from, for whoever wants to know what each part gives.
    tree: Checked,
    value: ValueFn,
    truth: Question,
}

impl Program {
    /// Compiles a text; gives the program and its lints, or all its problems (and lints).
    ///
    /// ```
    /// use latchwork_expr::{Cell, Context, Host, Program, Quality, Scheme, Scope, Status, Timestamp, Type, Tz, Value};
    ///
    /// let mut scheme = Scheme::new();
    /// scheme.add("Filler/Speed", Type::Float);
    /// let (program, lints) = Program::compile("{Filler/Speed} > 5 && !false", &Scope::of(&scheme)).unwrap();
    /// assert!(lints.is_empty());
    ///
    /// let image = [Cell { value: Value::Float(41.5), time: Timestamp(0), quality: Quality::Good }];
    /// let host = Host::default();
    /// let mut context = Context::of(&image, Timestamp(0), Tz::UTC, &host, &mut []);
    /// let truth = program.truth(&mut context);
    /// assert!(truth.value && truth.status == Status::GOOD);
    ///
    /// let problems = Program::compile("{Filer/Speed} > 5", &Scope::of(&scheme)).unwrap_err();
    /// assert_eq!(problems[0].hint.as_deref(), Some("did you mean `Filler/Speed`?"));
    /// ```
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (expression, problems) =
            parse_form(text).map_err(|problems| in_order(names_of_broken(text, problems, scope)))?;
        let (tree, found) = match check(text, &expression, scope) {
            Ok(checked) if problems.is_empty() => checked,
            Ok((_, found)) => return Err(in_order([problems, found.lints].concat())),
            Err(more) => return Err(in_order([problems, more].concat())),
        };
        let program = Self {
            text: text.to_owned(),
            expression,
            result: tree.kind,
            value: compile::value(&tree),
            truth: compile::question(&tree),
            reads: found.reads.into_iter().collect(),
            captures: found.captures.into_iter().collect(),
            reads_host: found.reads_host,
            reads_datasets: found.reads_datasets,
            sites: found.sites,
            keeps_state: found.keeps_state,
            names: found.names,
            null_comparisons: found.null_comparisons,
            polls: found.polls.into_iter().collect(),
            tree,
        };
        Ok((program, in_order(found.lints)))
    }

    /// Evaluates to any value with its quality.
    ///
    /// # Panics
    /// Panics when the image has fewer cells than the scheme has tags, or the context fewer sites than
    /// [`Self::sites`] says.
    pub fn evaluate(&self, context: &mut Context<'_>) -> Evaluated {
        context.handled_bytes = 0;
        (self.value)(context)
    }

    /// Evaluates as [`Self::evaluate`] does, and tells what every part gave: the same value, the same notes, the
    /// same call sites afterwards. Whoever only wants to know, and is not the one whose scan it is, gives a copy of
    /// the sites.
    ///
    /// It compiles the expression once more, so it is nothing for a scan.
    ///
    /// # Panics
    /// Panics as [`Self::evaluate`] does.
    ///
    /// ```
    /// use latchwork_expr::{Cell, Context, Host, Program, Quality, Scheme, Scope, Timestamp, Type, Tz, Value};
    ///
    /// let mut scheme = Scheme::new();
    /// scheme.add("Speed", Type::Float);
    /// let (program, _) = Program::compile("{Speed} > 5 || {Speed} < 1", &Scope::of(&scheme)).unwrap();
    ///
    /// let image = [Cell { value: Value::Float(41.5), time: Timestamp(0), quality: Quality::Good }];
    /// let host = Host::default();
    /// let explained = program.explain(&mut Context::of(&image, Timestamp(0), Tz::UTC, &host, &mut []));
    /// assert_eq!(
    ///     explained.to_string(),
    ///     "\
    /// {Speed} > 5 || {Speed} < 1  true  Good
    /// ├─ {Speed} > 5              true  Good
    /// │  ├─ {Speed}               41.5  Good
    /// │  └─ 5                     5     Good
    /// └─ {Speed} < 1              not evaluated
    /// "
    /// );
    /// ```
    pub fn explain(&self, context: &mut Context<'_>) -> Explained {
        context.handled_bytes = 0;
        explain::explain(&self.text, &self.tree, context)
    }

    /// Evaluates to a truth; a checked boolean program allocates nothing.
    ///
    /// # Panics
    /// Panics as [`Self::evaluate`] does.
    #[inline]
    pub fn truth(&self, context: &mut Context<'_>) -> Truth {
        if context.notes.is_some() {
            // Only this path takes notes.
            let Evaluated { value, quality } = self.evaluate(context);
            return Truth::of(&value, quality);
        }
        self.truth.ask(context)
    }

    /// Returns the question for its truth alone, for whoever asks it often and keeps it at hand.
    pub fn question(&self) -> Question {
        self.truth.clone()
    }

    /// Returns the tags that it names, each once, in ascending order: those that it reads whatever its
    /// computed paths are; where these led to last is in its call sites ([`Site::tag`]).
    pub fn reads(&self) -> &[TagSlot] {
        &self.reads
    }

    /// Returns its truth as a rung of contacts, and on what else it hangs. `None` if it hangs on anything but its tags'
    /// values and qualities.
    pub fn ladder(&self) -> Option<Ladder> {
        compile::ladder(&self.tree)
    }

    /// Returns the names of the captures that it reads, each once, in ascending order.
    pub fn captures(&self) -> &[String] {
        &self.captures
    }

    /// Returns the call sites of a program that was never evaluated.
    pub fn fresh_sites(&self) -> Box<[Site]> {
        vec![Site::default(); self.sites].into()
    }

    /// Returns how many call sites there are: the length of [`Context::sites`].
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Returns how often it wants to be evaluated although none of its tags changes: the rates of its
    /// calls of `now`, in milliseconds, each once, in ascending order.
    ///
    /// `now()` polls every 1000 ms, `now(rate)` at its rate, `now(0)` never; a rate that is no constant
    /// counts as 1000, one that is an evaluation error as never. A call counts even where it may be
    /// skipped. The rates are independent of each other: the host evaluates the program whenever any of
    /// them has passed since its last evaluation, so that the first and fastest is the one that matters.
    /// What depends on time without `now` (such as `getTimezoneOffset()`) does not poll.
    pub fn polls(&self) -> &[u32] {
        &self.polls
    }

    /// Tells whether a call keeps state, so that every evaluation counts.
    pub fn keeps_state(&self) -> bool {
        self.keeps_state
    }

    /// Tells whether it computes paths of tags, so that what it reads changes.
    pub fn computes_paths(&self) -> bool {
        self.names.is_some()
    }

    /// Returns the site of a computed path that was evaluated before, perhaps among other tags.
    pub fn site_of_path(&self, path: Text) -> Site {
        let tag = self.names.as_ref().and_then(|names| match names.find(&path) {
            Target::Tag(slot, _) => Some(slot),
            Target::Constant(_) | Target::Later | Target::NotFound(_) => None,
        });
        Site::Read { path, tag }
    }

    /// Tells whether it reads `{operation.…}`, `{record.…}` or `{value}`.
    pub fn reads_host(&self) -> bool {
        self.reads_host
    }

    /// Tells whether it reads datasets that never change, but may be others in the next configuration.
    pub fn reads_datasets(&self) -> bool {
        self.reads_datasets
    }

    /// Returns what is known of the result's type.
    pub fn result(&self) -> Type {
        self.result
    }

    /// Returns the text that it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the tree that it was compiled from.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Returns the lints that matter only if this is a trigger: comparisons with null that can never
    /// be known. `sends_null` tells whether a tag's source can send a null of Good quality.
    pub fn trigger_lints(&self, sends_null: impl Fn(TagSlot) -> bool) -> Vec<Diagnostic> {
        let never_known = |comparison: &&NullComparison| comparison.tag.is_none_or(|tag| !sends_null(tag));
        self.null_comparisons.iter().filter(never_known).map(|comparison| comparison.lint.clone()).collect()
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("text", &self.text()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::evaluate::{Host, Note};
    use crate::image::Cell;
    use crate::quality::Quality;
    use crate::scheme::Scheme;
    use crate::truth::Status;
    use crate::value::{Timestamp, Value};

    /// Returns a program and an image of three tags: `a` is 5, `s` is "RUN" with `Bad_Stale`, `n` is null.
    fn compiled(text: &str) -> (Program, Vec<Cell>) {
        let mut scheme = Scheme::new();
        let cells = [
            ("a", Type::Integer, Value::Integer(5), Quality::Good),
            ("s", Type::String, Value::from("RUN"), Quality::BadStale),
            ("n", Type::Float, Value::Null, Quality::Good),
        ];
        let image = cells.map(|(path, kind, value, quality)| {
            scheme.add(path, kind);
            Cell { value, quality, time: Timestamp(7_000_000) }
        });
        let scope = Scope { operation: true, ..Scope::of(&scheme) };
        let (program, _) = Program::compile(text, &scope).unwrap_or_else(|problems| panic!("{problems:?}"));
        (program, image.into())
    }

    /// Evaluates with notes; shows value and quality, and each note as `start..end message`.
    fn evaluated(text: &str) -> (String, Vec<String>) {
        let (program, image) = compiled(text);
        let (mut sites, mut notes) = (vec![Site::Fresh; program.sites()], Vec::new());
        let host = Host {
            operation_name: "Fill".into(),
            captures: vec![("good".to_owned(), Value::Integer(3))],
            ..Host::default()
        };
        let (now, zone) = (Timestamp(0), Tz::UTC);
        let mut context = Context::of(&image, now, zone, &host, &mut sites);
        context.notes = Some(&mut notes);
        let Evaluated { value, quality } = program.evaluate(&mut context);
        let show = |note: &Note| format!("{}..{} {}", note.start, note.end, note.message);
        (format!("{} {}", crate::coerce::text(&value, zone), quality.name()), notes.iter().map(show).collect())
    }

    fn check(text: &str, wanted: &str, notes: &[&str]) {
        let (result, found) = evaluated(text);
        assert_eq!((result.as_str(), found.iter().map(String::as_str).collect::<Vec<_>>()), (wanted, notes.to_vec()));
    }

    #[test]
    fn a_program_lists_each_tag_once_in_ascending_order() {
        let (program, _) = compiled("{n} + {a} > {a.quality} && {s.name} = 'x' && false || {record.captures.good} > 1");
        assert_eq!(program.reads(), [TagSlot(0), TagSlot(2)]);
        assert_eq!(program.captures(), ["good"]);
        assert!(program.reads_host());
        assert_eq!(program.result(), Type::Boolean);
        assert_eq!(compiled("hasChanged({a}) || hasChanged({s})").0.sites(), 2);
        assert!(!compiled("{a}").0.reads_host());
    }

    #[test]
    fn an_error_says_where_and_why() {
        check("1 + ({a} + {n}) * 2", "null Error_ExpressionEval", &["5..14 null is not a number"]);
        check("{a} && {n}", "null Error_ExpressionEval", &["7..10 null is not a truth"]);
        check("{a} + 1 + 'x' * 2", "null Error_ExpressionEval", &["10..17 `x` is not a number"]);
        check("9223372036854775807 + 1", "null Error_ExpressionEval", &["0..23 the result does not fit 64 bits"]);
        check("{a}['k']", "null Error_ExpressionEval", &["0..8 5 is no dataset or document"]);
        check(
            "toInt({s})",
            "null Error_ExpressionEval",
            &["6..9 the tag has the quality `Bad_Stale`", "0..10 `RUN` is not a number"],
        );
    }

    #[test]
    fn a_quality_that_is_not_good_is_explained() {
        check("{s} + {a}", "RUN5 Bad_Stale", &["0..3 the tag has the quality `Bad_Stale`"]);
        check("{a} = 5 || {s}", "true Good", &[]);
        check("{s.quality}", "Bad_Stale Good", &[]);
        check("{s.timestamp}", "1970-01-01 00:00:07.000 Good", &[]);
    }

    #[test]
    fn the_host_gives_its_values() {
        check("{operation.name} + {record.captures.good}", "Fill3 Good", &[]);
        check("{record.captures.scrap} = null", "true Good", &[]);
        check("{operation.startDate}", "null Good", &[]);
    }

    #[test]
    fn only_booleans_and_numbers_are_a_truth_for_a_trigger() {
        for (text, value, status) in [
            ("{a}", true, Status::GOOD),
            ("{a} - 5", false, Status::GOOD),
            ("{s}", false, Status::ERROR.with(Status::BAD)),
            ("{s} + ''", false, Status::ERROR.with(Status::BAD)),
            ("{n}", false, Status::NULL),
            ("{n} && true", false, Status::NULL.with(Status::ERROR)),
            ("!{n}", false, Status::NULL.with(Status::ERROR)),
            ("!({n} > 1)", false, Status::NULL.with(Status::ERROR)),
            ("0.0 / 0.0", false, Status::ERROR),
            ("!(0.0 / 0.0)", false, Status::GOOD),
            ("'on' && {a}", true, Status::GOOD),
            ("{s.timestamp}", false, Status::ERROR),
        ] {
            let (program, image) = compiled(text);
            let host = Host::default();
            let (now, zone) = (Timestamp(0), Tz::UTC);
            let mut sites = [];
            let mut context = Context::of(&image, now, zone, &host, &mut sites);
            assert_eq!(program.truth(&mut context), Truth { value, status }, "{text}");
        }
    }

    #[test]
    fn what_is_not_evaluated_keeps_its_state() {
        for text in [
            "{n} || hasChanged({a})",
            "!{n} && hasChanged({a})",
            "{a} || {a} || hasChanged({a})",
            "if({a}, 1, hasChanged({a}))",
        ] {
            let (program, image) = compiled(text);
            let host = Host::default();
            for notes in [None, Some(&mut Vec::new())] {
                let mut sites = [Site::Fresh];
                let (now, zone) = (Timestamp(0), Tz::UTC);
                let context = Context::of(&image, now, zone, &host, &mut sites);
                let mut context = Context { notes, ..context };
                program.truth(&mut context);
                assert!(matches!(sites, [Site::Fresh]), "{text}");
            }
        }
    }
}
