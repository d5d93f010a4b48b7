//! What the constant arguments of a call already tell: units of time that do not exist, and how often
//! a call of `now` polls.

use super::Checked;
use crate::diagnostic::{Code, Diagnostic};
use crate::functions::{Function, poll_millis, unknown_unit};
use crate::limits::QUICK_POLL_MILLIS;
use crate::value::Value;

fn constant(argument: &Checked) -> Option<&Value> {
    argument.constant().map(|constant| &constant.value)
}

/// Returns the lints of arguments that should be units of time and are none.
pub(super) fn unknown_units(function: &Function, arguments: &[Checked]) -> Vec<Diagnostic> {
    let lint = |(place, argument): (usize, &Checked)| {
        let unit = unknown_unit(function, place, constant(argument)?)?;
        Some(Diagnostic::new(Code::UNKNOWN_UNIT, argument.span, unit.message).hint(unit.hint))
    };
    arguments.iter().enumerate().filter_map(lint).collect()
}

/// Returns how often a call polls, in milliseconds, if it polls at all.
pub(super) fn poll(function: &Function, arguments: &[Checked]) -> Option<u32> {
    poll_millis(function, arguments.first().and_then(constant))
}

/// Returns the lint of a call that polls more often than machines change.
pub(super) fn quick_poll(poll_millis: u32, span: (usize, usize)) -> Option<Diagnostic> {
    (poll_millis < QUICK_POLL_MILLIS).then(|| {
        let message = format!("the expression is evaluated every {poll_millis} ms, whatever changes");
        let hint = format!("poll every {QUICK_POLL_MILLIS} ms or slower, or never: `now(0)`");
        Diagnostic::new(Code::QUICK_POLL, span, message).hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostic;
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    fn compiled(text: &str) -> (Program, Vec<Diagnostic>) {
        let mut scheme = Scheme::new();
        for (path, kind) in [("d", Type::Date), ("rate", Type::Integer), ("unit", Type::String), ("on", Type::Boolean)]
        {
            scheme.add(path, kind);
        }
        Program::compile(text, &Scope::of(&scheme)).expect(text)
    }

    /// Checks all lints: `L110 12..15 message (hint)`.
    fn check(text: &str, wanted: &[&str]) {
        let show = |Diagnostic { code, span, message, hint }: &Diagnostic| {
            format!("{} {}..{} {message} ({})", code.0, span.start, span.end, hint.as_deref().unwrap_or("no hint"))
        };
        let (_, lints) = compiled(text);
        assert_eq!(lints.iter().map(show).collect::<Vec<_>>(), wanted, "{text}");
    }

    #[test]
    fn a_unit_that_does_not_exist_is_told_before_it_fails() {
        check(
            "dateDiff({d}, {d}, 'millisecond') + dateExtract({d}, 'dayofwek')",
            &[
                "L110 19..32 `millisecond` is not a unit of time (did you mean `ms`?)",
                "L110 53..63 `dayofwek` is not a part of a date (did you mean `dayofweek`?)",
            ],
        );
        check(
            "dateArithmetic({d}, 1, 'ho' + 'ur5')",
            &["L110 23..35 `hour5` is not a unit of time (did you mean `hour`?)"],
        );
        check(
            "dateArithmetic({d}, 1, 5)",
            &["L110 23..24 5 is not a unit of time (write one of `ms` `s` `sec` `second` `min` `minute` `hr` `hour` \
               `day` `week` `month` `year`)"],
        );
        check("dateDiff({d}, {d}, 'Hours') + dateExtract({d}, 'DAYOFWEEK')", &[]);
        check("dateDiff({d}, {d}, {unit})", &[]);
    }

    #[test]
    fn a_program_says_at_which_rates_it_polls() {
        for (text, wanted) in [
            ("now() > {d}", &[1000][..]),
            ("now(0) > {d} || midnight(now(0)) = now(0)", &[]),
            ("now(500) > {d} && {on} && now(5 * 50) < {d} || NOW('500') = {d}", &[250, 500]),
            ("if({on}, now(), now(0)) > now({rate})", &[1000]),
            ("now(-1) > {d} || now('x') > {d} || now(null) = {d}", &[]),
            ("getTimezoneOffset() > 1", &[]),
        ] {
            assert_eq!(compiled(text).0.polls(), wanted, "{text}");
        }
    }

    #[test]
    fn polling_more_often_than_machines_change_is_told() {
        check(
            "now(50) > {d}",
            &["L109 0..7 the expression is evaluated every 50 ms, whatever changes (poll every 100 ms or slower, or \
               never: `now(0)`)"],
        );
        check("now(100) > {d} && now(0) > {d} && now({rate}) > {d}", &[]);
    }
}
