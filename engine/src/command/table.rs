//! The table of `spec/engine.md` section 6: what each verb does to an operation as it stands.

use super::Verb;

/// How an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has no open record.
    Idle,
    /// Its record runs.
    Running,
    /// Its record stands.
    Paused,
}

/// What a verb does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Opens a record, unless one in its scope is in the way.
    Opens,
    /// Opens a record and closes it, under the same condition.
    OpensAndCloses,
    /// Closes the record as COMPLETED.
    Completes,
    /// Has the record stand.
    Pauses,
    /// Has the record go on.
    Resumes,
    /// Closes the record as CANCELLED.
    Cancels,
    /// Closes the record as FAULTED.
    Faults,
    /// Assigns an order to runs to come.
    Assigns,
    /// Gives the record an order.
    SetsOrder,
    /// Nothing, for this reason.
    Refused(&'static str),
}

/// Returns what a verb does to an operation as it stands.
pub(super) const fn verdict(standing: Standing, verb: Verb) -> Verdict {
    match (standing, verb) {
        (Standing::Idle | Standing::Running | Standing::Paused, Verb::Start) => Verdict::Opens,
        (Standing::Idle | Standing::Running | Standing::Paused, Verb::Execute) => Verdict::OpensAndCloses,
        (Standing::Idle, Verb::Stop) => Verdict::Refused("there is no open record to stop"),
        (Standing::Idle, Verb::Pause) => Verdict::Refused("there is no open record to pause"),
        (Standing::Idle, Verb::Resume) => Verdict::Refused("there is no open record to resume"),
        (Standing::Idle, Verb::Cancel) => Verdict::Refused("there is no open record to cancel"),
        (Standing::Idle, Verb::Fault) => Verdict::Refused("there is no open record to fault"),
        (Standing::Idle, Verb::SetOrder) => Verdict::Assigns,
        (Standing::Running | Standing::Paused, Verb::Stop) => Verdict::Completes,
        (Standing::Running, Verb::Pause) => Verdict::Pauses,
        (Standing::Paused, Verb::Pause) => Verdict::Refused("the open record is paused already"),
        (Standing::Running, Verb::Resume) => Verdict::Refused("the open record is not paused"),
        (Standing::Paused, Verb::Resume) => Verdict::Resumes,
        (Standing::Running | Standing::Paused, Verb::Cancel) => Verdict::Cancels,
        (Standing::Running | Standing::Paused, Verb::Fault) => Verdict::Faults,
        (Standing::Running | Standing::Paused, Verb::SetOrder) => Verdict::SetsOrder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_table_of_the_rules() {
        use Standing::{Idle, Paused, Running};
        use Verb::{Cancel, Fault, Pause, Resume, Start, Stop};
        let rows = [
            (Idle, "opens rejected rejected rejected rejected rejected"),
            (Running, "opens completes pauses rejected cancels faults"),
            (Paused, "opens completes rejected resumes cancels faults"),
        ];
        for (standing, row) in rows {
            let word = |verb| {
                let verdict = verdict(standing, verb);
                let is_refused = matches!(verdict, Verdict::Refused(_));
                if is_refused { "rejected".to_owned() } else { format!("{verdict:?}").to_lowercase() }
            };
            assert_eq!([Start, Stop, Pause, Resume, Cancel, Fault].map(word).join(" "), row, "{standing:?}");
        }
    }
}
