//! Which operations a scan changed.

use latchwork_engine::OperationIndex;

use super::{Line, RUNS};

fn changed(line: &mut Line) -> Vec<u32> {
    let mut changed = Vec::new();
    line.engine.take_changed(&mut changed);
    changed.sort_unstable();
    changed.into_iter().map(|OperationIndex(index)| index).collect()
}

#[test]
fn only_what_a_scan_changes_is_told_and_once() {
    let other = RUNS.replace("\"run\"", "\"walk\"").replace("{run}", "{walk}").replace("\"A\"", "\"B\"");
    let mut line = Line::new(&(RUNS.to_owned() + &other + "running_conflict_scope = \"LOCATION\"\n"));
    assert_eq!(changed(&mut line), [0_u32; 0]);
    line.read(1, "run=false").read(2, "run=true");
    assert_eq!(changed(&mut line), [0]);
    line.read(3, "run=true");
    assert_eq!(changed(&mut line), [0_u32; 0], "nothing moved");
    line.read(4, "walk=false").read(5, "walk=true");
    assert_eq!(changed(&mut line), [0, 1], "a conflict closes another operation's run");
}

#[test]
fn a_level_that_moves_no_record_is_told_too() {
    let mut line = Line::new(RUNS);
    line.read(1, "run=false");
    changed(&mut line);
    line.read(2, "run=?");
    assert_eq!(changed(&mut line), [0], "that it is not known any more is remembered");
}
