//! Explanations as people read them, held equal to `tests/explained.txt`. `BLESS=1` rewrites it; review the difference.

use std::fmt::Write;

use chrono_tz::Tz;

use crate::evaluate::{Context, Host};
use crate::image::Cell;
use crate::program::Program;
use crate::quality::Quality;
use crate::scheme::{Scheme, Scope, UnknownTag};
use crate::value::{Timestamp, Type, Value};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/explained.txt");

/// What is explained, each under what it shows. Expressions that keep state are explained three times.
const CASES: &[(&str, &str)] = &[
    ("a trigger as it is written every day", "{Line/Running} && {Line/Speed} > 5 && !{Line/Stop}"),
    (
        "the first operand that decides is the last that is evaluated",
        "{Line/Stop} && ({Line/Speed} > 5 || {Line/Stop})",
    ),
    ("a branch that is not taken", "if({Line/Speed} > 50, 'fast', if({Line/Running}, 'slow', 'stopped'))"),
    ("cases are evaluated as far as needed", "case({Line/State}, 'STOP', 0, 'R' + 'UN', {Line/Count}, -1)"),
    ("a quality that is not good is told where it comes from", "{Line/Fault} || {Line/Speed} + {Line/Missing} > 5"),
    ("an error is told at its operator", "1 + {Line/Count} + {Line/Weight} * 2 + {Line/Speed}"),
    ("an error that was dealt with is told too", "try(toInt({Line/State}), -1) + 1"),
    ("what was folded is there", "{Line/Speed} > 2 * (3 + 4) - {Line/Speed.name}['k']"),
    ("constants have parts", "2 * (3 + 4) > round(13.6) && 'on'"),
    ("paths", "tag('Line/' + 'Speed') + tag('Line/' + {Line/Next}) + dateExtract(timestampOf({Line/Speed}), 'sec')"),
    ("values of all kinds", "coalesce(null, split({Line/State} + \"\\n;b\", ';'), {Line/Order})['parts'] = now(0)"),
    ("a document and a quality", "{Line/Order}['id'] = '4711' && {Line/Fault.quality} = 'Bad_Stale'"),
    ("timers", "ton({Line/Running}, 4000) || tof({Line/Running} && {Line/Speed} < 41, 1000.5)"),
    ("other blocks", "previous({Line/Count}) + ctu(rTrig({Line/Running}), false, 3) + rate({Line/Speed}, 10000)"),
    ("blocks that never ran", "ton({Line/Fault}, 1000) = hasChanged(1 + {Line/Weight}) || sr({Line/Weight}, true)"),
    ("changes", "if(hasChanged({Line/Speed}), hasChanged({Line/State}), stableFor({Line/Count}, 60000))"),
    (
        "long texts are cut, line breaks and comments go",
        "// when the line runs\n({Line/Running}\n  && {Line/State} = 'RUN'   /* or */ || {Line/State} = 'a text that is \
         much too long for its column')",
    ),
];

fn tags(running: bool, speed: f64, speed_quality: Quality) -> Vec<(&'static str, Type, Value, Quality)> {
    let order = serde_json::json!({"id": "4711", "material": "a name that is much too long for its column"});
    vec![
        ("Line/Running", Type::Boolean, running.into(), Quality::Good),
        ("Line/Speed", Type::Float, speed.into(), speed_quality),
        ("Line/Stop", Type::Boolean, false.into(), Quality::Good),
        ("Line/Fault", Type::Boolean, true.into(), Quality::BadStale),
        ("Line/Count", Type::Integer, 7.into(), Quality::Good),
        ("Line/State", Type::String, "RUN".into(), Quality::Good),
        ("Line/Next", Type::String, "Count".into(), Quality::Good),
        ("Line/Weight", Type::Float, Value::Null, Quality::Good),
        ("Line/Order", Type::Document, Value::Document(order.into()), Quality::Good),
    ]
}

/// Writes a case: once, or three times with the call sites kept.
fn explained(title: &str, text: &str) -> String {
    let mut scheme = Scheme::new();
    for (path, kind, ..) in tags(false, 0.0, Quality::Good) {
        scheme.add(path, kind);
    }
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, ..Scope::of(&scheme) };
    let (program, _) = Program::compile(text, &scope).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let steps = [
        (0, tags(false, 2.5, Quality::Good)),
        (1500, tags(true, 41.5, Quality::Good)),
        (3000, tags(true, 41.5, Quality::BadNotConnected)),
    ];
    let (host, mut sites) = (Host::default(), program.fresh_sites());
    let mut written = format!("== {title}\n");
    for (millis, tags) in steps.into_iter().skip(usize::from(!program.keeps_state())) {
        let cell = |(_, _, value, quality)| Cell { value, quality, time: Timestamp::from_millis(250) };
        let image: Vec<Cell> = tags.into_iter().map(cell).collect();
        let mut context = Context::of(&image, Timestamp::from_millis(millis), Tz::UTC, &host, &mut sites);
        let _ = write!(written, "-- {millis} ms\n{}", program.explain(&mut context));
        if !program.keeps_state() {
            break;
        }
    }
    written
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test holds a file equal to the program, and BLESS=1 rewrites it")]
fn explanations_are_as_people_read_them() {
    let found = CASES.iter().map(|(title, text)| explained(title, text)).collect::<Vec<_>>().join("\n");
    if std::env::var("BLESS").is_ok_and(|bless| bless == "1") {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap();
        std::fs::write(PATH, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(PATH).unwrap_or_default();
    let line = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
    assert!(found == wanted, "{PATH} differs, first in line {line:?} from 0: run again with BLESS=1\n{found}");
}
