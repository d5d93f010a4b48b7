//! A second evaluator, written from the specification alone: a plain walk over the tree as written,
//! slow and without any of the compiled forms' ways. Of the crate's conversions it uses only the text
//! of a value.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a new operator or value must fail the properties, not the compilation of what they are held against"
)]

mod operators;

use operators::{Number, binary, number, truth, unary, whole};

use crate::ast::{BinaryOperator as Op, Expression, Node};
use crate::evaluate::Evaluated;
use crate::image::Cell;
use crate::quality::{Level, Quality};
use crate::scheme::Scheme;
use crate::value::Value;

/// Returns what an expression gives, `{missing}` being no tag.
pub(super) fn evaluate(expression: &Expression, scheme: &Scheme, image: &[Cell]) -> Evaluated {
    Walk { scheme, image }.walk(expression)
}

struct Walk<'a> {
    scheme: &'a Scheme,
    image: &'a [Cell],
}

/// What a result is made of: no value is an evaluation error.
fn result(value: Option<Value>, operands: &[Quality]) -> Evaluated {
    let mut quality = operands[0];
    for operand in operands {
        if operand.level() > quality.level() {
            quality = *operand;
        }
    }
    match value {
        Some(value) => Evaluated { value, quality },
        None if quality.level() == Level::Error => Evaluated { value: Value::Null, quality },
        None => Evaluated { value: Value::Null, quality: Quality::ErrorExpressionEval },
    }
}

/// Tells whether an operand is an error: everything made of it is one.
fn broken(operand: &Evaluated) -> bool {
    matches!(operand.value, Value::Null) && operand.quality.level() == Level::Error
}

impl Walk<'_> {
    fn walk(&self, expression: &Expression) -> Evaluated {
        let good = |value| Evaluated { value, quality: Quality::Good };
        match &expression.node {
            Node::Null => good(Value::Null),
            Node::Boolean(truth) => good(Value::Boolean(*truth)),
            Node::Integer(number) => good(Value::Integer(*number)),
            Node::Float(number) => good(Value::Float(*number)),
            Node::String(text) => good(Value::from(text.as_str())),
            Node::Reference(reference) => self.reference(&reference.text),
            Node::Unary(operator, operand) => {
                let operand = self.walk(operand);
                let value = if broken(&operand) { None } else { unary(*operator, &operand.value) };
                result(value, &[operand.quality])
            }
            Node::Binary(first, rest) => rest.iter().fold(self.walk(first), |left, (operator, right)| match operator {
                Op::And => self.logic(&left, right, false),
                Op::Or => self.logic(&left, right, true),
                _ => binary(*operator, &left, &self.walk(right)),
            }),
            Node::Call(name, arguments) => self.call(&name.to_lowercase(), arguments),
            Node::Subscript(base, keys) => self.subscript(base, keys),
        }
    }

    fn reference(&self, path: &str) -> Evaluated {
        let (name, property) = path.split_once('.').unwrap_or((path, "value"));
        let property = property.to_lowercase();
        let good = |value| Evaluated { value, quality: Quality::Good };
        match self.scheme.find(name) {
            None if property == "quality" => good(Value::Quality(Quality::BadNotFound)),
            None => Evaluated { value: Value::Null, quality: Quality::BadNotFound },
            Some(_) if property == "name" => good(Value::from(name)),
            Some((slot, _)) => {
                let cell = &self.image[slot.0 as usize];
                match property.as_str() {
                    "quality" => good(Value::Quality(cell.quality)),
                    "timestamp" => good(Value::Date(cell.time)),
                    _ => Evaluated { value: cell.value.clone(), quality: cell.quality },
                }
            }
        }
    }

    /// One step of `&&` or `||`: the right side only where the left has not decided.
    fn logic(&self, left: &Evaluated, right: &Expression, decisive: bool) -> Evaluated {
        let Some(first) = truth(&left.value) else { return result(None, &[left.quality]) };
        if first == decisive {
            return result(Some(Value::Boolean(first)), &[left.quality]);
        }
        let right = self.walk(right);
        result(truth(&right.value).map(Value::Boolean), &[left.quality, right.quality])
    }

    fn call(&self, name: &str, arguments: &[Expression]) -> Evaluated {
        let first = self.walk(&arguments[0]);
        match name {
            "isnull" => Evaluated { value: Value::Boolean(first.value.is_null()), quality: Quality::Good },
            "abs" => {
                let value = match number(&first.value) {
                    Some(Number::Whole(number)) => number.checked_abs().map(Value::Integer),
                    Some(Number::Real(number)) => Some(Value::Float(number.abs())),
                    None => None,
                };
                result(value, &[first.quality])
            }
            "if" => match truth(&first.value) {
                None if broken(&first) => first,
                None => Evaluated { value: Value::Null, quality: Quality::ErrorExpressionEval },
                Some(condition) => {
                    let branch = self.walk(&arguments[if condition { 1 } else { 2 }]);
                    result(Some(branch.value), &[first.quality, branch.quality])
                }
            },
            "coalesce" => arguments[1..].iter().fold(first, |found, next| {
                if !found.value.is_null() || found.quality.level() == Level::Error {
                    return found;
                }
                let next = self.walk(next);
                result(Some(next.value), &[found.quality, next.quality])
            }),
            _ => panic!("`{name}` is not a function that is generated"),
        }
    }

    fn subscript(&self, base: &Expression, keys: &[Expression]) -> Evaluated {
        let base = self.walk(base);
        let keys: Vec<Evaluated> = keys.iter().map(|key| self.walk(key)).collect();
        let qualities: Vec<Quality> = std::iter::once(&base).chain(&keys).map(|part| part.quality).collect();
        if broken(&base) || keys.iter().any(broken) {
            return result(None, &qualities);
        }
        let keys: Vec<&Value> = keys.iter().map(|key| &key.value).collect();
        result(part(&base.value, &keys), &qualities)
    }
}

fn part(base: &Value, keys: &[&Value]) -> Option<Value> {
    let index = |key: &Value| whole(key).and_then(|index| usize::try_from(index).ok());
    match (base, keys) {
        (Value::Dataset(table), [.., column]) => {
            let row = if keys.len() == 1 { 0 } else { index(keys[0])? };
            let column = match column {
                Value::String(name) => table.columns().iter().position(|own| own.name.eq_ignore_ascii_case(name))?,
                position => index(position)?,
            };
            table.get(row, column).cloned()
        }
        (Value::Document(document), [key]) => {
            let found = match (document.as_ref(), key) {
                (serde_json::Value::Object(members), Value::String(name)) => members.get(name.as_str())?,
                (serde_json::Value::Array(elements), key) => elements.get(index(key)?)?,
                _ => return None,
            };
            Some(match found {
                serde_json::Value::Null => Value::Null,
                serde_json::Value::Bool(truth) => Value::Boolean(*truth),
                serde_json::Value::Number(number) if number.is_i64() => Value::Integer(number.as_i64()?),
                serde_json::Value::Number(number) => Value::Float(number.as_f64()?),
                serde_json::Value::String(text) => Value::from(text.as_str()),
                nested => Value::Document(std::sync::Arc::new(nested.clone())),
            })
        }
        _ => None,
    }
}
