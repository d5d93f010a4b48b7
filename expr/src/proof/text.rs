//! Printing and parsing are inverse.

use super::arbitrary::expression;
use super::runner;
use crate::ast::{Expression, Node};
use crate::parse::{Tokens, parse};

/// Returns a tree whose spans say nothing, so that two trees compare by what they are.
fn unplaced(mut expression: Expression) -> Expression {
    fn visit(expression: &mut Expression) {
        expression.span = (0, 0);
        match &mut expression.node {
            Node::Null
            | Node::Boolean(_)
            | Node::Integer(_)
            | Node::Float(_)
            | Node::String(_)
            | Node::Reference(_) => {}
            Node::Unary(_, operand) => visit(operand),
            Node::Binary(first, rest) => {
                visit(first);
                for (_, operand) in rest {
                    visit(operand);
                }
            }
            Node::Call(_, arguments) => arguments.iter_mut().for_each(visit),
            Node::Subscript(base, keys) => {
                visit(base);
                keys.iter_mut().for_each(visit);
            }
        }
    }
    visit(&mut expression);
    expression
}

#[test]
fn what_is_printed_parses_to_the_same_tree() {
    runner(3000)
        .run(&expression(), |tree| {
            let printed = tree.to_string();
            let parsed = parse(&printed).expect("what is printed parses");
            assert_eq!(format!("{:?}", unplaced(parsed)), format!("{tree:?}"), "{printed}");
            Ok(())
        })
        .unwrap();
}

#[test]
fn brackets_are_minimal() {
    // Every pair that is left out changes the tree.
    runner(500)
        .run(&expression(), |tree| {
            let printed = tree.to_string();
            let wanted = format!("{tree:?}");
            for (open, close) in bracket_pairs(&printed) {
                let without = format!("{}{}{}", &printed[..open], &printed[open + 1..close], &printed[close + 1..]);
                if let Ok(parsed) = parse(&without) {
                    assert_ne!(format!("{:?}", unplaced(parsed)), wanted, "{printed} needs no brackets at {open}");
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Returns the places of all pairs of round brackets outside strings.
fn bracket_pairs(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for token in Tokens::of(text) {
        match token.text {
            "(" => open.push(token.start),
            ")" => pairs.extend(open.pop().map(|start| (start, token.start))),
            _ => {}
        }
    }
    pairs
}
