//! What can go wrong with the ledger: typed, with the place, and whether it may pass by itself.

/// What went wrong, and with which store.
#[derive(Debug, thiserror::Error)]
#[error("store `{place}`: {failure}")]
pub struct StoreError {
    /// The file of the store, or its server without who connects.
    pub place: String,
    /// What went wrong.
    #[source]
    pub failure: Failure,
}

impl StoreError {
    /// Tells whether the same call may succeed later without anybody's doing ([`Failure::is_transient`]).
    pub fn is_transient(&self) -> bool {
        self.failure.is_transient()
    }

    /// Tells whether another instance writes this store.
    pub const fn is_in_use(&self) -> bool {
        matches!(self.failure, Failure::Locked { .. })
    }
}

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The address names no place where a ledger can be.
    #[error("no place for a ledger: {reason}")]
    Address {
        /// Why.
        reason: String,
    },
    /// The file or its directory may not be written by this user.
    #[error("no permission: {reason}")]
    NoPermission {
        /// What the system says.
        reason: String,
    },
    /// The file or the disk can only be read.
    #[error("it can only be read")]
    ReadOnly,
    /// The file cannot be opened.
    #[error("it cannot be opened: {reason}")]
    CannotOpen {
        /// What the system says.
        reason: String,
    },
    /// Another instance writes this store.
    #[error("in use by another instance: {holder}")]
    Locked {
        /// Who, and since when, as that instance wrote it.
        holder: String,
    },
    /// A newer program made it: this one would not understand it.
    #[error("made by a newer program: it has version {found}, this program knows up to {known}")]
    NewerStore {
        /// The version of the store.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// An older program made it, and its tables were not brought up to date yet.
    #[error(
        "made by an older program: it has version {found}, this program needs {known}; `latchwork store migrate` helps"
    )]
    OlderStore {
        /// The version of the store.
        found: i64,
        /// The version that this program needs.
        known: i64,
    },
    /// There is a database, and no ledger in it.
    #[error("there is no ledger in it")]
    NoStore,
    /// It was not made as this program would have made it.
    #[error("version {version} of its tables is not the one of this program")]
    AlteredSchema {
        /// The version whose text differs.
        version: i64,
    },
    /// The tables could not be brought up to date.
    #[error("its tables cannot be brought up to date: {reason}")]
    Migration {
        /// What went wrong.
        reason: String,
    },
    /// The database library is too old to be trusted.
    #[error("SQLite {found} is too old, {needed} is needed: older ones can corrupt the write-ahead log")]
    TooOldSqlite {
        /// The version that is there.
        found: String,
        /// The oldest that will do.
        needed: &'static str,
    },
    /// The server is too old to be trusted.
    #[error("Postgres {found} is too old, {needed} or newer is needed")]
    TooOldServer {
        /// The version that is there.
        found: String,
        /// The oldest that will do.
        needed: &'static str,
    },
    /// The database did not take a setting without which it would not be durable.
    #[error("`{name}` is `{found}` and cannot be set to `{wanted}`")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The file is no database.
    #[error("the file is no database")]
    NotADatabase,
    /// The file is somebody else's database.
    #[error("the file is a database of another program")]
    Foreign,
    /// It is what a gateway writes.
    #[error("there is a gateway's ledger in it: collectors need a database of their own")]
    HoldsLedger,
    /// It is what collectors write.
    #[error("there is in it what collectors keep: a gateway needs a database of its own")]
    HoldsCollected,
    /// The file is damaged.
    #[error("the file is damaged: {reason}")]
    Corrupt {
        /// What the database says.
        reason: String,
    },
    /// A row holds what no row of ours holds.
    #[error("`{table}` cannot be understood: {reason}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What is there.
        reason: String,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Another program holds the file for too long.
    #[error("another program holds it")]
    Busy,
    /// The disk failed, or the connection to it.
    #[error("reading or writing failed: {reason}")]
    Io {
        /// What the database says.
        reason: String,
    },
    /// A rule of the tables forbids it, such as one open record an operation.
    #[error("against a rule of its tables: {reason}")]
    Constraint {
        /// Which.
        reason: String,
    },
    /// A turn does not follow the last one that is there.
    #[error(
        "the turn up to scan {sequence} and event {last_seq:?} does not follow scan {stored_sequence:?} and event {stored_seq}"
    )]
    OutOfStep {
        /// The turn's last scan.
        sequence: u64,
        /// The turn's last event.
        last_seq: Option<u64>,
        /// The last committed scan.
        stored_sequence: Option<u64>,
        /// The last committed event.
        stored_seq: u64,
    },
    /// Anything else that the database says.
    #[error("{reason}")]
    Other {
        /// What it says.
        reason: String,
    },
}

impl Failure {
    /// Tells whether the same call may succeed later without anybody's doing: a full disk, a lock, a
    /// failing disk. The others would fail the same way for ever.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::CannotOpen { .. } | Self::Full | Self::Busy | Self::Io { .. } => true,
            Self::Address { .. }
            | Self::NoPermission { .. }
            | Self::ReadOnly
            | Self::Locked { .. }
            | Self::NewerStore { .. }
            | Self::OlderStore { .. }
            | Self::NoStore
            | Self::AlteredSchema { .. }
            | Self::Migration { .. }
            | Self::TooOldSqlite { .. }
            | Self::TooOldServer { .. }
            | Self::Setting { .. }
            | Self::NotADatabase
            | Self::Foreign
            | Self::HoldsLedger
            | Self::HoldsCollected
            | Self::Corrupt { .. }
            | Self::Unreadable { .. }
            | Self::Constraint { .. }
            | Self::OutOfStep { .. }
            | Self::Other { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_the_store() {
        let error =
            StoreError { place: "data/latchwork.db".to_owned(), failure: Failure::NewerStore { found: 9, known: 1 } };
        let text = "store `data/latchwork.db`: made by a newer program: it has version 9, this program knows up to 1";
        assert_eq!(error.to_string(), text);
    }
}
