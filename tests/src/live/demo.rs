//! `latchwork demo`: what it says is what its ledger holds.

use std::collections::BTreeMap;
use std::process::Command;

use super::folder::Folder;
use super::ledger::Ledger;
use super::program::program;

/// What is said of an operation: records, of them open, closed with an order, mean seconds of the closed.
type Row = (i64, i64, i64, String);

/// Returns the rows of the summary, by operation.
fn said(output: &str) -> BTreeMap<String, Row> {
    let summary = output.split_once("\noperation ").expect("a summary").1;
    let rows = summary.lines().skip(1).take_while(|line| !line.contains(" records of "));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let (name, numbers) = cells.split_at(cells.len() - 4);
        let number = |nth: usize| numbers[nth].parse().unwrap();
        (name.join(" "), (number(0), number(1), number(2), numbers[3].to_owned()))
    };
    rows.map(row).collect()
}

/// Returns the same from the ledger.
fn held(ledger: &Ledger) -> BTreeMap<String, Row> {
    let rows = ledger.rows(
        "SELECT o.name, count(r.id), count(r.id) - count(r.end_date), \
                count(CASE WHEN r.end_date IS NOT NULL THEN r.production_order END), \
                printf('%.3f', coalesce(avg(r.duration_seconds), 0.0)) \
           FROM operations o LEFT JOIN operation_records r ON r.operation_id = o.id GROUP BY o.id",
    );
    rows.into_iter().map(|(name, records, open, ordered, mean)| (name, (records, open, ordered, mean))).collect()
}

#[test]
fn the_demo_makes_records_and_its_summary_is_what_the_ledger_holds() {
    let folder = Folder::new("demo");
    let mut command = Command::new(program());
    command.args(["demo", "--for", "6s", "--speed", "5", "--directory", "data"]).current_dir(folder.path());
    let ended = command.env_remove("RUST_LOG").output().unwrap();
    let (output, messages) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{output}\n{messages}");

    let (said, held) = (said(&output), held(&folder.ledger()));
    assert_eq!(said, held, "{output}");
    let closed = held.values().map(|(records, open, ..)| records - open).sum::<i64>();
    let with_orders = held.values().filter(|(_, _, ordered, _)| *ordered > 0).count();
    assert!(closed >= 10 && with_orders >= 3, "{output}");
    let lines = output.lines().filter(|line| line.contains("  closed  ")).count();
    assert_eq!(i64::try_from(lines).unwrap(), closed, "{output}");
}
