//! What an aggregate is made of: the arguments themselves, or a column.

use super::{Failure, Value};
use crate::dataset::Dataset;
use crate::functions::arguments;

/// The values that an aggregate looks at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inputs<'a> {
    /// The arguments one by one.
    Values(&'a [Value]),
    /// A column of a dataset.
    Column(&'a Dataset, usize),
}

impl<'a> Inputs<'a> {
    /// Returns what these arguments mean: a dataset and its column, or values.
    pub(super) fn of(arguments: &'a [Value]) -> Result<Self, Failure> {
        match arguments {
            [Value::Dataset(table), column] => Ok(Self::Column(table, arguments::column(table, column)?)),
            [Value::Dataset(_), ..] => Err("a dataset comes with one column, its name or its index".into()),
            values => Ok(Self::Values(values)),
        }
    }

    /// Returns the values that are not null, in their order; allocates nothing.
    pub(super) fn present(self) -> impl Iterator<Item = &'a Value> {
        let count = match self {
            Self::Values(values) => values.len(),
            Self::Column(table, _) => table.rows(),
        };
        let get = move |index| match self {
            Self::Values(values) => values.get(index),
            Self::Column(table, column) => table.get(index, column),
        };
        (0..count).filter_map(get).filter(|value| !value.is_null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Column;
    use crate::value::Type;

    fn column(name: &str) -> Column {
        Column { name: name.to_owned(), kind: Type::Integer }
    }

    fn count(arguments: &[Value]) -> Option<usize> {
        Inputs::of(arguments).ok().map(|inputs| inputs.present().count())
    }

    #[test]
    fn a_dataset_comes_with_a_column_and_values_alone() {
        let rows = vec![vec![1.into(), Value::Null], vec![Value::Null, Value::Null], vec![3.into(), Value::Null]];
        let table = Value::Dataset(Dataset::new(vec![column("Full"), column("Empty")], rows).into());
        assert_eq!(count(&[table.clone(), "full".into()]), Some(2));
        assert_eq!(count(&[table.clone(), 1.into()]), Some(0));
        assert_eq!(count(&[table.clone(), 2.into()]), None);
        assert_eq!(count(&[table.clone(), Value::Null]), None);
        assert_eq!(count(&[table.clone(), 0.into(), 1.into()]), None);
        assert_eq!(count(&[table]), None);
        assert_eq!(count(&[1.into(), Value::Null, "x".into()]), Some(2));
        let nothing = Value::Dataset(Dataset::new(vec![column("Full")], Vec::new()).into());
        assert_eq!(count(&[nothing, 0.into()]), Some(0));
    }
}
