//! Text to tree: tokens are checked, then the grammar is run, then the tree is built.
//!
//! It must never know what names mean: functions and tags are looked up by the check.

mod broken;
mod builder;
mod nesting;
mod precedence;
mod scan;
mod syntax;

pub(crate) use broken::ESCAPES;
use broken::broken_token;
use builder::Builder;
use nesting::{Nesting, check_depth};
use pest::Parser;
use pest::error::InputLocation;
pub(crate) use scan::{Token, TokenKind, Tokens};
use syntax::misplaced_token;

use crate::ast::Expression;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::EXPRESSION_BYTES_MAX;

#[derive(pest_derive::Parser)]
#[grammar = "parse/grammar.pest"]
struct Grammar;

/// Parses a text to its tree, or gives all its problems.
///
/// Broken tokens are all told at once, and so are integers that do not fit; whole tokens that do not make an
/// expression end the parsing, so there is only one of those.
pub fn parse(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    let (expression, problems) = parse_form(text)?;
    if problems.is_empty() { Ok(expression) } else { Err(problems) }
}

/// Parses a text whose form is right; integers that do not fit come with the tree, in which others stand for them, so
/// that the rest can be checked, too.
pub(crate) fn parse_form(text: &str) -> Result<(Expression, Vec<Diagnostic>), Vec<Diagnostic>> {
    check_tokens(text)?;
    let mut pairs = Grammar::parse(Rule::whole, text).map_err(|error| {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        vec![misplaced_token(text, at)]
    })?;
    let (expression, problems) = Builder::build(pairs.next().expect("the grammar begins with an expression"));
    check_depth(&expression).map_err(|problem| vec![problem])?;
    Ok((expression, problems))
}

