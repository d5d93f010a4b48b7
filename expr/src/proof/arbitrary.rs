//! Random trees, images and qualities: mostly such as people write, sometimes such as nobody would.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ast::{BinaryOperator, Expression, Node, Reference, UnaryOperator};
use crate::dataset::{Column, Dataset};
use crate::image::Cell;
use crate::quality::Quality;
use crate::scheme::Scheme;
use crate::value::{Timestamp, Type, Value};

/// The tags that random expressions refer to.
pub(super) const TAGS: [(&str, Type); 13] = [
    ("b", Type::Boolean),
    ("b2", Type::Boolean),
    ("i", Type::Integer),
    ("i2", Type::Integer),
    ("f", Type::Float),
    ("f2", Type::Float),
    ("s", Type::String),
    ("s2", Type::String),
    ("d", Type::Date),
    ("d2", Type::Date),
    ("a", Type::Any),
    ("ds", Type::Dataset),
    ("doc", Type::Document),
];

const OPERATORS: [&[BinaryOperator]; 11] = [
    &[BinaryOperator::Or],
    &[BinaryOperator::And],
    &[BinaryOperator::BitOr],
    &[BinaryOperator::BitXor],
    &[BinaryOperator::BitAnd],
    &[BinaryOperator::Equal, BinaryOperator::NotEqual],
    &[
        BinaryOperator::Less,
        BinaryOperator::Greater,
        BinaryOperator::LessOrEqual,
        BinaryOperator::GreaterOrEqual,
        BinaryOperator::Like,
    ],
    &[BinaryOperator::ShiftLeft, BinaryOperator::ShiftRight],
    &[BinaryOperator::Add, BinaryOperator::Subtract],
    &[BinaryOperator::Multiply, BinaryOperator::Divide, BinaryOperator::Remainder],
    &[BinaryOperator::Power],
];

pub(super) fn scheme() -> Scheme {
    let mut scheme = Scheme::new();
    for (path, kind) in TAGS {
        scheme.add(path, kind);
    }
    scheme
}

pub(super) fn bare(node: Node) -> Expression {
    Expression { node, span: (0, 0) }
}

fn texts() -> impl Strategy<Value = String> {
    let words = vec!["", "RUN", "run", "on", "F", "5", "2.5", "-1", "1e3", "%U*", "?", "a\"b\\c\n", "ü"];
    select(words).prop_map(str::to_owned)
}

/// Literals are never negative: the sign is an operator.
fn literal() -> impl Strategy<Value = Expression> {
    let floats = select(vec![0.0, 0.5, 2.5, 3.0, 1e21, 9_007_199_254_740_992.0, f64::INFINITY]);
    let integers = select(vec![0, 1, 2, 5, 64, 9_007_199_254_740_993, i64::MAX, i64::MIN]);
    prop_oneof![
        1 => Just(Node::Null),
        2 => any::<bool>().prop_map(Node::Boolean),
        4 => integers.prop_map(Node::Integer),
        3 => floats.prop_map(Node::Float),
        3 => texts().prop_map(Node::String),
    ]
    .prop_map(bare)
}

fn reference() -> impl Strategy<Value = Expression> {
    let properties = select(&["", "", "", "", "", "", ".value", ".quality", ".Timestamp", ".name"][..]);
    let paths = prop_oneof![12 => select(&TAGS[..]).prop_map(|(path, _)| path), 1 => Just("missing")];
    (paths, properties)
        .prop_map(|(path, property)| bare(Node::Reference(Reference { text: format!("{path}{property}") })))
}

pub(super) fn leaf() -> BoxedStrategy<Expression> {
    prop_oneof![3 => reference(), 2 => literal()].boxed()
}

pub(super) fn chain(inner: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    select(&OPERATORS[..]).prop_flat_map(move |operators| {
        let most = if operators == [BinaryOperator::Power] { 1 } else { 3 };
        let rest = vec((select(operators), inner.clone()), 1..=most);
        (inner.clone(), rest).prop_map(|(first, rest)| bare(Node::Binary(Box::new(first), rest)))
    })
}

