//! The links to one device: the connection is up while any of them is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::LinkState;

/// What the links to one device have told.
#[derive(Debug, Default)]
pub(super) struct Together(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many links are up.
    up: usize,
    /// What was told of the connection.
    told: LinkState,
}

impl Together {
    /// Notes that a link came up; tells whether the connection did with it.
    pub(super) fn came_up(&self) -> bool {
        let mut state = self.state();
        state.up += 1;
        std::mem::replace(&mut state.told, LinkState::Up) != LinkState::Up
    }

    /// Notes that a link that was or was not up is not any more; tells whether the connection went down with it.
    pub(super) fn went_down(&self, was_up: bool) -> bool {
        let mut state = self.state();
        state.up -= usize::from(was_up);
        state.up == 0 && std::mem::replace(&mut state.told, LinkState::Down) != LinkState::Down
    }

    /// Two numbers are right whoever panicked beside them.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_brings_the_connection_up_and_the_last_one_down() {
        let links = Together::default();
        assert!(links.went_down(false), "nothing was known");
        assert!(!links.went_down(false));
        assert!(links.came_up());
        assert!(!links.came_up());
        assert!(!links.went_down(true));
        assert!(!links.went_down(false));
        assert!(links.went_down(true));
    }
}
