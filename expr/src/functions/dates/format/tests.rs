use chrono_tz::Tz;

use super::*;
use crate::coerce::text;
use crate::limits::TEXT_BYTES_MAX;
use crate::value::Timestamp;

/// 2026-03-02 18:05:09.007 in UTC, a Monday.
const MARCH: i64 = 1_772_474_709_007;
/// 2026-07-01 00:00:00 in UTC.
const JULY: i64 = 1_782_864_000_000;

fn written(zone: Tz, millis: i64, pattern: &str) -> Result<String, Failure> {
    let call = Call { now: Timestamp(0), zone };
    date_format(&call, &[Value::Date(Timestamp::from_millis(millis)), pattern.into()]).map(|value| text(&value, zone))
}

fn check(zone: Tz, millis: i64, pattern: &str, wanted: &str) {
    assert_eq!(written(zone, millis, pattern).as_deref(), Ok(wanted), "{pattern}");
}

#[test]
fn every_letter_in_every_length() {
    for (pattern, wanted) in [
        ("G GG GGG GGGG", "AD AD AD AD"),
        ("y yy yyy yyyy yyyyy", "2026 26 2026 2026 02026"),
        ("Y YY YYY YYYY YYYYY", "2026 26 2026 2026 02026"),
        ("M MM MMM MMMM MMMMM", "3 03 Mar March March"),
        ("L LL LLL LLLL LLLLL", "3 03 Mar March March"),
        ("w ww www W WW", "10 10 010 1 01"),
        ("D DDD DDDD d dd ddd", "61 061 0061 2 02 002"),
        ("F FF E EE EEE EEEE EEEEE", "1 01 Mon Mon Mon Monday Monday"),
        ("u uu a aa aaaa", "1 01 PM PM PM"),
        ("H HHH k kk K KK h hh", "19 019 19 19 7 07 7 07"),
        ("m mm s ss S SS SSS SSSS", "5 05 9 09 7 07 007 0007"),
        ("z zzz zzzz zzzzz", "CET CET Central European Standard Time Central European Standard Time"),
        ("Z ZZZZZ X XX XXX", "+0100 +0100 +01 +0100 +01:00"),
    ] {
        check(Tz::Europe__Berlin, MARCH, pattern, wanted);
    }
}

#[test]
fn noon_and_midnight_have_four_clocks() {
    let midnight = 1_772_409_600_000;
    check(Tz::UTC, midnight, "H k K h a", "0 24 0 12 AM");
    check(Tz::UTC, midnight + 43_200_000, "H k K h a", "12 12 0 12 PM");
}

#[test]
fn text_stands_in_single_quotes_and_signs_stand_as_they_are() {
    for (pattern, wanted) in [
        ("", ""),
        ("''yyyy'' 'o''clock' ''''", "'2026' o'clock ''"),
        ("'a'''", "a'"),
        ("yyyy''''", "2026''"),
        ("yyyy'T'HH", "2026T18"),
        ("é yyyy € [#%1]{}", "é 2026 € [#%1]{}"),
        ("yy'yy'yy", "26yy26"),
    ] {
        check(Tz::UTC, MARCH, pattern, wanted);
    }
}

#[test]
fn what_is_no_pattern_is_an_error() {
    for pattern in ["b", "yyyy-MM-ddThh", "n", "A", "XXXX", "'", "'''", "yyyy 'abc", "yyyy b 'abc"] {
        assert!(written(Tz::UTC, MARCH, pattern).is_err(), "{pattern}");
    }
    let reason = "`T` means nothing in a pattern of dates: text stands in single quotes";
    assert_eq!(written(Tz::UTC, MARCH, "yyyyTHH"), Err(reason.into()));
}

#[test]
fn zones_are_called_by_their_names_and_offsets() {
    let pattern = "z, zzzz, Z X XX XXX";
    for (zone, march, july) in [
        (
            Tz::America__St_Johns,
            "NST, Newfoundland Standard Time, -0330 -03 -0330 -03:30",
            "NDT, Newfoundland Daylight Time, -0230 -02 -0230 -02:30",
        ),
        (
            Tz::Europe__Dublin,
            "GMT, Greenwich Mean Time, +0000 Z Z Z",
            "IST, Irish Standard Time, +0100 +01 +0100 +01:00",
        ),
        (
            Tz::Asia__Kolkata,
            "IST, India Standard Time, +0530 +05 +0530 +05:30",
            "IST, India Standard Time, +0530 +05 +0530 +05:30",
        ),
        (
            Tz::Etc__GMTPlus5,
            "GMT-05:00, GMT-05:00, -0500 -05 -0500 -05:00",
            "GMT-05:00, GMT-05:00, -0500 -05 -0500 -05:00",
        ),
        (Tz::UTC, "UTC, Coordinated Universal Time, +0000 Z Z Z", "UTC, Coordinated Universal Time, +0000 Z Z Z"),
    ] {
        check(zone, MARCH, pattern, march);
        check(zone, JULY, pattern, july);
    }
}

#[test]
fn both_nights_of_the_clocks_are_shown_as_they_are() {
    let pattern = "HH:mm z XXX";
    // 2026-03-29 and 2026-10-25 in Berlin, 2026-03-08 and 2026-11-01 in New York: before, then an hour later.
    for (zone, millis, before, after) in [
        (Tz::Europe__Berlin, 1_774_744_200_000, "01:30 CET +01:00", "03:30 CEST +02:00"),
        (Tz::Europe__Berlin, 1_792_888_200_000, "02:30 CEST +02:00", "02:30 CET +01:00"),
        (Tz::America__New_York, 1_772_951_400_000, "01:30 EST -05:00", "03:30 EDT -04:00"),
        (Tz::America__New_York, 1_793_511_000_000, "01:30 EDT -04:00", "01:30 EST -05:00"),
    ] {
        check(zone, millis, pattern, before);
        check(zone, millis + 3_600_000, pattern, after);
    }
}

#[test]
fn years_have_as_many_digits_as_they_need() {
    check(Tz::UTC, 253_433_836_800_000, "yyyyy yy yyyy YYYY", "10000 00 10000 10001");
    check(Tz::UTC, -62_200_000_000_000, "G y yyyy", "BC 3 0003");
}

#[test]
fn numbers_and_texts_are_bounded() {
    assert_eq!(written(Tz::UTC, MARCH, &"y".repeat(400)).map(|text| text.len()), Ok(309));
    assert!(written(Tz::UTC, MARCH, &"zzzz.".repeat(TEXT_BYTES_MAX / 20)).is_err());
    assert!(written(Tz::UTC, MARCH, &"z ".repeat(TEXT_BYTES_MAX / 8)).is_ok());
}
