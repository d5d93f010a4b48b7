//! What belongs to the format but is not in this version, in one list. Who adds a feature takes its
//! rows away; until then the file that uses it is told so by name.

/// One thing that is not in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Later {
    /// The section.
    pub(crate) section: &'static str,
    /// What to do without it.
    pub(crate) hint: &'static str,
}

const fn section(section: &'static str, hint: &'static str) -> Later {
    Later { section, hint }
}

const NO_TEMPLATE: &str = "write the operations out, or one file per line and `include` them";

/// Everything that is not in this version.
pub(crate) const LATER: &[Later] = &[section("templates", NO_TEMPLATE), section("instances", NO_TEMPLATE)];

/// Returns the row of a section.
pub(crate) fn later_section(name: &str) -> Option<&'static Later> {
    LATER.iter().find(|later| later.section == name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::golden::folder;
    use crate::{problems, read};

    #[test]
    fn every_row_is_told_by_its_name() {
        let bad = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad"));
        let told = read(Path::new("not_in_version.toml"), &bad).unwrap_err();
        assert!(told.as_slice().iter().all(|problem| problem.code == problems::NOT_IN_VERSION));
        let mut messages: Vec<&str> = told.as_slice().iter().map(|problem| problem.message.as_str()).collect();
        let mut rows: Vec<String> =
            LATER.iter().map(|later| format!("`{}` is not in this version", later.section)).collect();
        messages.sort_unstable();
        rows.sort_unstable();
        assert_eq!(messages, rows);
    }
}
