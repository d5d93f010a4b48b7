//! `typeOf`: what a value is, by the names that Java has for it.

use super::{ROW, example};
use crate::evaluate::Evaluated;
use crate::functions::{Basis, Body, Function};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[Function {
    name: "typeOf",
    result: Type::String,
    summary: "Gives the simple name of the value's Java type: `Integer`, `Long` for integers of more than 32 bits, \
              `Double`, `Boolean`, `String`, `Date`, `BasicDataset`, `Document`, `QualityCode`, or `null`. The \
              value's quality joins the result.",
    examples: &[
        example("typeOf({Speed})", "\"Double\""),
        example("typeOf(\"My String\")", "\"String\""),
        example("typeOf({Count})", "\"Integer\" (Bad_Stale)"),
        example("typeOf(2147483648)", "\"Long\""),
        example("typeOf(null)", "\"null\""),
    ],
    basis: Basis::Measured,
    body: Body::Qualified(|_, arguments| {
        let Evaluated { value, quality } = &arguments[0];
        let value = if arguments[0].is_poison() { Value::Null } else { java_name(value).into() };
        Ok(Evaluated { value, quality: *quality })
    }),
    ..ROW
}];

fn java_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "Boolean",
        Value::Integer(number) if i32::try_from(*number).is_ok() => "Integer",
        Value::Integer(_) => "Long",
        Value::Float(_) => "Double",
        Value::String(_) => "String",
        Value::Date(_) => "Date",
        Value::Dataset(_) => "BasicDataset",
        Value::Document(_) => "Document",
        Value::Quality(_) => "QualityCode",
    }
}
