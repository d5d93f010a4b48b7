//! What the errors of SQLite mean to a ledger.

use crate::error::Failure;

/// Returns the failure for a result code of SQLite (<https://www.sqlite.org/rescode.html>): the
/// low byte is the kind, the rest is detail.
pub(crate) fn of_result_code(code: i32, reason: String) -> Failure {
    match code & 0xFF {
        3 | 23 => Failure::NoPermission { reason },
        5 | 6 => Failure::Busy,
        7 | 10 => Failure::Io { reason },
        8 => Failure::ReadOnly,
        11 => Failure::Corrupt { reason },
        13 => Failure::Full,
        14 => Failure::CannotOpen { reason },
        19 => Failure::Constraint { reason },
        26 => Failure::NotADatabase,
        _ => Failure::Other { reason: format!("{reason} (SQLite code {code})") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_lock_may_pass_a_broken_rule_never() {
        let transient = |code| of_result_code(code, String::new()).is_transient();
        // FULL, BUSY, BUSY_SNAPSHOT, LOCKED, IOERR_FSYNC, CANTOPEN.
        for code in [13, 5, 517, 6, 1034, 14] {
            assert!(transient(code), "{code}");
        }
        // CONSTRAINT_UNIQUE, CORRUPT, NOTADB, READONLY_DBMOVED, ERROR.
        for code in [2067, 11, 26, 1032, 1] {
            assert!(!transient(code), "{code}");
        }
    }
}