pub(super) fn unary(inner: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    let operators = select(vec![UnaryOperator::Negate, UnaryOperator::Not, UnaryOperator::BitNot]);
    (operators, inner)
        .prop_filter("the minus of the smallest integer is its own", |(operator, operand)| {
            !(*operator == UnaryOperator::Negate && matches!(operand.node, Node::Integer(i64::MIN)))
        })
        .prop_map(|(operator, operand)| bare(Node::Unary(operator, Box::new(operand))))
}

pub(super) fn call(inner: &BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> + use<> {
    prop_oneof![
        vec(inner.clone(), 3).prop_map(|arguments| Node::Call("If".to_owned(), arguments)),
        vec(inner.clone(), 1..4).prop_map(|arguments| Node::Call("coalesce".to_owned(), arguments)),
        vec(inner.clone(), 1).prop_map(|arguments| Node::Call("isNull".to_owned(), arguments)),
        vec(inner.clone(), 1).prop_map(|arguments| Node::Call("abs".to_owned(), arguments)),
    ]
    .prop_map(bare)
}

fn subscript(inner: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    let tables = select(&["ds", "doc"][..]).prop_map(|path| bare(Node::Reference(Reference { text: path.to_owned() })));
    let names = select(&["k", "N", "list"][..]).prop_map(|name| bare(Node::String(name.to_owned())));
    let indexes = (0_i64..3).prop_map(|index| bare(Node::Integer(index)));
    let base = prop_oneof![4 => tables, 1 => inner.clone()];
    let keys = vec(prop_oneof![2 => names, 2 => indexes, 1 => inner], 1..=2);
    (base, keys).prop_map(|(base, keys)| bare(Node::Subscript(Box::new(base), keys)))
}

fn grown(leaves: BoxedStrategy<Expression>) -> BoxedStrategy<Expression> {
    leaves
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                6 => chain(inner.clone()),
                2 => unary(inner.clone()),
                2 => call(&inner),
                1 => subscript(inner),
            ]
        })
        .boxed()
}

/// Any tree that the grammar can give.
pub(super) fn expression() -> BoxedStrategy<Expression> {
    grown(leaf())
}

/// A tree without references.
pub(super) fn constant() -> BoxedStrategy<Expression> {
    grown(literal().boxed())
}

fn tag(paths: &'static [&'static str]) -> impl Strategy<Value = Expression> {
    select(paths).prop_map(|path| bare(Node::Reference(Reference { text: path.to_owned() })))
}

fn pair(
    left: impl Strategy<Value = Expression>,
    operators: Vec<BinaryOperator>,
    right: impl Strategy<Value = Expression>,
) -> impl Strategy<Value = Expression> {
    (left, select(operators), right)
        .prop_map(|(left, operator, right)| bare(Node::Binary(Box::new(left), vec![(operator, right)])))
}

/// A comparison whose operands fit, or any two operands.
fn comparison() -> impl Strategy<Value = Expression> {
    let numbers = || tag(&["b", "i", "i2", "f", "f2", "f", "f2", "a"]);
    let number_literals = || {
        let wholes = select(vec![0, 1, 3, 5, 9_007_199_254_740_993]).prop_map(Node::Integer);
        prop_oneof![wholes, select(vec![0.5, 3.0, f64::INFINITY]).prop_map(Node::Float)].prop_map(bare)
    };
    let arithmetic = [OPERATORS[8], OPERATORS[9], OPERATORS[10]].concat();
    let results = pair(numbers(), arithmetic, prop_oneof![2 => numbers(), 1 => number_literals()]);
    let number_sides = prop_oneof![3 => numbers(), 2 => number_literals(), 2 => results].boxed();
    let all = [OPERATORS[5], &OPERATORS[6][..4]].concat();
    let text_literals = texts().prop_map(Node::String).prop_map(bare);
    let text_sides = prop_oneof![2 => tag(&["s", "s2", "a", "i.quality"]), 1 => text_literals].boxed();
    prop_oneof![
        6 => pair(number_sides.clone(), all.clone(), number_sides),
        3 => pair(text_sides.clone(), OPERATORS[5].to_vec(), text_sides),
        1 => pair(leaf(), OPERATORS[5].to_vec(), Just(bare(Node::Null))),
        1 => pair(leaf(), all, leaf()),
    ]
}

