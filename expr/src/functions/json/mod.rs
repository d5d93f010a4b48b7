//! JSON: documents and texts that are JSON, or nearly so.

use super::{Basis, Body, Category, Function, example};
use crate::value::Type;

mod access;
mod format;
mod path;
mod read;
mod scanner;

/// The chapter's rows.
pub(super) const ROWS: &[&[Function]] = &[JSON_ROWS];

const ROW: Function = Function {
    name: "",
    category: Category::Json,
    arguments: "json, path",
    least: 2,
    most: Some(2),
    step: 1,
    result: Type::Any,
    summary: "",
    examples: &[],
    basis: Basis::Measured,
    body: Body::Refused(""),
};

const JSON_ROWS: &[Function] = &[
    Function {
        name: "jsonFormat",
        arguments: "json",
        least: 1,
        most: Some(1),
        result: Type::String,
        summary: "Gives a document, or a text that is one, as text over several lines, indented by two blanks. Texts \
                  may leave out quotes around names and words, or use single ones.",
        examples: &[
            example("jsonFormat(\"{item1:10,item2:[]}\")", "\"{\\n  \\\"item1\\\": 10,\\n  \\\"item2\\\": []\\n}\""),
            example("jsonFormat(\"['a']\")", "\"[\\n  \\\"a\\\"\\n]\""),
            example("jsonFormat(\"{\")", "error"),
        ],
        basis: Basis::Documented,
        body: Body::Plain(format::format),
        ..ROW
    },
    Function {
        name: "jsonGet",
        summary: "Gives what stands at a path in a document, or in a text that is one: names joined by dots, and \
                  `[n]` for the elements of lists, from 0. A path that is not there is an evaluation error. Objects \
                  and lists are given as documents.",
        examples: &[
            example("jsonGet(\"{'item':{'firstThing':1, 'secondThing':2}}\", \"item.secondThing\")", "2"),
            example("jsonGet(\"{\\\"items\\\":[{\\\"v\\\":5},{\\\"v\\\":7.5}]}\", \"items[1].v\")", "7.5"),
            example("jsonGet(\"[10,20,30]\", \"[1]\")", "20"),
            example("jsonGet(\"{items:[{v:5}]}\", \"items\")", "[{\"v\":5}]"),
            example("jsonGet(\"{items:[{v:5}]}\", \"items.0.v\")", "error"),
        ],
        body: Body::Plain(access::get),
        ..ROW
    },
    Function {
        name: "jsonSet",
        arguments: "json, path, value",
        least: 3,
        most: Some(3),
        result: Type::String,
        summary: "Gives a document, or a text that is one, as text with another value at a path, which must be there.",
        examples: &[
            example(
                "jsonSet(\"{'item':{'firstThing':1, 'secondThing':2}}\", \"item.secondThing\", 5)",
                "\"{\\\"item\\\":{\\\"firstThing\\\":1,\\\"secondThing\\\":5}}\"",
            ),
            example("jsonSet(\"[1,2]\", \"[0]\", \"x\")", "\"[\\\"x\\\",2]\""),
            example("jsonSet(\"{}\", \"a\", 1)", "error"),
        ],
        body: Body::Plain(access::set),
        ..ROW
    },
];
