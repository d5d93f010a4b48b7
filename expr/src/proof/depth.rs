//! Depth and length: what fits a thread's usual stack, and what is refused.

use crate::diagnostic::Code;
use crate::evaluate::{Context, Evaluated, Host};
use crate::image::Cell;
use crate::limits::{EXPLAINED_PARTS_MAX, NESTING_MAX};
use crate::parse::parse;
use crate::program::Program;
use crate::quality::Quality;
use crate::scheme::{Scheme, Scope};
use crate::value::{Timestamp, Type, Value};
use chrono_tz::Tz;

/// The stack of a thread that nobody has asked for more.
const STACK_BYTES: usize = 2 << 20;

/// Does all that is done with an expression, on a thread of usual size, and shows the value.
fn run(text: String) -> String {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let mut scheme = Scheme::new();
        scheme.add("x", Type::Integer);
        let (program, _) = match Program::compile(&text, &Scope::of(&scheme)) {
            Ok(compiled) => compiled,
            Err(problems) => return problems.iter().map(|problem| problem.code.0).collect::<Vec<_>>().join(" "),
        };
        let image = [Cell { value: Value::Integer(1), time: Timestamp(0), quality: Quality::Good }];
        let host = Host::default();
        let mut context = Context::of(&image, Timestamp(0), Tz::UTC, &host, &mut []);
        let Evaluated { value, .. } = program.evaluate(&mut context);
        let truth = program.truth(&mut context);
        let explained = program.explain(&mut context);
        assert!(explained.to_string().lines().count() <= 2 * EXPLAINED_PARTS_MAX && explained.to_json().is_object());
        let printed = program.expression().to_string();
        assert!(parse(&printed).is_ok(), "{printed}");
        format!("{} {}", crate::coerce::text(&value, Tz::UTC), truth.value)
    });
    thread.expect("a thread").join().expect("the stack was large enough")
}

/// Nests `x` as deep as it may be, and once deeper.
fn check(open: &str, close: &str, wanted: &str) {
    let per_level = open.chars().filter(|character| "([-!~^".contains(*character)).count();
    let nested = |depth: usize| format!("{}{{x}}{}", open.repeat(depth), close.repeat(depth));
    assert_eq!(run(nested(NESTING_MAX / per_level)), wanted, "{open}");
    assert_eq!(run(nested(NESTING_MAX / per_level + 1)), Code::NESTING.0, "{open}");
}

#[test]
fn what_may_nest_fits_the_stack() {
    check("(", ")", "1 true");
    check("-", "", "1 true");
    check("!", "", "true true");
    check("1 ^ ", "", "1.0 true");
    check("abs(", ")", "1 true");
    check("if(true, ", ", 0)", "1 true");
    check("(0 + ", ")", "1 true");
    check("(true && ", ")", "true true");
    check("-(0 + 1 * ", ")", "1 true");
    check("(false || true && 0 | ", ")", "true true");
}

#[test]
fn a_million_brackets_are_one_problem() {
    assert_eq!(run("(".repeat(1_000_000)), Code::NESTING.0);
    assert_eq!(run("!".repeat(1_000_000)), Code::NESTING.0);
    assert_eq!(run("2^".repeat(500_000)), Code::NESTING.0);
    assert_eq!(run(" ".repeat(2_000_000)), Code::NESTING.0);
}

#[test]
fn operators_of_all_levels_in_every_bracket_are_refused_where_they_do_not_fit() {
    let deep = |levels: &str, depth: usize| format!("{}{{x}}{}", levels.repeat(depth), ")".repeat(depth));
    assert_eq!(run(deep("(1 || 1 && 1 | 1 xor 1 & 1 = 1 < 1 << 1 + 1 * 1 ^ ", 90)), "true true");
    assert_eq!(run(deep("(1 || 1 && 1 | 1 xor 1 & 1 = 1 < 1 << 1 + 1 * 1 ^ ", 120)), Code::NESTING.0);
    assert_eq!(run(deep("(1 || 1 && 1 | 1 xor 1 & 1 = 1 < 1 << 1 + 1 * ", NESTING_MAX)), Code::NESTING.0);
}

#[test]
fn long_chains_are_flat() {
    let chain = |operator: &str| vec!["{x}"; 10_000].join(operator);
    assert_eq!(run(chain(" + ")), "10000 true");
    assert_eq!(run(chain(" && ")), "true true");
    assert_eq!(run(chain(" = ")), "true true");
    assert_eq!(run(vec!["1"; 10_000].join(" + ")), "10000 true");
}