/// A tree such as triggers are: comparisons and tags joined by `&&`, `||` and `!`.
pub(super) fn condition() -> BoxedStrategy<Expression> {
    let leaves = prop_oneof![6 => comparison(), 3 => tag(&["b", "b2", "i", "f"]), 1 => leaf()].boxed();
    leaves
        .prop_recursive(4, 16, 4, |inner| {
            let joined = select(&OPERATORS[..2]).prop_flat_map({
                let inner = inner.clone();
                move |operators| {
                    (inner.clone(), vec((select(operators), inner.clone()), 1..5))
                        .prop_map(|(first, rest)| bare(Node::Binary(Box::new(first), rest)))
                }
            });
            let not = inner.prop_map(|operand| bare(Node::Unary(UnaryOperator::Not, Box::new(operand))));
            prop_oneof![3 => joined, 1 => not]
        })
        .boxed()
}

/// What every tag is: mostly of its type and Good.
pub(super) fn image() -> impl Strategy<Value = Vec<Cell>> {
    let cells: Vec<BoxedStrategy<Cell>> = TAGS.iter().map(|(_, kind)| cell(*kind).boxed()).collect();
    cells
}

fn cell(kind: Type) -> impl Strategy<Value = Cell> {
    let value = prop_oneof![24 => value(kind), 2 => Just(Value::Null), 1 => value(Type::Any)];
    (value, quality(), 0_i64..5_000_000).prop_map(|(value, quality, time)| Cell {
        value,
        quality,
        time: Timestamp(time),
    })
}

fn quality() -> impl Strategy<Value = Quality> {
    let others = select(vec![
        Quality::GoodProvisional,
        Quality::Uncertain,
        Quality::UncertainLastKnownValue,
        Quality::BadStale,
        Quality::BadNotFound,
        Quality::ErrorIo,
        Quality::ErrorExpressionEval,
    ]);
    prop_oneof![2 => Just(Quality::Good), 1 => others]
}

fn value(kind: Type) -> BoxedStrategy<Value> {
    let floats = select(vec![0.0, -0.0, 0.5, -2.5, 3.0, 1e300, f64::NAN, f64::NEG_INFINITY, 9_007_199_254_740_992.0]);
    let integers = select(vec![0, 1, -1, 3, 5, 9_007_199_254_740_993, i64::MAX, i64::MIN]);
    match kind {
        Type::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Type::Integer => integers.prop_map(Value::Integer).boxed(),
        Type::Float => floats.prop_map(Value::Float).boxed(),
        Type::String => texts().prop_map(Value::from).boxed(),
        Type::Date => select(vec![0, 1_500, -1, 1_772_431_200_123_456, i64::MAX])
            .prop_map(|micros| Value::Date(Timestamp(micros)))
            .boxed(),
        Type::Dataset => Just(Value::Dataset(Arc::new(table()))).boxed(),
        Type::Document => Just(Value::Document(Arc::new(document()))).boxed(),
        Type::Null => Just(Value::Null).boxed(),
        Type::Any => select(vec![Type::Boolean, Type::Integer, Type::Float, Type::String, Type::Date, Type::Dataset])
            .prop_flat_map(value)
            .boxed(),
    }
}

fn table() -> Dataset {
    let columns = ["N", "k"].map(|name| Column { name: name.to_owned(), kind: Type::Any });
    Dataset::new(columns.into(), vec![vec![1.into(), "RUN".into()], vec![Value::Null, 2.5.into()]])
}

fn document() -> serde_json::Value {
    serde_json::json!({"k": 5, "N": null, "list": [true, "on", {"k": 2.5}]})
}
