//! The ledger: what the engine decided, kept.
