//! How retained state looks, and what is refused.

use latchwork_engine::{OperationIndex, Retained, RetainedOperation, RetainedRow};

use super::{Line, RUNS, at};

#[test]
fn a_row_is_short_and_comes_back() {
    let mut line = Line::new(RUNS);
    line.read(1, "run=false").read(2, "run=true");
    let row = line.engine.retained_operation(OperationIndex(0), at(3)).to_text();
    assert_eq!(RetainedOperation::from_text(&row).unwrap().to_text(), row);
    let expected = concat!(
        r#"{"id":"00000000004XZR5533W26SZG9N","name":"A","location":{"path":"Line","id":"00000000004DZ3F45Q6WMTE7J2"},"#,
        r#""start":{"expression":"{run}","type":"RISING_EDGE","level":{"asks":true},"known":true},"#,
        r#""stop":{"expression":"{run}","type":"FALLING_EDGE","level":{"asks":false},"known":true},"#,
        r#""run":{"record":{"id":"00000001YG8FC3E19N7RZB31ZA","#,
        r#""location":{"path":"Line","id":"00000000004DZ3F45Q6WMTE7J2"},"status":"RUNNING","#,
        r#""start":[2000000,2000000],"detected_at":2000000,"start_reason":"TRIGGER","revision":1},"lineage":1},"#,
        r#""latest":{"start":[2000000,2000000]},"last_seen":[3000000,3000000]}"#,
    );
    assert_eq!(row, expected);
}

#[test]
fn what_a_newer_program_wrote_is_refused() {
    for (json, reason) in [
        (r#"{"colour": 1}"#, "unknown field `colour`"),
        (r#"{"tags": [{"tag": "a", "time": 0, "colour": 1}]}"#, "unknown field `colour`"),
        (r#"{"tags": [{"tag": "a", "time": 0, "value": {"colour": 1}}]}"#, "not an exact value"),
        (r#"{"orders": [{"name": "a", "id": "b", "status": "IDLE"}]}"#, "`b` is not an id"),
    ] {
        let error = Retained::from_json(serde_json::from_str(json).unwrap()).unwrap_err().to_string();
        assert!(
            error.starts_with("this program cannot read the retained state: ") && error.contains(reason),
            "{error}"
        );
    }
}
