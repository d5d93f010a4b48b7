//! What is packed comes back, and what is damaged does not.

use std::io::{self, Cursor, Read};

use proptest::prelude::*;

use super::{Block, FIRST_LINE, Unpacked};

fn packed(lines: &[&[u8]]) -> Vec<u8> {
    let mut block = Block::default();
    for line in lines {
        block.add(line);
    }
    let mut out = FIRST_LINE.to_vec();
    block.write(&mut out, &mut || Ok(())).unwrap();
    out
}

fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Unpacked::new(Cursor::new(bytes)).read_to_end(&mut out).map(|_| out)
}

/// Returns a line of a scan, as polls with jitter make them.
fn scan(number: i64) -> String {
    let (monotonic, wall) = (5_000_000 + number * 100_000 + number * 7_919 % 3_001, 1_772_427_600_000_000);
    format!(
        "{{\"scan\":{number},\"monotonic\":{monotonic},\"wall\":{},\"samples\":[[0,{}],[1,{}],[2,{:?}],[3,true]]}}\n",
        wall + monotonic,
        number / 50 % 2 == 0,
        number / 9,
        f64::from(i32::try_from(number / 13).unwrap()) / 10.0,
    )
}

#[test]
fn scans_take_little_more_than_their_jitter() {
    let lines: Vec<String> = (1..5_000).map(scan).collect();
    let pieces: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    let packed = packed(&pieces);
    assert_eq!(unpacked(&packed).unwrap(), lines.concat().into_bytes());
    // A digit for the line, three for the time, one for the other time, and what changes now and then.
    assert!(packed.len() < 6 * lines.len(), "{} bytes", packed.len());
}

#[test]
fn a_stream_that_is_not_packed_passes() {
    for text in
        [&b""[..], b"{", b"{\"latchwork_trace\":1}\n", b"{\"latchwork_trace\":2,\"packed\":\"columns\"}", b"a,b\n"]
    {
        assert_eq!(unpacked(text).unwrap(), text);
    }
    assert_eq!(unpacked(FIRST_LINE).unwrap(), b"");
}

#[test]
fn what_looks_almost_like_a_scan_comes_back() {
    let scan = "{\"scan\":7,\"monotonic\":1,\"wall\":2,\"samples\":[]}";
    let odd = [
        scan.to_owned() + "\r\n",
        scan.to_owned(),
        scan.replace('1', "1.5"),
        scan.replace('2', "-0"),
        scan.replace('7', "007"),
        scan.replace('2', "99999999999999999999"),
        scan.replace('2', "-999999999999999999"),
        scan.replace('2', "true"),
        scan.replace("[]", "[[0,1e5],[1,-0.0],[2,0.10],[3,\"\\u0000\\n\\\"✓№\"]]"),
        "\n".to_owned(),
    ];
    for first in &odd {
        for second in &odd {
            let lines = [first, second, first, second].map(String::as_bytes);
            assert_eq!(unpacked(&packed(&lines)).unwrap(), lines.concat());
        }
    }
}

#[test]
fn a_block_that_claims_what_it_has_not_is_refused() {
    let text = |columns: &str| [FIRST_LINE, columns.as_bytes(), b"\n"].concat();
    let refused = |columns: &str| {
        let error = unpacked(&text(columns)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{columns}");
        error.to_string()
    };
    let whole =
        r#"{"templates":["a№\n"],"lines":["BC"],"times":[],"offsets":[],"gaps":["A"],"decimals":["A"],"values":["K"]}"#;
    assert_eq!(unpacked(&text(whole)).unwrap(), b"a5\na5\n");
    for (from, to) in [
        ("BC", "A"),
        ("BC", "CB"),
        ("BC", "BB"),
        ("BC", ""),
        ("BC", "g"),
        ("[\"BC\"]", "[\"BC\",\"A\"]"),
        ("\"K\"", ""),
        ("\"K\"", "\"KK\""),
        ("\"gaps\":[\"A\"]", "\"gaps\":[\"C\"]"),
        ("\"decimals\":[\"A\"]", "\"decimals\":[\"Z\"]"),
        ("\"times\":[]", "\"times\":[\"A\"]"),
        ("\"times\":[]", "\"times\":7"),
        ("a№", "aĀ"),
        ("a№\\n", "{\\\"scan\\\":№,\\\"monotonic\\\":№,\\\"wall\\\":№"),
        ("{\"templates\"", "{\"other\""),
    ] {
        assert!(whole.contains(from));
        refused(&whole.replacen(from, to, 1));
    }
    assert_eq!(refused("{}")[..26], *"a packed block is damaged:");
    // A line that never ends, however much of it there is.
    let endless = Cursor::new(FIRST_LINE).chain(io::repeat(b' '));
    let error = Unpacked::new(endless).read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let error = unpacked(&text(whole)[..FIRST_LINE.len() + 9]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

/// Returns lines, or what looks almost like them.
fn any_piece() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        (-9_999_i64..9_999, 0_usize..4).prop_map(|(number, zeros)| format!("{}{number}", "0".repeat(zeros))),
        (0_i64..99, 0_i64..999).prop_map(|(whole, part)| format!("{whole}.{part}")),
        any::<bool>().prop_map(|truth| truth.to_string()),
        "[-0-9.eE+tfru\\[]{0,6}",
    ];
    let scan = (proptest::collection::vec(number, 3..7), 0_usize..4).prop_map(|(numbers, end)| {
        let end = ["\n", "\r\n", "", ",x\n"][end];
        let others = numbers[3..].join(",");
        format!("{{\"scan\":{},\"monotonic\":{},\"wall\":{},{others}}}{end}", numbers[0], numbers[1], numbers[2])
            .into_bytes()
    });
    let bytes = proptest::collection::vec(any::<u8>(), 0..20);
    prop_oneof![6 => scan, 1 => bytes, 1 => (0_i64..50).prop_map(|number| self::scan(number).into_bytes())]
}

proptest! {
    #[test]
    fn whatever_is_packed_comes_back(pieces in proptest::collection::vec(any_piece(), 0..30)) {
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(unpacked(&packed(&pieces)).unwrap(), pieces.concat());
    }

    #[test]
    fn damage_is_told_or_still_bounded(at in 0_usize..2_000, byte in any::<u8>()) {
        let lines: Vec<String> = (1..40).map(scan).collect();
        let mut bytes = packed(&lines.iter().map(String::as_bytes).collect::<Vec<_>>());
        let at = at % bytes.len();
        bytes[at] = byte;
        // The checksum of the frame tells what makes sense still; here nothing may panic.
        let _read = unpacked(&bytes);
    }
}
