//! What the errors of a server mean to a ledger.

use crate::error::Failure;

/// Returns the failure for a state of SQL (<https://www.postgresql.org/docs/current/errcodes-appendix.html>): two
/// characters say of which class it is, three more which.
pub(crate) fn of_state(state: &str, reason: String) -> Failure {
    match state {
        // Too many connections, a deadlock, a conflict, a lock or a statement that took too long.
        "53300" | "55P03" | "57014" => return Failure::Busy,
        "53100" => return Failure::Full,
        // The server starts or stops, or is a standby that was not made the first one yet: that passes.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03" => return Failure::Io { reason },
        "3D000" => return Failure::CannotOpen { reason },
        "42501" => return Failure::NoPermission { reason },
        "XX001" | "XX002" => return Failure::Corrupt { reason },
        _ => {}
    }
    match state.get(..2).unwrap_or_default() {
        "08" | "58" => Failure::Io { reason },
        "23" => Failure::Constraint { reason },
        "28" => Failure::NoPermission { reason },
        "40" | "53" => Failure::Busy,
        _ => Failure::Other { reason: format!("{reason} (SQL state {state})") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_restarts_may_pass_a_broken_rule_never() {
        let transient = |state| of_state(state, String::new()).is_transient();
        // Full disk, out of memory, too many connections, shutdown, crash, starting, standby, lost, deadlock, timeout.
        for state in
            ["53100", "53200", "53300", "57P01", "57P02", "57P03", "25006", "08006", "40P01", "57014", "55P03", "58030"]
        {
            assert!(transient(state), "{state}");
        }
        // Unique, foreign key, password, privilege, data corrupted, no such table, syntax, and no state at all.
        for state in ["23505", "23503", "28P01", "42501", "XX001", "42P01", "42601", ""] {
            assert!(!transient(state), "{state}");
        }
    }
}
