//! Operands and operators in a row become a tree, by the levels of the operators.
//!
//! Chains of one level stay flat and powers nest to the right; nothing here recurses.

use crate::ast::{BinaryOperator, Expression, Node};

/// A chain whose last operand is not known yet.
struct Chain {
    first: Expression,
    rest: Vec<(BinaryOperator, Expression)>,
    pending: BinaryOperator,
}

impl Chain {
    fn close(mut self, last: Expression) -> Expression {
        let span = (self.first.span.0, last.span.1);
        self.rest.push((self.pending, last));
        Expression { node: Node::Binary(Box::new(self.first), self.rest), span }
    }
}

/// The chains that are open, looser levels first.
#[derive(Default)]
pub(super) struct Chains {
    open: Vec<Chain>,
}

impl Chains {
    /// Takes an operand and the operator after it.
    pub(super) fn push(&mut self, operand: Expression, operator: BinaryOperator) {
        let level = operator.level();
        let operand = self.close_while(operand, |chain| chain.pending.level() > level);
        match self.open.last_mut() {
            Some(chain) if chain.pending.level() == level && operator != BinaryOperator::Power => {
                let before = std::mem::replace(&mut chain.pending, operator);
                chain.rest.push((before, operand));
            }
            Some(_) | None => self.open.push(Chain { first: operand, rest: Vec::new(), pending: operator }),
        }
    }

    /// Takes the last operand and gives the whole.
    pub(super) fn finish(mut self, last: Expression) -> Expression {
        self.close_while(last, |_| true)
    }

    fn close_while(&mut self, operand: Expression, closes: impl Fn(&Chain) -> bool) -> Expression {
        let mut operand = operand;
        while let Some(chain) = self.open.pop_if(|chain| closes(chain)) {
            operand = chain.close(operand);
        }
        operand
    }
}