/// Refuses what the grammar must not be run on: a text that is too long, nests too deeply, or has
/// broken tokens.
fn check_tokens(text: &str) -> Result<(), Vec<Diagnostic>> {
    if text.len() > EXPRESSION_BYTES_MAX {
        let message = format!("the expression is {} bytes long, expected at most {EXPRESSION_BYTES_MAX}", text.len());
        return Err(vec![Diagnostic::new(Code::NESTING, (0, text.len()), message)]);
    }
    let mut nesting = Nesting::default();
    let mut problems: Vec<Diagnostic> = Vec::new();
    for token in Tokens::of(text) {
        if let Some(problem) = broken_token(&token) {
            // `?` and `:` of one choice, both quotes of one text: the same advice is given once.
            if token.kind != TokenKind::Stray || problems.iter().all(|told| told.hint != problem.hint) {
                problems.push(problem);
            }
        }
        if let Err(problem) = nesting.take(&token) {
            problems.push(problem);
            break;
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::Node;

    /// Parses a text and compares it with how the tree is written with minimal brackets.
    fn check(text: &str, printed: &str) {
        let tree = parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        assert_eq!(tree.to_string(), printed, "{text}");
    }

    /// Checks the only problem of a text: `start..end code message (hint)`.
    fn check_problem(text: &str, wanted: &str) {
        let problems = parse(text).expect_err(text);
        let [problem] = &problems[..] else { panic!("{text}: {problems:?}") };
        let Diagnostic { code, span, message, hint } = problem;
        let hint = hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        assert_eq!(format!("{}..{} {} {message}{hint}", span.start, span.end, code.0), wanted, "{text}");
    }

    #[test]
    fn levels_group_operands() {
        check("(a() && b()) || (c() && d())", "a() && b() || c() && d()");
        check(
            "a() | (b() xor (c() & (d() = (e() < (1 << (2 + (3 * (4 ^ 5))))))))",
            "a() | b() xor c() & d() = e() < 1 << 2 + 3 * 4 ^ 5",
        );
        check("((a() || b()) && c()) | d()", "((a() || b()) && c()) | d()");
        check("-2 ^ 2", "-2 ^ 2");
        check("-(2 ^ 2)", "-(2 ^ 2)");
        check("2 ^ (3 ^ 4)", "2 ^ 3 ^ 4");
        check("(2 ^ 3) ^ 4", "(2 ^ 3) ^ 4");
        check("1 - (2 - 3) - 4", "1 - (2 - 3) - 4");
        check("!({a} = 1)", "!({a} = 1)");
        check("(-x())[0]", "(-x())[0]");
        check("-x()[0][\"k\"]", "-x()[0][\"k\"]");
    }

    #[test]
    fn chains_stay_flat() {
        let tree = parse(&vec!["{x}"; 10_000].join(" + ")).expect("a long chain");
        assert!(matches!(&tree.node, Node::Binary(_, rest) if rest.len() == 9_999));
    }

    #[test]
    fn literals_are_read() {
        check("0xFf + 0X10", "255 + 16");
        check("1. + .5 + 1.3e5 + 2E-3", "1.0 + 0.5 + 130000.0 + 0.002");
        check("1e400", "1e999");
        check("TRUE && tRuE || None = nULL", "true && true || null = null");
        check(r#"'it\'s "x"' + "a\t\\""#, r#""it's \"x\"" + "a\t\\""#);
        check("-9223372036854775808 + --9223372036854775808", "-9223372036854775808 + --9223372036854775808");
        check("{ [default]Line 1/x.y }", "{[default]Line 1/x.y}");
        check("1 // one {\n + /* ' */ 2", "1 + 2");
    }

    #[test]
    fn words_are_operators_only_where_they_end() {
        check("1 XOR 2 xor(3)", "1 xor 2 xor 3");
        check("'a' LiKe 'b'", "\"a\" like \"b\"");
        check_problem(
            "1 xorder 2",
            "2..8 E101 found the word `xorder`, expected an operator or the end (an operator is missing before it)",
        );
    }

    #[test]
    fn missing_parts_are_named() {
        check_problem("", "0..0 E101 found the end, expected a value");
        check_problem("1 +", "3..3 E101 found the end, expected a value after `+`");
        check_problem(
            "if(1 = 1, 2",
            "11..11 E101 found the end, expected an operator, `,` or `)` (add `)` to close the call of `if`)",
        );
        check_problem("(1 + 2] * 3", "6..7 E101 found `]`, expected an operator or `)` (write `)` to close the `(`)");
        check_problem(
            "1 + 2)",
            "5..6 E101 found `)`, expected an operator or the end (leave it out: no bracket is open that `)` could close)",
        );
        check_problem("f(1, )", "5..6 E101 found `)`, expected a value after `,` (add a value, or leave `)` out)");
        check_problem(
            "{a} {b}",
            "4..7 E101 found the reference `{b}`, expected an operator or the end (an operator is missing before it)",
        );
        check_problem(
            "[1, 2]",
            "0..1 E101 found `[`, expected a value (there are no lists: a function takes values one by one)",
        );
    }

    #[test]
    fn other_languages_are_translated() {
        check_problem("{a} and {b}", "4..7 E101 found the word `and`, expected an operator or the end (write `&&`)");
        check_problem("not {a}", "0..3 E101 found the word `not`, expected a value (write `!`)");
        check_problem("{a} === 1", "6..7 E101 found `=`, expected a value after `==` (write `=` or `!=`)");
        check_problem("{a} =< 1", "5..6 E101 found `<`, expected a value after `=` (write `<=`)");
        check_problem(
            "{a} ? 1 : 2",
            "4..5 E101 found `?`, which is not part of the language (write `if(condition, then, else)` for a choice, `=` for a comparison)",
        );
        check_problem(
            "speed > 5",
            "0..5 E101 found the word `speed`, expected a value (write `{speed}` for a tag, `\"speed\"` for a text, `speed(…)` for a function)",
        );
    }

    #[test]
    fn broken_tokens_are_named() {
        check_problem("{unclosed", "0..1 E101 the reference is not closed (add `}` after the tag's path)");
        check_problem("1 + 'x", "4..5 E101 the string is not closed (add `'` at its end)");
        check_problem("1 /* x", "2..4 E101 the comment is not closed (add `*/` at its end)");
        check_problem(
            "12abc",
            "0..5 E101 found `12abc`, expected a number such as `42`, `0xFF` or `1.5e3` (put a space or an operator after the number)",
        );
        check_problem(
            r#""a\d""#,
            r#"2..4 E101 found the escape `\d`, expected one of `\" \' \\ \n \t \r` (write `\\d` for a backslash in the text)"#,
        );
    }

    #[test]
    fn broken_tokens_are_told_at_once_and_each_advice_once() {
        let codes = |text: &str| {
            let problems = parse(text).expect_err(text);
            problems.iter().map(|problem| (problem.span.start, problem.span.end)).collect::<Vec<_>>()
        };
        assert_eq!(codes(r#""a\d" + 12abc ≥ "b\q" + 'open"#), [(2, 4), (8, 13), (14, 17), (20, 22), (26, 27)]);
        assert_eq!(codes("{a} ? “x” : “y”"), [(4, 5), (6, 9)]);
        assert_eq!(codes(&"?".repeat(100_000)), [(0, 1)]);
    }

    #[test]
    fn integers_beyond_64_bits_are_all_named() {
        let problems = parse("9223372036854775808 + -(9223372036854775808) + 0xFFFFFFFFFFFFFFFFF").expect_err("three");
        assert_eq!(problems.len(), 3);
        assert!(problems.iter().all(|problem| problem.code == Code::INTEGER_RANGE));
        assert!(parse("-9223372036854775808").is_ok());
        assert!(parse("-9223372036854775808[0]").is_err());
    }

    #[test]
    fn brackets_belong_to_the_span() {
        let tree = parse("1 * ( 2 + 3 )").expect("an expression");
        let Node::Binary(_, rest) = tree.node else { panic!("a chain") };
        assert_eq!(rest[0].1.span, (4, 13));
    }
}
