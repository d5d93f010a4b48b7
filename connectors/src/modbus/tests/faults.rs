//! Answers that are late, wrong, or none.

use std::sync::Arc;

use latchwork_config::connections::{Coding, Modbus};

use super::bench::Bench;
use super::device::{Asked, Move, Script, after, exception, in_pieces, numbered, words};
use super::plant::{answer_frame, modbus, point};

/// A device with one register that does something else about the requests of some numbers.
fn but(numbers: &'static [u64], steps: impl Fn(Asked) -> Vec<Move> + Send + Sync + 'static) -> Script {
    Arc::new(move |asked| if numbers.contains(&asked.number) { steps(asked) } else { after(5, numbered(asked)) })
}

fn one_register(script: Script) -> Bench {
    Bench::new(&modbus(vec![point(0)]), [Some(script)])
}

#[tokio::test(start_paused = true)]
async fn readings_come_in_their_period() {
    let mut bench = one_register(but(&[], |_| vec![]));
    assert_eq!(bench.until(700).await, ["0 Press up", "5 T0=0", "255 T0=1", "505 T0=2"]);
    assert_eq!((bench.health.requests.get(), bench.health.answers.get()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_bad_until_the_next() {
    let mut bench = one_register(but(&[1], |_| vec![]));
    let told = bench.until(1600).await;
    assert_eq!(told, ["0 Press up", "5 T0=0", "1250 T0=Bad_Failure", "1255 T0=2", "1505 T0=3"]);
    assert_eq!((bench.health.timeouts.get(), bench.health.overruns.get()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_delivered_as_its_own_requests() {
    // The second request is answered after the third was sent, and before that one's answer.
    let mut bench = one_register(Arc::new(|asked| match asked.number {
        1 => after(1100, numbered(asked)),
        2 => after(200, numbered(asked)),
        _ => after(5, numbered(asked)),
    }));
    let told = bench.until(1520).await;
    assert_eq!(told, ["0 Press up", "5 T0=0", "1250 T0=Bad_Failure", "1350 T0=1", "1450 T0=2", "1505 T0=3"]);
    assert_eq!((bench.health.late_delivered.get(), bench.health.late_outdated.get()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_that_was_overtaken_makes_no_edge() {
    let mut bench = one_register(but(&[1], |asked| after(1100, numbered(asked))));
    let told = bench.until(1520).await;
    assert_eq!(told, ["0 Press up", "5 T0=0", "1250 T0=Bad_Failure", "1255 T0=2", "1505 T0=3"]);
    assert_eq!((bench.health.late_delivered.get(), bench.health.late_outdated.get()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_always_needs_two_seconds_gives_data() {
    let mut bench = one_register(Arc::new(|asked| after(1900, numbered(asked))));
    let told = bench.told_until(60_000).await;
    assert_eq!(told[..3], ["Press up", "T0=Bad_Failure", "T0=0"]);
    assert!(told[2..].iter().all(|line| !line.contains("Bad")), "{told:?}");
    assert!(told.len() > 55, "{}", told.len());
    assert_eq!(bench.health.units_dead.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_late_guard_is_dropped() {
    let mut bench = one_register(but(&[1], |asked| after(10_500, numbered(asked))));
    let told = bench.told_until(12_000).await;
    assert!(!told.contains(&"T0=1".to_owned()), "{told:?}");
    assert_eq!(bench.health.unknown_dropped.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_nothing_is_dropped() {
    let mut bench = one_register(but(&[1], |asked| {
        let stray = Asked { id: asked.id.wrapping_add(77), ..asked };
        [after(1, words(stray, &[666])), after(2, numbered(asked)), after(3, words(asked, &[777]))].concat()
    }));
    assert_eq!(bench.told_until(600).await, ["Press up", "T0=0", "T0=1", "T0=2"]);
    assert_eq!(bench.health.unknown_dropped.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn answers_that_contradict_their_request_are_no_values() {
    let wrong: [fn(Asked) -> Vec<u8>; 5] = [
        |asked| words(Asked { unit: 9, ..asked }, &[666]),
        |asked| words(Asked { function: 4, ..asked }, &[666]),
        |asked| words(asked, &[666, 666]),
        |asked| words(asked, &[]),
        |asked| answer_frame(asked.id, asked.unit, &[asked.function, 4, 2, 2]),
    ];
    for wrong in wrong {
        let mut bench = one_register(but(&[1], move |asked| after(5, wrong(asked))));
        assert_eq!(bench.told_until(600).await, ["Press up", "T0=0", "T0=Bad_Failure", "T0=2"]);
        assert_eq!(bench.health.malformed.get(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn exceptions_say_what_is_bad() {
    // 2, 5 and 6 are looked into before they are told: `holes`.
    let codes =
        [(1, "Failure"), (3, "Failure"), (4, "Failure"), (8, "Failure"), (10, "NotConnected"), (11, "NotConnected")];
    for (code, quality) in codes {
        let mut bench = one_register(but(&[1, 2], move |asked| after(5, exception(asked, code))));
        let told = bench.told_until(850).await;
        assert_eq!(told, ["Press up", "T0=0", &format!("T0=Bad_{quality}"), "T0=3"], "{code}");
        assert_eq!(bench.health.exceptions.get(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_modbus_is_left() {
    let mut bench = one_register(but(&[1], |_| after(5, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())));
    let told = bench.told_until(300).await;
    let down = "Press down (a frame of protocol 21584 came, which is not Modbus) T0=Bad_NotConnected";
    assert_eq!(told, ["Press up", "T0=0", down]);
    assert_eq!(bench.health.malformed.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_cut_short_gives_nothing_of_the_next() {
    let mut modbus = modbus(vec![point(0), point(0)]);
    modbus.points[1].unit = 2;
    // The answer of unit 1 lacks its last byte, and the one of unit 2 comes behind it.
    let cut: Script = Arc::new(|asked| {
        let mut frame = words(asked, &[0x0606]);
        frame.truncate(frame.len() - usize::from(asked.unit == 1 && asked.number > 1));
        after(u64::from(asked.unit), frame)
    });
    let mut bench = Bench::new(&modbus, [Some(cut)]);
    let told = bench.told_until(400).await;
    let down = "Press down (a frame of 1282 bytes was announced, which is none of Modbus) \
                T0=Bad_NotConnected T1=Bad_NotConnected";
    assert_eq!(told, ["Press up", "T0=1542", "T1=1542", "T1=1542", down]);
}

/// Two units with a number of four bytes each.
fn two_units() -> Modbus {
    let mut modbus = modbus(vec![point(0), point(0)]);
    modbus.points[1].unit = 2;
    modbus.points.iter_mut().for_each(|point| point.coding = Coding::Uint32);
    modbus
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_filled_up_to_the_byte_is_no_value() {
    // The answer of unit 1 lacks its four bytes of values, and the one of unit 2 comes by four.
    for cut in 1..=15 {
        let filled: Script = Arc::new(move |asked| {
            let frame = words(asked, &[5, 5]);
            match (asked.unit, asked.number) {
                (_, 0 | 1) => after(5, frame),
                (1, _) => after(5, frame[..frame.len() - usize::min(cut, 6)].to_vec()),
                (_, _) => in_pieces(5, &frame, cut),
            }
        });
        let mut bench = Bench::new(&two_units(), [Some(filled)]);
        let told = bench.told_until(450).await;
        assert_eq!(told[..4], ["Press up", "T0=327685", "T1=327685", "T1=327685"]);
        assert!(told[4].starts_with("Press down (a frame"), "{cut}: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn beside_a_silent_unit_whole_answers_do_not_wait() {
    let silent: Script = Arc::new(|asked| if asked.unit == 1 { after(5, words(asked, &[0, 0])) } else { vec![] });
    let mut bench = Bench::new(&two_units(), [Some(silent)]);
    let told = bench.until(900).await;
    assert_eq!(told, ["0 Press up", "5 T0=0", "255 T0=0", "505 T0=0", "755 T0=0"]);
}
