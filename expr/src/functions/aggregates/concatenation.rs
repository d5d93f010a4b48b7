//! `groupConcat`: many values as one text.

use super::{Body, Failure, Function, Inputs, ROW, Value, example};
use crate::coerce::text;
use crate::functions::Call;
use crate::functions::arguments::{bounded, fits, string};
use crate::value::Type;

pub(super) const ROWS: &[Function] = &[Function {
    name: "groupConcat",
    arguments: "value, …, separator",
    least: 2,
    result: Type::String,
    summary: "Gives the values as one text, the separator between them; of a dataset's column: `groupConcat(dataset, \
              column, separator)`. Nulls are left out; of nothing comes the empty text.",
    examples: &[
        example("groupConcat(split(\"a;b;c\", \";\"), \"parts\", \" / \")", "\"a / b / c\""),
        example("groupConcat(1, null, 2.5, \", \")", "\"1, 2.5\""),
        example("groupConcat(null, \",\")", "\"\""),
        example("groupConcat(1, 2, null)", "error"),
    ],
    body: Body::Plain(group_concat),
    ..ROW
}];

fn group_concat(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let (separator, values) = arguments.split_last().ok_or("there is no separator")?;
    let separator = string(separator, call.zone)?;
    let mut joined = String::new();
    for (place, value) in Inputs::of(values)?.present().enumerate() {
        if place > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(&text(value, call.zone));
        // Asked here, too: many rows and a long separator are long before their end.
        fits(joined.len())?;
    }
    bounded(joined)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::dataset::{Column, Dataset};
    use crate::limits::TEXT_BYTES_MAX;
    use crate::value::Timestamp;

    #[test]
    fn the_text_is_bounded_while_it_grows() {
        let column = Column { name: "c".to_owned(), kind: Type::Integer };
        let rows = (0..10_000_i64).map(|row| vec![row.into()]).collect();
        let table = Value::Dataset(Dataset::new(vec![column], rows).into());
        let call = Call { now: Timestamp(0), zone: Tz::UTC };
        let joined = |separator: &str| group_concat(&call, &[table.clone(), 0.into(), separator.into()]);
        assert!(joined(", ").is_ok());
        assert!(joined(&"-".repeat(TEXT_BYTES_MAX / 2)).is_err());
    }
}
