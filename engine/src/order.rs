//! Production orders while the engine runs.

use serde::{Deserialize, Serialize};

/// An order's life (`spec/engine.md` section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// Known, nothing planned.
    #[default]
    Idle,
    /// Planned.
    Scheduled,
    /// Being made.
    Running,
    /// Begun, standing.
    Paused,
    /// Begun, ended for now.
    Stopped,
    /// Done; final.
    Closed,
    /// Given up; final.
    Cancelled,
}

impl OrderStatus {
    /// Tells whether nothing may change it any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Closed | Self::Cancelled => true,
            Self::Idle | Self::Scheduled | Self::Running | Self::Paused | Self::Stopped => false,
        }
    }
}
