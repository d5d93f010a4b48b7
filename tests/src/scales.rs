//! Many comparisons of one tag give what each gives on a tag of its own.

use std::fmt::Write;

use crate::model::dice::Dice;
use crate::properties::seeds;
use crate::rerun;

/// How many random plants are looked at.
const PLANTS: u64 = 60;
/// Operations of each: enough for a scale, each with a condition for its start and one for its stop.
const OPERATIONS: usize = 12;
/// Readings of each.
const READINGS: usize = 120;

/// A reading as a CSV cell and its quality: whole and broken numbers, the bounds themselves, and what is no good number.
const READINGS_OF: [(&str, &str); 14] = [
    ("0", "Good"),
    ("1", "Good"),
    ("2", "Good"),
    ("2.5", "Good"),
    ("3", "Good"),
    ("3.0000000000000004", "Good"),
    ("4", "Good"),
    ("-1", "Good"),
    ("1e300", "Good"),
    ("NaN", "Good"),
    ("-Infinity", "Good"),
    ("2", "Uncertain"),
    ("4", "Bad"),
    ("", "Good"),
];

#[test]
fn comparisons_of_one_tag_are_as_if_each_had_its_own() {
    for seed in seeds(PLANTS) {
        let mut dice = Dice::new(seed);
        let conditions: Vec<[String; 2]> =
            (0..OPERATIONS).map(|_| [condition(&mut dice), condition(&mut dice)]).collect();
        let readings: Vec<_> = (0..READINGS).map(|_| READINGS_OF[dice.below(READINGS_OF.len())]).collect();
        let beside = dice.chance(50);
        let together = outcome(&conditions, &readings, |_| "x".to_owned(), beside);
        let apart = outcome(&conditions, &readings, |operation| format!("x{operation}"), beside);
        assert_eq!(together, apart, "seed {seed}: {conditions:?}");
        assert!(together.lines().count() > 1, "seed {seed}");
    }
}

fn condition(dice: &mut Dice) -> String {
    let operator = dice.pick(&[">", ">=", "<", "<=", "=", "!="]);
    let number = dice.pick(&["0", "1", "2", "2.5", "3", "4"]);
    if dice.chance(10) { format!("!({{TAG}} {operator} {number})") } else { format!("{{TAG}} {operator} {number}") }
}

/// Replays the readings, all tags in one scan, alone or with another tag beside them; returns the records without ids.
fn outcome(
    conditions: &[[String; 2]],
    readings: &[(&str, &str)],
    tag_of: impl Fn(usize) -> String,
    beside: bool,
) -> String {
    let mut tags: Vec<String> = (0..conditions.len()).map(&tag_of).collect();
    tags.dedup();
    let mut plant = String::from("[gateway]\nid = \"scales\"\n");
    for tag in tags.iter().map(String::as_str).chain(["beside"]) {
        write!(plant, "[[tags]]\npath = \"{tag}\"\ntype = \"float\"\n").unwrap();
    }
    write!(plant, "[[tags]]\npath = \"read\"\nexpression = \"{{beside}} + 1\"\n").unwrap();
    for (operation, [start, stop]) in conditions.iter().enumerate() {
        let of_tag = |condition: &str| condition.replace("TAG", &tag_of(operation));
        write!(
            plant,
            "[[operations]]\nname = \"O{operation}\"\nlocation = \"Line\"\nstart_trigger_expression = \"{}\"\n\
             stop_trigger_expression = \"{}\"\n",
            of_tag(start),
            of_tag(stop)
        )
        .unwrap();
    }
    let mut trace = String::from("timestamp,tag,value,quality\n");
    for (second, (value, quality)) in readings.iter().enumerate() {
        for tag in &tags {
            writeln!(trace, "{},{tag},{value},{quality}", 1_700_000_000 + second).unwrap();
        }
        if beside {
            writeln!(trace, "{},beside,{},Good", 1_700_000_000 + second, second % 3).unwrap();
        }
    }
    let rows = rerun::replay(&plant, &[("trace.csv", trace.as_bytes())]).record_rows();
    let lines = rows.into_iter().map(|mut row| {
        row["id"] = serde_json::Value::Null;
        format!("{row}\n")
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines.concat()
}
