//! What is known of a result's type before any value exists. A type is a promise: the value is of
//! that type or null. Where the values decide, the type is [`Type::Any`].

use crate::ast::UnaryOperator;
use crate::operate::{Arithmetic, Bits, Operation};
use crate::value::Type;

/// Returns the type of an operator's result before its operand.
pub(crate) const fn unary(operator: UnaryOperator, operand: Type) -> Type {
    match operator {
        UnaryOperator::Not => Type::Boolean,
        UnaryOperator::BitNot => Type::Integer,
        UnaryOperator::Negate => match operand {
            Type::Integer | Type::Boolean => Type::Integer,
            Type::Float => Type::Float,
            Type::Any | Type::Null | Type::String | Type::Date | Type::Dataset | Type::Document => Type::Any,
        },
    }
}

/// Returns the type of an operator's result between its operands.
pub(crate) fn binary(operation: Operation, left: Type, right: Type) -> Type {
    match operation {
        Operation::Compare(_) | Operation::Like => Type::Boolean,
        Operation::Bits(bits) => bits_type(bits, left, right),
        Operation::Arithmetic(arithmetic) => arithmetic_type(arithmetic, left, right),
    }
}

fn bits_type(bits: Bits, left: Type, right: Type) -> Type {
    let may_be_boolean = |kind| matches!(kind, Type::Boolean | Type::Any);
    match bits {
        Bits::Or | Bits::Xor | Bits::And if left == Type::Boolean && right == Type::Boolean => Type::Boolean,
        Bits::Or | Bits::Xor | Bits::And if may_be_boolean(left) && may_be_boolean(right) => Type::Any,
        Bits::Or | Bits::Xor | Bits::And | Bits::ShiftLeft | Bits::ShiftRight => Type::Integer,
    }
}

fn arithmetic_type(arithmetic: Arithmetic, left: Type, right: Type) -> Type {
    match arithmetic {
        Arithmetic::Divide | Arithmetic::Power => Type::Float,
        Arithmetic::Multiply | Arithmetic::Remainder => number_type(left, right),
        Arithmetic::Add if left == Type::String || right == Type::String => Type::String,
        Arithmetic::Add if left == Type::Date && is_number(right) || is_number(left) && right == Type::Date => {
            Type::Date
        }
        Arithmetic::Subtract if right == Type::Date => Type::Integer,
        Arithmetic::Subtract if left == Type::Date && is_number(right) => Type::Date,
        Arithmetic::Add | Arithmetic::Subtract if is_number(left) && is_number(right) => number_type(left, right),
        Arithmetic::Add | Arithmetic::Subtract => Type::Any,
    }
}

/// Returns the type that two numbers make; numeric texts may be of either width.
fn number_type(left: Type, right: Type) -> Type {
    if left == Type::Float || right == Type::Float {
        Type::Float
    } else if is_whole(left) && is_whole(right) {
        Type::Integer
    } else {
        Type::Any
    }
}

const fn is_whole(kind: Type) -> bool {
    matches!(kind, Type::Integer | Type::Boolean)
}

const fn is_number(kind: Type) -> bool {
    matches!(kind, Type::Integer | Type::Boolean | Type::Float)
}

#[cfg(test)]
mod tests {
    use crate::program::Program;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    /// Checks the promised type of an expression over `b`, `i`, `f`, `s`, `d` and `a`, which may be anything.
    fn check(kind: Type, texts: &[&str]) {
        let mut scheme = Scheme::new();
        for (path, kind) in [
            ("b", Type::Boolean),
            ("i", Type::Integer),
            ("f", Type::Float),
            ("s", Type::String),
            ("d", Type::Date),
            ("a", Type::Any),
        ] {
            scheme.add(path, kind);
        }
        for text in texts {
            let (program, _) = Program::compile(text, &Scope::of(&scheme)).expect(text);
            assert_eq!(program.result(), kind, "{text}");
        }
    }

    #[test]
    fn types_are_promised_where_they_are_sure() {
        check(Type::Boolean, &["{a} = {b}", "!{a}", "{a} && {s}", "{s} like 'x'", "{b} | {b}", "isNull({a})"]);
        check(Type::Integer, &["{i} + {b} * 2", "-{i}", "~{a}", "{a} << 1", "{i} & {a}", "{d} - {d}", "{a} - {d}"]);
        check(Type::Float, &["{i} / {i}", "{a} ^ 2", "-{f}", "{f} + {i}", "{a} * {f}", "{f} % {s}"]);
        check(Type::String, &["{s} + {a}", "{i} + ''", "{i.quality}", "{i.name}", "{i.quality} + 1"]);
        check(Type::Date, &["{d} + {i}", "{f} + {d}", "{d} - {i}", "{i.timestamp}"]);
    }

    #[test]
    fn nothing_is_promised_where_values_decide() {
        check(Type::Any, &["{a}", "-{a}", "{a} + {i}", "{s} * 2", "{a} | {b}", "{d} + {a}", "{d} - {a}", "{a} % {i}"]);
    }
}
