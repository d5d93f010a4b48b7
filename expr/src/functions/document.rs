//! Writes docs/language.md: an introduction by hand, everything else from the tables of functions
//! and codes, so that the document cannot say what the program does not do.

use super::examples::{EXAMPLE_TAGS, ExampleTag};
use super::{Basis, Body, Category, Example, Function, functions};
use crate::coerce::text;
use crate::diagnostic::{CODES, CodeRow, Severity};

const HEADER: &str = "\
# The expression language

*Written by `latchwork_expr::language_markdown()`; a test holds this file equal to the program.*

";

const INTRODUCTION: &str = include_str!("introduction.md");

/// Returns the reference of the language as Markdown.
pub fn language_markdown() -> String {
    let chapters: String = Category::ALL.iter().map(|&category| chapter(category)).collect();
    [HEADER, INTRODUCTION, &codes(), &coverage(), &example_tags(), &chapters, &refused()].concat()
}

fn codes() -> String {
    let rows = |severity| CODES.iter().filter(move |row| row.severity == severity).map(code_row).collect::<String>();
    format!(
        "\n## Problems and lints\n\nA problem stops the expression from being used. A lint says that it may not mean \
         what its author thinks; it is used all the same.\n\n| code | problem |\n|---|---|\n{}\n| code | lint \
         |\n|---|---|\n{}",
        rows(Severity::Problem),
        rows(Severity::Lint)
    )
}

fn code_row(row: &CodeRow) -> String {
    format!("| {} | {} |\n", row.code.0, row.title.replace('|', "\\|"))
}

/// How many functions of a chapter there are, by what became of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Coverage {
    measured: usize,
    documented: usize,
    assumed: usize,
    refused: usize,
}

impl Coverage {
    fn of(belongs: impl Fn(Category) -> bool) -> Self {
        let mut coverage = Self::default();
        for function in functions().filter(|function| belongs(function.category)) {
            *coverage.count(function) += 1;
        }
        coverage
    }

    fn count(&mut self, function: &Function) -> &mut usize {
        match (function.body, function.basis) {
            (Body::Refused(_), _) => &mut self.refused,
            (_, Basis::Measured) => &mut self.measured,
            (_, Basis::Documented) => &mut self.documented,
            (_, Basis::Assumed) => &mut self.assumed,
        }
    }

    fn row(&self, title: &str) -> String {
        let Self { measured, documented, assumed, refused } = self;
        let here = measured + documented + assumed;
        format!("| {title} | {here} | {measured} | {documented} | {assumed} | {refused} |\n")
    }
}

fn coverage() -> String {
    let row = |&category: &Category| Coverage::of(|other| other == category).row(category.title());
    let rows: String = Category::ALL.iter().map(row).collect();
    format!(
        "\n## Coverage\n\n| chapter | here | measured | documented | assumed | refused \
         |\n|---|---|---|---|---|---|\n{rows}{}",
        Coverage::of(|_| true).row("**all**")
    )
}

fn example_tags() -> String {
    let row = |tag: &ExampleTag| {
        format!("| `{{{}}}` | `{}` | {} |\n", tag.path, text(&tag.value, chrono_tz::UTC), tag.quality.name())
    };
    format!(
        "\n## Functions\n\nIn the examples, times are in UTC, a quality other than Good stands in parentheses, and \
         these are the tags:\n\n| tag | value | quality |\n|---|---|---|\n{}| any other | `null` | Bad_NotFound |\n",
        EXAMPLE_TAGS.iter().map(row).collect::<String>()
    )
}

/// Writes a chapter's functions; one without any is left out.
fn chapter(category: Category) -> String {
    let mut rows: Vec<_> =
        functions().filter(|row| row.category == category && !matches!(row.body, Body::Refused(_))).collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|row| row.name.to_ascii_lowercase());
    let entries: String = rows.into_iter().map(entry).collect();
    format!("\n### {}\n{entries}", category.title())
}

fn entry(function: &Function) -> String {
    let Function { name, arguments, summary, .. } = function;
    let width = function.examples.iter().map(|example| example.expression.chars().count()).max().unwrap_or(0);
    let line = |example: &Example| format!("{:width$} → {}", example.expression, example.gives);
    let examples = function.examples.iter().map(line).collect::<Vec<_>>().join("\n");
    let (result, basis) = (function.result.name(), function.basis.name());
    format!("\n#### `{name}({arguments})`\n\n{summary} Result: {result}. Basis: {basis}.\n\n```text\n{examples}\n```\n")
}

fn refused() -> String {
    let row = |function: &Function| match function.body {
        Body::Refused(reason) => Some(format!("| `{}` | {} | {reason} |\n", function.name, function.category.title())),
        Body::Plain(_) | Body::Qualified(_) | Body::Lazy(_) | Body::Stateful(_) | Body::Tag | Body::TimestampOf => None,
    };
    let rows: String = functions().filter_map(row).collect();
    format!(
        "\n## Refused functions\n\nThese parse, so that the problem can say why they cannot work here.\n\n| function | \
         chapter | why |\n|---|---|---|\n{rows}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/language.md");

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test holds a file equal to the program, and BLESS=1 rewrites it"
    )]
    fn the_document_is_what_the_program_says() {
        let wanted = language_markdown();
        if std::env::var("BLESS").is_ok_and(|bless| bless == "1") {
            std::fs::write(PATH, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(PATH).unwrap_or_default();
        let line = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
        assert!(found == wanted, "docs/language.md differs, first in line {line:?} from 0: run again with BLESS=1");
    }
}
