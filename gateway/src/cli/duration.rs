//! Times on the command line: `500ms`, `30s`, `5m`, `1h`.

use std::time::Duration;

/// Reads a time.
pub(super) fn read(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| expected())
}

fn expected() -> String {
    "expected a number and its unit, such as `500ms`, `30s`, `5m` or `1h`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        assert_eq!(read("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(read("1.5h"), Ok(Duration::from_mins(90)));
        for text in ["", "s", "5", "5 s", "-5s", "5d", "1e400s", "..s"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
