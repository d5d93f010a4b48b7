//! Datasets with other columns: chosen, put into another order, or called otherwise.

use super::{ROW, example};
use crate::coerce::described;
use crate::dataset::{Column, Dataset};
use crate::functions::arguments::{column, dataset, string};
use crate::functions::{Basis, Body, Call, Failure, Function};
use crate::limits::DATASET_CELLS_MAX;
use crate::value::{Type, Value};

const COLUMNS: Function =
    Function { arguments: "dataset, column, …", least: 2, most: None, result: Type::Dataset, ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "columnRearrange",
        summary: "Gives the dataset with these columns in this order, by their names in any case or by their indices \
                  from 0; the others are left out.",
        examples: &[
            example("columnRearrange(split(\"a;b\", \";\"), \"parts\")[1, 0]", "\"b\""),
            example("columnRearrange(split(\"a;b\", \";\"), 0, 0)", "Dataset [2R x 2C]"),
            example("columnRearrange(split(\"a;b\", \";\"), \"name\")", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Plain(rearrange),
        ..COLUMNS
    },
    Function {
        name: "columnRename",
        arguments: "dataset, name, …",
        summary: "Gives the dataset with other names for its columns: as many as it has.",
        examples: &[
            example("columnRename(split(\"a;b\", \";\"), \"Letter\")[1, \"letter\"]", "\"b\""),
            example("columnRename(split(\"a;b\", \";\"), \"Letter\")[1, \"parts\"]", "error"),
            example("columnRename(split(\"a;b\", \";\"), \"one\", \"two\")", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Plain(rename),
        ..COLUMNS
    },
];

fn rearrange(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let table = dataset(&arguments[0])?;
    let chosen: Vec<usize> = arguments[1..].iter().map(|key| column(table, key)).collect::<Result<_, _>>()?;
    if chosen.len().saturating_mul(table.rows()) > DATASET_CELLS_MAX {
        return Err(format!("the dataset would have more than {DATASET_CELLS_MAX} cells").into());
    }
    let row = |row| chosen.iter().filter_map(|&column| table.get(row, column).cloned()).collect();
    let columns = chosen.iter().map(|&column| table.columns()[column].clone()).collect();
    Ok(Value::Dataset(Dataset::new(columns, (0..table.rows()).map(row).collect()).into()))
}

fn rename(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let (table, names) = (dataset(&arguments[0])?, &arguments[1..]);
    let before = table.columns();
    if names.len() != before.len() {
        return Err(format!("there are {} names for {} columns", names.len(), before.len()).into());
    }
    let renamed = |(column, name): (&Column, &Value)| {
        let name = string(name, call.zone).map_err(|_| format!("{} is not a name", described(name)))?;
        Ok(Column { name, kind: column.kind })
    };
    let columns = before.iter().zip(names).map(renamed).collect::<Result<_, Failure>>()?;
    Ok(Value::Dataset(table.with_columns(columns).into()))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::value::Timestamp;

    const CALL: Call = Call { now: Timestamp(0), zone: Tz::UTC };

    fn table() -> Value {
        let columns = [("Name", Type::String), ("PV", Type::Float)];
        let columns = columns.map(|(name, kind)| Column { name: name.to_owned(), kind });
        let rows = vec![vec!["a".into(), 1.5.into()], vec!["b".into(), Value::Null]];
        Value::Dataset(Dataset::new(columns.into(), rows).into())
    }

    fn shown(result: Result<Value, Failure>) -> String {
        match result {
            Ok(value) => crate::value_to_json(&value).to_string(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn columns_are_chosen_by_name_or_index() {
        let rearranged = |keys: &[Value]| shown(rearrange(&CALL, &[&[table()], keys].concat()));
        assert_eq!(
            rearranged(&["pv".into(), 0.into(), "PV".into()]),
            r#"{"columns":[{"name":"PV","type":"float"},{"name":"Name","type":"string"},{"name":"PV","type":"float"}],"rows":[[1.5,"a",1.5],[null,"b",null]]}"#
        );
        assert_eq!(rearranged(&["PVs".into()]), "there is no column `PVs`; did you mean `PV`?");
        assert_eq!(rearranged(&["State".into()]), "there is no column `State`");
        assert_eq!(rearranged(&[2.into()]), "there is no column 2");
        assert_eq!(rearranged(&[Value::Integer(-1)]), "-1 is below zero");
        assert_eq!(rearranged(&[Value::Null]), "null is not a number");
        assert_eq!(shown(rearrange(&CALL, &["x".into(), 0.into()])), "`x` is not a dataset");
    }

    #[test]
    fn columns_are_renamed_all_at_once() {
        let renamed = |names: &[Value]| shown(rename(&CALL, &[&[table()], names].concat()));
        assert_eq!(
            renamed(&["Asset".into(), 5.into()]),
            r#"{"columns":[{"name":"Asset","type":"string"},{"name":"5","type":"float"}],"rows":[["a",1.5],["b",null]]}"#
        );
        assert_eq!(renamed(&["Asset".into()]), "there are 1 names for 2 columns");
        assert_eq!(renamed(&["Asset".into(), Value::Null]), "null is not a name");
    }

    #[test]
    fn what_is_built_is_bounded() {
        let column = Column { name: "a".to_owned(), kind: Type::Integer };
        let long = Dataset::new(vec![column], vec![vec![1.into()]; 1000]);
        let keys = vec![Value::Integer(0); DATASET_CELLS_MAX / 1000 + 1];
        let arguments = [vec![Value::Dataset(long.into())], keys].concat();
        assert!(rearrange(&CALL, &arguments).is_err());
        assert!(rearrange(&CALL, &arguments[1..]).is_err());
    }
}
