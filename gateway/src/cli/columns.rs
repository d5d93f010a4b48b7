//! Columns that stand under one another.

/// Returns rows as text, each column as wide as its widest cell; every row has as many cells as the first.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}  "));
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}

/// Returns a text on one line that is no longer than so many characters.
pub(super) fn shortened(text: &str, characters_max: usize) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().count() <= characters_max {
        return text;
    }
    text.chars().take(characters_max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["A", "LONGER", "C"]), row(["two", "b", ""])];
        assert_eq!(aligned(&rows), "A    LONGER  C\ntwo  b\n");
        assert_eq!(aligned(&[]), "");
    }

    #[test]
    fn long_texts_are_cut_off_and_line_breaks_are_none() {
        assert_eq!(shortened("a\nb", 5), "a b");
        assert_eq!(shortened("abcdef", 5), "abcd…");
    }
}
