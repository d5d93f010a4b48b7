//! Texts in the order in which people read them: case does not count, and digits that stand together
//! are one number.

use std::cmp::Ordering;

/// Orders two texts, `a4` before `a22`.
pub(super) fn natural_order(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let order = match (digits(one), digits(other)) {
            ("", _) | (_, "") => {
                let order = first(one).cmp(&first(other));
                if order.is_eq() && one.is_empty() {
                    return order;
                }
                (one, other) = (rest(one), rest(other));
                order
            }
            (number, other_number) => {
                (one, other) = (&one[number.len()..], &other[other_number.len()..]);
                number_order(number, other_number)
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Orders two texts letter by letter.
pub(super) fn alphabetical_order(one: &str, other: &str) -> Ordering {
    let folded = |text: &str| text.chars().map(fold).collect::<Vec<char>>();
    folded(one).cmp(&folded(other))
}

/// Returns the digits that a text begins with.
fn digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// Orders two numbers of any length: leading zeros do not count.
fn number_order(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn first(text: &str) -> Option<char> {
    text.chars().next().map(fold)
}

fn rest(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}

/// Returns a character without its case: one for one, as Java compares.
fn fold(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        (_, _) => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_within_texts_count_as_numbers() {
        let sorted = ["", "0", "a", "a1", "a4", "a7z9", "a22", "a77z4", "a77z99", "a77z99x", "Z3", "ä1"];
        for (place, one) in sorted.iter().enumerate() {
            for (other_place, other) in sorted.iter().enumerate() {
                assert_eq!(natural_order(one, other), place.cmp(&other_place), "{one} {other}");
            }
        }
        for (one, other) in [("a1", "A1"), ("x007", "X7"), ("Ä", "ä")] {
            assert_eq!(natural_order(one, other), Ordering::Equal, "{one} {other}");
        }
        assert_eq!(natural_order("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
    }

    #[test]
    fn letters_alone_count_in_alphabets() {
        assert_eq!(alphabetical_order("a11", "A2"), Ordering::Less);
        assert_eq!(alphabetical_order("b", "A"), Ordering::Greater);
        assert_eq!(alphabetical_order("Äx", "äX"), Ordering::Equal);
    }
}
